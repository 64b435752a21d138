/* mail/restore - put archived messages back: the undo of a run. */
#include "mail/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/progress.h"
#include "base/sys.h"
#include "mail/archive.h"
#include "mail/archname.h"
#include "mail/folder.h"
#include "mail/ledger.h"
#include "mail/maildir.h"
#include "mail/mkfolder.h"
#include "mail/msgname.h"
#include "mail/quota.h"

#define TRIES		100

struct target {				/* the directory being restored into */
	struct mk_buf path;		/* below dest */
	int fd;				/* of it; -1: none is open */
	int folder_fd;			/* of what it lies in */
	int tmp_fd;			/* where files are written first */
	bool maildir;			/* is a cur or new */
	bool quota_counts;		/* quota counts this folder */
	uint64_t *hashes;		/* of unique names in cur and new */
	size_t n, cap;
};

struct job {				/* one archive */
	struct mk_restore *r;
	struct mk_buf mailbox;		/* from the archive's name */
	bool mailbox_known;
	struct target target;
	int mailbox_fd;			/* -1: its quota is not kept */
	uint64_t quota_mark;
	int64_t quota_bytes, quota_count;
};

static void
problem(struct mk_restore *r, const struct mk_error *err)
{
	int status = mk_diag_error(err);

	if (r->status == EX_OK)
		r->status = status;
}

static void
target_close(struct target *t)
{
	if (t->tmp_fd != -1 && t->tmp_fd != t->fd)
		close(t->tmp_fd);
	if (t->fd != -1)
		close(t->fd);
	if (t->folder_fd != -1)
		close(t->folder_fd);
	t->fd = t->folder_fd = t->tmp_fd = -1;
	t->n = 0;
}

/* Make the directory NAME in DIRFD, if it is missing, as DIRFD itself is. */
static int
make_like_parent(int dirfd, const char *name)
{
	struct stat st;

	if (fstat(dirfd, &st) == -1)
		return -1;
	return mk_mkfolder_dir(dirfd, name, &st) == 0 || errno == EEXIST ?
	    0 : -1;
}

/* Open PATH below DIRFD, making what is missing. */
static int
open_made(int dirfd, const char *path)
{
	char *copy = strdup(path), *name, *slash;
	int fd = copy == NULL ? -1 : mk_sys_open_dir(dirfd, "."), next;

	for (name = copy; fd != -1 && name != NULL; name = slash) {
		slash = strchr(name, '/');
		if (slash != NULL)
			*slash++ = '\0';
		next = mk_sys_open_dir(fd, name);
		if (next == -1 && errno == ENOENT &&
		    make_like_parent(fd, name) == 0)
			next = mk_sys_open_dir(fd, name);
		close(fd);
		fd = next;
	}
	free(copy);
	return fd;
}

static int
hash_order(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Remember what lies in SUB of the folder: by unique name. */
static int
remember(struct target *t, const char *sub)
{
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	uint64_t *hashes;
	int fd = mk_sys_open_dir(t->folder_fd, sub), rv;

	if (fd == -1)
		return -1;
	rv = mk_sys_dir_start(&reader, fd);
	while (rv != -1 && (rv = mk_sys_dir_next(&reader, &entry)) == 1) {
		if (t->n == t->cap) {
			t->cap = t->cap * 2 + 64;
			hashes = realloc(t->hashes, t->cap * sizeof *hashes);
			if (hashes == NULL) {
				rv = -1;
				break;
			}
			t->hashes = hashes;
		}
		t->hashes[t->n++] = mk_msgname_hash(entry.name,
		    mk_msgname_split(entry.name, NULL));
	}
	mk_sys_dir_free(&reader);
	close(fd);
	return rv;
}

static int
open_maildir(struct target *t)
{
	static const char *const subs[] = { "cur", "new", "tmp" };
	size_t i;

	for (i = 0; i < 3; i++)
		if (make_like_parent(t->folder_fd, subs[i]) == -1)
			return -1;
	t->tmp_fd = mk_sys_open_dir(t->folder_fd, "tmp");
	if (t->tmp_fd == -1 || remember(t, "cur") == -1 ||
	    remember(t, "new") == -1)
		return -1;
	if (t->n > 0)
		qsort(t->hashes, t->n, sizeof *t->hashes, hash_order);
	return 0;
}

/* Whether quota counts FOLDER, a path below the destination. */
static bool
counted_by_quota(const struct job *job, const char *folder)
{
	size_t len = job->mailbox.len;
	const char *place;

	if (!job->mailbox_known ||
	    strncmp(folder, job->mailbox.data, len) != 0)
		return true;
	place = folder + len;
	if (len > 0 && *place == '/')
		place++;
	return mk_quota_counts(job->r->quota_ignore, *place == '.' ||
	    *place == '\0' ? MK_MAILDIRPP : MK_FS, place);
}

/* Make DIR (of DIR_LEN bytes; "folder/cur" or plain) the target. */
static int
target_open(struct job *job, const char *dir, size_t dir_len,
    struct mk_error *err)
{
	struct target *t = &job->target;
	const char *sub;
	char *folder;

	if (t->fd != -1 && t->path.len == dir_len &&
	    memcmp(t->path.data, dir, dir_len) == 0)
		return 0;
	target_close(t);
	mk_buf_cut(&t->path, 0);
	if (mk_buf_add(&t->path, dir, dir_len) == -1)
		return mk_fail_sys(err, "restore");
	sub = strrchr(t->path.data, '/');
	sub = sub == NULL ? t->path.data : sub + 1;
	t->maildir = strcmp(sub, "cur") == 0 || strcmp(sub, "new") == 0;
	folder = strdup(t->path.data);
	if (folder == NULL)
		return mk_fail_sys(err, "restore");
	if (sub == t->path.data)
		memcpy(folder, ".", sizeof ".");
	else
		folder[sub - t->path.data - 1] = '\0';
	t->quota_counts = t->maildir && counted_by_quota(job,
	    sub == t->path.data ? "" : folder);
	t->folder_fd = open_made(job->r->dest_fd, folder);
	free(folder);
	if (t->folder_fd == -1 || (t->maildir && open_maildir(t) == -1))
		return mk_fail_sys(err, "open %s/%s", job->r->dest,
		    t->path.data);
	t->fd = open_made(t->folder_fd, sub);
	if (t->fd == -1)
		return mk_fail_sys(err, "open %s/%s", job->r->dest,
		    t->path.data);
	if (!t->maildir)
		t->tmp_fd = t->fd;
	return 0;
}

/* A file of our own in the target's tmp; its name in *NAME. */
static int
create_tmp(const struct target *t, struct mk_buf *name)
{
	unsigned i;
	int fd = -1;

	for (i = 0; i < TRIES; i++) {
		mk_buf_cut(name, 0);
		if (mk_buf_addf(name, "restore.%ld.%u",
		    (long)getpid(), i) == -1)
			return -1;
		fd = mk_sys_open_file(t->tmp_fd, name->data,
		    O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd != -1 || errno != EEXIST)
			break;
	}
	return fd;
}

/* Owner, mode and times as they were. */
static int
dress(int fd, const struct mk_archive_entry *entry)
{
	struct timespec times[2] = { entry->mtime, entry->mtime };

	if (geteuid() == 0 && fchown(fd, entry->uid, entry->gid) == -1)
		return -1;
	if (fchmod(fd, entry->mode & 0777) == -1)
		return -1;
	return futimens(fd, times);
}

/* 1: restored. 0: is there. -1. */
static int
restore_file(struct job *job, struct mk_archive_reader *rd,
    const struct mk_archive_entry *entry, const char *name,
    struct mk_error *err)
{
	struct target *t = &job->target;
	struct mk_buf tmp = { 0 };
	int fd, rv = -1;

	fd = create_tmp(t, &tmp);
	if (fd == -1) {
		mk_fail_sys(err, "create a file in %s/%s", job->r->dest,
		    t->path.data);
		goto out;
	}
	if (mk_archive_extract(rd, fd, err) == -1)
		goto out;
	if (dress(fd, entry) == -1 || fsync(fd) == -1) {
		mk_fail_sys(err, "write %s/%s", job->r->dest, entry->path);
		goto out;
	}
	if (mk_sys_rename_noreplace(t->tmp_fd, tmp.data, t->fd, name) == 0)
		rv = 1;
	else if (errno == EEXIST)
		rv = 0;
	else
		mk_fail_sys(err, "create %s/%s", job->r->dest, entry->path);
out:
	if (fd != -1) {
		if (rv != 1)
			unlinkat(t->tmp_fd, tmp.data, 0);
		close(fd);
	}
	mk_buf_free(&tmp);
	return rv;
}

/* An archive could have been made by anybody: its names are hostile. */
static bool
path_fits(const char *path)
{
	const char *p = path, *end;
	size_t len;

	for (;; p = end + 1) {
		end = strchr(p, '/');
		len = end == NULL ? strlen(p) : (size_t)(end - p);
		if (len == 0 || (len == 1 && p[0] == '.') ||
		    (len == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		if (end == NULL)
			return p > path && mk_msgname_fits(p);
	}
}

static void
restored(struct job *job, const struct mk_archive_entry *entry,
    const char *name)
{
	int64_t size = mk_msgname_size(name, mk_msgname_split(name, NULL));

	/*
	 * A run killed before it wrote the ledger has left an entry there, by
	 * which the message would go again the next night.
	 */
	if (job->target.maildir)
		unlinkat(job->target.folder_fd, MK_LEDGER_NAME, 0);
	job->r->restored++;
	if (job->target.quota_counts) {
		job->quota_bytes += size == -1 ? entry->size : size;
		job->quota_count++;
	}
	mk_diag_info("restored %s/%s", job->r->dest, entry->path);
}

/* What a run without -n would bring back. */
static void
show(const struct mk_restore *r, const char *path)
{
	size_t size = 4 * (strlen(r->dest) + strlen(path)) + 2;
	char *escaped = malloc(size);

	if (escaped != NULL) {
		fputs(mk_diag_escape(escaped, size, r->dest), stdout);
		putchar('/');
		puts(mk_diag_escape(escaped, size, path));
	}
	free(escaped);
}

/* 0; or -1: the archive can't be read on. */
static int
restore_entry(struct job *job, struct mk_archive_reader *rd,
    const struct mk_archive_entry *entry)
{
	struct target *t = &job->target;
	struct mk_error err;
	const char *name = strrchr(entry->path, '/');
	uint64_t hash;
	int rv;

	if (entry->type != S_IFREG || name == NULL || !path_fits(entry->path)) {
		mk_fail(&err, EX_DATAERR, "%s: %s: is no message of ours, not "
		    "restored", job->r->archive, entry->path);
		problem(job->r, &err);
		return 0;
	}
	name++;
	if (job->r->dry_run) {
		job->r->restored++;
		if (!job->r->silent)
			show(job->r, entry->path);
		return 0;
	}
	if (target_open(job, entry->path, (size_t)(name - 1 - entry->path),
	    &err) == -1) {
		problem(job->r, &err);
		return 0;
	}
	hash = mk_msgname_hash(name, mk_msgname_split(name, NULL));
	if (t->n > 0 && bsearch(&hash, t->hashes, t->n, sizeof hash,
	    hash_order) != NULL) {
		job->r->present++;
		return 0;
	}
	rv = restore_file(job, rd, entry, name, &err);
	if (rv == 1)
		restored(job, entry, name);
	else if (rv == 0)
		job->r->present++;
	else
		problem(job->r, &err);
	return rv == -1 && err.status == EX_DATAERR ? -1 : 0;
}

static void
quota(struct job *job)
{
	struct mk_restore *r = job->r;
	struct mk_error why, err;

	if (job->mailbox_fd == -1)
		return;
	if (mk_quota_add(job->mailbox_fd, job->quota_mark, job->quota_bytes,
	    job->quota_count, &why) == -1) {
		mk_fail(&err, why.status, "%s/%s: %s; have it counted anew "
		    "(doveadm quota recalc)", r->dest, job->mailbox.data,
		    why.text);
		problem(r, &err);
	}
	close(job->mailbox_fd);
}

static void
restore_archive(struct mk_restore *r, int fd, const char *file)
{
	struct job job = { .r = r, .mailbox_fd = -1, .target = { .fd = -1,
	    .folder_fd = -1, .tmp_fd = -1 } };
	struct mk_archive_reader *rd = NULL;
	struct mk_archive_entry entry;
	struct mk_error err, why;
	int rv;

	job.mailbox_known = mk_archname_decode(file, &job.mailbox);
	if (r->users->n > 0) {
		if (!job.mailbox_known) {
			mk_fail(&err, EX_USAGE, "%s: tells of no mailbox, so "
			    "--user can't choose it; restore it alone", file);
			problem(r, &err);
			goto out;
		}
		if (mk_account_match(r->users, job.mailbox.data) != 1)
			goto out;
	}
	r->archives++;
	if (r->quota && job.mailbox_known)
		job.mailbox_fd = mk_sys_open_dir(r->dest_fd,
		    job.mailbox.len == 0 ? "." : job.mailbox.data);
	if (job.mailbox_fd != -1)
		job.quota_mark = mk_quota_mark(job.mailbox_fd);
	rd = mk_archive_open(fd, &why);
	rv = rd == NULL ? -1 : 1;
	while (rv == 1 && (rv = mk_archive_next(rd, &entry, &why)) == 1) {
		if (restore_entry(&job, rd, &entry) == -1)
			rv = 0;		/* said already */
		mk_progress_step(r->alone);
	}
	if (rv == -1) {
		mk_fail(&err, why.status, "--restore %s: %s: %s", r->archive,
		    file, why.text);
		problem(r, &err);
	}
	quota(&job);
out:
	mk_archive_close(rd);
	target_close(&job.target);
	free(job.target.hashes);
	mk_buf_free(&job.target.path);
	mk_buf_free(&job.mailbox);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All archives of a run's directory, in the order of their names. */
static int
restore_directory(struct mk_restore *r, struct mk_error *err)
{
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	struct mk_names names = { 0 };
	const char **sorted, *name = NULL;
	size_t n = strlen(MK_ARCHIVE_SUFFIX), i = 0;
	int rv, fd;

	rv = mk_sys_dir_start(&reader, r->archive_fd);
	while (rv != -1 && (rv = mk_sys_dir_next(&reader, &entry)) == 1)
		if (entry.len > n && strcmp(entry.name + entry.len - n,
		    MK_ARCHIVE_SUFFIX) == 0) {
			rv = mk_buf_add(&names.buf, entry.name, entry.len + 1);
			names.n++;
		}
	mk_sys_dir_free(&reader);
	sorted = calloc(names.n + 1, sizeof *sorted);
	if (rv == -1 || sorted == NULL) {
		rv = mk_fail_sys(err, "%s", r->archive);
		goto out;
	}
	while ((name = mk_names_next(&names, name)) != NULL)
		sorted[i++] = name;
	qsort(sorted, names.n, sizeof *sorted, by_name);
	mk_progress_phase("restoring mailboxes", names.n);
	for (i = 0; i < names.n; i++) {
		mk_progress_step(i > 0);
		fd = mk_sys_open_file(r->archive_fd, sorted[i], O_RDONLY, 0);
		if (fd == -1) {
			mk_fail_sys(err, "%s/%s", r->archive, sorted[i]);
			problem(r, err);
			continue;
		}
		restore_archive(r, fd, sorted[i]);
		close(fd);
	}
	rv = names.n > 0 ? 0 : mk_fail(err, EX_NOINPUT, "%s: holds no "
	    "archives (*%s); name a run's directory or one archive",
	    r->archive, MK_ARCHIVE_SUFFIX);
out:
	free(sorted);
	mk_buf_free(&names.buf);
	return rv;
}

int
mk_restore_run(struct mk_restore *r, struct mk_error *err)
{
	struct stat st;
	const char *file;
	int rv = 0;

	r->status = EX_OK;
	if (fstat(r->archive_fd, &st) == -1)
		return mk_fail_sys(err, "%s", r->archive);
	mk_progress_open(r->dry_run ? 0 : r->progress);
	if (S_ISDIR(st.st_mode))
		rv = restore_directory(r, err);
	else {
		mk_progress_phase("restoring", 0);
		r->alone = true;
		file = strrchr(r->archive, '/');
		restore_archive(r, r->archive_fd,
		    file == NULL ? r->archive : file + 1);
	}
	mk_progress_close();
	if (rv == 0 && r->archives == 0 && r->status == EX_OK)
		return mk_fail(err, EX_NOINPUT, "%s: no archive of a mailbox "
		    "that --user matches", r->archive);
	return rv;
}
