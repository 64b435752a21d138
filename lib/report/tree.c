/* report/tree - one walk over the mail root for all parts that want it. */
#include "report/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/progress.h"
#include "base/stop.h"
#include "base/sys.h"
#include "mail/msgname.h"
#include "mail/quota.h"
#include "mail/walk.h"
#include "report/part.h"

/* A worker walks a mailbox to its end before it begins another. */
struct worker {
	struct mk_dir reader;
	struct mk_met met;
	struct mk_arena names;		/* of its mailbox and folders */
	size_t cap;			/* of met.folders */
};

struct look {
	const struct mk_tree *tree;
	struct worker *workers;
	pthread_mutex_t lock;		/* of all below */
	struct mk_space_sums space;
	struct mk_quota_sums quota;
	struct mk_stranger_sums strangers;
	uint64_t problems;
	struct mk_error first;
};

static void
problem(void *data, const struct mk_error *err)
{
	struct look *look = data;

	pthread_mutex_lock(&look->lock);
	if (look->problems++ == 0)
		look->first = *err;
	pthread_mutex_unlock(&look->lock);
}

static void
problem_at(struct look *look, const char *path, const char *name)
{
	struct mk_error err;

	mk_fail_sys(&err, "%s/%s%s%s", look->tree->root, path,
	    name[0] == '\0' ? "" : "/", name);
	problem(look, &err);
}

static unsigned
want(void *data, const struct mk_folder *folder)
{
	(void)data;
	(void)folder;
	return MK_WATCH_CUR | MK_WATCH_NEW;
}

/* ---- a folder */

/* The size of the message ENTRY of the directory FD; -1: it is none. */
static int64_t
size_of(int fd, const struct mk_dirent *entry)
{
	struct stat st;
	int64_t size;

	if (!mk_msgname_fits(entry->name) || (entry->type != MK_FILE &&
	    entry->type != MK_UNKNOWN))
		return -1;
	size = mk_msgname_size(entry->name, mk_msgname_split(entry->name,
	    NULL));
	if (size >= 0 && entry->type == MK_FILE)
		return size;
	/* Gone or renamed since it was listed: it is met no more. */
	if (fstatat(fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode))
		return -1;
	return size >= 0 ? size : st.st_size;
}

/* Count the messages in the directory SUB ("cur") of the folder open as FD.
 * 1; 0 where there is no such directory; -1. */
static int
count(int fd, const char *sub, struct mk_dir *reader,
    struct mk_space_folder *sums)
{
	int subfd = mk_sys_open_dir(fd, sub), rv;
	struct mk_dirent entry;
	int64_t size;

	if (subfd == -1)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	rv = mk_sys_dir_start(reader, subfd);
	while (rv == 0 && (rv = mk_sys_dir_next(reader, &entry)) == 1) {
		size = size_of(subfd, &entry);
		if (size >= 0) {
			sums->messages++;
			sums->bytes += (uint64_t)size;
		}
		rv = 0;
	}
	close(subfd);
	return rv == -1 ? -1 : 1;
}

/* ---- a mailbox */

/* The mailbox of W, if it has one, has been walked. */
static void
finish(struct look *look, struct worker *w)
{
	struct mk_quota_file file;

	if (w->met.mailbox == NULL)
		return;
	mk_quota_file_read(look->tree->rootfd, w->met.mailbox, &file);
	pthread_mutex_lock(&look->lock);
	mk_quota_met(&look->quota, &w->met, &file);
	mk_strangers_met(&look->strangers, &w->met);
	mk_space_met(&look->space, &w->met);
	pthread_mutex_unlock(&look->lock);
	mk_arena_free(&w->names);
	w->met = (struct mk_met){ .folders = w->met.folders };
}

/* Begin with MAILBOX, unless W is at it.  0, or -1 (ENOMEM). */
static int
begin(struct look *look, struct worker *w, const char *mailbox)
{
	if (w->met.mailbox != NULL && strcmp(w->met.mailbox, mailbox) == 0)
		return 0;
	finish(look, w);
	w->met.mailbox = mk_arena_copy(&w->names, mailbox, strlen(mailbox));
	return w->met.mailbox == NULL ? -1 : 0;
}

static int
add(struct worker *w, const char *name, const struct mk_space_folder *sums)
{
	struct mk_space_folder *folders;
	size_t cap;

	if (w->met.n == w->cap) {
		cap = w->cap * 2 + 16;
		folders = realloc(w->met.folders, cap * sizeof *folders);
		if (folders == NULL)
			return -1;
		w->met.folders = folders;
		w->cap = cap;
	}
	name = mk_arena_copy(&w->names, name, strlen(name));
	if (name == NULL)
		return -1;
	w->met.folders[w->met.n] = *sums;
	w->met.folders[w->met.n++].name = name;
	w->met.messages += sums->messages;
	w->met.bytes += sums->bytes;
	return 0;
}

static void
visit(void *data, const struct mk_folder *folder,
    struct mk_index_record *record, unsigned worker)
{
	static const char *const subs[] = { "cur", "new" };
	struct look *look = data;
	struct worker *w = &look->workers[worker];
	struct mk_space_folder sums = { 0 };
	int fd, rv, found = 0;
	size_t i;

	(void)record;
	fd = mk_sys_open_dir(look->tree->rootfd, folder->path[0] == '\0' ?
	    "." : folder->path);
	if (fd == -1) {
		if (errno != ENOENT)
			problem_at(look, folder->path, "");
		return;
	}
	for (i = 0; i < 2; i++) {
		rv = count(fd, subs[i], &w->reader, &sums);
		if (rv == -1)
			problem_at(look, folder->path, subs[i]);
		else
			found += rv;
	}
	close(fd);
	/* Any hidden directory could have been one. */
	if (found == 0)
		return;
	if (begin(look, w, folder->mailbox) == -1 ||
	    add(w, folder->name, &sums) == -1) {
		problem_at(look, folder->path, "");
		return;
	}
	if (mk_quota_counts(look->tree->quota_ignore, folder->layout,
	    folder->place)) {
		w->met.quota_messages += sums.messages;
		w->met.quota_bytes += sums.bytes;
	}
}

/* ---- all of it */

static int
walk(struct look *look, size_t *mailboxes, struct mk_error *err)
{
	const struct mk_tree *tree = look->tree;
	const struct mk_walk how = {
		.rootfd = tree->rootfd, .root = tree->root, .start = "",
		.threads = tree->threads, .now_s = tree->now_s,
	};
	const struct mk_walk_ops ops = {
		.data = look, .want = want, .visit = visit,
		.problem = problem,
	};
	struct mk_walk_result result;
	unsigned i;
	int rv;

	look->workers = calloc(tree->threads, sizeof *look->workers);
	if (look->workers == NULL)
		return mk_fail_sys(err, "%s", tree->root);
	for (i = 0; i < tree->threads; i++)
		look->workers[i].reader.fd = -1;
	mk_progress_phase("measuring", 0);
	rv = mk_walk(&how, &ops, &result, err);
	for (i = 0; i < tree->threads; i++) {
		if (rv == 0)
			finish(look, &look->workers[i]);
		mk_arena_free(&look->workers[i].names);
		free(look->workers[i].met.folders);
		mk_sys_dir_free(&look->workers[i].reader);
	}
	free(look->workers);
	*mailboxes = result.mailboxes;
	mk_walk_result_free(&result);
	if (rv == 0 && *mailboxes == 0)
		rv = mk_fail(err, EX_NOINPUT, "%s: no mailbox found (a "
		    "mailbox has the directories cur, new and tmp)",
		    tree->root);
	return rv;
}

static void
tell(struct look *look, struct mk_survey *survey)
{
	struct mk_part *parts[] = { &survey->space.part,
	    &survey->quota.part, &survey->strangers.part };
	size_t i;

	mk_space_tell(&look->space, survey);
	mk_quota_tell(&look->quota, survey);
	if (look->strangers.accounts != NULL)
		mk_strangers_tell(&look->strangers, survey);
	for (i = 0; i < 3 && look->problems > 0; i++)
		if (parts[i]->state == MK_PART_TOLD)
			mk_part_note(survey, parts[i], "%ju places are left "
			    "out, the first: %s", (uintmax_t)look->problems,
			    look->first.text);
}

int
mk_tree_survey(const struct mk_tree *tree, struct mk_survey *survey)
{
	struct look look = {
		.tree = tree, .lock = PTHREAD_MUTEX_INITIALIZER,
		.space = mk_space_sums_none, .quota = mk_quota_sums_none,
		.strangers = mk_stranger_sums_none,
	};
	size_t mailboxes = 0;
	struct mk_error err;

	if (tree->accounts != NULL && mk_strangers_read(&look.strangers,
	    tree->accounts, tree->rootfd, &err) == -1)
		mk_part_failed(survey, &survey->strangers.part, &err);
	if (walk(&look, &mailboxes, &err) == 0) {
		survey->space.mailboxes = mailboxes;
		tell(&look, survey);
	} else {
		mk_part_failed(survey, &survey->space.part, &err);
		mk_part_failed(survey, &survey->quota.part, &err);
		if (look.strangers.accounts != NULL)
			mk_part_failed(survey, &survey->strangers.part, &err);
	}
	mk_space_sums_free(&look.space);
	mk_quota_sums_free(&look.quota);
	mk_stranger_sums_free(&look.strangers);
	return mk_stopped() ? -1 : 0;
}
