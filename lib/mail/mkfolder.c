/* mail/mkfolder - make folders, whole or not at all, as their owner's. */
#include "mail/mkfolder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/sys.h"

#define BUILD		"mailkeep.junk"	/* in the mailbox's tmp */
#define MARK		"maildirfolder"	/* Maildir++: is no mailbox itself */
#define HIDDEN		0700		/* the mode before it gets its own */
#define TRIES		16

static const char *const subs[] = { "cur", "new", "tmp" };
#define SUBS		3
#define ALL_SUBS	((1U << SUBS) - 1)

struct maker {
	enum mk_layout layout;
	int tmp_fd;			/* the mailbox's */
	struct stat dir, sub;		/* the mailbox and its cur */
};

static void
close_kept(int fd)
{
	int errnum = errno;

	close(fd);
	errno = errnum;
}

/*
 * Give the directory FD, which must be ours, mode and owner of LIKE.  The
 * owner comes last: what is still ours was not finished.
 */
static int
dress(int fd, const struct stat *like)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (st.st_uid != geteuid()) {
		errno = EPERM;
		return -1;
	}
	if (fchmod(fd, like->st_mode & 07777) == -1)
		return -1;
	return geteuid() == 0 ? fchown(fd, like->st_uid, like->st_gid) : 0;
}

int
mk_mkfolder_dir(int dirfd, const char *name, const struct stat *like)
{
	int fd, rv, errnum;

	if (mkdirat(dirfd, name, HIDDEN) == -1)
		return -1;
	fd = mk_sys_open_dir(dirfd, name);
	rv = fd == -1 ? -1 : dress(fd, like);
	errnum = errno;
	if (fd != -1)
		close(fd);
	if (rv == -1)			/* half made it would be used later */
		unlinkat(dirfd, name, AT_REMOVEDIR);
	errno = errnum;
	return rv;
}

/* Make NAME, or finish what a killed run left.  Its descriptor or -1. */
static int
make_or_finish(int dirfd, const char *name, const struct stat *like)
{
	struct stat st;
	bool made = mk_mkfolder_dir(dirfd, name, like) == 0;
	int fd;

	if (!made && errno != EEXIST)
		return -1;
	fd = mk_sys_open_dir(dirfd, name);
	if (fd == -1 || made)
		return fd;
	if (fstat(fd, &st) == 0 && ((st.st_uid == like->st_uid &&
	    st.st_uid != geteuid()) || dress(fd, like) == 0))
		return fd;
	close_kept(fd);
	return -1;
}

/* The empty file that tells a folder from a mailbox. */
static int
mark(int fd, const struct stat *dir)
{
	int rv = 0, file = mk_sys_open_file(fd, MARK,
	    O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (file == -1)
		return errno == EEXIST ? 0 : -1;
	if (geteuid() == 0)
		rv = fchown(file, dir->st_uid, dir->st_gid);
	if (rv == 0)
		rv = fchmod(file, dir->st_mode & 0666);
	close_kept(file);
	return rv;
}

/* A folder in tmp.  Its descriptor, or -1 with errno. */
static int
build(const struct maker *m)
{
	int fd = make_or_finish(m->tmp_fd, BUILD, &m->dir), sub;
	size_t i;

	if (fd == -1)
		return -1;
	for (i = 0; i < SUBS; i++) {
		sub = make_or_finish(fd, subs[i], &m->sub);
		if (sub == -1)
			goto fail;
		close(sub);
	}
	if (m->layout == MK_FS || mark(fd, &m->dir) == 0)
		return fd;
fail:
	close_kept(fd);
	return -1;
}

/* Only what is empty goes: rmdir(2) sees to that. */
static void
remove_build(int tmp_fd)
{
	int fd;
	size_t i;

	if (unlinkat(tmp_fd, BUILD, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return;
	fd = mk_sys_open_dir(tmp_fd, BUILD);
	if (fd == -1)
		return;
	for (i = 0; i < SUBS; i++)
		unlinkat(fd, subs[i], AT_REMOVEDIR);
	unlinkat(fd, MARK, 0);
	close(fd);
	unlinkat(tmp_fd, BUILD, AT_REMOVEDIR);
}

/* Which of cur, new and tmp the folder FD lacks, as bits. */
static unsigned
lacks(int fd)
{
	struct stat st;
	unsigned missing = 0;
	size_t i;

	for (i = 0; i < SUBS; i++)
		if (fstatat(fd, subs[i], &st, AT_SYMLINK_NOFOLLOW) == -1 &&
		    errno == ENOENT)
			missing |= 1U << i;
	return missing;
}

/* Whether somebody else was faster, so that it is worth another look. */
static bool
is_race(int errnum)
{
	return errnum == EEXIST || errnum == ENOTEMPTY || errnum == ENOENT;
}

/* Move what FD lacks out of the folder BUILT. */
static int
fill(const struct maker *m, int fd, unsigned missing, int built)
{
	struct stat st;
	size_t i;

	/* The name that a rename reserved, by a run that was killed then. */
	if (missing == ALL_SUBS && fstat(fd, &st) == 0 &&
	    st.st_uid == geteuid() && (st.st_mode & 07777) == HIDDEN &&
	    dress(fd, &m->dir) == -1)
		return -1;
	for (i = 0; i < SUBS; i++)
		if ((missing >> i & 1) != 0 && mk_sys_rename_noreplace(built,
		    subs[i], fd, subs[i]) == -1 && !is_race(errno))
			return -1;
	return 0;
}

/*
 * Make the folder NAME in PARENT, or what the one open as FD lacks.  0, or -1
 * with errno.
 */
static int
make(const struct maker *m, int parent, const char *name, int fd,
    unsigned missing)
{
	int built = build(m), rv;

	if (built == -1)
		rv = -1;
	else if (fd == -1)
		rv = mk_sys_rename_noreplace(m->tmp_fd, BUILD, parent, name);
	else
		rv = fill(m, fd, missing, built);
	if (built != -1)
		close_kept(built);
	return rv;
}

static int
blame_make(const char *place, struct mk_error *err)
{
	bool in_the_way = errno == ELOOP || errno == ENOTDIR || errno == EXDEV;

	return mk_fail_sys(err, "make %s%s", place, in_the_way ? ": tmp/" BUILD
	    " is in the way" : "");
}

/* Longer each time, so that those who disturb one another get apart. */
static void
wait_for_others(int tries)
{
	struct timespec pause = { .tv_nsec = tries * 1000000L };

	nanosleep(&pause, NULL);
}

/*
 * Have a folder NAME in the directory PARENT; WHOLE: with all of cur, new and
 * tmp even if it was there.  Its descriptor; -1.
 */
static int
have(const struct maker *m, int parent, const char *name, bool whole,
    const char *place, struct mk_error *err)
{
	unsigned missing;
	bool again = true, left = false;
	int fd = -1, rv, tries;

	for (tries = 0; again && tries < TRIES; tries++) {
		fd = mk_sys_open_dir(parent, name);
		if (fd == -1 && errno != ENOENT) {
			mk_mkfolder_blame(place, err);
			break;
		}
		missing = ALL_SUBS;
		if (fd != -1)
			missing = whole ? lacks(fd) : 0;
		if (missing == 0)
			break;
		rv = make(m, parent, name, fd, missing);
		left = rv == -1 || fd != -1;
		again = rv == 0 || is_race(errno);
		if (!again)
			blame_make(place, err);
		if (fd != -1)
			close(fd);
		fd = -1;
		if (rv == -1 && again)
			wait_for_others(tries);
	}
	/* Not before: others build the same one. */
	if (left)
		remove_build(m->tmp_fd);
	if (tries == TRIES && again)
		mk_fail(err, EX_TEMPFAIL, "make %s: is removed again and "
		    "again", place);
	return fd;
}

/* What the new directories are to look like. */
static int
find_models(struct maker *m, int mailboxfd)
{
	if (fstat(mailboxfd, &m->dir) == -1)
		return -1;
	if (fstatat(mailboxfd, subs[0], &m->sub, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISDIR(m->sub.st_mode))
		m->sub = m->dir;
	return 0;
}

int
mk_mkfolder(int mailboxfd, enum mk_layout layout, const char *place,
    struct mk_error *err)
{
	struct maker m = { .layout = layout, .tmp_fd = -1 };
	struct mk_buf copy = { 0 };
	int parent = mailboxfd, fd, rv = -1;
	char *name, *slash;

	/* One without tmp is no Maildir, or about to vanish. */
	m.tmp_fd = mk_sys_open_dir(mailboxfd, "tmp");
	if (m.tmp_fd == -1)
		return mk_mkfolder_blame("tmp", err);
	if (find_models(&m, mailboxfd) == -1 ||
	    mk_buf_add(&copy, place, strlen(place)) == -1) {
		mk_fail_sys(err, "make %s", place);
		goto out;
	}
	for (name = copy.data; name != NULL; name = slash) {
		slash = layout == MK_FS ? strchr(name, '/') : NULL;
		if (slash != NULL)
			*slash = '\0';
		fd = have(&m, parent, name, slash == NULL, copy.data, err);
		if (parent != mailboxfd)
			close(parent);
		parent = fd;
		if (fd == -1)
			goto out;
		if (slash != NULL)
			*slash++ = '/';
	}
	close(parent);
	rv = 0;
out:
	mk_buf_free(&copy);
	close(m.tmp_fd);
	return rv;
}

void
mk_mkfolder_tidy(int mailboxfd)
{
	int tmp_fd = mk_sys_open_dir(mailboxfd, "tmp");

	if (tmp_fd == -1)
		return;
	remove_build(tmp_fd);
	close(tmp_fd);
}

int
mk_mkfolder_blame(const char *place, struct mk_error *err)
{
	switch (errno) {
	case ELOOP:
		return mk_fail(err, EX_DATAERR, "%s: is a symbolic link, which "
		    "is not followed", place);
	case ENOTDIR:
		return mk_fail(err, EX_DATAERR, "%s: is no directory", place);
	case EXDEV:
		return mk_fail(err, EX_DATAERR, "%s: is on another file "
		    "system", place);
	default:
		return mk_fail_sys(err, "open %s", place);
	}
}
