/* tmda/look - look at all pending messages of a queue. */
#include "tmda/look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/stop.h"
#include "mail/folder.h"
#include "tmda/rescue.h"
#include "tmda/scan.h"
#include "tmda/senders.h"

struct met {
	int64_t time_s;
	size_t name;			/* offset in the names */
	uint8_t which, id_len;
};

struct looking {
	struct mk_tmda *t;
	struct mk_tmda_queue *q;
	struct mk_tmda_senders *senders;	/* NULL: none are known */
	struct met *met;
	size_t n, cap;
	struct mk_buf names;
	int fds[MK_TMDA_CUR + 1];
	struct mk_tmda_message msg;
	mk_tmda_see_fn *see;
	void *data;
};

static int
note(void *data, int dirfd, unsigned which, const char *name,
    const struct mk_tmda_name *parsed)
{
	struct looking *l = data;
	struct met *met;
	size_t cap;

	if (l->fds[which] == -1)
		l->fds[which] = fcntl(dirfd, F_DUPFD_CLOEXEC, 0);
	if (l->fds[which] == -1)
		return -1;
	if (l->n == l->cap) {
		cap = l->cap * 2 + 64;
		met = realloc(l->met, cap * sizeof *met);
		if (met == NULL)
			return -1;
		l->met = met;
		l->cap = cap;
	}
	l->met[l->n++] = (struct met){ .time_s = parsed->time_s,
	    .name = l->names.len, .which = (uint8_t)which,
	    .id_len = (uint8_t)parsed->id_len };
	return mk_buf_add(&l->names, name, strlen(name) + 1);
}

static int
by_time(const void *a, const void *b)
{
	const struct met *x = a, *y = b;

	if (x->time_s != y->time_s)
		return x->time_s < y->time_s ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* The path of the file, as people read it. */
static int
path_of(const struct looking *l, const struct met *met, struct mk_buf *path)
{
	static const char *const subs[] = { [MK_TMDA_ORIGINAL] = "",
	    [MK_TMDA_NEW] = "new/", [MK_TMDA_CUR] = "cur/" };

	return mk_buf_addf(path, "%s/%s/%s%s",
	    l->t->roots[l->q->pending.root].path, l->q->pending.path,
	    subs[met->which], l->names.data + met->name);
}

static int
look_at(struct looking *l, const struct met *met)
{
	const char *name = l->names.data + met->name;
	struct mk_tmda_seen seen = { .queue = l->q, .since_s = met->time_s,
	    .msg = &l->msg };
	struct mk_buf path = { 0 };
	struct mk_error why, err;
	char id[32];
	int rv;

	rv = mk_tmda_message_read(&l->msg, l->fds[met->which], name, &why);
	if (rv == -1) {
		mk_fail(&err, why.status, "%s: %s: %s", l->q->path, name,
		    why.text);
		mk_problems_tell(&l->t->problems, &err);
	}
	if (rv != 1)
		return 0;
	if (l->t->conf->dir != NULL && l->t->users->n > 0 &&
	    mk_account_match_as(l->t->users, l->msg.recipient.data,
	    l->msg.recipient.data) != 1)
		return 0;
	if (l->t->conf->age == MK_TMDA_BY_CTIME)
		seen.since_s = l->msg.st.st_ctim.tv_sec;
	seen.listed = mk_tmda_listed(l->senders, &l->msg) != NULL;
	snprintf(id, sizeof id, "%.*s", (int)met->id_len, name);
	seen.id = id;
	rv = path_of(l, met, &path);
	seen.path = path.data;
	if (rv == 0)
		rv = l->see(l->data, &seen);
	mk_buf_free(&path);
	return rv;
}

int
mk_tmda_look(struct mk_tmda *t, struct mk_tmda_queue *q, mk_tmda_see_fn *see,
    void *data)
{
	struct looking l = { .t = t, .q = q, .fds = { -1, -1, -1 },
	    .see = see, .data = data };
	struct mk_error err;
	size_t i;
	int rv = 0, errnum = 0;

	if (q->lists_n > 0 &&
	    (l.senders = mk_tmda_lists_load(q, &err)) == NULL)
		mk_problems_tell(&t->problems, &err);
	mk_tmda_each(t, q, note, &l);
	if (l.n > 0)
		qsort(l.met, l.n, sizeof *l.met, by_time);
	for (i = 0; i < l.n && rv == 0 && !mk_stopped(); i++)
		rv = look_at(&l, &l.met[i]);
	if (rv == -1)
		errnum = errno;
	for (i = 0; i <= MK_TMDA_CUR; i++)
		if (l.fds[i] != -1)
			close(l.fds[i]);
	free(l.met);
	mk_buf_free(&l.names);
	mk_tmda_message_free(&l.msg);
	mk_tmda_senders_free(l.senders);
	errno = errnum;
	return rv;
}
