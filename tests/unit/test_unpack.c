/* base/unpack: compressed files are read whole, or not at all. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include "base/sandbox.h"
#include "base/unpack.h"
#include "pack.h"

static struct mk_error err;

static void
setup(void)
{
	scratch_setup();
	err = (struct mk_error){ 0 };
}

/* All that FD holds into *BUF, by reads of STEP bytes.  0 or -1. */
static int
unpack_fd(int fd, size_t step, struct mk_buf *buf)
{
	struct mk_unpack *u = mk_unpack_open(fd, &err);
	ssize_t n = -1;

	if (u != NULL) {
		do {
			ck_assert_int_eq(mk_buf_reserve(buf, step), 0);
			n = mk_unpack_read(u, buf->data + buf->len, step,
			    &err);
			buf->len += n > 0 ? (size_t)n : 0;
		} while (n > 0);
		/* At its end it stays. */
		if (n == 0)
			ck_assert_int_eq(mk_unpack_read(u, buf->data +
			    buf->len, step, &err), 0);
		mk_unpack_close(u);
	}
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	return (int)n;
}

static int
unpack_bytes(const void *data, size_t len, size_t step, struct mk_buf *buf)
{
	int fd;

	put_bytes("f", data, len);
	fd = openat(root, "f", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ne(fd, -1);
	return unpack_fd(fd, step, buf);
}

static void
same(const struct mk_buf *a, const struct mk_buf *b)
{
	ck_assert_uint_eq(a->len, b->len);
	if (a->len > 0)
		ck_assert_int_eq(memcmp(a->data, b->data, a->len), 0);
}

static const size_t sizes[] = { 0, 1, 5, 6, 7, 65535, 65536, 65537, 1000000 };
static const size_t steps[] = { 1, 7, 4096, 1 << 20 };

START_TEST(packed_files_are_read_whole)
{
	struct mk_buf packed = { 0 }, out = { 0 }, text;
	size_t i, j;

	for (i = 0; i < (size_t)COUNT(sizes); i++) {
		text = text_of(sizes[i]);
		pack(_i, text.data, text.len, &packed);
		for (j = sizes[i] > 1000 ? 1 : 0; j < (size_t)COUNT(steps);
		    j++) {
			ck_assert_msg(unpack_bytes(packed.data, packed.len,
			    steps[j], &out) == 0, "%s of %zu by %zu: %s",
			    packers[_i].name, sizes[i], steps[j], err.text);
			same(&out, &text);
			mk_buf_free(&out);
		}
		mk_buf_free(&text);
		mk_buf_free(&packed);
	}
}
END_TEST

/* FIRST bytes of it, read before, and then the others from the file. */
static void
resume(const struct mk_buf *packed, size_t first, const struct mk_buf *text)
{
	struct mk_buf out = { 0 };
	struct mk_unpack *u;
	ssize_t n;
	int fd;

	ck_assert_int_eq(mk_buf_reserve(&out, text->len + 1), 0);
	put_bytes("f", packed->data, packed->len);
	fd = openat(root, "f", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(lseek(fd, (off_t)first, SEEK_SET), (off_t)first);
	u = mk_unpack_resume(fd, packed->data, first, &err);
	ck_assert_msg(u != NULL, "%zu: %s", first, err.text);
	while ((n = mk_unpack_read(u, out.data + out.len, out.cap - out.len,
	    &err)) > 0)
		out.len += (size_t)n;
	ck_assert_msg(n == 0, "%zu: %s", first, err.text);
	same(&out, text);
	mk_unpack_close(u);
	ck_assert_int_eq(close(fd), 0);	/* was only borrowed */
	mk_buf_free(&out);
}

/* _i is COUNT(packers) for plain. */
START_TEST(files_read_in_part_are_resumed)
{
	static const size_t firsts[] = {
		0, 1, 5, 6, 7, 100, 4096, 65535, 65536
	};
	struct mk_buf packed = { 0 }, text = text_of(400000);
	struct mk_unpack *none;
	size_t i;

	if (_i < COUNT(packers))
		pack(_i, text.data, text.len, &packed);
	else
		ck_assert_int_eq(mk_buf_add(&packed, text.data, text.len), 0);
	ck_assert_uint_gt(packed.len, MK_UNPACK_FIRST);
	for (i = 0; i < (size_t)COUNT(firsts); i++)
		resume(&packed, firsts[i], &text);
	none = mk_unpack_resume(-1, packed.data, MK_UNPACK_FIRST + 1, &err);
	ck_assert_ptr_null(none);
	ck_assert_int_eq(err.status, EX_SOFTWARE);
	mk_buf_free(&packed);
	mk_buf_free(&text);
	text = text_of(50);		/* and one that was read whole */
	if (_i < COUNT(packers))
		pack(_i, text.data, text.len, &packed);
	else
		ck_assert_int_eq(mk_buf_add(&packed, text.data, text.len), 0);
	resume(&packed, packed.len, &text);
	mk_buf_free(&packed);
	mk_buf_free(&text);
}
END_TEST

START_TEST(several_members_are_their_sum)
{
	struct mk_buf packed = { 0 }, out = { 0 }, text = text_of(300000);

	pack(_i, text.data, 1, &packed);
	pack(_i, text.data + 1, 200000, &packed);
	pack(_i, NULL, 0, &packed);
	pack(_i, text.data + 200001, 99999, &packed);
	ck_assert_msg(unpack_bytes(packed.data, packed.len, 1000, &out) == 0,
	    "%s: %s", packers[_i].name, err.text);
	same(&out, &text);
	mk_buf_free(&packed);
	mk_buf_free(&text);
	mk_buf_free(&out);
}
END_TEST

/* Wherever it is cut: small files at every byte, large ones at their end. */
START_TEST(one_cut_short_is_damaged)
{
	struct mk_buf packed = { 0 }, out = { 0 }, text = text_of(500);
	size_t len, first;
	int large;

	for (large = 0; large < 2; large++) {
		pack(_i, text.data, text.len, &packed);
		first = large ? packed.len - 30 : packers[_i].magic;
		for (len = first; len < packed.len; len++) {
			mk_buf_cut(&out, 0);
			ck_assert_msg(unpack_bytes(packed.data, len, 4096,
			    &out) == -1, "%s: %zu of %zu bytes",
			    packers[_i].name, len, packed.len);
			ck_assert_int_eq(err.status, EX_DATAERR);
		}
		mk_buf_free(&packed);
		mk_buf_free(&text);
		text = text_of(400000);
	}
	mk_buf_free(&text);
	mk_buf_free(&out);
}
END_TEST

/* A bit that fell over does not give another text. */
START_TEST(damage_is_found)
{
	struct mk_buf packed = { 0 }, out = { 0 }, text = text_of(300);
	size_t i, bad = 0;
	int r;

	pack(_i, text.data, text.len, &packed);
	for (i = packers[_i].magic; i < packed.len; i++) {
		packed.data[i] ^= 0x10;
		mk_buf_cut(&out, 0);
		r = unpack_bytes(packed.data, packed.len, 4096, &out);
		if (r == 0 && packers[_i].has_sum)
			same(&out, &text);
		else if (r == -1) {
			bad++;
			ck_assert_int_eq(err.status, EX_DATAERR);
		}
		packed.data[i] ^= 0x10;
	}
	ck_assert_uint_gt(bad, packers[_i].has_sum ? packed.len / 2 : 0);
	mk_buf_free(&packed);
	mk_buf_free(&text);
	mk_buf_free(&out);
}
END_TEST

static const size_t tails[] = { 1, 2, 20, 65536, 200000 };

START_TEST(something_behind_it_is_an_error)
{
	struct mk_buf packed = { 0 }, out = { 0 }, text = text_of(200000);
	size_t i, len;

	pack(_i, text.data, 1000, &packed);
	len = packed.len;
	for (i = 0; i < (size_t)COUNT(tails); i++) {
		mk_buf_cut(&packed, len);
		mk_buf_cut(&out, 0);
		ck_assert_int_eq(mk_buf_add(&packed, text.data, tails[i]), 0);
		ck_assert_msg(unpack_bytes(packed.data, packed.len, 4096,
		    &out) == -1, "%s: %zu bytes behind", packers[_i].name,
		    tails[i]);
		ck_assert_int_eq(err.status, EX_DATAERR);
	}
	mk_buf_free(&packed);
	mk_buf_free(&text);
	mk_buf_free(&out);
}
END_TEST

static const struct { const char *text; size_t len; } plain[] = {
	{ "", 0 },
	{ "\x1f", 1 },
	{ "BZ", 2 },
	{ "\xfd" "7zXZ", 5 },
	{ "192.0.2.1\n", 10 },
	{ "a\0b", 3 },
};

START_TEST(plain_files_go_through)
{
	struct mk_buf out = { 0 };

	ck_assert_int_eq(unpack_bytes(plain[_i].text, plain[_i].len, 4,
	    &out), 0);
	ck_assert_uint_eq(out.len, plain[_i].len);
	if (out.len > 0)
		ck_assert_int_eq(memcmp(out.data, plain[_i].text, out.len),
		    0);
	mk_buf_free(&out);
}
END_TEST

/* pzstd begins with a frame that is to be skipped. */
START_TEST(zstd_frames_are_skipped)
{
	static const char skip[] = "\x50\x2a\x4d\x18\x04\0\0\0abc";
	struct mk_buf packed = { 0 }, out = { 0 }, text = text_of(1000);

	ck_assert_int_eq(mk_buf_add(&packed, skip, sizeof skip), 0);
	pack(3, text.data, text.len, &packed);
	ck_assert_msg(unpack_bytes(packed.data, packed.len, 4096, &out) == 0,
	    "%s", err.text);
	same(&out, &text);
	mk_buf_free(&packed);
	mk_buf_free(&text);
	mk_buf_free(&out);
}
END_TEST

/* A pipe gives a byte now and many then; _i is COUNT(packers) for plain. */
START_TEST(pipes_are_read_as_they_come)
{
	struct mk_buf packed = { 0 }, out = { 0 }, text = text_of(200000);
	int fds[2], status;
	pid_t pid;

	if (_i < COUNT(packers))
		pack(_i, text.data, text.len, &packed);
	else
		ck_assert_int_eq(mk_buf_add(&packed, text.data, text.len), 0);
	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		size_t at = 0, n;

		for (; at < packed.len; at += n) {
			n = at < 20 ? 1 : packed.len - at;
			if (mk_fs_write_all(fds[1], packed.data + at, n) == -1)
				_exit(1);
			if (at < 20)
				usleep(1000);
		}
		_exit(0);
	}
	close(fds[1]);
	ck_assert_msg(unpack_fd(fds[0], 5000, &out) == 0, "%s", err.text);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	same(&out, &text);
	mk_buf_free(&packed);
	mk_buf_free(&text);
	mk_buf_free(&out);
}
END_TEST

START_TEST(a_failed_read_tells_errno)
{
	struct mk_buf out = { 0 };
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(unpack_fd(fd, 10, &out), -1);
	ck_assert_ptr_nonnull(strstr(err.text, strerror(EISDIR)));
	mk_buf_free(&out);
}
END_TEST

/* Nothing is opened: neither locales nor /proc, nor is a program run. */
START_TEST(works_in_the_sandbox)
{
	struct mk_buf packed = { 0 }, out = { 0 }, text = text_of(200000);
	struct mk_sandbox *sb;
	int fd, status;
	pid_t pid;

	pack(_i, text.data, text.len, &packed);
	put_bytes("f", packed.data, packed.len);
	pid = fork();
	if (pid == 0) {
		fd = openat(root, "f", O_RDONLY | O_CLOEXEC);
		sb = mk_sandbox_new(NULL);
		if (sb == NULL || mk_sandbox_enter(sb, NULL) == -1)
			_exit(2);
		if (unpack_fd(fd, 4096, &out) == -1 || out.len != text.len)
			_exit(1);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	mk_buf_free(&packed);
	mk_buf_free(&text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/unpack");
	TCase *tc = tcase_create("unpack");

	tcase_add_checked_fixture(tc, setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, packed_files_are_read_whole, 0,
	    COUNT(packers));
	tcase_add_loop_test(tc, files_read_in_part_are_resumed, 0,
	    COUNT(packers) + 1);
	tcase_add_loop_test(tc, several_members_are_their_sum, 0,
	    COUNT(packers));
	tcase_add_loop_test(tc, one_cut_short_is_damaged, 0, COUNT(packers));
	tcase_add_loop_test(tc, damage_is_found, 0, COUNT(packers));
	tcase_add_loop_test(tc, something_behind_it_is_an_error, 0,
	    COUNT(packers));
	tcase_add_loop_test(tc, plain_files_go_through, 0, COUNT(plain));
	tcase_add_test(tc, zstd_frames_are_skipped);
	tcase_add_loop_test(tc, pipes_are_read_as_they_come, 0,
	    COUNT(packers) + 1);
	tcase_add_test(tc, a_failed_read_tells_errno);
	tcase_add_loop_test(tc, works_in_the_sandbox, 0, COUNT(packers));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
