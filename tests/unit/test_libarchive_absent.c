/* base/libarchive: who wants libarchive says that it is missing. */
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#include <sys/resource.h>

#include "base/libarchive.h"
#include "base/pack.h"
#include "base/unpack.h"
#include "mail/archive.h"
#include "scratch.h"

static struct mk_error err;

static int
open_in(const char *name)
{
	int fd = openat(root, name, O_RDONLY | O_CLOEXEC);

	ck_assert_msg(fd != -1, "%s: %s", name, strerror(errno));
	return fd;
}

static void
says_so(void)
{
	ck_assert_int_eq(err.status, EX_UNAVAILABLE);
	ck_assert_msg(strncmp(err.text, "libarchive.so.13: ", 18) == 0 &&
	    strstr(err.text, ": apt-get install libarchive13") != NULL &&
	    strchr(err.text, '\n') == NULL, "%s", err.text);
	err = (struct mk_error){ 0 };
}

/* Without a free descriptor no library can be opened. */
static void
miss_it(void)
{
	const struct mk_libarchive *la;
	struct rlimit none, before;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	la = mk_libarchive_load(&err);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert_ptr_null(la);
	says_so();
}

/* FORMAT, there and back.  0, or -1 of the first that fails. */
static int
pack(enum mk_pack_format format)
{
	struct mk_packed packed;
	int in = open_in("plain");
	int out = openat(root, "out", O_RDWR | O_CREAT | O_TRUNC, 0600);
	int rv;

	ck_assert_int_ne(out, -1);
	rv = mk_pack_file(in, out, format, 1, &packed, &err);
	close(out);
	close(in);
	return rv;
}

START_TEST(what_needs_it_says_so_and_the_rest_goes_on)
{
	struct mk_unpack *u;
	char text[8];
	int fd;

	put("plain", "hello");
	put("bz2", "BZh9 and so on");
	miss_it();

	ck_assert_ptr_null(mk_unpack_open(open_in("bz2"), &err));
	says_so();
	fd = open_in("plain");
	ck_assert_ptr_null(mk_archive_open(fd, &err));
	says_so();
	close(fd);
	ck_assert_ptr_null(mk_archive_create(root, "a.tar", &err));
	says_so();
	ck_assert(!there("a.tar") && !there("a.tar.part"));
	ck_assert_int_eq(pack(MK_ZSTD), -1);
	says_so();

	ck_assert_int_eq(pack(MK_GZIP), 0);
	u = mk_unpack_open(open_in("out"), &err);
	ck_assert_ptr_nonnull(u);
	ck_assert_int_eq(mk_unpack_read(u, text, sizeof text, &err), 5);
	mk_unpack_close(u);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/libarchive without it");
	TCase *tc = tcase_create("absent");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, what_needs_it_says_so_and_the_rest_goes_on);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
