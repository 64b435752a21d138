/* tmda/rescue - due messages that are not to be removed. */
#include "tmda/rescue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/json.h"
#include "base/stop.h"
#include "base/sys.h"
#include "mail/folder.h"
#include "mail/msgname.h"
#include "tmda/message.h"
#include "tmda/names.h"
#include "tmda/senders.h"

#define TOLD_KEY	18

enum verdict { GO, NOT_ASKED, GONE, REFUSED, RESCUED };

struct sorting {
	struct mk_tmda *t;
	struct mk_tmda_queue *q;
	struct mk_tmda_senders *senders;	/* on the lists */
	struct mk_tmda_message msg;
	bool by_user;			/* --user chooses by recipient */
	/* the group at hand */
	struct mk_group *group;
	int fd;
};

struct mk_tmda_senders *
mk_tmda_lists_load(const struct mk_tmda_queue *q, struct mk_error *err)
{
	struct mk_tmda_senders *senders = mk_tmda_senders_new(err);
	struct mk_buf text = { 0 };
	size_t i;
	int rv = senders == NULL ? -1 : 0;

	for (i = 0; i < q->lists_n && rv != -1; i++) {
		mk_buf_cut(&text, 0);
		rv = mk_tmda_place_read(&q->lists[i], MK_TMDA_LIST_MAX, &text,
		    err);
		if (rv == 0)
			mk_diag_info("%s: is not there: nobody is on it",
			    q->lists[i].shown);
		else if (rv == 1)
			rv = mk_tmda_senders_add(senders, text.data == NULL ?
			    "" : text.data, text.len, err);
	}
	mk_buf_free(&text);
	if (rv != -1)
		return senders;
	mk_tmda_senders_free(senders);
	return NULL;
}

const char *
mk_tmda_listed(const struct mk_tmda_senders *senders,
    const struct mk_tmda_message *msg)
{
	if (senders == NULL)
		return NULL;
	if (mk_tmda_senders_has(senders, msg->sender.data, msg->sender.len))
		return msg->sender.data;
	return mk_tmda_senders_has(senders, msg->primary.data,
	    msg->primary.len) ? msg->primary.data : NULL;
}

/* Say each one, where somebody asks. */
static void
tell(const struct sorting *s, const char *name, size_t id_len)
{
	const struct mk_tmda *t = s->t;
	struct mk_buf path = { 0 };
	struct mk_json json;
	char id[32];

	if ((!t->json && !mk_diag_verbose()) || mk_buf_addf(&path, "%s/%s/%s",
	    t->roots[s->q->pending.root].path, s->group->path, name) == -1) {
		mk_buf_free(&path);
		return;
	}
	snprintf(id, sizeof id, "%.*s", (int)id_len, name);
	if (t->json) {
		mk_json_begin(&json, stdout);
		mk_json_object(&json, NULL);
		mk_json_string(&json, "queue", t->conf->name);
		mk_json_string(&json, "id", id);
		mk_json_string(&json, "path", path.data);
		mk_json_string(&json, "sender", s->msg.sender.data);
		mk_json_string(&json, "recipient", s->msg.recipient.data);
		mk_json_string(&json, "action", "rescue");
		mk_json_close_object(&json);
		(void)mk_json_end(&json);	/* the report will tell */
	} else
		mk_diag_info("%s: rescued: %s is on a list", path.data,
		    mk_tmda_listed(s->senders, &s->msg));
	mk_buf_free(&path);
}

static int
rescue(struct sorting *s, const struct mk_item *item, size_t id_len)
{
	struct mk_tmda_queue *q = s->q;
	struct mk_tmda_rescued *rescued;
	size_t cap;

	if (q->rescued_n == q->rescued_cap) {
		cap = q->rescued_cap * 2 + 16;
		rescued = realloc(q->rescued, cap * sizeof *rescued);
		if (rescued == NULL)
			return -1;
		q->rescued = rescued;
		q->rescued_cap = cap;
	}
	q->rescued[q->rescued_n++] = (struct mk_tmda_rescued){
		.group = s->group, .name = item->name, .id_len = id_len,
		.since_s = item->since_s,
	};
	tell(s, mk_item_name(s->group, item), id_len);
	return 0;
}

static enum verdict
refused(struct sorting *s, const char *name, const struct mk_error *why)
{
	struct mk_error err;

	mk_fail(&err, why->status, "%s/%s/%s: %s; it stays",
	    s->t->roots[s->q->pending.root].path, s->group->path, name,
	    why->text);
	mk_problems_tell(&s->t->problems, &err);
	return REFUSED;
}

/* Remember a sender, to be appended to the list. */
static int
note_sender(struct sorting *s, const char *name)
{
	const struct mk_buf *sender = &s->msg.sender;

	if (s->q->append.path == NULL || sender->len == 0)
		return 0;
	if (!mk_tmda_is_listable(sender->data, sender->len)) {
		mk_diag_warn("%s/%s/%s: its sender, \"%s\", can be no line of "
		    "a list and is not appended to %s",
		    s->t->roots[s->q->pending.root].path, s->group->path,
		    name, sender->data, s->q->append.shown);
		return 0;
	}
	return mk_buf_add(&s->q->senders, sender->data, sender->len + 1);
}

static enum verdict
judge(struct sorting *s, const struct mk_item *item)
{
	const char *name = mk_item_name(s->group, item);
	struct mk_tmda_name parsed;
	struct mk_error why;
	bool pending = mk_tmda_pending_name(name, &parsed) ==
	    MK_TMDA_PENDING;

	if (!pending && !s->by_user)
		return GO;		/* a leftover waits for nobody */
	switch (mk_tmda_message_read(&s->msg, s->fd, name, &why)) {
	case -1:
		return refused(s, name, &why);
	case 0:
		return GONE;
	}
	if (s->by_user && mk_account_match_as(s->t->users,
	    s->msg.recipient.data, s->msg.recipient.data) != 1)
		return NOT_ASKED;
	if (!pending)
		return GO;
	if (mk_tmda_listed(s->senders, &s->msg) != NULL) {
		if (rescue(s, item, parsed.id_len) == 0)
			return RESCUED;
		mk_fail_sys(&why, "remember");
		return refused(s, name, &why);
	}
	if (note_sender(s, name) == -1) {
		mk_fail_sys(&why, "remember");
		return refused(s, name, &why);
	}
	return GO;
}

static void
sort_group(struct sorting *s)
{
	static const unsigned columns[] = { [GONE] = MK_TMDA_VANISHED,
	    [REFUSED] = MK_TMDA_FAILED, [RESCUED] = MK_TMDA_RESCUED };
	const struct mk_tmda_root *root = &s->t->roots[s->q->pending.root];
	uint64_t counts[MK_TMDA_COLUMNS] = { 0 };
	struct mk_group *group = s->group;
	size_t i, kept = 0;
	enum verdict verdict;

	s->fd = mk_sys_open_dir(root->fd, group->path);
	if (s->fd == -1) {
		mk_tmda_problem(s->t, root, "open", group->path);
		mk_tmda_spare_messages(s->t, s->q, MK_TMDA_FAILED);
		return;
	}
	/* Stopped, the removal will not begin either. */
	for (i = 0; i < group->n && !mk_stopped(); i++) {
		verdict = judge(s, &group->items[i]);
		if (verdict == GO)
			group->items[kept++] = group->items[i];
		else if (verdict != NOT_ASKED)
			counts[columns[verdict]]++;
	}
	s->t->roots[s->q->pending.root].plan.items -= group->n - kept;
	group->n = kept;
	mk_tmda_count(s->t, counts);
	close(s->fd);
}

int
mk_tmda_nobody(struct mk_error *err)
{
	return mk_fail(err, EX_NOINPUT, "nothing pending is for --user");
}

void
mk_tmda_spare_messages(struct mk_tmda *t, struct mk_tmda_queue *q,
    unsigned column)
{
	uint64_t counts[MK_TMDA_COLUMNS] = { 0 };
	unsigned i;

	for (i = MK_TMDA_ORIGINAL; i <= MK_TMDA_CUR; i++) {
		if (q->groups[i] == NULL)
			continue;
		counts[column] += q->groups[i]->n;
		t->roots[q->pending.root].plan.items -= q->groups[i]->n;
		q->groups[i]->n = 0;
	}
	mk_tmda_count(t, counts);
}

void
mk_tmda_sort_out(struct mk_tmda *t, struct mk_tmda_queue *q)
{
	struct sorting s = { .t = t, .q = q,
	    .by_user = t->conf->dir != NULL && t->users->n > 0 };
	struct mk_error why, err;
	unsigned i;

	if (q->lists_n > 0 &&
	    (s.senders = mk_tmda_lists_load(q, &why)) == NULL) {
		mk_fail(&err, why.status, "%s; without it nothing pending in "
		    "%s is removed", why.text, q->path);
		mk_problems_tell(&t->problems, &err);
		mk_tmda_spare_messages(t, q, MK_TMDA_FAILED);
	} else if (s.by_user || q->append.path != NULL ||
	    (s.senders != NULL && mk_tmda_senders_count(s.senders) > 0))
		for (i = MK_TMDA_ORIGINAL; i <= MK_TMDA_CUR; i++) {
			s.group = q->groups[i];
			if (s.group != NULL && s.group->n > 0)
				sort_group(&s);
		}
	mk_tmda_message_free(&s.msg);
	mk_tmda_senders_free(s.senders);
}

bool
mk_tmda_is_news(int64_t since_s, int64_t lifetime_s, int64_t told_s)
{
	return since_s + lifetime_s > told_s;
}

/* A line is "0123456789abcdef 1700000000". */
static int
told_key(char key[TOLD_KEY], const struct mk_tmda_conf *conf)
{
	struct mk_buf text = { 0 };
	int rv = mk_buf_addf(&text, "%s\n%s\n%s", conf->name, conf->dir ==
	    NULL ? "" : conf->dir, conf->mailbox_dir);

	if (rv == 0)
		snprintf(key, TOLD_KEY, "%016" PRIx64 " ",
		    mk_msgname_hash(text.data, text.len));
	mk_buf_free(&text);
	return rv;
}

int64_t
mk_tmda_told_find(const struct mk_buf *text, const struct mk_tmda_conf *conf)
{
	char key[TOLD_KEY];
	const char *at;

	if (text->data == NULL || told_key(key, conf) == -1)
		return 0;
	at = strstr(text->data, key);
	return at == NULL ? 0 : strtoll(at + strlen(key), NULL, 10);
}

int
mk_tmda_told_add(struct mk_buf *text, const struct mk_tmda_conf *conf,
    int64_t told_s)
{
	char key[TOLD_KEY];

	return told_key(key, conf) == -1 ? -1 :
	    mk_buf_addf(text, "%s%" PRId64 "\n", key, told_s);
}

void
mk_tmda_rescued_tell(const struct mk_tmda *t)
{
	const struct mk_tmda_queue *q, *first = NULL;
	uint64_t n = 0;
	size_t queues = 0, i, j;
	bool news = t->dry_run || mk_diag_verbose();

	for (i = 0; i < t->queues_n; i++) {
		q = t->queues[i];
		if (q->rescued_n == 0)
			continue;
		n += q->rescued_n;
		if (queues++ == 0)
			first = q;
		for (j = 0; j < q->rescued_n && !news; j++)
			news = mk_tmda_is_news(q->rescued[j].since_s,
			    q->lifetime_s, t->told_s);
	}
	if (n == 0 || !news)
		return;
	mk_diag_warn("tmda \"%s\": %" PRIu64 " due message%s in %s%s%s "
	    "kept: the sender is on a list by now; release (tmda-pending -b "
	    "-r ID; -v tells which), or set rescue = \"release\" or \"no\"",
	    t->conf->name, n, n == 1 ? "" : "s", first->path, queues > 1 ?
	    " and others" : "", n == 1 ? " is" : " are");
}
