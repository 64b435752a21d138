/* base/pack: what is compressed reads back, or is no success. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include <sys/resource.h>
#include <sys/time.h>

#include <signal.h>

#include "base/le.h"
#include "base/pack.h"
#include "base/stop.h"
#include "base/unpack.h"
#include "scratch.h"

static struct mk_error err;

static void
setup(void)
{
	scratch_setup();
	err = (struct mk_error){ 0 };
}

static int
open_in(const char *name)
{
	int fd = openat(root, name, O_RDONLY | O_CLOEXEC);

	ck_assert_msg(fd != -1, "%s: %s", name, strerror(errno));
	return fd;
}

static int
open_out(const char *name)
{
	int fd = openat(root, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);

	ck_assert_msg(fd != -1, "%s: %s", name, strerror(errno));
	return fd;
}

static uint32_t
next_random(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

static void
fill_log(char *p, size_t len)
{
	char line[200];
	uint32_t x = 7;
	size_t n;

	while (len > 0) {
		n = (size_t)snprintf(line, sizeof line, "2026-11-22 %02u:%02u:"
		    "%02u 1xV3Pd-%06x-1u => user%u <user%u@example.test> "
		    "R=virtual_local_mailbox T=virtual_delivery\n",
		    next_random(&x) % 24, next_random(&x) % 60,
		    next_random(&x) % 60, next_random(&x) % 0xffffff,
		    next_random(&x) % 900, next_random(&x) % 900);
		if (n > len)
			n = len;
		memcpy(p, line, n);
		p += n;
		len -= n;
	}
}

static void
fill_random(char *p, size_t len)
{
	uint32_t x = 1;

	while (len-- > 0)
		*p++ = (char)(next_random(&x) >> 9);
}

static void
fill_same(char *p, size_t len)
{
	memset(p, 'x', len);
}

static void (*const fills[])(char *, size_t) = {
	fill_log, fill_random, fill_same
};

static void
put_filled(const char *name, void (*fill)(char *, size_t), size_t len)
{
	char *data = malloc(len + 1);

	ck_assert_ptr_nonnull(data);
	fill(data, len);
	put_bytes(name, data, len);
	free(data);
}

/* The file IN into the file OUT. */
static int
pack_names(const char *in, const char *out, enum mk_pack_format format,
    unsigned threads, struct mk_packed *packed)
{
	int from = open_in(in), to = open_out(out), rv;

	rv = mk_pack_file(from, to, format, threads, packed, &err);
	close(from);
	close(to);
	return rv;
}

static int
compare_names(const char *packed, const char *plain)
{
	int a = open_in(packed), b = open_in(plain), rv;

	rv = mk_pack_compare(a, b, &err);
	close(a);
	close(b);
	return rv;
}

/* As get(), for more than 16 MiB. */
static struct mk_buf
get_large(const char *name)
{
	struct mk_buf buf = { 0 };
	int fd = open_in(name);

	ck_assert_int_eq(mk_fs_read_all(fd, &buf, 1 << 25), 0);
	close(fd);
	return buf;
}

static void
same_files(const char *a, const char *b)
{
	struct mk_buf x = get_large(a), y = get_large(b);

	ck_assert_uint_eq(x.len, y.len);
	ck_assert(x.len == 0 || memcmp(x.data, y.data, x.len) == 0);
	mk_buf_free(&x);
	mk_buf_free(&y);
}

/* Unpack PACKED into the file NAME, not by what mk_pack_file used. */
static void
unpack_into(const char *packed, const char *name)
{
	struct mk_unpack *u = mk_unpack_open(open_in(packed), &err);
	struct mk_buf buf = { 0 };
	ssize_t n;

	ck_assert_msg(u != NULL, "%s", err.text);
	do {
		ck_assert_int_eq(mk_buf_reserve(&buf, 65536), 0);
		n = mk_unpack_read(u, buf.data + buf.len, 65536, &err);
		ck_assert_msg(n != -1, "%s", err.text);
		buf.len += (size_t)n;
	} while (n > 0);
	mk_unpack_close(u);
	put_bytes(name, buf.data, buf.len);
	mk_buf_free(&buf);
}

#define KIB	((size_t)1024)
#define MIB	(1024 * KIB)

/* The pieces that each format is packed in, so that their edges are met. */
static const struct {
	const char *name, *program;
	size_t piece;
	unsigned threads;		/* the most that are tried */
} formats[MK_PACK_FORMATS] = {
	[MK_PACK_NONE] = { "none", NULL, MIB, 2 },
	[MK_GZIP] = { "gzip", "gzip", 512 * KIB, 3 },
	[MK_BZIP2] = { "bzip2", "bzip2", 1790000, 3 },
	[MK_XZ] = { "xz", "xz", 16 * MIB, 1 },
	[MK_ZSTD] = { "zstd", "zstd", 4 * MIB, 3 },
};

/* NAME of LEN bytes goes and comes back, whatever the threads. */
static void
round_trip(enum mk_pack_format format, size_t len)
{
	struct mk_packed packed;
	unsigned threads;

	for (threads = 0; threads <= formats[format].threads; threads++) {
		packed = (struct mk_packed){ 9, 9 };
		ck_assert_msg(pack_names("in", "out", format, threads,
		    &packed) == 0, "%s of %zu on %u: %s",
		    formats[format].name, len, threads, err.text);
		ck_assert_uint_eq(packed.read_bytes, len);
		ck_assert_uint_eq(packed.written_bytes,
		    (uint64_t)stat_of("out").st_size);
		ck_assert_int_eq(compare_names("out", "in"), 1);
		unpack_into("out", "back");
		same_files("in", "back");
	}
}

START_TEST(files_of_all_sizes_go_and_come_back)
{
	enum mk_pack_format format = (enum mk_pack_format)_i;
	size_t piece = formats[_i].piece, i, j;
	const size_t sizes[] = {
		0, 1, piece - 1, piece, piece + 1, 2 * piece + 7, 5 * MIB
	};

	for (i = 0; i < (size_t)COUNT(sizes); i++)
		for (j = 0; j < (size_t)COUNT(fills); j++) {
			/* Of what is slow, the edges, with what is fast. */
			if (sizes[i] > 3 * MIB / 2 && fills[j] != fill_same &&
			    (format != MK_GZIP || fills[j] != fill_log))
				continue;
			if (format == MK_XZ && sizes[i] > piece + 1)
				continue;
			put_filled("in", fills[j], sizes[i]);
			round_trip(format, sizes[i]);
		}
}
END_TEST

/* Run PROGRAM with OPTION from the file IN to the file OUT.  Its status. */
static int
run_program(const char *program, const char *option, const char *in,
    const char *out)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		dup2(open_in(in), STDIN_FILENO);
		dup2(open_out(out), STDOUT_FILENO);
		dup2(open_out("said"), STDERR_FILENO);
		execlp(program, program, option, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* More than one, where that does not take long. */
static size_t
two_pieces(int format)
{
	return format == MK_XZ ? MIB : formats[format].piece + 1000;
}

START_TEST(the_programs_read_it)
{
	const size_t sizes[] = { 0, 1, two_pieces(_i) };
	const char *program = formats[_i].program;
	struct mk_packed packed;
	size_t i;
	int status;

	for (i = 0; program != NULL && i < (size_t)COUNT(sizes); i++) {
		put_filled("in", fill_log, sizes[i]);
		ck_assert_msg(pack_names("in", "out", (enum mk_pack_format)_i,
		    2, &packed) == 0, "%s", err.text);
		status = run_program(program, "-dc", "out", "back");
		if (status == 127)
			return;		/* not installed */
		ck_assert_msg(status == 0, "%s: status %d", program, status);
		same_files("in", "back");
		ck_assert_int_eq(run_program(program, "-t", "out", "none"), 0);
	}
}
END_TEST

START_TEST(gzip_is_one_member_with_the_time_and_no_name)
{
	static const unsigned char start[] = { 0x1f, 0x8b, 8, 0 };
	const struct timespec times[2] = { { 1700000000, 5 },
	    { 1700000000, 5 } };
	struct mk_packed packed;
	struct mk_buf out;

	put_filled("in", fill_log, 3 * MIB);
	ck_assert_int_eq(utimensat(root, "in", times, 0), 0);
	ck_assert_int_eq(pack_names("in", "out", MK_GZIP, 2, &packed), 0);
	out = get("out");
	ck_assert_int_eq(memcmp(out.data, start, sizeof start), 0);
	ck_assert_uint_eq(mk_le32_get((unsigned char *)out.data + 4),
	    1700000000);
	/* The length of all of it: a second member had its own. */
	ck_assert_uint_eq(mk_le32_get((unsigned char *)out.data + out.len - 4),
	    3 * MIB);
	ck_assert_uint_lt(out.len, MIB);
	mk_buf_free(&out);
}
END_TEST

START_TEST(threads_do_not_change_the_bytes)
{
	struct mk_packed packed;

	put_filled("in", fill_log, two_pieces(_i));
	ck_assert_int_eq(pack_names("in", "out", (enum mk_pack_format)_i, 1,
	    &packed), 0);
	ck_assert_int_eq(pack_names("in", "out3", (enum mk_pack_format)_i, 3,
	    &packed), 0);
	same_files("out", "out3");
}
END_TEST

START_TEST(suffixes_are_the_usual)
{
	static const char *const want[] = { "", ".gz", ".bz2", ".xz", ".zst" };

	ck_assert_str_eq(mk_pack_suffixes[_i], want[_i]);
}
END_TEST

/* A log may begin with anything. */
START_TEST(plain_that_looks_packed_is_copied_and_compared)
{
	struct mk_packed packed;

	put("in", "\x1f\x8b is what somebody said HELO with\n");
	ck_assert_msg(pack_names("in", "out", (enum mk_pack_format)_i, 1,
	    &packed) == 0, "%s", err.text);
	ck_assert_int_eq(compare_names("out", "in"), 1);
	if (_i == MK_PACK_NONE)
		same_files("in", "out");
}
END_TEST

/* What compare says of "out" with the byte at AT turned over. */
static int
compare_flipped(const struct mk_buf *whole, size_t at)
{
	int rv;

	whole->data[at] ^= (char)0xff;
	put_bytes("out", whole->data, whole->len);
	whole->data[at] ^= (char)0xff;
	err = (struct mk_error){ 0 };
	rv = compare_names("out", "in");
	ck_assert(rv != -1 || err.status == EX_DATAERR);
	return rv;
}

/* gzip's time and system are nobody's content; zstd says a window's size. */
START_TEST(damage_is_told)
{
	enum mk_pack_format format = (enum mk_pack_format)_i;
	struct mk_packed packed;
	struct mk_buf whole;
	size_t at;

	put_filled("in", fill_log, 700 * KIB);
	ck_assert_int_eq(pack_names("in", "out", format, 2, &packed), 0);
	whole = get("out");
	ck_assert_uint_gt(whole.len, 10000);
	for (at = 10; at < whole.len - 100; at += whole.len / 40)
		ck_assert_msg(compare_flipped(&whole, at) == -1,
		    "%s: byte %zu", formats[_i].name, at);
	for (at = whole.len - 8; at < whole.len; at++)
		ck_assert_msg(compare_flipped(&whole, at) == -1,
		    "%s: byte %zu", formats[_i].name, at);
	put_bytes("out", whole.data, whole.len);
	ck_assert_int_eq(compare_names("out", "in"), 1);
	mk_buf_free(&whole);
}
END_TEST

START_TEST(what_is_cut_or_goes_on_is_told)
{
	enum mk_pack_format format = (enum mk_pack_format)_i;
	struct mk_packed packed;
	struct mk_buf whole;
	size_t i;

	put_filled("in", fill_log, 700 * KIB);
	ck_assert_int_eq(pack_names("in", "out", format, 2, &packed), 0);
	whole = get("out");
	const size_t cuts[] = { 1, 2, 9, 10, 1000, whole.len / 2,
	    whole.len - 9, whole.len - 1 };

	for (i = 0; i < (size_t)COUNT(cuts); i++) {
		put_bytes("out", whole.data, cuts[i]);
		/* A copy that is cut short is a beginning, and whole. */
		ck_assert_msg(compare_names("out", "in") ==
		    (format == MK_PACK_NONE ? 0 : -1), "%s: %zu bytes",
		    formats[_i].name, cuts[i]);
	}
	ck_assert_int_eq(mk_buf_add(&whole, "x", 1), 0);
	put_bytes("out", whole.data, whole.len);
	ck_assert_int_eq(compare_names("out", "in"), -1);
	mk_buf_free(&whole);
}
END_TEST

START_TEST(compare_knows_equal_beginning_and_other)
{
	enum mk_pack_format format = (enum mk_pack_format)_i;
	struct mk_packed packed;
	struct mk_buf text;

	put_filled("in", fill_log, 300 * KIB);
	put("none", "");
	ck_assert_int_eq(pack_names("in", "out", format, 1, &packed), 0);
	ck_assert_int_eq(pack_names("none", "empty", format, 1, &packed), 0);
	ck_assert_int_eq(compare_names("out", "in"), 1);
	ck_assert_int_eq(compare_names("out", "none"), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_int_eq(compare_names("empty", "none"), 1);
	ck_assert_int_eq(compare_names("empty", "in"), 0);
	text = get("in");
	ck_assert_int_eq(mk_buf_add(&text, "y", 1), 0);
	put_bytes("in", text.data, text.len);		/* it went on */
	ck_assert_int_eq(compare_names("out", "in"), 0);
	put_bytes("in", text.data, text.len - 2);	/* it is shorter */
	ck_assert_int_eq(compare_names("out", "in"), -1);
	text.data[200 * KIB] ^= 1;			/* it is another */
	put_bytes("in", text.data, text.len);
	ck_assert_int_eq(compare_names("out", "in"), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	mk_buf_free(&text);
}
END_TEST

START_TEST(unreadable_is_no_answer)
{
	int fds[2];			/* the second can't be read */

	put("in", "text");
	fds[0] = open_in("in");
	fds[1] = openat(root, "in", O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(mk_pack_compare(fds[1], fds[0], &err), -1);
	ck_assert_int_ne(err.status, 0);
	ck_assert_int_eq(mk_pack_compare(fds[0], fds[1], NULL), -1);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(only_regular_and_empty_files_are_written)
{
	struct mk_packed packed;
	int in, out, pipes[2];

	put("in", "text");
	put("full", "x");
	in = open_in("in");
	out = openat(root, "full", O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(mk_pack_file(in, out, MK_GZIP, 1, &packed, &err), -1);
	holds("full", "x");
	close(out);
	out = openat(root, "in", O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(mk_pack_file(in, out, MK_GZIP, 1, &packed, &err), -1);
	holds("in", "text");
	close(out);
	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(mk_pack_file(in, pipes[1], MK_GZIP, 1, &packed,
	    &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	out = open_out("out");
	ck_assert_int_eq(mk_pack_file(pipes[0], out, MK_GZIP, 1, &packed,
	    &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_int_eq(stat_of("out").st_size, 0);
	close(out);
	close(in);
	close(pipes[0]);
	close(pipes[1]);
}
END_TEST

START_TEST(descriptors_that_cannot_are_told)
{
	struct mk_packed packed;
	int in, out;

	put("in", "text");
	put("out", "");
	in = open_in("in");
	out = openat(root, "out", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(mk_pack_file(in, out, (enum mk_pack_format)_i, 1,
	    &packed, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "write: "));
	close(out);
	out = openat(root, "out", O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(mk_pack_file(in, out, (enum mk_pack_format)_i, 1,
	    &packed, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "read back"));
	close(out);
	close(in);
}
END_TEST

/*
 * In a child: limits and mounts are the process's.  FORMAT on THREADS into
 * OUT; exits with the error's status, or 0.
 */
static void
pack_and_exit(const char *out, unsigned format, unsigned threads)
{
	struct mk_packed packed;

	if (pack_names("in", out, (enum mk_pack_format)format, threads,
	    &packed) == 0)
		_exit(0);
	_exit(err.status == 0 ? 1 : err.status);
}

static int
status_of(pid_t pid)
{
	int status;

	ck_assert_int_ne(pid, -1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(a_full_disk_is_no_success)
{
	char path[PATH_MAX];
	pid_t pid;

	if (!may_mount())
		return;
	put_filled("in", fill_log, 3 * MIB);
	make_dir("small");
	snprintf(path, sizeof path, "%s/small", scratch);
	pid = fork();
	if (pid == 0) {
		if (!mount_here(path))
			_exit(99);
		close(root);		/* of the mounts before */
		scratch_open();
		pack_and_exit("small/out", (unsigned)_i, 2);
	}
	ck_assert_int_eq(status_of(pid), EX_TEMPFAIL);
}
END_TEST

START_TEST(a_limit_is_no_success)
{
	const struct rlimit limit = { 50000, 50000 };
	pid_t pid;

	put_filled("in", fill_log, 3 * MIB);
	pid = fork();
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit) == -1)
			_exit(99);
		pack_and_exit("out", (unsigned)_i, 2);
	}
	ck_assert_int_eq(status_of(pid), mk_error_status(EFBIG));
}
END_TEST

static void
append_to_in(pid_t pid)
{
	int fd = openat(root, "in", O_WRONLY | O_APPEND | O_CLOEXEC);

	(void)pid;
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
}

static void
cut_in(pid_t pid)
{
	int fd = openat(root, "in", O_WRONLY | O_TRUNC | O_CLOEXEC);

	(void)pid;
	ck_assert_int_ne(fd, -1);
	close(fd);
}

/* As long as it was; in what has long been read, and what has not. */
static void
rewrite_in(pid_t pid)
{
	int fd = openat(root, "in", O_WRONLY | O_CLOEXEC);

	(void)pid;
	ck_assert_int_eq(pwrite(fd, "\1", 1, 0), 1);
	ck_assert_int_eq(pwrite(fd, "\1", 1, stat_of("in").st_size - 1), 1);
	close(fd);
}

static void
turn_in_out(off_t at)
{
	int fd = openat(root, "out", O_RDWR | O_CLOEXEC);
	unsigned char c;

	ck_assert_int_eq(pread(fd, &c, 1, at), 1);
	c ^= 0x10;
	ck_assert_int_eq(pwrite(fd, &c, 1, at), 1);
	close(fd);
}

/* A bit, in what was written last, and has not been read back. */
static void
flip_out(pid_t pid)
{
	(void)pid;
	turn_in_out(stat_of("out").st_size - 1000);
}

static void
cut_out(pid_t pid)
{
	int fd = openat(root, "out", O_WRONLY | O_CLOEXEC);

	(void)pid;
	ck_assert_int_eq(ftruncate(fd, stat_of("out").st_size - 1000), 0);
	close(fd);
}

static void
stop_it(pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
}

static const struct {
	const char *name;
	void (*meddle)(pid_t pid);
	int status;
} meddlers[] = {
	{ "IN grows",			append_to_in,	EX_TEMPFAIL },
	{ "IN shrinks",			cut_in,		EX_TEMPFAIL },
	{ "IN is rewritten",		rewrite_in,	EX_TEMPFAIL },
	{ "a bit of OUT turns over",	flip_out,	EX_IOERR },
	{ "OUT is cut",			cut_out,	EX_IOERR },
	{ "it is asked to stop",	stop_it,	EX_TEMPFAIL },
};

/* The child PID is stopped in mid-work: true.  False where it was faster. */
static bool
halt(pid_t pid, off_t half)
{
	struct timespec pause = { 0, 200000 };
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (stat_of("out").st_size < 100000) {
			nanosleep(&pause, NULL);
			continue;
		}
		ck_assert_int_eq(kill(pid, SIGSTOP), 0);
		ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
		if (!WIFSTOPPED(status))
			return false;
		if (stat_of("out").st_size < half)
			return true;
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		return false;
	}
	return false;
}

static int
meddle_once(int i, unsigned threads, off_t half, bool *met)
{
	const struct timespec then[2] = { { 1700000000, 0 },
	    { 1700000000, 0 } };
	pid_t pid;

	/* Any change later than this has another time. */
	ck_assert_int_eq(utimensat(root, "in", then, 0), 0);
	close(open_out("out"));
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		mk_stop_catch();
		pack_and_exit("out", MK_GZIP, threads);
	}
	*met = halt(pid, half);
	if (!*met)
		return -1;
	meddlers[i].meddle(pid);
	ck_assert_int_eq(kill(pid, SIGCONT), 0);
	return status_of(pid);
}

START_TEST(who_meddles_is_found_out)
{
	struct mk_packed packed;
	unsigned threads;
	int tries, status = -1;
	bool met;

	put_filled("in", fill_log, 15 * MIB);
	ck_assert_int_eq(pack_names("in", "out", MK_GZIP, 2, &packed), 0);
	for (threads = 1; threads <= 3; threads++) {
		met = false;
		for (tries = 0; tries < 50 && !met; tries++)
			status = meddle_once(_i, threads,
			    (off_t)packed.written_bytes / 2, &met);
		ck_assert_msg(met, "never halted in its work");
		ck_assert_msg(status == meddlers[_i].status, "%s, %u threads: "
		    "%d", meddlers[_i].name, threads, status);
		put_filled("in", fill_log, 15 * MIB);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pack");
	TCase *tc = tcase_create("pack");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, scratch_teardown);
	tcase_add_loop_test(tc, files_of_all_sizes_go_and_come_back, 0,
	    MK_PACK_FORMATS);
	tcase_add_loop_test(tc, the_programs_read_it, 0, MK_PACK_FORMATS);
	tcase_add_test(tc, gzip_is_one_member_with_the_time_and_no_name);
	tcase_add_loop_test(tc, threads_do_not_change_the_bytes, 0,
	    MK_PACK_FORMATS);
	tcase_add_loop_test(tc, suffixes_are_the_usual, 0, MK_PACK_FORMATS);
	tcase_add_loop_test(tc, plain_that_looks_packed_is_copied_and_compared,
	    0, MK_PACK_FORMATS);
	tcase_add_loop_test(tc, damage_is_told, 0, MK_PACK_FORMATS);
	tcase_add_loop_test(tc, what_is_cut_or_goes_on_is_told, 0,
	    MK_PACK_FORMATS);
	tcase_add_loop_test(tc, compare_knows_equal_beginning_and_other, 0,
	    MK_PACK_FORMATS);
	tcase_add_test(tc, unreadable_is_no_answer);
	tcase_add_test(tc, only_regular_and_empty_files_are_written);
	tcase_add_loop_test(tc, descriptors_that_cannot_are_told, 0,
	    MK_PACK_FORMATS);
	tcase_add_loop_test(tc, a_full_disk_is_no_success, 0,
	    MK_PACK_FORMATS);
	tcase_add_loop_test(tc, a_limit_is_no_success, 0, MK_PACK_FORMATS);
	tcase_add_loop_test(tc, who_meddles_is_found_out, 0,
	    COUNT(meddlers));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
