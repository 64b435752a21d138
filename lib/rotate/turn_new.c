/*
 * rotate/turn_new - the new log, made whole beside the old one.
 *
 * Source: newsyslog(8) of FreeBSD for the notices (user.info is <14>).
 */
#include <sys/types.h>
#ifdef __linux__
#include <sys/ioctl.h>
#include <linux/fs.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fs.h"
#include "rotate/turn_parts.h"

#define MODE_BITS	0777		/* never setuid: a log is no program */

/* strftime's names of months are the locale's; syslog's are not. */
static int
legacy(const struct mk_turn *turn, const struct tm *tm, struct mk_buf *line)
{
	static const char months[12][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
		"Oct", "Nov", "Dec",
	};

	return mk_buf_addf(line, "%s %2d %02d:%02d:%02d %.*s newsyslog[%ld]:",
	    months[tm->tm_mon], tm->tm_mday, tm->tm_hour, tm->tm_min,
	    tm->tm_sec, (int)strcspn(turn->host, "."), turn->host,
	    (long)getpid());
}

static int
rfc5424(const struct mk_turn *turn, const struct tm *tm, struct mk_buf *line)
{
	char zone[8];

	if (strftime(zone, sizeof zone, "%z", tm) != 5)
		snprintf(zone, sizeof zone, "+0000");
	return mk_buf_addf(line, "<14>1 %04d-%02d-%02dT%02d:%02d:%02d%.3s:%s "
	    "%s newsyslog %ld - -", tm->tm_year + 1900, tm->tm_mon + 1,
	    tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec, zone, zone + 3,
	    turn->host, (long)getpid());
}

int
mk_turning_notice(const struct mk_turn *turn, const char *what,
    const char *reason, struct mk_buf *line, struct mk_error *err)
{
	unsigned flags = turn->entry->flags;
	time_t now = (time_t)turn->now_s;
	struct tm tm;

	if ((flags & MK_ENTRY_BINARY) != 0)
		return 0;
	if (localtime_r(&now, &tm) == NULL ||
	    ((flags & MK_ENTRY_RFC5424) != 0 ? rfc5424(turn, &tm, line) :
	    legacy(turn, &tm, line)) == -1 ||
	    mk_buf_addf(line, " logfile %s%s%s\n", what,
	    reason == NULL ? "" : reason, (flags & MK_ENTRY_DEFAULT) != 0 ?
	    " using <default> rule" : "") == -1)
		return mk_fail_sys(err, "notice for %s", turn->name);
	return 0;
}

/* FreeBSD's UF_NODUMP.  A file system without it does without. */
static void
nodump(int fd)
{
#ifdef __linux__
	int flags;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == -1)
		return;
	flags |= FS_NODUMP_FL;
	if (ioctl(fd, FS_IOC_SETFLAGS, &flags) == -1)
		mk_diag_info("the new log can't be marked \"no dump\": %s",
		    strerror(errno));
#else
	(void)fd;
#endif
}

/* Whose the new log is to be: the line's, else as it was, else its maker's. */
static uid_t
owner(const struct mk_turning *c)
{
	if (c->turn->entry->uid != (uid_t)-1)
		return c->turn->entry->uid;
	return c->st.st_mode != 0 ? c->st.st_uid : geteuid();
}

/* Root makes it for him, since the place's user may give it to nobody. */
static bool
is_anothers(const struct mk_turning *c)
{
	const struct mk_place *place = c->turn->place;

	return place->uid != (uid_t)-1 && owner(c) != place->uid;
}

/* Back to the rights of the place.  0; or -1, and nothing may be touched. */
static int
enter_again(struct mk_turning *c, struct mk_error *err)
{
	struct mk_error why;

	if (mk_place_enter(c->turn->place, &why) == 0)
		return 0;
	c->lost = true;
	*err = why;
	return -1;
}

/*
 * Give FD what the place's user may not give, with the rights that the program
 * was started with.  To another owner only what root has made (see
 * make_fresh); of the user's own, that it is his group's no more.  Where links
 * are not protected he could have given it a second name.
 */
static int
give_away(struct mk_turning *c, int fd, uid_t uid, gid_t gid, mode_t mode,
    struct mk_error *err)
{
	const struct mk_place *place = c->turn->place;
	struct stat st;
	int rv = -1;

	mk_place_leave(place);
	if (fstat(fd, &st) == -1)
		mk_fail_sys(err, "look at %s/%s", place->path, c->fresh);
	else if (!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid !=
	    (uid == place->uid ? uid : geteuid()))
		mk_fail(err, EX_NOPERM, "%s/%s: was changed by another while "
		    "it was made; not given to user %lu", place->path,
		    c->fresh, (unsigned long)uid);
	else if (fchown(fd, uid, gid) == -1 || fchmod(fd, mode) == -1)
		mk_fail_sys(err, "give %s/%s to user %lu, group %lu",
		    place->path, c->fresh, (unsigned long)uid,
		    (unsigned long)gid);
	else
		rv = 0;
	return enter_again(c, err) == -1 ? -1 : rv;
}

/* fchown first: it would take bits of the mode away. */
static int
own(struct mk_turning *c, int fd, struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	const struct mk_place *place = turn->place;
	mode_t mode = turn->entry->mode & MODE_BITS;
	uid_t uid = turn->entry->uid;
	gid_t gid = turn->entry->gid;
	struct stat st;

	if (fstat(fd, &st) == -1)
		return mk_fail_sys(err, "look at %s/%s", place->path,
		    c->fresh);
	if (uid == (uid_t)-1)
		uid = c->st.st_mode != 0 ? c->st.st_uid : st.st_uid;
	if (gid == (gid_t)-1)
		gid = c->st.st_mode != 0 ? c->st.st_gid :
		    is_anothers(c) ? place->gid : st.st_gid;
	if (is_anothers(c))
		return give_away(c, fd, uid, gid, mode, err);
	if ((st.st_uid != uid || st.st_gid != gid) &&
	    fchown(fd, uid, gid) == -1) {
		if (errno == EPERM && place->uid != (uid_t)-1)
			return give_away(c, fd, uid, gid, mode, err);
		return mk_fail_sys(err, "give %s/%s to user %lu, group %lu",
		    place->path, c->fresh, (unsigned long)uid,
		    (unsigned long)gid);
	}
	if ((st.st_mode & 07777) != mode && fchmod(fd, mode) == -1)
		return mk_fail_sys(err, "set the mode of %s/%s",
		    place->path, c->fresh);
	return 0;
}

/*
 * A file of that name is ours, of a killed run, if it has no other name than
 * the log's (of mk_turn_create, where a rename is a link and an unlink).
 */
static int
remove_left(const struct mk_turning *c, struct mk_error *err)
{
	const struct mk_place *place = c->turn->place;
	struct stat st;

	if (fstatat(place->fd, c->fresh, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		if (errno == ENOENT)
			return 0;
		return mk_fail_sys(err, "look at %s/%s", place->path,
		    c->fresh);
	}
	if (!S_ISREG(st.st_mode) || (st.st_nlink != 1 && (st.st_nlink != 2 ||
	    !mk_turning_is(place->fd, c->turn->name, &st))))
		return mk_fail(err, EX_DATAERR, "%s/%s: stands where the new "
		    "log is to be made, and is none that a killed run has "
		    "left; look at it and remove it", place->path, c->fresh);
	if (unlinkat(place->fd, c->fresh, 0) == -1 && errno != ENOENT)
		return mk_fail_sys(err, "remove %s/%s, left by a killed run",
		    place->path, c->fresh);
	return 0;
}

static int
create(struct mk_turning *c, int *fd, struct mk_error *err)
{
	const struct mk_place *place = c->turn->place;

	*fd = openat(place->fd, c->fresh, O_WRONLY | O_APPEND | O_CREAT |
	    O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	c->made = *fd != -1;
	return c->made ? 0 : mk_fail_sys(err, "create %s/%s", place->path,
	    c->fresh);
}

/*
 * Make the new log.  Where it is to be another's than the place's user, root
 * makes it, by the directory's descriptor: were it the user's until it is given
 * away, he could have it open by then, and go on writing into a file of
 * root's, say.  One that is root's from the beginning, mode 600, he can only
 * move, remove, or replace by one of his own, as any log in his directory, at
 * any time.  O_EXCL follows no link of his.  First it is made and removed with
 * his rights, so that root makes nothing where he could not.
 */
static int
make_fresh(struct mk_turning *c, int *fd, struct mk_error *err)
{
	const struct mk_place *place = c->turn->place;
	int rv;

	if (create(c, fd, err) == -1)
		return -1;
	if (!is_anothers(c))
		return 0;
	close(*fd);
	unlinkat(place->fd, c->fresh, 0);
	mk_place_leave(place);
	rv = create(c, fd, err);
	if (enter_again(c, err) == 0)
		return rv;
	if (*fd != -1)
		close(*fd);
	return -1;
}

/*
 * Whether what a killed run has left, *ST, is as that run made it.  In a
 * directory that others can write to it may be somebody's own, who has it open
 * and waits for it to be given to root.
 */
static bool
is_our_work(const struct mk_turning *c, const struct stat *st)
{
	return st->st_uid == owner(c) || (c->turn->place->uid == (uid_t)-1 &&
	    st->st_uid == geteuid());
}

/*
 * Open the new log, made now.  After a log was moved its new one was whole,
 * and is what tells the next run of it: it is taken as it is, and only
 * completed, so that no kill finds neither.  -1 in *FD: that is another's
 * already, and so complete.
 */
static int
open_fresh(struct mk_turning *c, int *fd, struct mk_error *err)
{
	const struct mk_place *place = c->turn->place;
	struct stat st;

	*fd = -1;
	if (c->state == MK_TURN_MOVED && fstatat(place->fd, c->fresh, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && is_our_work(c, &st)) {
		if (is_anothers(c))
			return 0;
		if (mk_place_file(place, c->fresh, O_WRONLY | O_APPEND, 1, fd,
		    &st, err) == 0)
			return 0;
		*fd = -1;
		return err->status == EX_NOPERM ? 0 : -1;
	}
	return remove_left(c, err) == -1 ? -1 : make_fresh(c, fd, err);
}

/*
 * The notice, into a file that is empty.  On a full disk it is left out, since
 * to rotate may be what makes room.
 */
static int
tell_new(const struct mk_turning *c, int fd, const struct mk_buf *line,
    struct mk_error *err)
{
	const char *path = c->turn->place->path;
	struct stat st;

	if (line->len == 0)
		return 0;
	if (fstat(fd, &st) == -1)
		return mk_fail_sys(err, "look at %s/%s", path, c->fresh);
	if (st.st_size > 0 || mk_fs_write_all(fd, line->data, line->len) == 0)
		return 0;
	if (errno != ENOSPC && errno != EDQUOT)
		return mk_fail_sys(err, "write %s/%s", path, c->fresh);
	mk_diag_info("%s/%s: no notice in the new log: %s", path,
	    c->turn->name, strerror(errno));
	if (ftruncate(fd, 0) == -1)
		return mk_fail_sys(err, "empty %s/%s", path, c->fresh);
	return 0;
}

/* Synced: after a power cut the log must not be there without its mode. */
int
mk_turning_fresh(struct mk_turning *c, const char *what, const char *reason,
    struct mk_error *err)
{
	const struct mk_turn *turn = c->turn;
	struct mk_buf line = { 0 };
	int fd, rv = -1;

	if (open_fresh(c, &fd, err) == -1)
		return -1;
	if (fd == -1)
		return 0;
	if (mk_turning_notice(turn, what, reason, &line, err) == -1 ||
	    tell_new(c, fd, &line, err) == -1)
		goto out;
	if ((turn->entry->flags & MK_ENTRY_NODUMP) != 0)
		nodump(fd);
	if (own(c, fd, err) == -1)
		goto out;
	if (fsync(fd) == -1)
		mk_fail_sys(err, "sync %s/%s", turn->place->path, c->fresh);
	else
		rv = 0;
out:
	mk_buf_free(&line);
	/* NFS may say only here that the disk is full. */
	if (close(fd) == -1 && rv == 0)
		rv = mk_fail_sys(err, "write %s/%s", turn->place->path,
		    c->fresh);
	return rv;
}
