/*
 * report/page: a survey of any numbers and names is one whole page.
 *
 * With an argument, "usual", "well", "empty", "failed" or "extreme", it writes
 * that page for tests/e2e/t-report-page-*.sh.
 */
#include <errno.h>
#include <time.h>

#include "page_sample.h"
#include "report/html.h"
#include "report/page.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static char *page;
static size_t page_len;

static void
setup(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
teardown(void)
{
	free(page);
	page = NULL;
	sample_free();
}

static char *
write_page(void)
{
	FILE *out;

	free(page);
	page = NULL;
	out = open_memstream(&page, &page_len);
	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(mk_page_write(&sample, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_uint_eq(strlen(page), page_len);
	return page;
}

static bool
has(const char *text)
{
	return strstr(page, text) != NULL;
}

static const char *const samples[] = { "usual", "well", "empty", "failed",
    "extreme" };

/* ---- well-formed; an assertion a tag would be slow */

static bool
is_void(const char *name, size_t len)
{
	return (len == 4 && strncmp(name, "meta", 4) == 0) ||
	    (len == 2 && strncmp(name, "br", 2) == 0);
}

/* Each element ends, in order; <p>, <li> and <td> too, though HTML is lax. */
static void
is_well_formed(const char *p)
{
	struct { const char *name; size_t len; } open[64];
	const char *name;
	size_t depth = 0, len;

	while ((p = strchr(p, '<')) != NULL) {
		p++;
		if (*p == '!')
			continue;
		if (*p == '/') {
			name = p + 1;
			len = strcspn(name, ">");
			if (depth == 0 || open[depth - 1].len != len ||
			    strncmp(open[depth - 1].name, name, len) != 0)
				ck_abort_msg("</%.20s ends <%.20s", name,
				    depth > 0 ? open[depth - 1].name : "none");
			depth--;
			continue;
		}
		name = p;
		len = strcspn(p, " >/");
		for (; *p != '>'; p++) {	/* attributes */
			if (*p == '\0' || *p == '<')
				ck_abort_msg("%.60s", name);
			if (*p == '"')
				p += 1 + strcspn(p + 1, "\"");
		}
		if (p[-1] == '/' || is_void(name, len))
			continue;
		if (depth == 64)
			ck_abort_msg("too deep");
		open[depth].name = name;
		open[depth++].len = len;
	}
	ck_assert_uint_eq(depth, 0);
}

START_TEST(each_page_is_whole)
{
	sample_fill(samples[_i]);
	write_page();
	ck_assert_int_eq(strncmp(page, "<!DOCTYPE html>\n", 16), 0);
	ck_assert(has("</footer>\n</body>\n</html>\n"));
	is_well_formed(page);
}
END_TEST

START_TEST(the_same_survey_is_the_same_page)
{
	char *first;

	sample_fill(samples[_i]);
	first = strdup(write_page());
	ck_assert_str_eq(write_page(), first);
	free(first);
}
END_TEST

START_TEST(no_page_is_heavy)
{
	sample_fill(samples[_i]);
	write_page();
	ck_assert_uint_lt(page_len, (size_t)500 * 1024);
}
END_TEST

START_TEST(a_page_asks_for_nothing)
{
	static const char *const never[] = { "http:", "https:", "url(",
	    "@import", "<script", "<img", "<link", "<iframe", " src=",
	    "javascript:", "onload", "nan%", "inf%", "\"-nan", "%\"%" };
	int i;

	sample_fill(samples[_i]);
	write_page();
	for (i = 0; i < COUNT(never); i++)
		ck_assert_msg(!has(never[i]), "%s", never[i]);
	ck_assert(has("<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src 'unsafe-inline'\">"));
	ck_assert(has("<meta name=\"viewport\""));
	ck_assert(has("<meta name=\"color-scheme\" content=\"light dark\">"));
}
END_TEST

/* Whether a character that only prints is at P: U+0080 to 9F, 202A to 202E,
 * and 2066 to 2069 do not. */
static bool
prints(const unsigned char *p)
{
	if ((*p < 0x20 && *p != '\n') || *p == 0x7f || *p >= 0xf5)
		return false;
	if (p[0] == 0xc2 && p[1] < 0xa0)
		return false;
	return !(p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xaa &&
	    p[2] <= 0xae) && !(p[0] == 0xe2 && p[1] == 0x81 &&
	    p[2] >= 0xa6 && p[2] <= 0xa9);
}

START_TEST(bytes_that_print_are_all_there_is)
{
	const unsigned char *p;

	sample_fill(samples[_i]);
	for (p = (const unsigned char *)write_page(); *p != '\0'; p++)
		if (!prints(p))		/* an assertion a byte is slow */
			ck_abort_msg("byte %02x", *p);
}
END_TEST

/* ---- what it says */

START_TEST(a_hostile_name_is_text)
{
	sample_extreme();
	write_page();
	ck_assert(has("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"));
	ck_assert(has("[U+202E]evil"));
	ck_assert(has("\357\277\275"));
}
END_TEST

START_TEST(a_long_name_is_whole_in_its_title)
{
	sample_extreme();
	write_page();
	ck_assert(has("<bdi title=\"" LONG_NAME "0@example.org\">"));
	ck_assert(!has(">" LONG_NAME "0@example.org<"));
}
END_TEST

static const struct {
	const char *sample, *says;
} said[] = {
	{ "usual", "<h1><bdi>mx.example.org</bdi></h1>" },
	{ "usual", "Monday, 23 November 2026, 04:51</time> (UTC)" },
	{ "usual", "<h2>3 things need a look</h2>" },
	{ "usual", "<bdi>INBOX</bdi> holds 38\302\240% of the mail, "
	    "<bdi>Trash</bdi> 18\302\240%</h2>" },
	{ "usual", "15\302\240% of what rules watch is older than 30"
	    "\302\240days</h2>" },
	{ "usual", "The next seven nights remove 5,873\302\240messages, "
	    "291.2\302\240MiB</h2>" },
	{ "usual", "491\302\240messages in inboxes reach the limit of 7; "
	    "with a limit of 6, 764 would</h2>" },
	{ "usual", "53\302\240% by <bdi>ipsum</bdi></h2>" },
	{ "usual", "260\302\240messages wait for confirmation, the oldest "
	    "for 33\302\240days; 12\302\240are due</h2>" },
	{ "usual", "8 of 9,540\302\240runs failed: <bdi>blacklist</bdi>"
	    "\302\2404, <bdi>spamscan</bdi>\302\2404</h2>" },
	{ "usual", "status 75, to be tried again, after" },
	{ "usual", "3 of 38\302\240mailboxes with a quota are in trouble" },
	{ "usual", "2\302\240mailboxes have no row, 1\302\240row has no "
	    "mailbox</h2>" },
	{ "usual", "needs no network" },
	{ "usual", "30 more of 42\302\240mailboxes" },
	{ "well", "<h2>All is well</h2>" },
	{ "well", "All 30\302\240runs succeeded" },
	{ "well", "set report.exim-log" },
	{ "well", "The one mailbox with a quota has room" },
	{ "well", "Every mailbox has its row, every row its mailbox" },
	{ "empty", "<h2>One thing needs a look</h2>" },
	{ "empty", "There is no mailbox yet" },
	{ "empty", "No message lies where a rule watches" },
	{ "empty", "The next seven nights remove nothing" },
	{ "empty", "Nothing in an inbox reaches the limit of 7</h2>" },
	{ "empty", "No listed host has come" },
	{ "empty", "Nothing waits for confirmation" },
	{ "empty", "No run in 30\302\240days" },
	{ "empty", "No mailbox has a quota" },
	{ "failed", "<h2>8 things need a look</h2>" },
	{ "failed", "<strong>Could not be asked:</strong> open "
	    "/var/mail/virtual: Permission denied" },
	{ "extreme", "1,000,000,000,000" },
	{ "extreme", "1,000,000\302\240mailboxes have no row" },
	{ "extreme", "3 mailboxes could not be read: " },
	{ "extreme", "<summary>88 more of 123,456\302\240mailboxes" },
	{ "extreme", "The last 12 failures" },
};

START_TEST(the_page_says_the_finding)
{
	sample_fill(said[_i].sample);
	write_page();
	ck_assert_msg(has(said[_i].says), "%s: %s", said[_i].sample,
	    said[_i].says);
}
END_TEST

START_TEST(a_last_run_that_failed_is_bad)
{
	struct mk_run_program *p;

	sample_well();
	p = &sample.runs.programs[0];
	p->runs[p->n - 1].status = 75;
	p->failed = 1;
	write_page();
	ck_assert(has("<div class=\"verdict bad\">"));
	ck_assert(has("The last run of mailkeep-expire failed"));
	p->last_success_s = 0;
	write_page();
	ck_assert(has("failed, and none has succeeded"));
}
END_TEST

START_TEST(sections_are_all_there_in_every_state)
{
	static const char *const ids[] = { "space", "age", "nights", "scores",
	    "hits", "pending", "runs", "quota", "strangers" };
	char mark[64];
	int i;

	sample_fill(samples[_i]);
	write_page();
	for (i = 0; i < COUNT(ids); i++) {
		snprintf(mark, sizeof mark, "<section id=\"%s\"", ids[i]);
		ck_assert_msg(has(mark), "%s", mark);
	}
}
END_TEST

START_TEST(a_survey_of_nothing_is_a_page)
{
	sample_free();
	write_page();
	is_well_formed(page);
	ck_assert(has("Nothing is known of this host"));
}
END_TEST

START_TEST(a_full_disk_is_told)
{
	FILE *out = fopen("/dev/full", "w");

	if (out == NULL)
		return;
	sample_usual();
	errno = 0;
	ck_assert_int_eq(mk_page_write(&sample, out), -1);
	ck_assert_int_eq(errno, ENOSPC);
	fclose(out);
}
END_TEST

int
main(int argc, char *argv[])
{
	Suite *suite = suite_create("page");
	TCase *tc = tcase_create("page");
	int rv;

	if (argc > 1) {
		setup();
		sample_fill(argv[1]);
		rv = mk_page_write(&sample, stdout);
		sample_free();
		return rv == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, each_page_is_whole, 0, COUNT(samples));
	tcase_add_loop_test(tc, the_same_survey_is_the_same_page, 0,
	    COUNT(samples));
	tcase_add_loop_test(tc, no_page_is_heavy, 0, COUNT(samples));
	tcase_add_loop_test(tc, a_page_asks_for_nothing, 0, COUNT(samples));
	tcase_add_loop_test(tc, bytes_that_print_are_all_there_is, 0,
	    COUNT(samples));
	tcase_add_test(tc, a_hostile_name_is_text);
	tcase_add_test(tc, a_long_name_is_whole_in_its_title);
	tcase_add_loop_test(tc, the_page_says_the_finding, 0, COUNT(said));
	tcase_add_test(tc, a_last_run_that_failed_is_bad);
	tcase_add_loop_test(tc, sections_are_all_there_in_every_state, 0,
	    COUNT(samples));
	tcase_add_test(tc, a_survey_of_nothing_is_a_page);
	tcase_add_test(tc, a_full_disk_is_told);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
