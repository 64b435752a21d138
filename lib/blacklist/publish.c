/* blacklist/publish - all outputs, or none. */
#include "blacklist/publish.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/lock.h"
#include "blacklist/origin.h"
#include "blacklist/set.h"
#include "blacklist/text.h"

#define MODE		0644
#define NAME_MAX_LEN	240		/* + "__db.", ".", ".lock": 255 */
#define NAME_SIZE	256

/* What lies beside NAME, and what libdb makes on the way to .new. */
enum beside { LOCK, NEW, OLD, NEW_DB, BESIDES };

struct job {				/* a target that is published */
	const struct mk_target *t;
	uid_t owner;			/* of the host */
	char *new_path;			/* of .NAME.new */
	int lock;
	bool has_old;			/* .NAME.old is the old file */
	bool renamed;
};

static void
beside_name(char name[NAME_SIZE], enum beside which, const char *of)
{
	static const char *const forms[BESIDES] = {
		[LOCK] = ".lock", [NEW] = ".new", [OLD] = ".old",
		[NEW_DB] = ".new",
	};

	snprintf(name, NAME_SIZE, "%s.%s%s", which == NEW_DB ? "__db." : "",
	    of, forms[which]);
}

/* All but the lock. */
static void
beside_remove(const struct mk_target *t)
{
	enum beside which;
	char name[NAME_SIZE];

	for (which = NEW; which < BESIDES; which++) {
		beside_name(name, which, t->at.name);
		unlinkat(t->at.dirfd, name, 0);
	}
}

/* Whether a NAME could be what lies beside another. */
static bool
is_ours(const char *name)
{
	const char *dot = strrchr(name, '.');

	return name[0] == '.' && (strcmp(dot, ".lock") == 0 ||
	    strcmp(dot, ".new") == 0 || strcmp(dot, ".old") == 0);
}

static bool
trusted_user(uid_t uid, uid_t owner)
{
	return uid == 0 || uid == geteuid() || uid == owner;
}

/* A group of others, or one that others are in, makes them writers. */
static bool
trusted_group(gid_t gid, uid_t owner)
{
	const struct passwd *pw = NULL;
	const struct group *gr;
	char **member;

	if (owner != (uid_t)-1)
		pw = getpwuid(owner);
	if (gid != 0 && gid != getegid() &&
	    (pw == NULL || gid != pw->pw_gid))
		return false;
	gr = getgrgid(gid);
	if (gr == NULL)
		return true;
	for (member = gr->gr_mem; *member != NULL; member++) {
		pw = getpwnam(*member);
		if (pw != NULL && !trusted_user(pw->pw_uid, owner))
			return false;
	}
	return true;
}

static int
check_dir(int fd, const char *dir, uid_t owner, struct mk_error *err)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return mk_fail_sys(err, "look at the directory %s", dir);
	if (!trusted_user(st.st_uid, owner))
		return mk_fail(err, EX_NOPERM, "%s belongs to user %lu, who "
		    "could put another list in place of ours: chown root %s, "
		    "or publish elsewhere", dir, (unsigned long)st.st_uid,
		    dir);
	if ((st.st_mode & S_IWOTH) != 0)
		return mk_fail(err, EX_NOPERM, "anybody can write to %s, and "
		    "put another list in place of ours: chmod o-w %s, or "
		    "publish elsewhere", dir, dir);
	if ((st.st_mode & S_IWGRP) != 0 && !trusted_group(st.st_gid, owner))
		return mk_fail(err, EX_NOPERM, "group %lu can write to %s, "
		    "and put another list in place of ours: chmod g-w %s, or "
		    "publish elsewhere", (unsigned long)st.st_gid, dir, dir);
	return 0;
}

/* A missing file is fine. */
static int
check_file(const struct mk_target *t, struct mk_error *err)
{
	struct stat st;

	if (fstatat(t->at.dirfd, t->at.name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : mk_fail_sys(err, "look at %s",
		    t->at.path);
	if (S_ISLNK(st.st_mode))
		return mk_fail(err, EX_CONFIG, "%s: %s is a link, which would "
		    "be replaced; name the file itself", t->output->name,
		    t->at.path);
	if (!S_ISREG(st.st_mode))
		return mk_fail(err, EX_CONFIG, "%s: %s is no regular file",
		    t->output->name, t->at.path);
	return 0;
}

static bool
same_dir(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	    x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static char *
absolute(const char *file)
{
	struct mk_buf buf = { 0 };
	char *cwd;

	if (file[0] == '/')
		return strdup(file);
	cwd = realpath(".", NULL);
	if (cwd == NULL)
		return NULL;
	if (mk_buf_addf(&buf, "%s/%s", strcmp(cwd, "/") == 0 ? "" : cwd,
	    file) == -1)
		mk_buf_free(&buf);
	free(cwd);
	return buf.data;
}

/* Fill T, which has its output; what is filled is freed by mk_targets_close. */
static int
open_target(struct mk_target *t, const char *file, uid_t owner,
    struct mk_error *err)
{
	const char *name;
	char *dir;
	int rv;

	t->path = absolute(file);
	if (t->path == NULL)
		return mk_fail_sys(err, "%s: %s", t->output->name, file);
	name = strrchr(t->path, '/') + 1;
	if (name[0] == '\0' || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return mk_fail(err, EX_CONFIG, "%s: %s is no name of a file",
		    t->output->name, file);
	if (is_ours(name) || strlen(name) > NAME_MAX_LEN)
		return mk_fail(err, EX_CONFIG, "%s: %s: take a name that does "
		    "not look like a temporary file's, of at most %d bytes",
		    t->output->name, file, NAME_MAX_LEN);
	dir = strdup(t->path);
	if (dir == NULL)
		return mk_fail_sys(err, "%s: %s", t->output->name, file);
	dir[name - t->path > 1 ? name - t->path - 1 : 1] = '\0';
	t->at.name = name;
	t->at.path = t->path;
	t->at.dirfd = mk_fs_open_trusted(dir, 0, (uid_t)-1, (gid_t)-1,
	    err);
	rv = t->at.dirfd == -1 ? -1 : check_dir(t->at.dirfd, dir, owner, err);
	free(dir);
	return rv == -1 ? -1 : check_file(t, err);
}

int
mk_targets_open(struct mk_targets *targets, char *const *files,
    uid_t owner, struct mk_error *err)
{
	const struct mk_target *other;
	struct mk_target *t;
	int id;

	*targets = (struct mk_targets){ .owner = owner };
	for (id = 0; id < MK_OUTPUTS; id++) {
		if (files[id] == NULL || files[id][0] == '\0')
			continue;
		t = &targets->v[targets->n++];
		*t = (struct mk_target){ .output = &mk_outputs[id],
		    .at.dirfd = -1 };
		if (open_target(t, files[id], owner, err) == -1)
			goto fail;
		for (other = targets->v; other < t; other++)
			if (strcmp(other->at.name, t->at.name) == 0 &&
			    same_dir(other->at.dirfd, t->at.dirfd)) {
				mk_fail(err, EX_CONFIG, "%s and %s have one "
				    "file, %s", other->output->name,
				    t->output->name, t->at.path);
				goto fail;
			}
	}
	return 0;
fail:
	mk_targets_close(targets);
	return -1;
}

void
mk_targets_close(struct mk_targets *targets)
{
	size_t i;

	for (i = 0; i < targets->n; i++) {
		if (targets->v[i].at.dirfd != -1)
			close(targets->v[i].at.dirfd);
		free(targets->v[i].path);
	}
	*targets = (struct mk_targets){ 0 };
}

const char *
mk_targets_database(const struct mk_targets *targets, const char **lookup)
{
	static const char *const lookups[MK_OUTPUTS] = {
		[MK_OUT_CDB] = "cdb", [MK_OUT_DBM] = "dbm",
		[MK_OUT_TEXT] = "iplsearch",
	};
	size_t i;

	for (i = 0; i < targets->n; i++) {
		*lookup = lookups[targets->v[i].output - mk_outputs];
		if (*lookup != NULL)
			return targets->v[i].at.path;
	}
	*lookup = NULL;
	return NULL;
}

/*
 * A file of the right bytes is published again where the reader may not read
 * it, or where it is somebody's who could change it later.
 */
int
mk_targets_compare(struct mk_targets *targets, const struct mk_content *c,
    struct mk_error *err)
{
	struct mk_target *t;
	struct stat st;
	size_t i;
	int rv;

	for (i = 0; i < targets->n; i++) {
		t = &targets->v[i];
		rv = t->output->matches(&t->at, c, err);
		if (rv == -1)
			return -1;
		t->current = rv == 1 && fstatat(t->at.dirfd, t->at.name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    (st.st_mode & 07777) == MODE &&
		    trusted_user(st.st_uid, targets->owner);
	}
	return 0;
}

/* Read it all; what was read is of no interest. */
static bool
reads(const struct mk_target *t, struct mk_error *why)
{
	struct mk_origins origins = { 0 };
	struct mk_netlist entries = { 0 };
	size_t foreign = 0;
	uint32_t feed;
	int rv;

	if (mk_origin_feed(&origins, t->output->name, &feed) == -1)
		rv = mk_fail_sys(why, "read %s", t->at.path);
	else
		rv = t->output->read(&t->at, &entries, &origins, &foreign,
		    why);
	mk_netlist_free(&entries);
	mk_origins_free(&origins);
	return rv == 0;
}

/* A host list: of a database that is not there, Exim would defer all mail. */
static bool
names_database(const struct mk_targets *targets, const struct mk_target *t,
    struct mk_error *why)
{
	const char *lookup, *database = mk_targets_database(targets, &lookup);

	if (database != NULL)
		return mk_text_names(&t->at, lookup, database, why);
	mk_fail(why, EX_CONFIG, "%s: there is no database for it", t->at.path);
	return false;
}

static bool
usable(const struct mk_targets *targets, const struct mk_target *t,
    struct mk_error *why)
{
	struct stat st;

	if (fstatat(t->at.dirfd, t->at.name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		mk_fail_sys(why, "%s", t->at.path);
	else if (!S_ISREG(st.st_mode))
		mk_fail(why, EX_DATAERR, "%s is no regular file", t->at.path);
	else if ((st.st_mode & MODE) != MODE)
		mk_fail(why, EX_NOPERM, "%s is not for everybody to read "
		    "(mode %04o)", t->at.path,
		    (unsigned)(st.st_mode & 07777));
	else if (t->output->read != NULL)
		return reads(t, why);
	else
		return names_database(targets, t, why);
	return false;
}

bool
mk_targets_usable(const struct mk_targets *targets, struct mk_error *why)
{
	size_t i;

	for (i = 0; i < targets->n; i++)
		if (!usable(targets, &targets->v[i], why))
			return false;
	return true;
}

bool
mk_targets_keep(struct mk_targets *targets)
{
	struct mk_error why;
	bool any = false;
	size_t i;

	for (i = 0; i < targets->n; i++)
		if (usable(targets, &targets->v[i], &why))
			any = targets->v[i].current = true;
	return any;
}

/* Take the lock, and remove what a killed run left.  0 or -1. */
static int
take(const struct mk_target *t, int *lock, struct mk_error *err)
{
	struct mk_error why;
	char name[NAME_SIZE];

	beside_name(name, LOCK, t->at.name);
	if (mk_lock_take(lock, t->at.dirfd, name, &why) == -1)
		return mk_fail(err, why.status, "publish %s: %s", t->at.path,
		    why.text);
	beside_remove(t);
	return 0;
}

/*
 * The file of the lock goes while it is held: who opened it before finds,
 * once it has the lock, that the name is another's or nobody's.
 */
static void
drop(const struct mk_target *t, int *lock)
{
	char name[NAME_SIZE];

	if (*lock == MK_LOCK_NONE)
		return;
	beside_remove(t);
	beside_name(name, LOCK, t->at.name);
	unlinkat(t->at.dirfd, name, 0);
	mk_lock_drop(lock);
}

/* For a target that is current.  A failure leaves it to the next run. */
static void
tidy(const struct mk_target *t)
{
	int lock = MK_LOCK_NONE;
	enum beside which;
	char name[NAME_SIZE];
	struct stat st;

	for (which = 0; which < BESIDES; which++) {
		beside_name(name, which, t->at.name);
		if (fstatat(t->at.dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			break;
	}
	if (which < BESIDES && take(t, &lock, NULL) == 0)
		drop(t, &lock);
}

/* Whoever owns the new file can rewrite it: no right that the old one alone
 * gave is passed on. */
static int
keep_owner(int fd, const struct job *job)
{
	const struct mk_outfile *at = &job->t->at;
	struct stat st;

	if (fstatat(at->dirfd, at->name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !trusted_user(st.st_uid, job->owner))
		return 0;
	return mk_fs_keep_owner(fd, at->dirfd, at->name);
}

/* Owner, mode and bytes are the disk's before the name is. */
static int
settle(const struct job *job, const struct mk_outfile *new,
    struct mk_error *err)
{
	int fd, rv = -1;

	fd = openat(new->dirfd, new->name, O_RDWR | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd == -1)
		return mk_fail_sys(err, "open %s", new->path);
	if (keep_owner(fd, job) == -1)
		mk_fail_sys(err, "chown %s", new->path);
	else if (fchmod(fd, MODE) == -1)
		mk_fail_sys(err, "chmod %s", new->path);
	else if (fsync(fd) == -1)
		mk_fail_sys(err, "sync %s", new->path);
	else
		rv = 0;
	/* NFS may say only here that the disk is full. */
	if (close(fd) == -1 && rv == 0)
		rv = mk_fail_sys(err, "write %s", new->path);
	return rv;
}

static int
prepare(struct job *job, const struct mk_content *c,
    struct mk_reader_aide *aide, struct mk_error *err)
{
	const struct mk_target *t = job->t;
	struct mk_buf path = { 0 };
	struct mk_error why = { 0 };
	struct mk_outfile new = { .dirfd = t->at.dirfd };
	char name[NAME_SIZE];

	beside_name(name, NEW, t->at.name);
	if (mk_buf_addf(&path, "%.*s%s", (int)(t->at.name - t->at.path),
	    t->at.path, name) == -1)
		return mk_fail_sys(err, "publish %s", t->at.path);
	job->new_path = path.data;
	new.name = name;
	new.path = job->new_path;
	if (t->output->write(&new, c, err) == -1 ||
	    settle(job, &new, err) == -1)
		return -1;
	switch (t->output->matches(&new, c, &why)) {
	case 1:
		return mk_reader_can_read(aide, new.path, t->at.path, err);
	case 0:
		return mk_fail(err, EX_IOERR, "%s does not read back as it "
		    "was written, and is not published: %s", t->at.path,
		    why.text);
	default:
		return mk_fail(err, why.status, "read %s back: %s",
		    t->at.path, why.text);
	}
}

/*
 * A second name for the old file.  Some file systems have none, and a kernel
 * may refuse it for a file of another's: then there is no undoing.
 */
static int
keep_old(struct job *job, struct mk_error *err)
{
	const struct mk_outfile *at = &job->t->at;
	char name[NAME_SIZE];

	beside_name(name, OLD, at->name);
	if (linkat(at->dirfd, at->name, at->dirfd, name, 0) == 0)
		job->has_old = true;
	else if (errno != ENOENT && errno != EPERM && errno != EOPNOTSUPP &&
	    errno != ENOSYS && errno != EMLINK)
		return mk_fail_sys(err, "link %s to %s", at->path, name);
	return 0;
}

/* Those renamed, back; *ERR says which cannot be. */
static void
undo(struct job *jobs, size_t n, struct mk_error *err)
{
	const struct mk_outfile *at;
	char name[NAME_SIZE];
	size_t len;

	while (n-- > 0) {
		at = &jobs[n].t->at;
		beside_name(name, OLD, at->name);
		if (!jobs[n].renamed || (jobs[n].has_old &&
		    renameat(at->dirfd, name, at->dirfd, at->name) == 0) ||
		    err == NULL)
			continue;
		len = strlen(err->text);
		snprintf(err->text + len, sizeof err->text - len,
		    "; %s is the new one and stays", at->path);
	}
}

/*
 * A rename lasts once its directory does.  EINVAL: a file system that has no
 * such thing as syncing a directory.
 */
static int
sync_dir(const struct job *job)
{
	return fsync(job->t->at.dirfd) == -1 && errno != EINVAL ? -1 : 0;
}

/*
 * In order, and what went before is the disk's first, so that after a power
 * cut too no host list names a database that is not there.
 */
static int
rename_all(struct job *jobs, size_t n, struct mk_error *err)
{
	const struct mk_outfile *at;
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; i < n; i++) {
		at = &jobs[i].t->at;
		if (i > 0 && !same_dir(jobs[i - 1].t->at.dirfd, at->dirfd) &&
		    sync_dir(&jobs[i - 1]) == -1) {
			mk_fail_sys(err, "sync the directory of %s",
			    jobs[i - 1].t->at.path);
			goto fail;
		}
		beside_name(name, NEW, at->name);
		if (renameat(at->dirfd, name, at->dirfd, at->name) == -1) {
			mk_fail_sys(err, "rename %s to %s", jobs[i].new_path,
			    at->path);
			goto fail;
		}
		jobs[i].renamed = true;
	}
	if (n > 0 && sync_dir(&jobs[n - 1]) == -1)
		return mk_fail_sys(err, "all files are published; sync the "
		    "directory of %s", jobs[n - 1].t->at.path);
	return 0;
fail:
	undo(jobs, i, err);
	return -1;
}

static int
publish(struct job *jobs, size_t n, const struct mk_content *c,
    struct mk_reader_aide *aide, struct mk_error *err)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (take(jobs[i].t, &jobs[i].lock, err) == -1)
			return -1;
	for (i = 0; i < n; i++)
		if (prepare(&jobs[i], c, aide, err) == -1)
			return -1;
	for (i = 0; i < n; i++)
		if (keep_old(&jobs[i], err) == -1)
			return -1;
	return rename_all(jobs, n, err);
}

int
mk_targets_publish(struct mk_targets *targets, const struct mk_content *c,
    struct mk_reader_aide *aide, struct mk_error *err)
{
	struct job jobs[MK_OUTPUTS];
	size_t i, n = 0;
	int rv;

	for (i = 0; i < targets->n; i++)
		if (targets->v[i].current)
			tidy(&targets->v[i]);
		else
			jobs[n++] = (struct job){ .t = &targets->v[i],
			    .owner = targets->owner, .lock = MK_LOCK_NONE };
	rv = publish(jobs, n, c, aide, err);
	while (n-- > 0) {
		drop(jobs[n].t, &jobs[n].lock);
		free(jobs[n].new_path);
	}
	return rv;
}
