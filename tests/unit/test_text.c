/* report/text: the survey in the columns that there are. */
#include <errno.h>
#include <time.h>

#include "page_sample.h"
#include "base/utf8.h"
#include "report/plain.h"
#include "report/text.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static char *text;
static size_t text_len;

static void
setup(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
teardown(void)
{
	free(text);
	text = NULL;
	sample_free();
}

static char *
write_text(unsigned columns, bool colour, bool utf8)
{
	struct mk_text_style style = { columns, colour, utf8 };
	FILE *out;

	free(text);
	text = NULL;
	out = open_memstream(&text, &text_len);
	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(mk_text_write(&sample, &style, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_uint_eq(strlen(text), text_len);
	return text;
}

static bool
has(const char *what)
{
	return strstr(text, what) != NULL;
}

/* No line is wider; no blank ends one. */
static void
fits(unsigned columns)
{
	char *line, *rest = text;
	size_t len;

	while ((line = strsep(&rest, "\n")) != NULL) {
		len = strlen(line);
		ck_assert_msg(mk_plain_cells(line) <= columns, "%zu of %u: %s",
		    mk_plain_cells(line), columns, line);
		ck_assert_msg(len == 0 || line[len - 1] != ' ', "blank: %s",
		    line);
	}
}

static const char *const samples[] = { "usual", "well", "empty", "failed",
    "extreme" };

START_TEST(no_line_is_wider_than_asked)
{
	static const unsigned columns[] = { 40, 41, 57, 80, 81, 120, 200 };
	int i;

	sample_fill(samples[_i]);
	for (i = 0; i < COUNT(columns); i++) {
		write_text(columns[i], false, true);
		fits(columns[i]);
		write_text(columns[i], false, false);
		fits(columns[i]);
	}
}
END_TEST

START_TEST(columns_out_of_bounds_are_the_bounds)
{
	sample_usual();
	write_text(1, false, true);
	fits(40);
	write_text(100000, false, true);
	fits(200);
}
END_TEST

START_TEST(a_terminal_without_utf8_gets_ascii)
{
	const char *p;

	sample_fill(samples[_i]);
	for (p = write_text(80, false, false); *p != '\0'; p++)
		if (!(*p >= 0x20 && *p < 0x7f) && *p != '\n')
			ck_abort_msg("byte %02x", (unsigned char)*p);
}
END_TEST

START_TEST(no_name_acts_on_the_terminal)
{
	const char *p;
	size_t len;

	sample_extreme();
	for (p = write_text(80, false, true); *p != '\0'; p += len) {
		len = mk_utf8_sequence(p);
		if (len == 0 || ((unsigned char)*p < 0x20 && *p != '\n') ||
		    (len == 2 && (unsigned char)*p == 0xc2 &&
		    (unsigned char)p[1] < 0xa0))
			ck_abort_msg("byte %02x", (unsigned char)*p);
	}
	ck_assert(has("[U+202E]evil"));
}
END_TEST

START_TEST(colour_is_only_where_it_is_asked_for)
{
	char *plain, *from, *to;

	sample_usual();
	plain = strdup(write_text(80, false, true));
	ck_assert_ptr_null(strchr(plain, '\033'));
	write_text(80, true, true);
	ck_assert(has("\033[1m"));
	ck_assert(has("\033[31m"));
	/* Without its codes it is the same, save blanks at ends of lines. */
	for (from = to = text; *from != '\0'; ) {
		if (*from == '\033')
			from = strchr(from, 'm') + 1;
		else
			*to++ = *from++;
	}
	*to = '\0';
	for (from = plain, to = text; *from != '\0'; ) {
		if (*from != *to && *to == ' ') {
			to++;
			continue;
		}
		ck_assert_int_eq(*from++, *to++);
	}
	free(plain);
}
END_TEST

static const struct {
	const char *sample, *says;
} said[] = {
	{ "usual", "mx.example.org\nMonday, 23 November 2026, 04:51 (UTC)\n" },
	{ "usual", "\n3 things need a look\n  - 8 of 9,540 runs failed: "
	    "blacklist 4, spamscan 4\n" },
	{ "usual", "\nSpace\nINBOX holds 38 % of the mail, Trash 18 %\n" },
	{ "usual", "  and 32 more\n" },
	{ "usual", "28.5 GiB   38 %   747,519\n" },
	{ "usual", "\n  Mon 23 Nov  #" },
	{ "usual", "\n  7 (now) " },
	{ "usual", "^ limit 7\n" },
	{ "usual", " today\n" },
	{ "usual", "+x+" },
	{ "usual", "\n  - example.test/judy: maildirsize is damaged: line 3 "
	    "is no number\n" },
	{ "usual", "\n  - newcomer@example.org: no mailbox" },
	{ "well", "\nAll is well\n" },
	{ "well", "Exim's log is not named: set report.exim-log." },
	{ "empty", "\nNothing waits for confirmation\n" },
	{ "failed", "\n! open /var/mail/virtual: Permission denied\n" },
	{ "extreme", "1,000,000,000,000 messages" },
};

START_TEST(the_text_says_the_finding)
{
	sample_fill(said[_i].sample);
	write_text(80, false, false);
	ck_assert_msg(has(said[_i].says), "%s: %s\n%s", said[_i].sample,
	    said[_i].says, text);
}
END_TEST

START_TEST(the_longest_bar_fills_its_column)
{
	sample_usual();
	write_text(80, false, true);
	/* "INBOX", a bar of 36 full blocks, "28.5 GiB": see the widths. */
	ck_assert(has("INBOX          "
	    "\342\226\210\342\226\210\342\226\210\342\226\210\342\226\210"));
	write_text(40, false, false);
	ck_assert(has("#"));
}
END_TEST

START_TEST(a_wide_name_keeps_the_columns_aligned)
{
	static struct mk_space_folder folders[2];
	char *line, *size;
	size_t at[2] = { 0 }, i;

	sample_begin();
	sample.space.part.state = MK_PART_TOLD;
	sample_folder(&folders[0], CJK CJK CJK CJK CJK CJK, 5, 5 * GIB);
	sample_folder(&folders[1], "INBOX", 5, 5 * GIB);
	sample.space.folders = folders;
	sample.space.folders_n = 2;
	sample.space.mailboxes = 1;
	sample.space.messages = 10;
	sample.space.bytes = 10 * GIB;
	write_text(60, false, true);
	fits(60);
	write_text(60, false, true);
	line = strstr(text, "\n  Folder") + 1;
	for (i = 0; i < 2; i++) {
		line = strchr(line, '\n') + 1;
		size = strstr(line, "5.0 GiB");
		ck_assert_ptr_nonnull(size);
		*size = '\0';
		at[i] = mk_plain_cells(line);
		*size = '5';
	}
	ck_assert_uint_eq(at[0], at[1]);
}
END_TEST

START_TEST(a_survey_of_nothing_is_told)
{
	sample_free();
	write_text(80, false, false);
	ck_assert(has("Nothing is known of this host"));
}
END_TEST

START_TEST(a_full_disk_is_told)
{
	struct mk_text_style style = { 80, false, false };
	FILE *out = fopen("/dev/full", "w");

	if (out == NULL)
		return;
	sample_usual();
	errno = 0;
	ck_assert_int_eq(mk_text_write(&sample, &style, out), -1);
	ck_assert_int_eq(errno, ENOSPC);
	fclose(out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("text");
	TCase *tc = tcase_create("text");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, no_line_is_wider_than_asked, 0,
	    COUNT(samples));
	tcase_add_test(tc, columns_out_of_bounds_are_the_bounds);
	tcase_add_loop_test(tc, a_terminal_without_utf8_gets_ascii, 0,
	    COUNT(samples));
	tcase_add_test(tc, no_name_acts_on_the_terminal);
	tcase_add_test(tc, colour_is_only_where_it_is_asked_for);
	tcase_add_loop_test(tc, the_text_says_the_finding, 0, COUNT(said));
	tcase_add_test(tc, the_longest_bar_fills_its_column);
	tcase_add_test(tc, a_wide_name_keeps_the_columns_aligned);
	tcase_add_test(tc, a_survey_of_nothing_is_told);
	tcase_add_test(tc, a_full_disk_is_told);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
