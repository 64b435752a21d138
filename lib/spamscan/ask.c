/* spamscan/ask - what the walk leaves for spamd. */
#include "spamscan/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/sys.h"
#include "mail/msgname.h"
#include "mail/source.h"
#include "spamscan/judge.h"
#include "spamscan/spamscan.h"

#define FAILURES_MAX	8		/* in a row: then spamd is not there */

struct mk_question_group *
mk_question_group_new(const struct mk_folder *folder)
{
	struct mk_question_group *group = calloc(1, sizeof *group);

	if (group == NULL)
		return NULL;
	group->layout = folder->layout;
	group->mailbox = strdup(folder->mailbox);
	group->place = strdup(folder->place);
	group->path = strdup(folder->path);
	group->name = strdup(folder->name);
	if (group->mailbox == NULL || group->place == NULL ||
	    group->path == NULL || group->name == NULL) {
		mk_question_group_free(group);
		return NULL;
	}
	return group;
}

void
mk_question_group_free(struct mk_question_group *group)
{
	size_t i;

	if (group == NULL)
		return;
	for (i = 0; i < group->n; i++)
		free(group->v[i].name);
	free(group->v);
	free(group->mailbox);
	free(group->place);
	free(group->path);
	free(group->name);
	free(group);
}

int
mk_question_add(struct mk_question_group *group, const char *name,
    bool in_new, uint64_t hash, uint64_t ino)
{
	struct mk_question *v;
	size_t cap;

	if (group->n == group->cap) {
		cap = group->cap + group->cap / 2 + 8;
		v = realloc(group->v, cap * sizeof *v);
		if (v == NULL)
			return -1;
		group->v = v;
		group->cap = cap;
	}
	group->v[group->n] = (struct mk_question){ .hash = hash, .ino = ino,
	    .name = strdup(name), .in_new = in_new };
	return group->v[group->n].name == NULL ? -1 : (int)(group->n++, 0);
}

int
mk_questions_add(struct mk_spamscan *scan, struct mk_question_group *group)
{
	struct mk_questions *q = scan->questions;
	struct mk_question_group **v;
	size_t cap;
	int rv = 0;

	pthread_mutex_lock(&scan->telling);
	if (q->n == q->cap) {
		cap = q->cap + q->cap / 2 + 64;
		v = realloc(q->v, cap * sizeof *v);
		if (v == NULL)
			rv = -1;
		else {
			q->v = v;
			q->cap = cap;
		}
	}
	if (rv == 0) {
		q->v[q->n++] = group;
		q->total += group->n;
	}
	pthread_mutex_unlock(&scan->telling);
	return rv;
}

void
mk_questions_free(struct mk_questions *questions)
{
	size_t i;

	for (i = 0; i < questions->n; i++)
		mk_question_group_free(questions->v[i]);
	free(questions->v);
	*questions = (struct mk_questions){ 0 };
}

static int
by_hash(const void *a, const void *b)
{
	const struct mk_question *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

const struct mk_question *
mk_question_find(const struct mk_question_group *group, uint64_t hash)
{
	const struct mk_question key = { .hash = hash };

	return group->n == 0 ? NULL : bsearch(&key, group->v, group->n,
	    sizeof key, by_hash);
}

/* ---- putting them */

struct asking {
	struct mk_spamscan *scan;
	pthread_mutex_t mutex;
	size_t group, at;		/* the next question, */
	uint64_t left;			/* and how many there still are */
	unsigned failures;		/* in a row */
	uint64_t unanswered;
	struct mk_error why;		/* of the first failure */
};

/*
 * Begin anywhere, each run elsewhere: of the same order each time, those that
 * come behind messages with which spamd fails would never have their turn.
 */
static void
begin(struct asking *asking)
{
	const struct mk_questions *all = asking->scan->questions;
	uint64_t skip = ((uint64_t)asking->scan->now_s *
	    UINT64_C(0x9e3779b97f4a7c15) >> 32) % all->total;

	for (; skip >= all->v[asking->group]->n; asking->group++)
		skip -= all->v[asking->group]->n;
	asking->at = (size_t)skip;
	asking->left = all->total;
}

/* The next question, or NULL where no more is to be asked. */
static struct mk_question *
next(struct asking *asking, const struct mk_question_group **group)
{
	struct mk_questions *all = asking->scan->questions;
	struct mk_question *question = NULL;

	pthread_mutex_lock(&asking->mutex);
	if (asking->left > 0 && !mk_stopped() &&
	    asking->failures < FAILURES_MAX &&
	    mk_clock_ms() < asking->scan->deadline_ms) {
		while (asking->at == all->v[asking->group]->n) {
			asking->group = (asking->group + 1) % all->n;
			asking->at = 0;
		}
		asking->left--;
		*group = all->v[asking->group];
		question = &(*group)->v[asking->at++];
	}
	pthread_mutex_unlock(&asking->mutex);
	return question;
}

static void
failed(struct asking *asking, const struct mk_error *why)
{
	pthread_mutex_lock(&asking->mutex);
	if (asking->unanswered++ == 0)
		asking->why = *why;
	asking->failures++;
	pthread_mutex_unlock(&asking->mutex);
}

static void
answered(struct asking *asking)
{
	pthread_mutex_lock(&asking->mutex);
	asking->failures = 0;
	pthread_mutex_unlock(&asking->mutex);
}

/* -1 where it is gone, or under another name: the next run will see. */
static int
open_message(const struct mk_spamscan *scan,
    const struct mk_question_group *group, struct mk_question *question)
{
	struct mk_buf path = { 0 };
	struct stat st;
	int fd = -1;

	if (mk_buf_addf(&path, "%s%s%s/%s", group->path,
	    group->path[0] == '\0' ? "" : "/", question->in_new ? "new" :
	    "cur", question->name) == 0)
		fd = mk_sys_open_file(scan->rootfd, path.data, O_RDONLY, 0);
	mk_buf_free(&path);
	if (fd != -1 && (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_ino != question->ino)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void
ask(struct asking *asking, const struct mk_question_group *group,
    struct mk_question *question, struct mk_source *source)
{
	struct mk_spamscan *scan = asking->scan;
	struct mk_judgement j;
	struct mk_buf email = { 0 };
	struct mk_error why;
	int fd = open_message(scan, group, question);

	if (fd == -1)
		return;
	if (scan->accounts != NULL && mk_accounts_email(scan->accounts,
	    group->mailbox, &email) == -1) {
		mk_fail_sys(&why, "%s", group->mailbox);
		failed(asking, &why);
	} else if (mk_judge_by_spamd(scan, source, fd, email.data == NULL ?
	    "" : email.data, &j, &why) == -1)
		failed(asking, &why);
	else {
		question->known = j.known;
		question->print = j.print;
		question->answered = true;
		answered(asking);
	}
	mk_buf_free(&email);
	close(fd);
}

static void
work(struct mk_pool *pool, void *data, void *piece, unsigned worker)
{
	struct asking *asking = data;
	const struct mk_question_group *group;
	struct mk_question *question;
	struct mk_error err;
	struct mk_source *source = mk_source_new(&err);

	(void)pool;
	(void)piece;
	(void)worker;
	if (source == NULL)
		failed(asking, &err);
	else
		while ((question = next(asking, &group)) != NULL) {
			ask(asking, group, question, source);
			mk_progress_step(1);
		}
	mk_source_free(source);
}

/* One line for all that has no answer; the run tells of a signal itself. */
static void
tell_unanswered(struct asking *asking)
{
	uint64_t left = asking->left;
	struct mk_error err;

	if (mk_stopped())
		return;
	if (asking->unanswered > 0)
		mk_fail(&err, asking->why.status, "%s; %ju messages were not "
		    "scored and stay; the next run tries again",
		    asking->why.text, (uintmax_t)(asking->unanswered + left));
	else if (left > 0)
		mk_fail(&err, EX_TEMPFAIL, "max-runtime is over; %ju messages "
		    "were not scored and stay; the next run goes on",
		    (uintmax_t)left);
	else
		return;
	mk_problems_tell(&asking->scan->problems, &err);
}

void
mk_questions_put(struct mk_spamscan *scan)
{
	struct asking asking = { .scan = scan };
	struct mk_pool *pool;
	struct mk_error err;
	unsigned threads = (unsigned)scan->conf->spamd.connections, i;

	for (i = 0; i < scan->questions->n; i++)
		qsort(scan->questions->v[i]->v, scan->questions->v[i]->n,
		    sizeof *scan->questions->v[i]->v, by_hash);
	if (scan->questions->total == 0)
		return;
	if (threads > scan->questions->total)
		threads = (unsigned)scan->questions->total;
	mk_progress_phase("asking spamd", scan->questions->total);
	pthread_mutex_init(&asking.mutex, NULL);
	begin(&asking);
	pool = mk_pool_new(threads, work, &asking, &err);
	for (i = 0; pool != NULL && i < threads; i++)
		if (mk_pool_push(pool, &asking) == -1)
			break;
	if (pool != NULL)
		mk_pool_run(pool);
	else
		failed(&asking, &err);
	mk_pool_free(pool);
	tell_unanswered(&asking);
	pthread_mutex_destroy(&asking.mutex);
}
