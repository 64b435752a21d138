/* tmda/boxes - the queues of a section. */
#include "tmda/boxes.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/list.h"
#include "base/stop.h"
#include "base/sys.h"
#include "mail/folder.h"
#include "mail/walk.h"

struct finding {
	struct mk_tmda *t;
	pthread_mutex_t mutex;
	struct mk_list mailboxes;
};

static void
mailbox(void *data, const char *path)
{
	struct finding *f = data;
	struct mk_error err;
	int rv;

	pthread_mutex_lock(&f->mutex);
	rv = mk_list_add(&f->mailboxes, path, strlen(path));
	pthread_mutex_unlock(&f->mutex);
	if (rv == -1) {
		mk_fail_sys(&err, "remember %s", path);
		mk_problems_tell(&f->t->problems, &err);
	}
}

/* No folder is looked into. */
static unsigned
want(void *data, const struct mk_folder *folder)
{
	(void)data;
	(void)folder;
	return 0;
}

static void
visit(void *data, const struct mk_folder *folder,
    struct mk_index_record *record, unsigned worker)
{
	(void)data;
	(void)folder;
	(void)record;
	(void)worker;
}

static void
problem(void *data, const struct mk_error *err)
{
	struct finding *f = data;

	mk_problems_tell(&f->t->problems, err);
}

static int
find(struct finding *f, struct mk_error *err)
{
	const struct mk_tmda_root *root = &f->t->roots[MK_TMDA_ROOT];
	const struct mk_walk_ops ops = { .data = f, .mailbox = mailbox,
	    .want = want, .visit = visit, .problem = problem };
	const struct mk_walk walk = { .rootfd = root->fd, .root = root->path,
	    .start = "", .threads = f->t->threads, .now_s = f->t->now_s };
	struct mk_walk_result result = { 0 };
	int rv = mk_walk(&walk, &ops, &result, err);

	mk_walk_result_free(&result);
	return rv;
}

static bool
is_wanted(const struct mk_tmda *t, const char *path)
{
	struct mk_account account;

	if (t->accounts != NULL &&
	    (!mk_accounts_find(t->accounts, path, &account) || account.keep))
		return false;
	return t->users->n == 0 || (t->accounts == NULL ?
	    mk_account_match(t->users, path) :
	    mk_accounts_match(t->accounts, t->users, path)) == 1;
}

/* Whether there is a TMDA directory in it; in doubt yes. */
static bool
has_queue(const struct mk_tmda *t, const char *path)
{
	char *dir = mk_tmda_join(path[0] == '\0' ? "." : path,
	    t->conf->mailbox_dir);
	int fd = dir == NULL ? -1 :
	    mk_sys_open_dir(t->roots[MK_TMDA_ROOT].fd, dir);
	bool has = fd != -1 || dir == NULL || errno != ENOENT;

	free(dir);
	if (fd != -1)
		close(fd);
	return has;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
visit_box(struct mk_tmda *t, const char *path, mk_tmda_box_fn *each,
    void *data)
{
	struct mk_error why, err;
	struct mk_tmda_queue *q = mk_tmda_queue_new(t, path, &why);

	if (q == NULL) {
		mk_fail(&err, why.status, "tmda \"%s\": %s", t->conf->name,
		    why.text);
		mk_problems_tell(&t->problems, &err);
	} else if (!each(data, t, q))
		mk_tmda_queue_free(q);
	else if (mk_tmda_add_queue(t, q) == -1) {
		/* Its groups would be nobody's, and be kept. */
		mk_fail_sys(&err, "tmda \"%s\": remember", t->conf->name);
		mk_problems_tell(&t->problems, &err);
	}
}

int
mk_tmda_boxes(struct mk_tmda *t, mk_tmda_box_fn *each, void *data,
    struct mk_error *err)
{
	struct finding f = { .t = t, .mutex = PTHREAD_MUTEX_INITIALIZER };
	size_t i, queues = 0;
	int rv = 0;

	if (t->conf->dir != NULL) {
		(void)each(data, t, t->queues[0]);
		return 0;
	}
	rv = find(&f, err);
	if (rv == 0 && f.mailboxes.n > 1)
		qsort(f.mailboxes.v, f.mailboxes.n, sizeof *f.mailboxes.v,
		    by_name);
	for (i = 0; rv == 0 && i < f.mailboxes.n && !mk_stopped(); i++)
		if (is_wanted(t, f.mailboxes.v[i]) &&
		    has_queue(t, f.mailboxes.v[i])) {
			queues++;
			visit_box(t, f.mailboxes.v[i], each, data);
		}
	if (rv == 0 && queues == 0 && !mk_stopped())
		rv = mk_fail(err, EX_NOINPUT, "%s: none of the %zu mailboxes"
		    "%s has a %s", t->roots[MK_TMDA_ROOT].path, f.mailboxes.n,
		    t->users->n > 0 ? " for --user" : "",
		    t->conf->mailbox_dir);
	mk_list_free(&f.mailboxes);
	pthread_mutex_destroy(&f.mutex);
	return rv;
}
