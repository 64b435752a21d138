/* rotate/place - a directory in which logs are rotated. */
#include "rotate/place.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/sys.h"

#define LINKS_MAX	20		/* links followed on one way */

/* What mk_place_leave has to restore. */
struct mk_place_before {
	gid_t gid, *groups;
	int groups_n;
	bool entered;
};

/* The way down. */
struct walk {
	struct mk_place *place;
	struct mk_buf todo;		/* what of the path is left */
	size_t next;			/* where in it */
	struct mk_buf at;		/* the path of .fd; "" is the root */
	int fd;				/* to go on from, never to read */
	int links;
	bool trusted;			/* so far: links may be followed */
	bool make;
};

/* "." and ".." are nothing that an administrator writes. */
static int
check_path(const char *path, struct mk_error *err)
{
	const char *p = path;
	size_t len;

	if (*path != '/')
		return mk_fail(err, EX_CONFIG, "directory \"%s\": name it by "
		    "its absolute path", path);
	for (; *p != '\0'; p += len) {
		p += strspn(p, "/");
		len = strcspn(p, "/");
		if ((len == 1 && p[0] == '.') ||
		    (len == 2 && p[0] == '.' && p[1] == '.'))
			return mk_fail(err, EX_CONFIG, "directory %s: name it "
			    "without \"%.*s\"", path, (int)len, p);
	}
	return 0;
}

/*
 * Look at the directory that .fd is, and go on with the rights that it is
 * gone on with.  It is trusted if only root, or we, can put anything into it:
 * so not with a sticky bit either.
 */
static int
arrive(struct walk *w, struct mk_error *err)
{
	struct mk_place *place = w->place;
	uid_t me = geteuid();
	struct stat st;
	bool others;

	if (fstat(w->fd, &st) == -1)
		return mk_fail_sys(err, "look at the directory %s/",
		    w->at.data);
	others = (st.st_mode & (S_IWGRP | S_IWOTH)) != 0;
	if (others || (st.st_uid != 0 && st.st_uid != me))
		w->trusted = false;
	if (place->uid != (uid_t)-1)
		me = place->uid;
	else if (me == 0 && st.st_uid != 0) {
		place->uid = me = st.st_uid;
		place->gid = st.st_gid;
		if (mk_place_enter(place, err) == -1)
			return -1;
	}
	place->shared = others || (st.st_uid != 0 && st.st_uid != me);
	return 0;
}

/* Begin anew at the root. */
static int
start(struct walk *w, struct mk_error *err)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return mk_fail_sys(err, "open the directory /");
	if (w->fd != -1)
		close(w->fd);
	w->fd = fd;
	mk_buf_cut(&w->at, 0);
	return arrive(w, err);
}

/* The target of the link NAME in .fd, which root made.  0 or -1. */
static int
read_link(const struct walk *w, const char *name, struct mk_buf *to,
    struct mk_error *err)
{
	size_t size = 256;
	ssize_t n;

	for (;;) {
		if (mk_buf_reserve(to, size) == -1)
			return mk_fail_sys(err, "read the link %s/%s",
			    w->at.data, name);
		n = readlinkat(w->fd, name, to->data, size);
		if (n == -1)
			return mk_fail_sys(err, "read the link %s/%s",
			    w->at.data, name);
		if ((size_t)n < size)
			break;
		size *= 2;
	}
	to->data[n] = '\0';
	to->len = (size_t)n;
	return 0;
}

/* The way leads on by the link NAME, and by what is left behind it. */
static int
follow(struct walk *w, const char *name, struct mk_error *err)
{
	struct mk_buf to = { 0 };
	int rv = -1;

	if (!w->trusted)
		return mk_fail(err, EX_DATAERR, "directory %s: %s/%s is a link "
		    "that others than root could have put there",
		    w->place->path, w->at.data, name);
	if (++w->links > LINKS_MAX)
		return mk_fail(err, EX_DATAERR, "directory %s: too many links, "
		    "the last is %s/%s", w->place->path, w->at.data, name);
	if (read_link(w, name, &to, err) == -1)
		goto out;
	if (mk_buf_addf(&to, "/%s", w->todo.data + w->next) == -1) {
		mk_fail_sys(err, "directory %s", w->place->path);
		goto out;
	}
	rv = to.data[0] == '/' ? start(w, err) : 0;
	mk_buf_free(&w->todo);
	w->todo = to;
	w->next = 0;
	to = (struct mk_buf){ 0 };
out:
	mk_buf_free(&to);
	return rv;
}

/*
 * Make the directory NAME in .fd.  Its parent is synced, or a power cut could
 * take away what is moved into it.  The umask is set aside: to change the mode
 * later would be to change that of what lies there then.
 */
static int
make(const struct walk *w, const char *name, struct mk_error *err)
{
	mode_t mask = umask(0);
	int rv = mkdirat(w->fd, name, 0755), errnum = errno, fd;

	umask(mask);
	errno = errnum;
	if (rv == -1 && errno != EEXIST)
		return mk_fail_sys(err, "make the directory %s/%s",
		    w->at.data, name);
	fd = openat(w->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || fsync(fd) == -1)
		rv = mk_fail_sys(err, "sync the directory %s/", w->at.data);
	else
		rv = 0;
	if (fd != -1)
		close(fd);
	return rv;
}

static int
fail_step(const struct walk *w, const char *name, struct mk_error *err)
{
	if (errno == ENOTDIR)
		return mk_fail(err, EX_DATAERR, "directory %s: %s/%s is no "
		    "directory", w->place->path, w->at.data, name);
	return mk_fail_sys(err, "open the directory %s/%s", w->at.data, name);
}

/*
 * Go down to NAME.  ".." can only come from a link of root's; what is above a
 * trusted directory is where we came from.
 */
static int
step(struct walk *w, const char *name, struct mk_error *err)
{
	bool last = w->todo.data[w->next] == '\0';
	int fd;

	if (strcmp(name, "..") == 0 && !w->trusted)
		return mk_fail(err, EX_DATAERR, "directory %s: a link leads "
		    "to %s/..", w->place->path, w->at.data);
	fd = mk_sys_open_step(w->fd, name);
	if (fd == -1 && errno == ENOENT && last && w->make) {
		if (make(w, name, err) == -1)
			return -1;
		fd = mk_sys_open_step(w->fd, name);
	}
	if (fd == -1 && errno == ELOOP)
		return follow(w, name, err);
	if (fd == -1)
		return fail_step(w, name, err);
	close(w->fd);
	w->fd = fd;
	if (mk_buf_addf(&w->at, "/%s", name) == -1)
		return mk_fail_sys(err, "directory %s", w->place->path);
	return arrive(w, err);
}

static int
go(struct walk *w, struct mk_error *err)
{
	struct mk_buf name = { 0 };
	const char *p;
	size_t len;
	int rv;

	rv = start(w, err);
	while (rv == 0) {
		p = w->todo.data + w->next;
		p += strspn(p, "/");
		len = strcspn(p, "/");
		if (len == 0)
			break;
		mk_buf_cut(&name, 0);
		rv = mk_buf_add(&name, p, len);
		if (rv == -1) {
			mk_fail_sys(err, "directory %s", w->place->path);
			break;
		}
		p += len;
		p += strspn(p, "/");
		w->next = (size_t)(p - w->todo.data);
		if (strcmp(name.data, ".") != 0)
			rv = step(w, name.data, err);
	}
	mk_buf_free(&name);
	return rv;
}

int
mk_place_open(struct mk_place *place, const char *path, bool make_it,
    struct mk_error *err)
{
	struct walk w = { .place = place, .fd = -1, .trusted = true,
	    .make = make_it };
	int rv = -1;

	*place = (struct mk_place)MK_PLACE;
	if (check_path(path, err) == -1)
		return -1;
	place->path = strdup(path);
	place->before = calloc(1, sizeof *place->before);
	if (place->path == NULL || place->before == NULL ||
	    mk_buf_add(&w.todo, path, strlen(path)) == -1 ||
	    mk_buf_add(&w.at, "", 0) == -1) {
		mk_fail_sys(err, "directory %s", path);
		goto out;
	}
	if (go(&w, err) == -1)
		goto out;
	place->fd = openat(w.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place->fd == -1)
		mk_fail_sys(err, "open the directory %s", path);
	else
		rv = 0;
out:
	mk_place_leave(place);
	if (w.fd != -1)
		close(w.fd);
	mk_buf_free(&w.at);
	mk_buf_free(&w.todo);
	return rv;
}

void
mk_place_close(struct mk_place *place)
{
	if (place->fd != -1)
		close(place->fd);
	if (place->before != NULL)
		free(place->before->groups);
	free(place->before);
	free(place->path);
	*place = (struct mk_place)MK_PLACE;
}

/* 0, or -1 with errno. */
static int
remember(struct mk_place_before *before)
{
	gid_t *groups;
	int n;

	n = getgroups(0, NULL);
	if (n == -1)
		return -1;
	groups = realloc(before->groups, ((size_t)n + 1) * sizeof *groups);
	if (groups == NULL)
		return -1;
	before->groups = groups;
	before->groups_n = getgroups(n, groups);
	before->gid = getegid();
	return before->groups_n == -1 ? -1 : 0;
}

/*
 * Effective ids alone: the real ones stay root's, so that the user can neither
 * signal nor trace us, and there is a way back.
 */
int
mk_place_enter(const struct mk_place *place, struct mk_error *err)
{
	struct mk_place_before *before = place->before;

	if (place->uid == (uid_t)-1)
		return 0;
	if (before == NULL || before->entered)	/* leave would come too soon */
		return mk_fail(err, EX_SOFTWARE, "the rights of the owner of "
		    "%s are taken on already", place->path);
	if (geteuid() != 0)
		return 0;
	if (remember(before) == -1)
		return mk_fail_sys(err, "remember our groups");
	before->entered = true;
	if (setgroups(1, &place->gid) == 0 && setegid(place->gid) == 0 &&
	    seteuid(place->uid) == 0)
		return 0;
	mk_fail_sys(err, "take on the rights of user %ld, of %s",
	    (long)place->uid, place->path);
	mk_place_leave(place);
	return -1;
}

void
mk_place_leave(const struct mk_place *place)
{
	struct mk_place_before *before = place->before;
	struct mk_error err;
	int errnum = errno;

	if (before == NULL || !before->entered)
		return;
	before->entered = false;
	if (seteuid(0) == 0 && setegid(before->gid) == 0 &&
	    setgroups((size_t)before->groups_n, before->groups) == 0) {
		errno = errnum;
		return;
	}
	mk_fail_sys(&err, "give back the rights of user %ld, of %s",
	    (long)place->uid, place->path);
	mk_diag_error(&err);
	_exit(EX_OSERR);
}

/* EINVAL: a file system that has no such thing as syncing a directory. */
int
mk_place_sync(const struct mk_place *place, struct mk_error *err)
{
	if (fsync(place->fd) == 0 || errno == EINVAL)
		return 0;
	return mk_fail_sys(err, "sync the directory %s", place->path);
}

/* Whether a file that ST is of may be had. */
static int
judge(const struct mk_place *place, const char *name, const struct stat *st,
    nlink_t links, struct mk_error *err)
{
	if (S_ISLNK(st->st_mode))
		return mk_fail(err, EX_DATAERR, "%s/%s: a link, which is not "
		    "followed here", place->path, name);
	if (!S_ISREG(st->st_mode))
		return mk_fail(err, EX_DATAERR, "%s/%s: not a regular file",
		    place->path, name);
	if (st->st_nlink > links)
		return mk_fail(err, EX_DATAERR, "%s/%s: has %ju names (links), "
		    "so it may be a file from elsewhere", place->path, name,
		    (uintmax_t)st->st_nlink);
	return 0;
}

/*
 * Looked at before it is opened, since opening a device can do something, and
 * a FIFO wakes who waits there; and again after, which is what counts.  So it
 * is not emptied (O_TRUNC) before that.
 */
int
mk_place_file(const struct mk_place *place, const char *name, int flags,
    nlink_t links, int *fd, struct stat *st, struct mk_error *err)
{
	*fd = -1;
	if (name[0] == '\0' || strchr(name, '/') != NULL)
		return mk_fail(err, EX_DATAERR, "%s: \"%s\" is no name of a "
		    "file", place->path, name);
	if (fstatat(place->fd, name, st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (judge(place, name, st, links, err) == -1)
			return -1;
	} else if (errno != ENOENT)
		return mk_fail_sys(err, "look at %s/%s", place->path, name);
	*fd = mk_sys_open_file(place->fd, name, flags & ~O_TRUNC, 0600);
	if (*fd == -1 && errno == ENXIO)	/* a FIFO, put there meanwhile */
		return mk_fail(err, EX_DATAERR, "%s/%s: not a regular file",
		    place->path, name);
	if (*fd == -1)
		return mk_fail_sys(err, "open %s/%s", place->path, name);
	if (fstat(*fd, st) == -1)
		mk_fail_sys(err, "look at %s/%s", place->path, name);
	else if (judge(place, name, st, links, err) == 0) {
		if ((flags & O_TRUNC) == 0 || ftruncate(*fd, 0) == 0)
			return 0;
		mk_fail_sys(err, "empty %s/%s", place->path, name);
	}
	close(*fd);
	*fd = -1;
	return -1;
}
