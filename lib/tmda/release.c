/* tmda/release - have TMDA release messages. */
#include "tmda/release.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/aide.h"
#include "base/fs.h"
#include "base/stop.h"
#include "base/sys.h"
#include "tmda/names.h"
#include "tmda/tmda.h"

#define LIMIT_S		300		/* for a batch */
#define ARGS		8		/* before the ids */
#define ID_MAX		24
#define WAITS		100		/* of ... */
#define WAIT_NS		100000000L	/* 0.1 s */

struct mk_release {
	struct mk_aide *aide;
	const struct mk_release_duty *duties;	/* the child's copy */
	size_t n;
};

struct command {			/* made in the child */
	char *argv[ARGS + MK_RELEASE_BATCH + 1];
	size_t n;
	struct mk_buf home, config, user, logname;
	uid_t uid;
	gid_t gid;
};

/*
 * With the rights of the account UID and no more: its group is its own, never
 * the directory's, which a setgid parent or chgrp(1) gives.
 */
static int
set_rights(struct command *c, uid_t uid, struct mk_error *err)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwuid(uid);
	if (pw == NULL)
		return errno != 0 ? mk_fail_sys(err, "release: user %lu",
		    (unsigned long)uid) : mk_fail(err, EX_NOUSER, "release: "
		    "user %lu, to whom the directory belongs, has no account",
		    (unsigned long)uid);
	c->uid = geteuid() == 0 ? uid : (uid_t)-1;
	c->gid = geteuid() == 0 ? pw->pw_gid : (gid_t)-1;
	if (mk_buf_addf(&c->user, "USER=%s", pw->pw_name) == -1 ||
	    mk_buf_addf(&c->logname, "LOGNAME=%s", pw->pw_name) == -1)
		return mk_fail_sys(err, "release");
	return 0;
}

/*
 * Whose the directory is.  TMDA executes what its owner wrote, as Python, and
 * loads its cache as pickles: so nothing is run as root, nor as us what is
 * another's.
 */
static int
judge_owner(struct command *c, const struct mk_release_duty *duty,
    const char *dir, struct mk_error *err)
{
	int root = mk_fs_open_trusted(duty->root, 0, (uid_t)-1, (gid_t)-1,
	    err), fd;
	struct stat st;
	int rv = -1;

	if (root == -1)
		return -1;
	fd = mk_sys_open_dir(root, dir);
	if (fd == -1 || fstat(fd, &st) == -1)
		mk_fail_sys(err, "release: open %s/%s", duty->root, dir);
	else if (geteuid() == 0 && st.st_uid == 0)
		rv = duty->mailbox_dir[0] != '\0' ?
		    mk_fail(err, EX_NOPERM, "release: %s/%s belongs to root: "
		    "nothing in a mailbox is done as root", duty->root, dir) :
		    mk_fail(err, EX_CONFIG, "release: %s belongs to root, and "
		    "nothing is released as root: run tmda-pending yourself, "
		    "or chown it to TMDA's user", duty->root);
	else if (geteuid() != 0 && st.st_uid != geteuid())
		mk_fail(err, EX_NOPERM, "release: %s/%s belongs to user %lu: "
		    "nothing of others is run", duty->root, dir,
		    (unsigned long)st.st_uid);
	else
		rv = set_rights(c, st.st_uid, err);
	if (fd != -1)
		close(fd);
	close(root);
	return rv;
}

/* Where TMDA is to look: HOME is what ".tmda" lies in. */
static int
set_places(struct command *c, const struct mk_release_duty *duty,
    const char *dir)
{
	char *path = mk_tmda_join(duty->root, dir), *name;
	bool usual;
	int rv = -1;

	if (path == NULL)
		return -1;
	name = strrchr(path, '/');
	usual = name != NULL && name > path && strcmp(name, "/.tmda") == 0;
	if (mk_buf_addf(&c->home, "HOME=%.*s", usual ? (int)(name - path) :
	    (int)strlen(path), path) == 0)
		rv = duty->config[0] == '/' ? mk_buf_addf(&c->config, "%s",
		    duty->config) : duty->config[0] == '\0' && usual ? 0 :
		    mk_buf_addf(&c->config, "%s/%s", path,
		    duty->config[0] == '\0' ? "config" : duty->config);
	free(path);
	return rv;
}

/* "-b -q -r -c CONFIG ID ..." of the ids at TEXT.  False: those are none. */
static bool
set_args(struct command *c, char *command, char *text, const char *end)
{
	static char batch[] = "-b", quiet[] = "-q", release[] = "-r",
	    config[] = "-c";
	char *first[] = { command, batch, quiet, release };
	size_t ids = 0;

	memcpy(c->argv, first, sizeof first);
	c->n = sizeof first / sizeof *first;
	if (c->config.len > 0) {
		c->argv[c->n++] = config;
		c->argv[c->n++] = c->config.data;
	}
	for (; text < end; text += strlen(text) + 1) {
		if (ids++ == MK_RELEASE_BATCH || !mk_tmda_is_id(text))
			return false;
		c->argv[c->n++] = text;
	}
	return ids > 0;
}

static void
run_command(struct command *c, struct mk_error *err)
{
	static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:"
	    "/sbin", lang[] = "LANG=C.UTF-8";
	char *env[] = { path, lang, c->home.data, c->user.data,
	    c->logname.data, NULL };

	(void)mk_aide_run_as(c->argv, env, c->uid, c->gid, LIMIT_S,
	    "release-command", err);
}

static int
answer(void *data, uint32_t request, char *text, size_t len,
    struct mk_error *err)
{
	const struct mk_release *release = data;
	const struct mk_release_duty *duty;
	struct command c = { .uid = (uid_t)-1 };
	char *dir = NULL, *command = NULL, *ids = text + strlen(text) + 1;
	int rv = -1;

	if (request >= release->n)
		return -1;
	duty = &release->duties[request];
	if (duty->mailbox_dir[0] == '\0' && text[0] != '\0')
		return -1;
	command = strdup(duty->command);
	dir = duty->mailbox_dir[0] == '\0' ? strdup(".") :
	    mk_tmda_join(text[0] == '\0' ? "." : text, duty->mailbox_dir);
	err->status = EX_OK;
	if (command == NULL || dir == NULL || set_places(&c, duty, dir) == -1)
		rv = (mk_fail_sys(err, "release"), 0);
	else if (set_args(&c, command, ids, text + len)) {
		rv = 0;
		if (judge_owner(&c, duty, dir, err) == 0)
			run_command(&c, err);
	}
	mk_buf_free(&c.home);
	mk_buf_free(&c.config);
	mk_buf_free(&c.user);
	mk_buf_free(&c.logname);
	free(command);
	free(dir);
	return rv;
}

struct mk_release *
mk_release_start(const struct mk_release_duty *duties, size_t n,
    struct mk_error *err)
{
	struct mk_release *release = calloc(1, sizeof *release);

	if (release == NULL) {
		mk_fail_sys(err, "release");
		return NULL;
	}
	release->duties = duties;
	release->n = n;
	release->aide = mk_aide_start(answer, release, err);
	if (release->aide != NULL)
		return release;
	free(release);
	return NULL;
}

void
mk_release_stop(struct mk_release *release)
{
	if (release != NULL)
		mk_aide_stop(release->aide);
	free(release);
}

int
mk_release_ask(struct mk_release *release, uint32_t duty,
    const char *mailbox, const char *const *ids, size_t n,
    struct mk_error *err)
{
	struct mk_buf text = { 0 };
	size_t i;
	int rv = mk_buf_add(&text, mailbox, strlen(mailbox) + 1);

	for (i = 0; i < n && rv == 0; i++)
		rv = mk_buf_add(&text, ids[i], strlen(ids[i]) + 1);
	rv = rv == -1 ? mk_fail_sys(err, "release") :
	    mk_aide_ask(release->aide, duty, text.data, text.len, err);
	mk_buf_free(&text);
	return rv;
}

/* How many of those rescued in Q are where they were. */
static uint64_t
still_there(const struct mk_tmda *t, const struct mk_tmda_queue *q)
{
	const struct mk_tmda_rescued *r;
	struct mk_buf path = { 0 };
	struct stat st;
	uint64_t there = 0;
	size_t i;

	for (i = 0; i < q->rescued_n; i++) {
		r = &q->rescued[i];
		mk_buf_cut(&path, 0);
		/* In doubt it is. */
		if (mk_group_path(r->group, MK_SUB_SELF,
		    r->group->names.data + r->name, &path) == -1 ||
		    fstatat(t->roots[q->pending.root].fd, path.data, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
			there++;
	}
	mk_buf_free(&path);
	return there;
}

/* One command for the N messages at FIRST. */
static void
release_batch(struct mk_tmda *t, const struct mk_tmda_queue *q, size_t first,
    size_t n)
{
	char ids[MK_RELEASE_BATCH][ID_MAX];
	const char *list[MK_RELEASE_BATCH];
	const struct mk_tmda_rescued *r;
	struct mk_error why, err;
	size_t i;

	for (i = 0; i < n; i++) {
		r = &q->rescued[first + i];
		snprintf(ids[i], sizeof ids[i], "%.*s", (int)r->id_len,
		    r->group->names.data + r->name);
		list[i] = ids[i];
	}
	if (mk_release_ask(t->release, t->duty, q->mailbox, list, n,
	    &why) == 0)
		return;
	mk_fail(&err, why.status, "%s: %s", q->path, why.text);
	mk_problems_tell(&t->problems, &err);
}

/* Ask for all; how many that were. */
static uint64_t
release_all(struct mk_tmda *t)
{
	const struct mk_tmda_queue *q;
	size_t i, first, n;
	uint64_t asked = 0;

	for (i = 0; i < t->queues_n; i++) {
		q = t->queues[i];
		asked += q->rescued_n;
		for (first = 0; first < q->rescued_n && !mk_stopped();
		    first += n) {
			n = q->rescued_n - first;
			if (n > MK_RELEASE_BATCH)
				n = MK_RELEASE_BATCH;
			release_batch(t, q, first, n);
		}
	}
	return asked;
}

void
mk_tmda_release(struct mk_tmda *t)
{
	const struct timespec wait = { .tv_nsec = WAIT_NS };
	uint64_t counts[MK_TMDA_COLUMNS] = { 0 }, asked, left = 0;
	unsigned told = t->problems.count, waits;
	struct mk_error err;
	size_t i;

	asked = release_all(t);
	for (waits = t->problems.count == told ? WAITS : 0;; waits--) {
		for (left = i = 0; i < t->queues_n; i++)
			left += still_there(t, t->queues[i]);
		if (left == 0 || waits == 0 || mk_stopped())
			break;
		nanosleep(&wait, NULL);
	}
	counts[MK_TMDA_RELEASED] = asked - left;
	counts[MK_TMDA_FAILED] = left;
	mk_tmda_count(t, counts);
	if (left == 0 || t->problems.count != told)
		return;
	mk_fail(&err, EX_TEMPFAIL, "tmda \"%s\": %" PRIu64 " of %" PRIu64
	    " messages to be released are still in the queue, and stay",
	    t->conf->name, left, asked);
	mk_problems_tell(&t->problems, &err);
}
