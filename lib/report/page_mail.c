/* report/page_mail - the sections of what lies in mailboxes. */
#include <stdio.h>
#include <string.h>

#include "report/chart.h"
#include "report/finding.h"
#include "report/page_parts.h"
#include "report/words.h"

#define DRAWN_BOXES	12
#define SERIES		(MK_COLOURS + 1)
#define DESC_MAX	200
#define WIDE_RULES	2		/* more want a table below */

/* ---- space */

/* The host's folder of that NAME among those with a colour; else the rest. */
static size_t
rank(const struct mk_space *space, const char *name)
{
	size_t i;

	for (i = 0; i < space->folders_n && i < MK_COLOURS; i++)
		if (strcmp(space->folders[i].name, name) == 0)
			return i;
	return MK_COLOURS;
}

static void
by_rank(const struct mk_space *space, const struct mk_space_folder *folders,
    size_t n, uint64_t pieces[SERIES])
{
	size_t i, at;

	memset(pieces, 0, SERIES * sizeof *pieces);
	for (i = 0; i < n; i++) {
		at = rank(space, folders[i].name);
		pieces[at] = mk_words_sum(pieces[at], folders[i].bytes);
	}
}

static void
folders(struct mk_html *html, const struct mk_space *space)
{
	static const char *const heads[] = { "Folder", "#Messages", "#Size",
	    "#Share", NULL };
	const struct mk_space_folder *f;
	uint64_t pieces[SERIES];
	char share[MK_WORDS_MAX];
	size_t i;

	by_rank(space, space->folders, space->folders_n, pieces);
	mk_html_raw(html, "<div><h3>All mail by folder</h3>\n");
	mk_chart_bar(html, &(struct mk_chart_bar){ .title =
	    "All mail by folder, as one bar", .desc = "In the order of the "
	    "table that follows, the largest first.", .pieces = pieces,
	    .n = SERIES, .whole = space->bytes, .thick = true });
	mk_page_table(html, "", heads);
	for (i = 0; i < space->folders_n; i++) {
		f = &space->folders[i];
		mk_page_row(html, f->name, (int)mk_chart_colour(i));
		mk_html_count(html, f->messages);
		mk_html_bytes(html, f->bytes);
		mk_html_cell(html, mk_words_share(share, f->bytes,
		    space->bytes));
		mk_html_raw(html, "</tr>\n");
	}
	mk_html_raw(html, "<tr class=\"sum\"><th scope=\"row\">All</th>");
	mk_html_count(html, space->messages);
	mk_html_bytes(html, space->bytes);
	mk_html_raw(html, "<td></td></tr>\n");
	mk_page_table_end(html);
	mk_html_raw(html, "</div>\n");
}

static void
box_row(struct mk_html *html, const struct mk_space *space,
    const struct mk_space_box *box, bool drawn)
{
	uint64_t pieces[SERIES];
	char size[MK_WORDS_MAX], title[MK_WORDS_MAX + 32];

	mk_html_raw(html, "<tr><th scope=\"row\">");
	mk_html_name(html, box->mailbox, MK_NAME_CELLS);
	if (drawn) {
		by_rank(space, box->folders, box->n, pieces);
		snprintf(title, sizeof title, "%s, by folder",
		    mk_words_bytes(size, box->bytes));
		mk_chart_bar(html, &(struct mk_chart_bar){ .title = title,
		    .pieces = pieces, .n = SERIES,
		    .whole = space->boxes[0].bytes });
	}
	mk_html_raw(html, "</th>");
	mk_html_count(html, box->messages);
	mk_html_bytes(html, box->bytes);
	mk_html_raw(html, "</tr>\n");
}

static void
boxes(struct mk_html *html, const struct mk_space *space)
{
	static const char *const heads[] = { "Mailbox", "#Messages", "#Size",
	    NULL };
	size_t drawn = space->n < DRAWN_BOXES + 3 ? space->n : DRAWN_BOXES, i;
	char rest[MK_WORDS_MAX];

	mk_html_raw(html, "<div>\n");
	mk_page_table(html, space->n > 1 ? "The largest mailboxes, by folder" :
	    "The mailbox, by folder", heads);
	for (i = 0; i < drawn; i++)
		box_row(html, space, &space->boxes[i], true);
	mk_page_table_end(html);
	if (drawn < space->n) {
		mk_html_rawf(html, "<details><summary>%zu more of %s"
		    "</summary>\n", space->n - drawn, mk_words_things(rest,
		    space->mailboxes, "mailbox", "mailboxes"));
		mk_page_table(html, "", heads);
		for (i = drawn; i < space->n; i++)
			box_row(html, space, &space->boxes[i], false);
		mk_page_table_end(html);
		if (space->mailboxes > space->n)
			mk_page_hint(html, "Smaller ones are not listed.");
		mk_html_raw(html, "</details>\n");
	}
	mk_html_raw(html, "</div>\n");
}

void
mk_page_space(struct mk_html *html, const struct mk_survey *survey)
{
	const struct mk_space *space = &survey->space;

	if (space->n == 0)
		return;
	mk_html_raw(html, "<div class=\"two half\">\n");
	folders(html, space);
	boxes(html, space);
	mk_html_raw(html, "</div>\n");
}

/* ---- age */

/* "3d": the youngest age of class AGE. */
static const char *
edge(char buf[16], size_t age)
{
	int days = age == 0 ? 0 : mk_age_days[age - 1];

	if (days > 0 && days % 365 == 0)
		snprintf(buf, 16, "%dy", days / 365);
	else if (days > 0)
		snprintf(buf, 16, "%dd", days);
	else
		snprintf(buf, 16, "0");
	return buf;
}

static void
age_tip(char tip[DESC_MAX], size_t age, uint64_t messages, uint64_t bytes)
{
	char from[16], to[16], count[MK_WORDS_MAX], size[MK_WORDS_MAX];

	edge(from, age);
	if (age + 1 < MK_AGES)
		snprintf(tip, DESC_MAX, "%s to %s: %s, %s", from,
		    edge(to, age + 1), mk_words_things(count, messages,
		    "message", "messages"), mk_words_bytes(size, bytes));
	else
		snprintf(tip, DESC_MAX, "%s and older: %s, %s", from,
		    mk_words_things(count, messages, "message", "messages"),
		    mk_words_bytes(size, bytes));
}

static struct mk_amount
age_sum(const struct mk_age_rule *rule)
{
	struct mk_amount sum = { 0 };
	size_t age;

	for (age = 0; age < MK_AGES; age++) {
		sum.messages = mk_words_sum(sum.messages, rule->messages[age]);
		sum.bytes = mk_words_sum(sum.bytes, rule->bytes[age]);
	}
	return sum;
}

static void
age_chart(struct mk_html *html, const struct mk_age_rule *rule, size_t index)
{
	char tips[MK_AGES][DESC_MAX], edges[MK_AGES][16];
	char count[MK_WORDS_MAX], size[MK_WORDS_MAX];
	const char *labels[MK_AGES], *all[MK_AGES];
	struct mk_amount sum = age_sum(rule);
	size_t age;

	for (age = 0; age < MK_AGES; age++) {
		labels[age] = edge(edges[age], age);
		age_tip(tips[age], age, rule->messages[age],
		    rule->bytes[age]);
		all[age] = tips[age];
	}
	mk_html_raw(html, "<div><h3>");
	mk_html_name(html, rule->rule, 40);
	mk_html_rawf(html, " <small>%s, %s</small></h3>\n", mk_words_things(
	    count, sum.messages, "message", "messages"),
	    mk_words_bytes(size, sum.bytes));
	mk_chart_columns(html, &(struct mk_chart_columns){
	    .title = "Messages by age", .desc = "Eight columns, from younger "
	    "than a day to older than a year; the table has the numbers.",
	    .n = MK_AGES, .series_n = 1, .values = rule->messages,
	    .labels = labels, .tips = all, .edges = true, .line = -1,
	    .first_colour = mk_chart_colour(index) });
	mk_html_raw(html, "</div>\n");
}

static void
age_row(struct mk_html *html, const struct mk_forecast *f, size_t age)
{
	char from[16], to[16];
	size_t i;

	mk_html_rawf(html, "<tr><th scope=\"row\">%s", edge(from, age));
	if (age + 1 < MK_AGES)
		mk_html_rawf(html, " to %s", edge(to, age + 1));
	else
		mk_html_raw(html, " and older");
	mk_html_raw(html, "</th>");
	for (i = 0; i < f->n; i++)
		mk_html_count(html, f->ages[i].messages[age]);
	mk_html_raw(html, "</tr>\n");
}

static void
age_table(struct mk_html *html, const struct mk_forecast *f)
{
	size_t i, age;

	/* Headings of rules, which may hold any bytes. */
	mk_html_raw(html, "<div class=\"box\"><table><caption>Messages, by "
	    "the age that the rule goes by</caption><thead><tr>"
	    "<th scope=\"col\">Age</th>");
	for (i = 0; i < f->n; i++) {
		mk_html_rawf(html, "<th scope=\"col\" class=\"n\">"
		    "<span class=\"k c%u\"></span>", mk_chart_colour(i));
		mk_html_name(html, f->ages[i].rule, 24);
		mk_html_raw(html, "</th>");
	}
	mk_html_raw(html, "</tr></thead>\n<tbody>\n");
	for (age = 0; age < MK_AGES; age++)
		age_row(html, f, age);
	mk_html_raw(html, "<tr class=\"sum\"><th scope=\"row\">All</th>");
	for (i = 0; i < f->n; i++)
		mk_html_count(html, age_sum(&f->ages[i]).messages);
	mk_html_raw(html, "</tr>\n");
	mk_page_table_end(html);
}

void
mk_page_ages(struct mk_html *html, const struct mk_survey *survey)
{
	const struct mk_forecast *f = &survey->forecast;
	size_t i;

	if (f->n == 0)
		return;
	mk_html_raw(html, f->n > WIDE_RULES ? "<div class=\"multi\">\n" :
	    "<div class=\"two\"><div class=\"multi\">\n");
	for (i = 0; i < f->n; i++)
		age_chart(html, &f->ages[i], i);
	mk_html_raw(html, "</div>\n");
	age_table(html, f);
	if (f->n <= WIDE_RULES)
		mk_html_raw(html, "</div>\n");
}

/* ---- the next nights */

static void
nights_chart(struct mk_html *html, const struct mk_forecast *f, bool bytes)
{
	uint64_t values[SERIES * MK_NIGHTS] = { 0 }, *value;
	char tips[MK_NIGHTS][DESC_MAX], dates[MK_NIGHTS][MK_WORDS_MAX];
	char count[MK_WORDS_MAX], size[MK_WORDS_MAX];
	const char *labels[MK_NIGHTS], *second[MK_NIGHTS], *all[MK_NIGHTS];
	struct mk_amount sum;
	size_t i, night;

	for (night = 0; night < MK_NIGHTS; night++) {
		sum = (struct mk_amount){ 0 };
		for (i = 0; i < f->n; i++) {
			value = &values[mk_chart_colour(i) * MK_NIGHTS + night];
			*value = mk_words_sum(*value, bytes ?
			    f->nights[i].bytes[night] :
			    f->nights[i].messages[night]);
			sum.messages = mk_words_sum(sum.messages,
			    f->nights[i].messages[night]);
			sum.bytes = mk_words_sum(sum.bytes,
			    f->nights[i].bytes[night]);
		}
		labels[night] = mk_words_weekday(f->nights_s[night]);
		second[night] = mk_words_date(dates[night],
		    f->nights_s[night]);
		snprintf(tips[night], DESC_MAX, "%s, %s: %s, %s",
		    labels[night], second[night], mk_words_things(count,
		    sum.messages, "message", "messages"),
		    mk_words_bytes(size, sum.bytes));
		all[night] = tips[night];
	}
	mk_chart_columns(html, &(struct mk_chart_columns){
	    .title = bytes ? "Size of what each night removes, by rule" :
	    "Messages that each night removes, by rule",
	    .desc = "Seven columns, one a night; the table has the numbers.",
	    .n = MK_NIGHTS, .series_n = f->n < SERIES ? f->n : SERIES,
	    .values = values, .labels = labels, .second = second,
	    .tips = all, .bytes = bytes, .line = -1 });
}

static void
nights_table(struct mk_html *html, const struct mk_forecast *f)
{
	static const char *const heads[] = { "Rule", "#Tonight",
	    "#All nights", "#Size", NULL };
	uint64_t messages, bytes;
	size_t i, night;

	mk_page_table(html, "Messages, and their size in seven nights", heads);
	for (i = 0; i < f->n; i++) {
		messages = bytes = 0;
		for (night = 0; night < MK_NIGHTS; night++) {
			messages = mk_words_sum(messages,
			    f->nights[i].messages[night]);
			bytes = mk_words_sum(bytes,
			    f->nights[i].bytes[night]);
		}
		mk_page_row(html, f->nights[i].rule, (int)mk_chart_colour(i));
		mk_html_count(html, f->nights[i].messages[0]);
		mk_html_count(html, messages);
		mk_html_bytes(html, bytes);
		mk_html_raw(html, "</tr>\n");
	}
	mk_page_table_end(html);
}

void
mk_page_nights(struct mk_html *html, const struct mk_survey *survey)
{
	const struct mk_forecast *f = &survey->forecast;
	const char *names[SERIES];
	size_t i;

	if (f->n == 0)
		return;
	for (i = 0; i < f->n && i < SERIES; i++)
		names[i] = i == MK_COLOURS && f->n > SERIES ? "other rules" :
		    f->nights[i].rule;
	mk_html_raw(html, "<div class=\"two\"><div>\n");
	mk_page_legend(html, names, i, 0);
	nights_chart(html, f, mk_finding_nights(f).bytes > 0);
	mk_html_raw(html, "</div>\n");
	nights_table(html, f);
	mk_html_raw(html, "</div>\n");
	mk_page_hint(html, "As the rules are now, for the mail that lies there "
	    "now; nothing is removed by asking.");
}
