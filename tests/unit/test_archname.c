/* mail/archname: a mailbox's archive names it, and no other. */
#include <stdio.h>
#include <string.h>

#include "mail/archname.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static const struct { const char *mailbox, *file; } names[] = {
	{ "example.org/alice", "example.org%2Falice.tar.zst" },
	{ "", "%.tar.zst" },
	{ "a+b@c_d-e.f", "a+b@c_d-e.f.tar.zst" },
	{ ".hidden", "%2Ehidden.tar.zst" },
	{ "..", "%2E..tar.zst" },
	{ "a/.b", "a%2F.b.tar.zst" },
	{ "%", "%25.tar.zst" },
	{ "%2F", "%252F.tar.zst" },
	{ "-rf", "-rf.tar.zst" },
	{ " \n\t\\", "%20%0A%09%5C.tar.zst" },
	{ "\x01\x7f\xff", "%01%7F%FF.tar.zst" },
	{ "a.tar.zst", "a.tar.zst.tar.zst" },
	{ ".tar.zst", "%2Etar.zst.tar.zst" },
};

START_TEST(name_there_and_back)
{
	struct mk_buf name = { 0 }, mailbox = { 0 };

	ck_assert_int_eq(mk_archname_encode(names[_i].mailbox, &name), 0);
	ck_assert_str_eq(name.data, names[_i].file);
	ck_assert(mk_archname_decode(name.data, &mailbox));
	ck_assert_str_eq(mailbox.data, names[_i].mailbox);
	mk_buf_free(&name);
	mk_buf_free(&mailbox);
}
END_TEST

START_TEST(name_is_appended)
{
	struct mk_buf name = { 0 };

	ck_assert_int_eq(mk_buf_add(&name, "run/", 4), 0);
	ck_assert_int_eq(mk_archname_encode("a", &name), 0);
	ck_assert_str_eq(name.data, "run/a.tar.zst");
	mk_buf_free(&name);
}
END_TEST

/* A plain name in its directory, whatever the mailbox: all pairs of bytes. */
START_TEST(any_bytes_are_a_plain_name_and_come_back)
{
	struct mk_buf name = { 0 }, mailbox = { 0 };
	char box[3] = "";
	int i, j;

	for (i = 1; i < 256; i++)
		for (j = 0; j < 256; j++) {
			box[0] = (char)i;
			box[1] = (char)j;
			mk_buf_cut(&name, 0);
			mk_buf_cut(&mailbox, 0);
			ck_assert_int_eq(mk_archname_encode(box, &name), 0);
			ck_assert_ptr_null(strchr(name.data, '/'));
			ck_assert_int_ne(name.data[0], '.');
			ck_assert(mk_archname_decode(name.data, &mailbox));
			ck_assert_str_eq(mailbox.data, box);
		}
	mk_buf_free(&name);
	mk_buf_free(&mailbox);
}
END_TEST

/* Of every length, with each end: fits, comes back or is refused. */
START_TEST(long_name_is_cut_and_told_apart)
{
	static const char *const ends[] = { "", "x", "/", "/0123456789ABCD",
	    "/0123456789ABCDE", "%0123456789ABCDEF", "\n\n\n" };
	struct mk_buf name = { 0 }, other = { 0 }, mailbox = { 0 };
	char box[700], twin[701];
	size_t n, back = 0, cut = 0;

	for (n = 100; n < 600; n++) {
		memset(box, 'a', n);
		strcpy(box + n, ends[_i]);
		mk_buf_cut(&name, 0);
		mk_buf_cut(&mailbox, 0);
		ck_assert_int_eq(mk_archname_encode(box, &name), 0);
		ck_assert_uint_le(name.len, 200 + strlen(MK_ARCHIVE_SUFFIX));
		if (mk_archname_decode(name.data, &mailbox)) {
			ck_assert_str_eq(mailbox.data, box);
			back++;
		} else
			cut++;
		/* Another mailbox has another name. */
		snprintf(twin, sizeof twin, "%s!", box);
		mk_buf_cut(&other, 0);
		ck_assert_int_eq(mk_archname_encode(twin, &other), 0);
		ck_assert_str_ne(name.data, other.data);
	}
	ck_assert_uint_gt(back, 70);
	ck_assert_uint_gt(cut, 390);
	mk_buf_free(&name);
	mk_buf_free(&other);
	mk_buf_free(&mailbox);
}
END_TEST

/* Up to 199 bytes a name is whole, and so can be got back. */
START_TEST(name_that_fits_is_not_cut)
{
	struct mk_buf name = { 0 }, mailbox = { 0 };
	char box[260];
	size_t n, at;

	for (n = 150; n < 200; n++)
		for (at = 0; at + 2 < n; at++) {
			memset(box, 'A', n - 2);
			box[n - 2] = '\0';
			box[at] = '/';		/* %2F */
			mk_buf_cut(&name, 0);
			mk_buf_cut(&mailbox, 0);
			ck_assert_int_eq(mk_archname_encode(box, &name), 0);
			ck_assert_uint_eq(name.len, n +
			    strlen(MK_ARCHIVE_SUFFIX));
			ck_assert(mk_archname_decode(name.data, &mailbox));
			ck_assert_str_eq(mailbox.data, box);
		}
	mk_buf_free(&name);
	mk_buf_free(&mailbox);
}
END_TEST

static const char *const strange[] = {
	"", ".tar.zst", "a", "a.tar", "a.tar.gz", "a.tar.zst.part",
	"%2.tar.zst", "a%.tar.zst", "%2f.tar.zst", "%zz.tar.zst",
	"%%.tar.zst",
};

START_TEST(other_files_tell_of_no_mailbox)
{
	struct mk_buf mailbox = { 0 };

	ck_assert(!mk_archname_decode(strange[_i], &mailbox));
	mk_buf_free(&mailbox);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/archname");
	TCase *tc = tcase_create("archname");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, name_there_and_back, 0, COUNT(names));
	tcase_add_test(tc, name_is_appended);
	tcase_add_test(tc, any_bytes_are_a_plain_name_and_come_back);
	tcase_add_loop_test(tc, long_name_is_cut_and_told_apart, 0, 7);
	tcase_add_test(tc, name_that_fits_is_not_cut);
	tcase_add_loop_test(tc, other_files_tell_of_no_mailbox, 0,
	    COUNT(strange));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
