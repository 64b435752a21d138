/* report/chart, words, plain: what is drawn and said of numbers and names. */
#define _GNU_SOURCE			/* wcwidth, newlocale */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "base/utf8.h"
#include "report/chart.h"
#include "report/plain.h"
#include "report/words.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define DAY_S		INT64_C(86400)

static struct mk_html html;
static struct mk_buf buf;
static char word[MK_WORDS_MAX];

static void
setup(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
teardown(void)
{
	mk_html_free(&html);
	memset(&html, 0, sizeof html);
	mk_buf_free(&buf);
}

static size_t
times(const char *in, const char *what)
{
	size_t n = 0;

	for (; (in = strstr(in, what)) != NULL; in += strlen(what))
		n++;
	return n;
}

/* The NUMBER after the Nth ATTRIBUTE="; -1 where there is none. */
static double
attribute(const char *name, size_t n)
{
	char key[40];
	const char *p = html.buf.data;

	snprintf(key, sizeof key, " %s=\"", name);
	for (; (p = strstr(p, key)) != NULL; n--) {
		p += strlen(key);
		if (n == 0)
			return strtod(p, NULL);
	}
	return -1;
}

/* ---- names */

static const struct {
	const char *name, *plain;
} names[] = {
	{ "", "" },
	{ "alice@example.org", "alice@example.org" },
	{ "a\nb\tc\033[31m\177", "a\342\220\212b\342\220\211c\342\220\233[31m"
	    "\342\220\241" },
	{ "\377\302", "\357\277\275\357\277\275" },
	{ "\355\240\200", "\357\277\275\357\277\275\357\277\275" },
	{ "\302\233", "[U+009B]" },
	{ "\342\200\256evil\342\200\254", "[U+202E]evil[U+202C]" },
	{ "\342\201\246x\342\201\251", "[U+2066]x[U+2069]" },
	{ "\330\234", "[U+061C]" },
	{ "a\342\200\213b\357\273\277", "a[U+200B]b[U+FEFF]" },
	{ "\357\277\276", "\357\277\275" },
	{ "\363\240\200\201", "[U+E0001]" },
	{ "\303\251\346\227\245", "\303\251\346\227\245" },
};

START_TEST(names_of_any_bytes_only_print)
{
	ck_assert_int_eq(mk_plain_add(&buf, names[_i].name), 0);
	ck_assert_str_eq(buf.data == NULL ? "" : buf.data, names[_i].plain);
}
END_TEST

START_TEST(cut_text_is_never_wider_than_asked)
{
	static const char *const plains[] = { "short", "a long name that must "
	    "be cut somewhere", "\346\227\245\346\234\254\350\252\236\346\227"
	    "\245\346\234\254\350\252\236\346\227\245\346\234\254\350\252\236",
	    "e\314\201e\314\201e\314\201e\314\201e\314\201e\314\201e\314\201" };
	size_t cells;
	int i;

	for (i = 0; i < COUNT(plains); i++)
		for (cells = 1; cells < 50; cells++) {
			mk_buf_cut(&buf, 0);
			ck_assert_int_eq(mk_plain_cut(&buf, plains[i], cells,
			    "\342\200\246"), 0);
			ck_assert_uint_le(mk_plain_cells(buf.data), cells);
			if (mk_plain_cells(plains[i]) <= cells)
				ck_assert_str_eq(buf.data, plains[i]);
			else
				ck_assert_ptr_nonnull(strstr(buf.data,
				    "\342\200\246"));
		}
}
END_TEST

START_TEST(a_cut_name_keeps_its_ends)
{
	ck_assert_int_eq(mk_plain_cut(&buf, "abcdefghijklmnop@example.org", 12,
	    "..."), 0);
	ck_assert_str_eq(buf.data, "abcdef...org");
}
END_TEST

START_TEST(width_is_never_less_than_the_terminals)
{
	char *locale = setlocale(LC_CTYPE, "C.UTF-8"), text[5];
	uint32_t code;
	int cells;

	if (locale == NULL)
		return;
	for (code = 0x20; code < 0x30000; code++) {
		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		text[mk_utf8_encode(code, text)] = '\0';
		cells = wcwidth((wchar_t)code);
		mk_buf_cut(&buf, 0);
		if (mk_plain_add(&buf, text) == -1)
			ck_abort();
		if (cells > 0 && (size_t)cells > mk_plain_cells(buf.data))
			ck_abort_msg("U+%04X is %d wide", (unsigned)code,
			    cells);
	}
	setlocale(LC_CTYPE, "C");
}
END_TEST

/* ---- numbers */

static const struct {
	uint64_t n;
	const char *count, *abbreviated, *bytes;
} numbers[] = {
	{ 0, "0", "0", "0B" },
	{ 7, "7", "7", "7B" },
	{ 999, "999", "999", "999B" },
	{ 1000, "1,000", "1k", "1000B" },
	{ 1234, "1,234", "1.2k", "1.2K" },
	{ 41203, "41,203", "41k", "40K" },
	{ UINT64_C(1000000000000), "1,000,000,000,000", "1T", "931G" },
	{ UINT64_MAX, "18,446,744,073,709,551,615", "18E", "16E" },
	{ 9960, "9,960", "10k", "9.7K" },
	{ 999500, "999,500", "1M", "976K" },
	{ 1048575, "1,048,575", "1M", "1M" },
};

START_TEST(numbers_are_short_and_exact)
{
	ck_assert_str_eq(mk_words_count(word, numbers[_i].n),
	    numbers[_i].count);
	ck_assert_str_eq(mk_words_short(word, numbers[_i].n),
	    numbers[_i].abbreviated);
	ck_assert_str_eq(mk_words_short_bytes(word, numbers[_i].n),
	    numbers[_i].bytes);
}
END_TEST

static const struct {
	uint64_t part, whole;
	const char *share;
} shares[] = {
	{ 0, 0, "0 %" }, { 0, 9, "0 %" }, { 38, 100, "38 %" },
	{ 1, 1000000, "under 1 %" }, { 999999, 1000000, "over 99 %" },
	{ 9, 9, "100 %" }, { 18, 10, "180 %" }, { UINT64_MAX, 1, "over 999 %" },
	{ UINT64_MAX, UINT64_MAX, "100 %" },
};

START_TEST(shares_are_never_rounded_to_nothing_or_all)
{
	ck_assert_str_eq(mk_words_ascii(mk_words_share(word, shares[_i].part,
	    shares[_i].whole)), shares[_i].share);
}
END_TEST

static const struct {
	int64_t ms;
	const char *took;
} tooks[] = {
	{ 0, "0 ms" }, { 45, "45 ms" }, { 3250, "3.2 s" }, { 59999, "59 s" },
	{ 190000, "3 min 10 s" }, { 4320000, "1 h 12 min" },
	{ 30 * 86400000LL, "30 d 0 h" }, { -1, "?" },
	{ INT64_MAX, "106751991167 d 7 h" },
};

START_TEST(durations_have_two_units_at_most)
{
	ck_assert_str_eq(mk_words_ascii(mk_words_took(word, tooks[_i].ms)),
	    tooks[_i].took);
}
END_TEST

START_TEST(times_are_local_and_name_their_zone)
{
	const int64_t at = INT64_C(1795409460);

	ck_assert_str_eq(mk_words_full(word, at),
	    "Monday, 23 November 2026, 04:51");
	ck_assert_str_eq(mk_words_zone(word, at), "UTC");
	ck_assert_str_eq(mk_words_iso(word, at), "2026-11-23T04:51:00+00:00");
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	ck_assert_str_eq(mk_words_full(word, at),
	    "Monday, 23 November 2026, 05:51");
	ck_assert_str_eq(mk_words_zone(word, at), "CET, UTC+01:00");
	ck_assert_str_eq(mk_words_iso(word, at), "2026-11-23T05:51:00+01:00");
	setenv("TZ", "<+0530>-5:30", 1);
	tzset();
	ck_assert_str_eq(mk_words_zone(word, at), "UTC+05:30");
	/* No calendar goes there. */
	ck_assert_ptr_nonnull(mk_words_full(word, INT64_MAX));
	ck_assert_ptr_nonnull(mk_words_iso(word, INT64_MIN));
}
END_TEST

START_TEST(sums_stay_at_the_most)
{
	ck_assert_uint_eq(mk_words_sum(2, 3), 5);
	ck_assert_uint_eq(mk_words_sum(UINT64_MAX, 1), UINT64_MAX);
}
END_TEST

START_TEST(svg_numbers_have_a_point_in_every_locale)
{
	static const char *const locales[] = { "de_DE.UTF-8", "fr_FR.UTF-8",
	    "C" };
	int i;

	for (i = 0; i < COUNT(locales); i++)
		if (setlocale(LC_NUMERIC, locales[i]) != NULL)
			break;
	mk_html_number(&html, 12.3456);
	mk_html_raw(&html, " ");
	mk_html_number(&html, -0.5);
	mk_html_raw(&html, " ");
	mk_html_number(&html, 100);
	mk_html_raw(&html, " ");
	mk_html_number(&html, NAN);
	mk_html_raw(&html, " ");
	mk_html_number(&html, INFINITY);
	setlocale(LC_NUMERIC, "C");
	ck_assert_str_eq(html.buf.data, "12.346 -0.5 100 0 1000000000");
}
END_TEST

/* ---- charts */

static const struct {
	uint64_t max;
	bool bytes;
	struct mk_scale scale;
} scales[] = {
	{ 0, false, { 1, 1 } }, { 1, false, { 1, 1 } },
	{ 4, false, { 4, 1 } }, { 5, false, { 6, 2 } },
	{ 87, false, { 100, 50 } }, { 2240, false, { 3000, 1000 } },
	{ 4096, true, { 4096, 1024 } }, { 4097, true, { 6144, 2048 } },
};

START_TEST(scales_have_round_steps)
{
	struct mk_scale s = mk_chart_scale(scales[_i].max, scales[_i].bytes);

	ck_assert_uint_eq(s.top, scales[_i].scale.top);
	ck_assert_uint_eq(s.step, scales[_i].scale.step);
}
END_TEST

START_TEST(scales_hold_every_number)
{
	struct mk_scale s;
	uint64_t max;
	int bytes;

	for (bytes = 0; bytes < 2; bytes++)
		for (max = 1; max <= UINT64_MAX / 3; max = max * 3 + max % 2) {
			s = mk_chart_scale(max, bytes);
			ck_assert_uint_ge(s.top, max);
			ck_assert_uint_le(s.top / s.step, 5);
		}
	s = mk_chart_scale(UINT64_MAX, false);
	ck_assert_uint_eq(s.top, UINT64_MAX);
}
END_TEST

START_TEST(a_bar_is_as_long_as_its_pieces)
{
	const uint64_t pieces[] = { 30, 0, 50 };

	mk_chart_bar(&html, &(struct mk_chart_bar){ .title = "t",
	    .pieces = pieces, .n = 3, .whole = 100 });
	ck_assert_uint_eq(times(html.buf.data, "<rect"), 2);
	ck_assert_double_eq(attribute("x", 0), 0);
	ck_assert_double_eq(attribute("x", 1), 30);
	ck_assert_ptr_nonnull(strstr(html.buf.data, "width=\"30%\""));
	ck_assert_ptr_nonnull(strstr(html.buf.data, "width=\"50%\""));
	/* By their places, not by how many there are. */
	ck_assert_ptr_nonnull(strstr(html.buf.data, "class=\"c2\""));
	ck_assert_ptr_null(strstr(html.buf.data, "class=\"c1\""));
}
END_TEST

START_TEST(a_bar_never_leaves_its_box)
{
	uint64_t pieces[300];
	double x, width;
	const char *p;
	size_t i;

	for (i = 0; i < 300; i++)
		pieces[i] = i == 0 ? UINT64_MAX : 1;
	mk_chart_bar(&html, &(struct mk_chart_bar){ .title = "t",
	    .pieces = pieces, .n = 300, .whole = UINT64_MAX });
	for (p = html.buf.data; (p = strstr(p, "<rect")) != NULL; p++) {
		x = strtod(strstr(p, " x=\"") + 4, NULL);
		width = strtod(strstr(p, " width=\"") + 8, NULL);
		ck_assert_double_le(x + width, 100.001);
	}
}
END_TEST

START_TEST(what_is_there_is_seen)
{
	const uint64_t pieces[] = { 1 }, values[] = { 1, UINT64_MAX };

	mk_chart_bar(&html, &(struct mk_chart_bar){ .title = "t",
	    .pieces = pieces, .n = 1, .whole = UINT64_MAX });
	ck_assert_ptr_nonnull(strstr(html.buf.data, "width=\"0.5%\""));
	mk_html_free(&html);
	mk_chart_columns(&html, &(struct mk_chart_columns){ .title = "t",
	    .n = 2, .series_n = 1, .values = values, .line = -1 });
	ck_assert_uint_eq(times(html.buf.data, "<rect"), 2);
	ck_assert_ptr_nonnull(strstr(html.buf.data, "height=\"1.5\""));
}
END_TEST

START_TEST(nothing_divides_by_nothing)
{
	const uint64_t none[4] = { 0 };
	struct mk_run_program program = { .program = "expire" };

	mk_chart_bar(&html, &(struct mk_chart_bar){ .title = "t",
	    .pieces = none, .n = 4, .whole = 0 });
	mk_chart_columns(&html, &(struct mk_chart_columns){ .title = "t",
	    .n = 4, .series_n = 1, .values = none, .line = -1,
	    .axis = true });
	mk_chart_columns(&html, &(struct mk_chart_columns){ .title = "t",
	    .n = 4, .series_n = 1, .values = none, .line = -1 });
	mk_chart_gauge(&html, "t", 0, 0);
	mk_chart_runs(&html, &(struct mk_chart_runs){ .title = "t",
	    .program = &program, .from_s = 5, .to_s = 5 });
	ck_assert(!html.failed);
	ck_assert_ptr_null(strstr(html.buf.data, "nan"));
	ck_assert_ptr_null(strstr(html.buf.data, "inf"));
	ck_assert_ptr_null(strstr(html.buf.data, "y=\"-"));
	ck_assert_ptr_null(strstr(html.buf.data, "height=\"-"));
	ck_assert_ptr_null(strstr(html.buf.data, "width=\"-"));
}
END_TEST

START_TEST(columns_are_as_high_as_their_numbers)
{
	const uint64_t values[] = { 10, 40, 20, 10, 0, 0 };	/* 2 series */

	mk_chart_columns(&html, &(struct mk_chart_columns){ .title = "t",
	    .n = 3, .series_n = 2, .values = values, .line = 1.5,
	    .line_label = "limit 7", .axis = true });
	/* The scale goes to 40, and 150 pixels are that. */
	ck_assert_ptr_nonnull(strstr(html.buf.data, "height=\"150\""));
	ck_assert_ptr_nonnull(strstr(html.buf.data, "height=\"75\""));
	ck_assert_uint_eq(times(html.buf.data, "height=\"37.5\""), 1);
	ck_assert_uint_eq(times(html.buf.data, "height=\"36.5\""), 1);
	ck_assert_ptr_nonnull(strstr(html.buf.data,
	    "<line class=\"mark\" x1=\"50%\" x2=\"50%\""));
	ck_assert_ptr_nonnull(strstr(html.buf.data, ">limit 7</text>"));
}
END_TEST

static struct mk_run runs[8640];

static void
draw_runs(size_t n, size_t fails)
{
	struct mk_run_program program = { .program = "spamscan",
	    .runs = runs, .n = n };
	size_t i;

	for (i = 0; i < n; i++)
		runs[i] = (struct mk_run){ .took_ms = 100 + (int64_t)i % 50,
		    .started_s = 30 * DAY_S * (int64_t)i / (int64_t)n,
		    .status = fails != 0 && i % fails == 1 ? 75 : 0 };
	mk_html_free(&html);
	html = (struct mk_html){ 0 };
	mk_chart_runs(&html, &(struct mk_chart_runs){ .title = "t",
	    .program = &program, .from_s = 0, .to_s = 30 * DAY_S });
	ck_assert(!html.failed);
}

START_TEST(few_runs_are_drawn_one_by_one)
{
	draw_runs(30, 10);
	ck_assert_uint_eq(times(html.buf.data, "<circle"), 27);
	ck_assert_uint_eq(times(html.buf.data, "<use"), 3);
	ck_assert_uint_eq(times(html.buf.data, "status 75"), 3);
}
END_TEST

START_TEST(many_runs_are_drawn_in_few_marks)
{
	draw_runs(8640, 0);
	ck_assert_uint_eq(times(html.buf.data, "<circle"), 60);
	ck_assert_uint_eq(times(html.buf.data, "<use"), 0);
	ck_assert_uint_lt(html.buf.len, 20000);
}
END_TEST

START_TEST(a_failed_run_among_many_is_not_lost)
{
	draw_runs(8640, 8640);
	ck_assert_uint_eq(times(html.buf.data, "<use"), 1);
	draw_runs(8640, 2);
	ck_assert_uint_eq(times(html.buf.data, "<use"), 60);
	ck_assert_uint_eq(times(html.buf.data, "72\302\240failed runs"), 60);
}
END_TEST

START_TEST(a_gauge_over_its_limit_is_red_and_torn)
{
	mk_chart_gauge(&html, "t", 50, 100);
	ck_assert_ptr_nonnull(strstr(html.buf.data, "class=\"c0\""));
	mk_html_free(&html);
	mk_chart_gauge(&html, "t", 101, 100);
	ck_assert_ptr_nonnull(strstr(html.buf.data, "class=\"c7\""));
	ck_assert_ptr_null(strstr(html.buf.data, "tear"));
	mk_html_free(&html);
	mk_chart_gauge(&html, "t", UINT64_MAX, 1);
	ck_assert_ptr_nonnull(strstr(html.buf.data, "tear"));
	ck_assert_ptr_nonnull(strstr(html.buf.data, "width=\"100%\" y"));
}
END_TEST

START_TEST(each_drawing_is_named_once)
{
	mk_chart_gauge(&html, "<one>", 1, 2);
	mk_chart_open(&html, "plot", 9, "two", "more & more");
	mk_chart_close(&html);
	ck_assert_ptr_nonnull(strstr(html.buf.data, "aria-labelledby=\"t1\">"
	    "<title id=\"t1\">&lt;one&gt;</title>"));
	ck_assert_ptr_nonnull(strstr(html.buf.data, "aria-labelledby=\"t2 "
	    "d2\"><title id=\"t2\">two</title><desc id=\"d2\">more &amp; "
	    "more</desc>"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("chart");
	TCase *tc = tcase_create("chart");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, names_of_any_bytes_only_print, 0,
	    COUNT(names));
	tcase_add_test(tc, cut_text_is_never_wider_than_asked);
	tcase_add_test(tc, a_cut_name_keeps_its_ends);
	tcase_add_test(tc, width_is_never_less_than_the_terminals);
	tcase_add_loop_test(tc, numbers_are_short_and_exact, 0,
	    COUNT(numbers));
	tcase_add_loop_test(tc, shares_are_never_rounded_to_nothing_or_all, 0,
	    COUNT(shares));
	tcase_add_loop_test(tc, durations_have_two_units_at_most, 0,
	    COUNT(tooks));
	tcase_add_test(tc, times_are_local_and_name_their_zone);
	tcase_add_test(tc, sums_stay_at_the_most);
	tcase_add_test(tc, svg_numbers_have_a_point_in_every_locale);
	tcase_add_loop_test(tc, scales_have_round_steps, 0, COUNT(scales));
	tcase_add_test(tc, scales_hold_every_number);
	tcase_add_test(tc, a_bar_is_as_long_as_its_pieces);
	tcase_add_test(tc, a_bar_never_leaves_its_box);
	tcase_add_test(tc, what_is_there_is_seen);
	tcase_add_test(tc, nothing_divides_by_nothing);
	tcase_add_test(tc, columns_are_as_high_as_their_numbers);
	tcase_add_test(tc, few_runs_are_drawn_one_by_one);
	tcase_add_test(tc, many_runs_are_drawn_in_few_marks);
	tcase_add_test(tc, a_failed_run_among_many_is_not_lost);
	tcase_add_test(tc, a_gauge_over_its_limit_is_red_and_torn);
	tcase_add_test(tc, each_drawing_is_named_once);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
