/*
 * rotate/settle_file - compress one rotated file, or move it.
 *
 * A compressed file is written beside, synced, read back and only then given
 * its name; only when it has that is the plain one removed.  Killed in
 * between, both are there, and the next run compares them.
 */
#include "rotate/settle_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/siphash.h"
#include "base/sys.h"
#include "rotate/writers.h"

#define BESIDE		".mailkeep-pack."
#define BESIDE_MAX	(sizeof BESIDE + 16)

struct job {				/* one file */
	struct mk_rotate *r;
	const struct mk_place *from, *to;
	const char *name;		/* in .from */
	enum mk_pack_format format;
	struct mk_buf packed;		/* names in .to */
	char beside[BESIDE_MAX];
	int in, out;
	struct stat st;			/* of .in */
	bool replace;			/* .packed is there, and an earlier
					 * state of the same */
};

/*
 * The file beside has one name for all generations and formats of a log, so
 * that the next run finds it, and a short one, so that every log can have it.
 */
static void
name_beside(char beside[BESIDE_MAX], const char *log)
{
	static const uint64_t key[2] = { 0 };

	snprintf(beside, BESIDE_MAX, BESIDE "%016llx",
	    (unsigned long long)mk_siphash(key, log, strlen(log)));
}

static int
name_packed(struct job *job, const char *suffix, struct mk_error *err)
{
	mk_buf_cut(&job->packed, 0);
	if (mk_buf_addf(&job->packed, "%s%s", job->name, suffix) == -1)
		return mk_fail_sys(err, "%s", job->name);
	return 0;
}

static bool
is_too_long(const struct job *job)
{
	long max = fpathconf(job->to->fd, _PC_NAME_MAX);

	return max != -1 && job->packed.len > (size_t)max;
}

/* The rotated file, if nobody writes to it.  0; 1: somebody does; -1. */
static int
open_rotated(struct job *job, struct mk_error *err)
{
	int rv;

	if (mk_place_enter(job->from, err) == -1)
		return -1;
	rv = mk_place_file(job->from, job->name, O_RDONLY, 1, &job->in,
	    &job->st, err);
	mk_place_leave(job->from);
	if (rv == -1)
		return -1;
	rv = mk_writers(job->in, NULL);
	if (rv == -1)
		return mk_fail(err, EX_NOPERM, "%s/%s: stays as it is: its "
		    "file system can't tell whether a process still writes to "
		    "it (no leases, fcntl(2)); with sandbox = no root looks "
		    "through /proc", job->from->path, job->name);
	return rv;
}

/* Open .packed, and see what it is. */
static int
open_packed(const struct job *job, int *fd, struct stat *st,
    struct mk_error *err)
{
	int rv;

	if (mk_place_enter(job->to, err) == -1)
		return -1;
	rv = mk_place_file(job->to, job->packed.data, O_RDONLY, 1, fd, st,
	    err);
	mk_place_leave(job->to);
	return rv;
}

static bool
is_plain(const struct job *job, const struct stat *st)
{
	return st->st_dev == job->st.st_dev && st->st_ino == job->st.st_ino;
}

/*
 * A run was killed before it could remove the plain file, and then the line
 * got another flag: what is whole in the old format does.  1, and that name is
 * .packed; 0; -1.
 */
static int
look_other_formats(struct job *job, struct mk_error *err)
{
	struct mk_error why;
	struct stat st;
	int f, fd, same;

	for (f = 0; f < MK_PACK_FORMATS; f++) {
		if (f == (int)job->format)
			continue;
		if (name_packed(job, mk_pack_suffixes[f], err) == -1)
			return -1;
		if (open_packed(job, &fd, &st, &why) == -1)
			continue;
		same = is_plain(job, &st) ? 0 :
		    mk_pack_compare(fd, job->in, &why);
		close(fd);
		if (same == 1)
			return 1;
	}
	return name_packed(job, mk_pack_suffixes[job->format], err);
}

/*
 * What lies at the compressed file's name already.  0: it can be made; 1: it
 * is what it should be; -1.
 */
static int
look_packed(struct job *job, struct mk_error *err)
{
	struct mk_error why;
	struct stat st;
	int fd, rv;

	if (open_packed(job, &fd, &st, err) == -1)
		return err->status == EX_NOINPUT ?
		    look_other_formats(job, err) : -1;
	if (is_plain(job, &st)) {
		close(fd);
		return mk_fail(err, EX_DATAERR, "%s/%s: is %s/%s itself: one "
		    "directory by two names; stays as it is", job->to->path,
		    job->packed.data, job->from->path, job->name);
	}
	rv = mk_pack_compare(fd, job->in, &why);
	close(fd);
	if (rv == -1)
		return mk_fail(err, EX_DATAERR, "%s/%s: is something else than "
		    "%s, or damaged (%s); both stay: look at them, and remove "
		    "one", job->to->path, job->packed.data, job->name,
		    why.text);
	job->replace = rv == 0;
	return rv;
}

static int
make_beside(struct job *job, struct mk_error *err)
{
	job->out = openat(job->to->fd, job->beside, O_RDWR | O_CREAT |
	    O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (job->out == -1)
		return mk_fail_sys(err, "create %s/%s", job->to->path,
		    job->beside);
	return 0;
}

static void
remove_beside(const struct mk_place *place, const char *beside)
{
	struct stat st;

	if (fstatat(place->fd, beside, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode))
		unlinkat(place->fd, beside, 0);
}

/*
 * Make the file beside; one that a killed run has left goes first.
 *
 * Where the place is a user's, and the file is to be another's, it is made as
 * root, by the directory's descriptor.  Were it made with the user's rights he
 * could open it, or give it a second name, before it is given away, and write
 * what he likes into a file of root's.  Of one that was root's from the
 * beginning, mode 600, he can only move or remove the name, or give it another
 * (which is a right copy, by another name): publish looks at what has the name
 * in the end.  O_EXCL: a link that he puts there is not followed.  First it is
 * made and removed with his rights, so that root makes nothing where he could
 * not.
 */
static int
open_beside(struct job *job, struct mk_error *err)
{
	bool anothers = job->to->uid != (uid_t)-1 && geteuid() == 0 &&
	    job->st.st_uid != job->to->uid;
	int rv;

	if (mk_place_enter(job->to, err) == -1)
		return -1;
	remove_beside(job->to, job->beside);
	rv = make_beside(job, err);
	if (rv == 0 && anothers) {
		close(job->out);
		job->out = -1;
		unlinkat(job->to->fd, job->beside, 0);
	}
	mk_place_leave(job->to);
	return rv == 0 && anothers ? make_beside(job, err) : rv;
}

/* As the rotated file was: owner, mode, times.  By descriptor, as root. */
static int
dress(const struct job *job, struct mk_error *err)
{
	const struct timespec times[2] = { job->st.st_atim, job->st.st_mtim };

	if (geteuid() == 0 &&
	    fchown(job->out, job->st.st_uid, job->st.st_gid) == -1)
		return mk_fail_sys(err, "chown %s/%s", job->to->path,
		    job->beside);
	if (fchmod(job->out, job->st.st_mode & 0777) == -1 ||
	    futimens(job->out, times) == -1)
		return mk_fail_sys(err, "chmod %s/%s", job->to->path,
		    job->beside);
	return 0;
}

/* Whether the plain file is what was compressed, and nobody has it open. */
static bool
still_same(const struct job *job)
{
	struct stat st;

	return fstat(job->in, &st) == 0 && st.st_size == job->st.st_size &&
	    st.st_mtim.tv_sec == job->st.st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == job->st.st_mtim.tv_nsec &&
	    mk_writers(job->in, NULL) == 0;
}

/* What has the name now is what we have made; else the plain file stays. */
static int
check_published(const struct job *job, struct mk_error *err)
{
	struct stat made, there;

	if (fstat(job->out, &made) == 0 && fstatat(job->to->fd,
	    job->packed.data, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    made.st_dev == there.st_dev && made.st_ino == there.st_ino)
		return 0;
	return mk_fail(err, EX_NOPERM, "%s/%s: was replaced by another while "
	    "it was made; %s stays", job->to->path, job->packed.data,
	    job->name);
}

static int
publish(const struct job *job, struct mk_error *err)
{
	int rv;

	if (mk_place_enter(job->to, err) == -1)
		return -1;
	rv = job->replace ? renameat(job->to->fd, job->beside, job->to->fd,
	    job->packed.data) : mk_sys_rename_noreplace(job->to->fd,
	    job->beside, job->to->fd, job->packed.data);
	if (rv == -1)
		mk_fail_sys(err, "rename %s/%s to %s", job->to->path,
		    job->beside, job->packed.data);
	else
		rv = check_published(job, err);
	if (rv == 0)
		rv = mk_place_sync(job->to, err);
	mk_place_leave(job->to);
	return rv;
}

/* The plain file goes, if it is still the one that was read. */
static int
remove_plain(const struct job *job, struct mk_error *err)
{
	struct stat st;
	int rv = 0;

	if (mk_place_enter(job->from, err) == -1)
		return -1;
	if (fstatat(job->from->fd, job->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    is_plain(job, &st) && unlinkat(job->from->fd, job->name, 0) == -1)
		rv = mk_fail_sys(err, "remove %s/%s", job->from->path,
		    job->name);
	mk_place_leave(job->from);
	return rv;
}

static void
drop_beside(const struct mk_place *place, const char *beside)
{
	struct mk_error err;

	if (mk_place_enter(place, &err) == -1)
		return;
	remove_beside(place, beside);
	mk_place_leave(place);
}

void
mk_settle_remove_left(const struct mk_log *log)
{
	char beside[BESIDE_MAX];

	name_beside(beside, log->name);
	drop_beside(log->archive, beside);
}

/* 0: packed; 1: a process writes to it again; -1. */
static int
pack(struct job *job, struct mk_error *err)
{
	struct mk_packed packed;
	struct mk_error why;
	int rv;

	if (open_beside(job, err) == -1)
		return -1;
	rv = mk_pack_file(job->in, job->out, job->format,
	    mk_host_threads(job->r->conf->host.threads), &packed, &why);
	if (rv == -1)
		mk_fail(err, why.status, "%s %s/%s to %s/%s: %s", job->format ==
		    MK_PACK_NONE ? "move" : "compress", job->from->path,
		    job->name, job->to->path, job->packed.data, why.text);
	else
		rv = dress(job, err);
	if (rv == 0 && !still_same(job))
		rv = 1;
	else if (rv == 0)
		rv = publish(job, err);
	if (rv != 0)
		drop_beside(job->to, job->beside);
	return rv;
}

/* 0: .packed is there, and the plain one gone; 1: has to wait; -1. */
static int
work(struct job *job, struct mk_error *err)
{
	int rv = open_rotated(job, err);

	if (rv != 0)
		return rv;
	rv = look_packed(job, err);
	if (rv == -1)
		return -1;
	if (rv == 0)
		rv = pack(job, err);
	else
		rv = 0;
	return rv == 0 ? remove_plain(job, err) : rv;
}

int
mk_settle_file(struct mk_rotate *r, const struct mk_log *log,
    const struct mk_place *from, const char *name, enum mk_pack_format format,
    struct mk_error *err)
{
	struct job job = {
		.r = r, .from = from, .to = log->archive,
		.name = name, .format = format, .in = -1, .out = -1,
	};
	int rv;

	name_beside(job.beside, log->name);
	rv = name_packed(&job, mk_pack_suffixes[format], err);
	if (rv == 0 && is_too_long(&job)) {
		/* It will not be shorter next time: told once, and done. */
		mk_fail(err, EX_DATAERR, "%s/%s: stays plain: its name would "
		    "be too long with %s", from->path, name,
		    mk_pack_suffixes[format]);
		mk_rotate_failed(r, log, err);
		if (from == job.to)
			goto out;
		job.format = MK_PACK_NONE;
		rv = name_packed(&job, "", err);
	}
	if (rv == 0)
		rv = work(&job, err);
	if (rv == 0) {
		mk_rotate_count(r, log, MK_COMPRESSED, 1);
		mk_diag_info("%s/%s: is %s/%s now", from->path, name,
		    log->archive->path, job.packed.data);
	}
out:
	if (job.in != -1)
		close(job.in);
	if (job.out != -1)
		close(job.out);
	mk_buf_free(&job.packed);
	return rv;
}
