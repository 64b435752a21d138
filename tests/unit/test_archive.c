/* mail/archive: what goes in comes out, or nothing is said to be in. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/mount.h>
#endif

#include "base/buf.h"
#include "base/fs.h"
#include "mail/archive.h"
#include "unit.h"

#define COUNT(array)	(sizeof (array) / sizeof *(array))
#define X5(s)		s s s s s
#define NAME_255	X5("0123456789012345678901234567890123456789" \
			    "0123456789a")
#define ZEROS		X5(X5(X5("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")))

static const char *const formats[] = {
	"a.tar", "a.tar.gz", "a.tar.xz", "a.tar.zst",
};

/* The first of them suffice for what tries every byte. */
#define FEW	3
static const struct sample {
	const char *path, *content;
	size_t len;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	time_t sec;
	long nsec;
} samples[] = {
	{ "box/cur/1700000000.M1P2.mx,S=9:2,FS", "From: a\n\nb", 10, 0600,
	    1000, 1001, 1700000000, 123456789 },
	{ "box/\xff\xfe\n-\xed\xa0\x80", "x" ZEROS, 2001, 0640, 0, 0, 1, 1 },
	{ "empty", "", 0, 0600, 8, 8, 1600000000, 0 },
	/* Those above: FEW. */
	{ "-rf", "y", 1, 04755, 3000000000, 4000000000, 1e10, 999999999 },
	{ "new\nline", "\0", 1, 0, 2097152, 262144, 2147483648, 5 },
	{ "sp\xc3\xa4t/\xe2\x82\xac", "\n", 1, 0444, 1, 2, 0, 0 },
	{ X5(X5("deep/")) NAME_255, "z", 1, 0600, 1, 2, 1, 999999999 },
	{ "/absolute/../and/./odd", "z", 1, 0600, 1, 2, 1, 0 },
	{ "old", "z", 1, 0600, 1, 2, -1000, 0 },
	{ "k=v\n12 path=x\n", "z", 1, 0600, 1, 2, 1, 0 },
};

static char scratch[256];
static int dirfd_;

static void
set_up(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(scratch, sizeof scratch, "%s/mk-archive.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	dirfd_ = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(dirfd_, -1);
}

/* Run SCRIPT in the scratch directory, with $ARG. */
static int
shell(const char *script, const char *arg)
{
	setenv("SCRATCH", scratch, 1);
	setenv("SCRIPT", script, 1);
	setenv("ARG", arg, 1);
	return system("cd \"$SCRATCH\" && eval \"$SCRIPT\"");
}

static void
tear_down(void)
{
	close(dirfd_);
	ck_assert_int_eq(shell("rm -rf \"$SCRATCH\"", ""), 0);
}

/* What the scratch directory holds: files of any name. */
static unsigned
files(void)
{
	DIR *dir = opendir(scratch);
	const struct dirent *e;
	unsigned n = 0;

	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)) != NULL)
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void
write_file(const char *name, const void *data, size_t len)
{
	int fd = openat(dirfd_, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(mk_fs_write_all(fd, data, len), 0);
	close(fd);
}

static void
read_file(const char *name, struct mk_buf *buf)
{
	int fd = openat(dirfd_, name, O_RDONLY);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(mk_fs_read_all(fd, buf, 1 << 24), 0);
	close(fd);
}

static struct stat
stat_of(const struct sample *s)
{
	struct stat st = { 0 };

	st.st_mode = S_IFREG | s->mode;
	st.st_uid = s->uid;
	st.st_gid = s->gid;
	st.st_size = (off_t)s->len;
	st.st_mtim.tv_sec = s->sec;
	st.st_mtim.tv_nsec = s->nsec;
	return st;
}

/* Add S, but with a size of BY more in its stat; its offset at the end. */
static int
add(struct mk_archive *ar, const struct sample *s, off_t by,
    struct mk_error *err)
{
	FILE *file = tmpfile();
	struct stat st = stat_of(s);
	int rv;

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(s->content, 1, s->len, file), s->len);
	ck_assert_int_eq(fflush(file), 0);
	st.st_size += by;
	rv = mk_archive_add(ar, fileno(file), &st, s->path, err);
	fclose(file);
	return rv;
}

/* Archive the first N samples as NAME. */
static void
build(const char *name, size_t n)
{
	struct mk_error err = { 0 };
	struct mk_archive *ar = mk_archive_create(dirfd_, name, &err);
	size_t i;

	ck_assert_msg(ar != NULL, "%s", err.text);
	for (i = 0; i < n; i++)
		ck_assert_msg(add(ar, &samples[i], 0, &err) == 0, "%s",
		    err.text);
	ck_assert_msg(mk_archive_commit(ar, &err) == 0, "%s", err.text);
}

/* ENTRY and its content in FILE are those of S. */
static void
same(const struct mk_archive_entry *entry, FILE *file, const struct sample *s)
{
	char content[4096];

	ck_assert_str_eq(entry->path, s->path);
	ck_assert_uint_eq(entry->type, S_IFREG);
	ck_assert_uint_eq(entry->mode, s->mode);
	ck_assert_uint_eq(entry->uid, s->uid);
	ck_assert_uint_eq(entry->gid, s->gid);
	ck_assert_int_eq(entry->size, (off_t)s->len);
	ck_assert_int_eq(entry->mtime.tv_sec, s->sec);
	ck_assert_int_eq(entry->mtime.tv_nsec, s->nsec);
	rewind(file);
	ck_assert_uint_eq(fread(content, 1, sizeof content, file), s->len);
	ck_assert_mem_eq(content, s->content, s->len);
}

/*
 * Read the archive open as FD.  What it gives must be the first N samples, or
 * fewer when it then fails.  0, or -1: it fails.
 */
static int
walk(int fd, size_t n, bool extract, struct mk_error *err)
{
	struct mk_archive_reader *rd = mk_archive_open(fd, err);
	struct mk_archive_entry entry;
	FILE *file = tmpfile();
	size_t i = 0;
	int more = -1;

	ck_assert_ptr_nonnull(file);
	while (rd != NULL && (more = mk_archive_next(rd, &entry, err)) == 1) {
		rewind(file);
		ck_assert_int_eq(ftruncate(fileno(file), 0), 0);
		if (extract &&
		    mk_archive_extract(rd, fileno(file), err) == -1) {
			more = -1;
			break;
		}
		ck_assert_uint_lt(i, n);
		if (extract)
			same(&entry, file, &samples[i]);
		i++;
	}
	if (more == 0)
		ck_assert_uint_eq(i, n);
	fclose(file);
	mk_archive_close(rd);
	return more;
}

static int
walk_file(const char *name, size_t n, bool extract, struct mk_error *err)
{
	int fd = openat(dirfd_, name, O_RDONLY), rv;

	ck_assert_int_ne(fd, -1);
	rv = walk(fd, n, extract, err);
	close(fd);
	return rv;
}

/* The same of LEN bytes at DATA. */
static int
walk_bytes(const char *data, size_t len, size_t n, struct mk_error *err)
{
	write_file("walk", data, len);
	return walk_file("walk", n, true, err);
}

START_TEST(comes_back_as_it_went)
{
	struct mk_error err = { 0 };
	struct stat st;

	build(formats[_i], COUNT(samples));
	ck_assert_uint_eq(files(), 1);
	ck_assert_int_eq(fstatat(dirfd_, formats[_i], &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_msg(walk_file(formats[_i], COUNT(samples), true, &err) == 0,
	    "%s", err.text);
	ck_assert_msg(walk_file(formats[_i], COUNT(samples), false, &err) == 0,
	    "%s", err.text);
}
END_TEST

START_TEST(empty_archive_is_one)
{
	struct mk_error err = { 0 };

	build(formats[_i], 0);
	ck_assert_msg(walk_file(formats[_i], 0, true, &err) == 0, "%s",
	    err.text);
}
END_TEST

START_TEST(cut_anywhere_is_damage)
{
	struct mk_error err = { 0 };
	struct mk_buf whole = { 0 };
	size_t len;

	build(formats[_i], FEW);
	read_file(formats[_i], &whole);
	ck_assert_int_eq(walk_bytes(whole.data, whole.len, FEW, &err), 0);
	for (len = 0; len < whole.len; len++) {
		err.status = EX_OK;
		ck_assert_msg(walk_bytes(whole.data, len, FEW, &err) == -1,
		    "cut to %zu of %zu bytes", len, whole.len);
		ck_assert_int_eq(err.status, EX_DATAERR);
	}
	mk_buf_free(&whole);
}
END_TEST

/* walk() compares all that is given out. */
START_TEST(no_flipped_bit_passes_for_mail)
{
	struct mk_error err;
	struct mk_buf whole = { 0 };
	size_t at;

	build(formats[_i], FEW);
	read_file(formats[_i], &whole);
	for (at = 0; at < whole.len; at++) {
		whole.data[at] = (char)(whole.data[at] ^ 1 << at % 8);
		walk_bytes(whole.data, whole.len, FEW, &err);
		whole.data[at] = (char)(whole.data[at] ^ 1 << at % 8);
	}
	mk_buf_free(&whole);
}
END_TEST

START_TEST(flipped_content_is_damage)
{
	struct mk_error err = { 0 };
	struct mk_buf whole = { 0 };
	size_t at = 0;

	build("a.tar", FEW);
	read_file("a.tar", &whole);
	while (memcmp(whole.data + at, "From: a", 7) != 0)
		ck_assert_uint_lt(at++, whole.len - 7);
	whole.data[at] = 'G';
	ck_assert_int_eq(walk_bytes(whole.data, whole.len, FEW, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_int_eq(walk_file("walk", FEW, false, &err), -1);
	mk_buf_free(&whole);
}
END_TEST

static const struct { const char *text; size_t len; } no_archives[] = {
	{ "", 0 },
	{ "text that is no archive\n", 24 },
	{ "\x1f\x8b\x08", 3 },
	{ "\x28\xb5\x2f\xfd", 4 },
	{ ZEROS, 512 },			/* half of the end's mark */
	{ ZEROS, 1023 },
};

START_TEST(no_archive_is_refused)
{
	struct mk_error err = { 0 };

	ck_assert_int_eq(walk_bytes(no_archives[_i].text, no_archives[_i].len,
	    0, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
}
END_TEST

START_TEST(failed_read_is_told)
{
	struct mk_error err = { 0 };

	ck_assert_ptr_null(mk_archive_open(dirfd_, &err));
	ck_assert_ptr_nonnull(strstr(err.text, strerror(EISDIR)));
}
END_TEST

/* First letters that other formats begin with. */
static const char *const packed_names[] = {
	"\x1f\x8b\x08\x08/x", "BZh91AY&SY/x", "\x28\xb5\x2f\xfd/x",
	"LZIP\x01/x",
};

/* What a message is called must not turn into how the archive is read. */
START_TEST(name_like_a_packed_file_is_a_name)
{
	struct mk_error err = { 0 };
	struct sample s = samples[0];
	struct mk_archive *ar;
	size_t i;

	for (i = 0; i < COUNT(formats); i++) {
		s.path = packed_names[_i];
		ar = mk_archive_create(dirfd_, formats[i], &err);
		ck_assert_ptr_nonnull(ar);
		ck_assert_int_eq(add(ar, &s, 0, &err), 0);
		ck_assert_msg(mk_archive_commit(ar, &err) == 0, "%s: %s",
		    formats[i], err.text);
	}
}
END_TEST

START_TEST(existing_name_stays)
{
	struct mk_error err = { 0 };
	struct mk_buf buf = { 0 };

	write_file("a.tar", "precious", 8);
	ck_assert_ptr_null(mk_archive_create(dirfd_, "a.tar", &err));
	ck_assert_int_eq(err.status, EX_CANTCREAT);
	ck_assert_uint_eq(files(), 1);
	read_file("a.tar", &buf);
	ck_assert_str_eq(buf.data, "precious");
	mk_buf_free(&buf);
}
END_TEST

START_TEST(name_taken_meanwhile_stays)
{
	struct mk_error err = { 0 };
	struct mk_archive *ar = mk_archive_create(dirfd_, "a.tar", &err);
	struct mk_buf buf = { 0 };

	ck_assert_ptr_nonnull(ar);
	ck_assert_int_eq(add(ar, &samples[0], 0, &err), 0);
	write_file("a.tar", "precious", 8);
	ck_assert_int_eq(mk_archive_commit(ar, &err), -1);
	ck_assert_int_eq(err.status, EX_CANTCREAT);
	ck_assert_uint_eq(files(), 1);
	read_file("a.tar", &buf);
	ck_assert_str_eq(buf.data, "precious");
	mk_buf_free(&buf);
}
END_TEST

START_TEST(old_part_is_replaced_not_followed)
{
	struct mk_error err = { 0 };
	struct mk_buf buf = { 0 };

	write_file("other", "precious", 8);
	ck_assert_int_eq(symlinkat("other", dirfd_, "a.tar.part"), 0);
	build("a.tar", FEW);
	ck_assert_uint_eq(files(), 2);
	ck_assert_int_eq(walk_file("a.tar", FEW, true, &err), 0);
	read_file("other", &buf);
	ck_assert_str_eq(buf.data, "precious");
	mk_buf_free(&buf);
}
END_TEST

/* The name is checked against the file that commit reads back. */
START_TEST(damaged_part_is_not_committed)
{
	struct mk_error err = { 0 };
	struct mk_archive *ar = mk_archive_create(dirfd_, "a.tar", &err);
	static char big[3 * 64 * 1024];
	struct sample s = samples[0];
	int fd;

	ck_assert_ptr_nonnull(ar);
	s.content = big;
	s.len = sizeof big;
	ck_assert_int_eq(add(ar, &s, 0, &err), 0);
	fd = openat(dirfd_, "a.tar.part", O_WRONLY);
	ck_assert_int_eq(pwrite(fd, "!", 1, 70000), 1);
	close(fd);
	ck_assert_int_eq(mk_archive_commit(ar, &err), -1);
	ck_assert_int_eq(err.status, EX_IOERR);
	ck_assert_uint_eq(files(), 0);
}
END_TEST

static const off_t off_by[] = { -10, -1, 1, 1000 };

START_TEST(other_size_than_said_is_an_error)
{
	struct mk_error err = { 0 };
	struct mk_archive *ar;

	ar = mk_archive_create(dirfd_, "a.tar.zst", &err);
	ck_assert_ptr_nonnull(ar);
	ck_assert_int_eq(add(ar, &samples[0], 0, &err), 0);
	ck_assert_int_eq(add(ar, &samples[0], off_by[_i], &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_int_eq(add(ar, &samples[0], 0, &err), -1);
	ck_assert_int_eq(mk_archive_commit(ar, &err), -1);
	ck_assert_uint_eq(files(), 0);
}
END_TEST

static const struct { const char *path; mode_t type; } unfit[] = {
	{ "", S_IFREG },
	{ "cur/", S_IFREG },
	{ "cur", S_IFDIR },
	{ "fifo", S_IFIFO },
};

START_TEST(only_regular_files_with_names)
{
	struct mk_error err = { 0 };
	struct mk_archive *ar = mk_archive_create(dirfd_, "a.tar", &err);
	struct stat st = stat_of(&samples[0]);

	ck_assert_ptr_nonnull(ar);
	st.st_mode = unfit[_i].type | 0700;
	ck_assert_int_eq(mk_archive_add(ar, dirfd_, &st, unfit[_i].path, &err),
	    -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	mk_archive_abort(ar);
	ck_assert_uint_eq(files(), 0);
}
END_TEST

static const char *const bad_names[] = {
	"a.zip", "a", ".tar", ".tar.zst", "a.tar.bz2", "b/a.tar", "",
};

START_TEST(bad_archive_name_is_refused)
{
	struct mk_error err = { 0 };

	ck_assert_ptr_null(mk_archive_create(dirfd_, bad_names[_i], &err));
	ck_assert_int_eq(err.status, EX_USAGE);
	ck_assert_uint_eq(files(), 0);
}
END_TEST

/* A file of SIZE bytes that no packer makes smaller. */
static FILE *
noise_file(size_t size)
{
	FILE *file = tmpfile();
	uint32_t r = 1;

	ck_assert_ptr_nonnull(file);
	while (size-- > 0) {
		r = r * 1664525 + 1013904223;
		putc((int)(r >> 24), file);
	}
	ck_assert_int_eq(fflush(file), 0);
	return file;
}

/* Archive FILE in the directory open as FD. */
static int
archive_file(int fd, const char *name, FILE *file, struct mk_error *err)
{
	struct mk_archive *ar = mk_archive_create(fd, name, err);
	struct stat st;

	ck_assert_ptr_nonnull(ar);
	ck_assert_int_eq(fstat(fileno(file), &st), 0);
	if (mk_archive_add(ar, fileno(file), &st, "noise", err) == -1) {
		mk_archive_abort(ar);
		return -1;
	}
	return mk_archive_commit(ar, err);
}

/* The first fails in commit's last flush, the other in add. */
static const size_t too_large[] = { 20000, 1000000 };

START_TEST(file_too_large_leaves_nothing)
{
	FILE *file = noise_file(too_large[_i]);
	struct mk_error err;
	struct rlimit before, limit;
	size_t i;
	int rv;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 10000;
	for (i = 0; i < COUNT(formats); i++) {
		err = (struct mk_error){ 0 };
		ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
		rv = archive_file(dirfd_, formats[i], file, &err);
		ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
		ck_assert_int_eq(rv, -1);
		ck_assert_ptr_nonnull(strstr(err.text, strerror(EFBIG)));
		ck_assert_uint_eq(files(), 0);
	}
	fclose(file);
}
END_TEST

#ifdef __linux__
/* Where root may mount: a file system that is full. */
START_TEST(full_disk_leaves_nothing)
{
	FILE *file = noise_file(too_large[_i]);
	struct mk_error err = { 0 };
	unsigned left;
	int fd, rv;

	if (mount("tmpfs", scratch, "tmpfs", 0, "size=16k") == -1) {
		fclose(file);
		return;
	}
	fd = open(scratch, O_RDONLY | O_DIRECTORY);
	ck_assert_int_ne(fd, -1);
	rv = archive_file(fd, "a.tar.zst", file, &err);
	left = files();
	close(fd);
	ck_assert_int_eq(umount(scratch), 0);
	ck_assert_int_eq(rv, -1);
	ck_assert_uint_eq(left, 0);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, strerror(ENOSPC)));
	fclose(file);
}
END_TEST
#endif

#define LARGE_BYTES	(100 * 1024 * 1024)
#define MEMORY_KIB	(32 * 1024)

static long
memory_kib(void)
{
	struct rusage usage;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

START_TEST(large_file_needs_little_memory)
{
	FILE *file = tmpfile();
	struct mk_error err = { 0 };
	struct mk_archive_reader *rd;
	struct mk_archive_entry entry;
	long before = memory_kib();
	int fd;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(ftruncate(fileno(file), LARGE_BYTES), 0);
	ck_assert_int_eq(archive_file(dirfd_, "a.tar.zst", file, &err), 0);
	fclose(file);
	fd = openat(dirfd_, "a.tar.zst", O_RDONLY);
	rd = mk_archive_open(fd, &err);
	ck_assert_ptr_nonnull(rd);
	ck_assert_int_eq(mk_archive_next(rd, &entry, &err), 1);
	ck_assert_int_eq(entry.size, LARGE_BYTES);
	ck_assert_int_eq(mk_archive_next(rd, &entry, &err), 0);
	mk_archive_close(rd);
	close(fd);
	ck_assert_int_lt(memory_kib() - before, MEMORY_KIB);
}
END_TEST

/* Is there a GNU tar, and zstd for it? */
static bool
have_tar(void)
{
	return system("tar --version 2>/dev/null | grep -q GNU &&"
	    " zstd --version >/dev/null 2>&1") == 0;
}

/* TAR's own program finds all, and for plain names has nothing to say. */
START_TEST(tar_program_reads_it)
{
	struct mk_buf out = { 0 };
	struct stat st;
	char link[PATH_MAX];
	size_t i;

	if (!have_tar())
		return;
	build("a.tar.zst", 1);
	ck_assert_int_eq(shell("tar --zstd -tf a.tar.zst >out 2>&1", ""), 0);
	read_file("out", &out);
	ck_assert_str_eq(out.data, "box/cur/1700000000.M1P2.mx,S=9:2,FS\n");
	mk_buf_free(&out);

	build("b.tar.zst", 5);
	ck_assert_int_eq(shell("mkdir x && tar --zstd -C x --no-same-owner "
	    "-xf b.tar.zst 2>out", ""), 0);
	for (i = 0; i < 5; i++) {
		snprintf(link, sizeof link, "x/%s", samples[i].path);
		ck_assert_int_eq(fstatat(dirfd_, link, &st, 0), 0);
		ck_assert_int_eq(st.st_size, (off_t)samples[i].len);
		ck_assert_int_eq(st.st_mtim.tv_sec, samples[i].sec);
		ck_assert_int_eq(st.st_mtim.tv_nsec, samples[i].nsec);
	}
}
END_TEST

static const char *const foreign[] = {
	"--format=v7 -cf", "--format=ustar -cf", "--format=gnu -cf",
	"--format=oldgnu -cf", "--format=pax -cf", "--format=gnu -S -cf",
	"--format=pax -S -cf", "--format=pax --zstd -cf", "-czf",
	"--format=ustar --record-size=512 -cf",
};

START_TEST(archives_of_tar_program_are_read)
{
	struct mk_error err = { 0 };
	struct mk_archive_reader *rd;
	struct mk_archive_entry entry;
	struct mk_buf got = { 0 };
	int fd, out;

	if (!have_tar())
		return;
	write_file("dash-\xff", "0123456789", 10);
	ck_assert_int_eq(shell("truncate -s 100000 dash* && ln dash* hard &&"
	    " tar $ARG t dash* hard", foreign[_i]), 0);
	fd = openat(dirfd_, "t", O_RDONLY);
	rd = mk_archive_open(fd, &err);
	ck_assert_msg(rd != NULL, "%s", err.text);

	ck_assert_msg(mk_archive_next(rd, &entry, &err) == 1, "%s", err.text);
	ck_assert_str_eq(entry.path, "dash-\xff");
	ck_assert_uint_eq(entry.type, S_IFREG);
	ck_assert_int_eq(entry.size, 100000);
	out = openat(dirfd_, "got", O_RDWR | O_CREAT, 0600);
	ck_assert_msg(mk_archive_extract(rd, out, &err) == 0, "%s", err.text);
	ck_assert_int_eq(mk_archive_extract(rd, out, &err), -1);
	close(out);
	read_file("got", &got);
	ck_assert_uint_eq(got.len, 100000);
	ck_assert_str_eq(got.data, "0123456789");
	mk_buf_free(&got);

	ck_assert_msg(mk_archive_next(rd, &entry, &err) == 1, "%s", err.text);
	ck_assert_str_eq(entry.path, "hard");
	ck_assert_uint_eq(entry.type, 0);
	ck_assert_msg(mk_archive_next(rd, &entry, &err) == 0, "%s", err.text);
	mk_archive_close(rd);
	close(fd);
}
END_TEST

/* Behind the tar file's end, which comes early, the packer's may be missing. */
START_TEST(cut_behind_the_tar_is_damage)
{
	struct mk_error err = { 0 };
	struct mk_buf whole = { 0 };
	size_t cut;

	if (!have_tar())
		return;
	ck_assert_int_eq(shell("tar --record-size=1M -czf t -T /dev/null",
	    ""), 0);
	read_file("t", &whole);
	ck_assert_int_eq(walk_bytes(whole.data, whole.len, 0, &err), 0);
	for (cut = 1; cut < 100; cut++)
		ck_assert_int_eq(walk_bytes(whole.data, whole.len - cut, 0,
		    &err), -1);
	mk_buf_free(&whole);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("archive");
	TCase *tc = tcase_create("archive");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, comes_back_as_it_went, 0, COUNT(formats));
	tcase_add_loop_test(tc, empty_archive_is_one, 0, COUNT(formats));
	tcase_add_loop_test(tc, cut_anywhere_is_damage, 0, COUNT(formats));
	tcase_add_loop_test(tc, no_flipped_bit_passes_for_mail, 0,
	    COUNT(formats));
	tcase_add_test(tc, flipped_content_is_damage);
	tcase_add_loop_test(tc, no_archive_is_refused, 0, COUNT(no_archives));
	tcase_add_test(tc, failed_read_is_told);
	tcase_add_loop_test(tc, name_like_a_packed_file_is_a_name, 0,
	    COUNT(packed_names));
	tcase_add_test(tc, existing_name_stays);
	tcase_add_test(tc, name_taken_meanwhile_stays);
	tcase_add_test(tc, old_part_is_replaced_not_followed);
	tcase_add_test(tc, damaged_part_is_not_committed);
	tcase_add_loop_test(tc, other_size_than_said_is_an_error, 0,
	    COUNT(off_by));
	tcase_add_loop_test(tc, only_regular_files_with_names, 0,
	    COUNT(unfit));
	tcase_add_loop_test(tc, bad_archive_name_is_refused, 0,
	    COUNT(bad_names));
	tcase_add_loop_test(tc, file_too_large_leaves_nothing, 0,
	    COUNT(too_large));
#ifdef __linux__
	tcase_add_loop_test(tc, full_disk_leaves_nothing, 0,
	    COUNT(too_large));
#endif
	tcase_add_test(tc, large_file_needs_little_memory);
	tcase_add_test(tc, tar_program_reads_it);
	tcase_add_loop_test(tc, archives_of_tar_program_are_read, 0,
	    COUNT(foreign));
	tcase_add_test(tc, cut_behind_the_tar_is_damage);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
