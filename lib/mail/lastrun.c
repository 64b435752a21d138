/* mail/lastrun - what a program's last run has left in the state-dir. */
#include "mail/lastrun.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mail/msgname.h"

static int
fail(const struct mk_lastrun *last, const struct mk_error *why,
    struct mk_error *err)
{
	return mk_fail(err, why->status, "state-dir %s: %s",
	    last->host->state_dir, why->text);
}

int
mk_lastrun_load(struct mk_lastrun *last, const struct mk_host *host,
    const struct mk_own *own, const char *program, int rootfd,
    uint64_t rules, struct mk_error *err)
{
	char *real = realpath(host->mail_root, NULL);
	const char *root = real == NULL ? host->mail_root : real;
	struct mk_error why;
	struct stat st;

	*last = (struct mk_lastrun){ .host = host,
	    .state_fd = own->state_fd, .key = { .rules = rules } };
	snprintf(last->name, sizeof last->name, "%s-%016" PRIx64 ".index",
	    program, mk_msgname_hash(root, strlen(root)));
	free(real);
	if (rootfd != -1 && fstat(rootfd, &st) == 0) {
		last->key.root_dev = st.st_dev;
		last->key.root_ino = st.st_ino;
	}
	return last->state_fd == -1 || mk_index_load(&last->index,
	    last->state_fd, last->name, &last->key, &why) == 0 ? 0 :
	    fail(last, &why, err);
}

uint64_t
mk_lastrun_mailboxes(const struct mk_lastrun *last)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < last->index.n; i++)
		n += last->index.records[i].kind == MK_INDEX_MAILBOX;
	return n;
}

int
mk_lastrun_save(const struct mk_lastrun *last, struct mk_walk_result *result,
    int64_t now_s, struct mk_error *err)
{
	struct mk_error why;

	/* A run that walks nothing has no index to touch. */
	if (!result->changed && last->index.n > 0)
		return mk_lastrun_touch(last, now_s, err);
	return last->state_fd == -1 || mk_index_save(last->state_fd,
	    last->name, &last->key, now_s, result->records, result->n,
	    &why) == 0 ? 0 : fail(last, &why, err);
}

int
mk_lastrun_touch(const struct mk_lastrun *last, int64_t now_s,
    struct mk_error *err)
{
	struct mk_error why;

	return last->state_fd == -1 || mk_index_touch(last->state_fd,
	    last->name, now_s, &why) == 0 ? 0 : fail(last, &why, err);
}

void
mk_lastrun_close(struct mk_lastrun *last)
{
	mk_index_free(&last->index);
}
