/* report/page - a survey as one HTML file. */
#include "report/page.h"

#include <errno.h>

#include "report/chart.h"
#include "report/finding.h"
#include "report/page_parts.h"
#include "report/words.h"

/* A refused request would be seen: the page may not ask for anything. */
#define POLICY	"default-src 'none'; style-src 'unsafe-inline'"

static void (*const writers[MK_SECTIONS])(struct mk_html *,
    const struct mk_survey *) = {
	[MK_SECTION_SPACE] = mk_page_space,
	[MK_SECTION_AGES] = mk_page_ages,
	[MK_SECTION_NIGHTS] = mk_page_nights,
	[MK_SECTION_SCORES] = mk_page_scores,
	[MK_SECTION_HITS] = mk_page_hits,
	[MK_SECTION_PENDING] = mk_page_pending,
	[MK_SECTION_RUNS] = mk_page_runs,
	[MK_SECTION_QUOTA] = mk_page_quota,
	[MK_SECTION_STRANGERS] = mk_page_strangers,
};

static const char *const moods[] = {
	[MK_MOOD_GOOD] = "good", [MK_MOOD_WARN] = "warn",
	[MK_MOOD_BAD] = "bad",
};

void
mk_page_table(struct mk_html *html, const char *caption,
    const char *const *heads)
{
	mk_html_raw(html, "<div class=\"box\"><table>");
	mk_html_element(html, "caption", caption);
	mk_html_raw(html, "<thead><tr>");
	for (; *heads != NULL; heads++)
		if (**heads == '#')
			mk_html_element(html, "th scope=\"col\" class=\"n\"",
			    *heads + 1);
		else
			mk_html_element(html, "th scope=\"col\"", *heads);
	mk_html_raw(html, "</tr></thead>\n<tbody>\n");
}

void
mk_page_table_end(struct mk_html *html)
{
	mk_html_raw(html, "</tbody></table></div>\n");
}

void
mk_page_row(struct mk_html *html, const char *name, int colour)
{
	mk_html_raw(html, "<tr><th scope=\"row\">");
	if (colour >= 0)
		mk_html_rawf(html, "<span class=\"k c%d\"></span>", colour);
	mk_html_name(html, name, MK_NAME_CELLS);
	mk_html_raw(html, "</th>");
}

void
mk_page_legend(struct mk_html *html, const char *const *names, size_t n,
    unsigned first_colour)
{
	size_t i;

	if (n < 2)
		return;
	mk_html_raw(html, "<ul class=\"legend\">");
	for (i = 0; i < n; i++) {
		mk_html_rawf(html, "<li><span class=\"k c%u\"></span>",
		    mk_chart_colour(first_colour + i));
		mk_html_name(html, names[i], 40);
		mk_html_raw(html, "</li>");
	}
	mk_html_raw(html, "</ul>\n");
}

void
mk_page_hint(struct mk_html *html, const char *text)
{
	mk_html_element(html, "p class=\"hint\"", text);
	mk_html_raw(html, "\n");
}

/* ---- the head */

static void
head(struct mk_html *html, const struct mk_survey *survey)
{
	const char *const *style;
	char date[MK_WORDS_MAX];

	mk_html_raw(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY
	    "\">\n<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"generator\" content=\"mailkeep-report " MK_VERSION
	    "\">\n<title>");
	mk_html_text(html, survey->host);
	mk_html_raw(html, ": mail on ");
	mk_html_text(html, mk_words_date(date, survey->now_s));
	mk_html_raw(html, "</title>\n<style>\n");
	for (style = mk_page_style; *style != NULL; style++)
		mk_html_raw(html, *style);
	mk_html_raw(html, "</style>\n</head>\n<body>\n"
	    "<svg aria-hidden=\"true\" width=\"0\" height=\"0\" "
	    "style=\"position:absolute\"><defs><path id=\"x\" "
	    "d=\"M-4.5-4.5l9 9m0-9l-9 9\"/></defs></svg>\n");
}

static void
verdict(struct mk_html *html, const struct mk_survey *survey)
{
	static const char *const icons[] = {
		[MK_MOOD_GOOD] = "<circle cx=\"12\" cy=\"12\" r=\"10\"/>"
		    "<path d=\"M7.5 12.5l3 3 6-6.5\"/>",
		[MK_MOOD_WARN] = "<path d=\"M12 3l10 18H2zM12 10v5m0 2.6v.4"
		    "\"/>",
		[MK_MOOD_BAD] = "<path d=\"M8 2h8l6 6v8l-6 6H8l-6-6V8zM8.5 "
		    "8.5l7 7m0-7l-7 7\"/>",
	};
	struct mk_trouble all[MK_TROUBLES];
	size_t n = mk_finding_troubles(survey, all), i;
	enum mk_mood mood = n == 0 ? MK_MOOD_GOOD : all[0].mood;
	char text[64];

	mk_html_rawf(html, "<div class=\"verdict %s\"><svg class=\"icon\" "
	    "viewBox=\"0 0 24 24\" aria-hidden=\"true\">%s</svg><div>",
	    moods[mood], icons[mood]);
	mk_html_element(html, "h2", mk_finding_verdict(survey, n, text));
	if (n > 0)
		mk_html_raw(html, "<ul>");
	for (i = 0; i < n; i++) {
		mk_html_rawf(html, "<li class=\"%s\"><a href=\"#%s\">",
		    moods[all[i].mood], mk_section_info(all[i].section)->id);
		mk_html_finding(html, all[i].text);
		mk_html_raw(html, "</a></li>");
	}
	mk_html_raw(html, n > 0 ? "</ul></div></div>\n" : "</div></div>\n");
}

static void
figures(struct mk_html *html, const struct mk_survey *survey)
{
	struct mk_figure all[MK_FIGURES];
	size_t i;

	mk_finding_figures(survey, all);
	mk_html_raw(html, "<dl class=\"key\">\n");
	for (i = 0; i < MK_FIGURES; i++) {
		mk_html_rawf(html, "<div class=\"%s\">", moods[all[i].mood]);
		mk_html_element(html, "dt", all[i].label);
		mk_html_element(html, "dd", all[i].value);
		mk_html_element(html, "dd", all[i].note);
		mk_html_raw(html, "</div>\n");
	}
	mk_html_raw(html, "</dl>\n");
}

static void
header(struct mk_html *html, const struct mk_survey *survey)
{
	char buf[MK_WORDS_MAX];
	int id;

	mk_html_raw(html, "<header>\n<p class=\"eyebrow\">Mailkeep "
	    "report</p>\n<h1>");
	mk_html_name(html, survey->host, 80);
	mk_html_rawf(html, "</h1>\n<p class=\"when\"><time datetime=\"%s\">",
	    mk_words_iso(buf, survey->now_s));
	mk_html_text(html, mk_words_full(buf, survey->now_s));
	mk_html_raw(html, "</time> (");
	mk_html_text(html, mk_words_zone(buf, survey->now_s));
	mk_html_raw(html, ")</p>\n");
	verdict(html, survey);
	figures(html, survey);
	mk_html_raw(html, "<nav aria-label=\"Sections\"><ul>");
	for (id = 0; id < MK_SECTIONS; id++) {
		mk_html_rawf(html, "<li><a href=\"#%s\">",
		    mk_section_info((enum mk_section_id)id)->id);
		mk_html_text(html,
		    mk_section_info((enum mk_section_id)id)->label);
		mk_html_raw(html, "</a></li>");
	}
	mk_html_raw(html, "</ul></nav>\n</header>\n");
}

/* ---- sections */

static void
untold(struct mk_html *html, const struct mk_section_info *info,
    const struct mk_part *part)
{
	mk_html_rawf(html, "<section id=\"%s\" class=\"none\" "
	    "aria-labelledby=\"h-%s\"><h2 class=\"eyebrow\" id=\"h-%s\">",
	    info->id, info->id, info->id);
	mk_html_text(html, info->label);
	mk_html_raw(html, "</h2>\n");
	if (part->state == MK_PART_FAILED) {
		mk_html_raw(html, "<p class=\"fail\"><strong>Could not be "
		    "asked:</strong> ");
		mk_html_text(html, part->why == NULL ? "no reason is known" :
		    part->why);
	} else {
		mk_html_raw(html, "<p>");
		mk_html_text(html, part->why == NULL ? info->set : part->why);
	}
	mk_html_raw(html, "</p>\n</section>\n");
}

static void
section(struct mk_html *html, const struct mk_survey *survey,
    enum mk_section_id id)
{
	const struct mk_section_info *info = mk_section_info(id);
	const struct mk_part *part = mk_section_part(survey, id);
	struct mk_buf title = { 0 };

	if (part->state != MK_PART_TOLD) {
		untold(html, info, part);
		return;
	}
	if (mk_finding(survey, id, &title) == -1)
		html->failed = true;
	mk_html_rawf(html, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n"
	    "<p class=\"eyebrow\">", info->id, info->id);
	mk_html_text(html, info->label);
	mk_html_rawf(html, "</p>\n<h2 id=\"h-%s\">", info->id);
	mk_html_finding(html, title.data);
	mk_html_raw(html, "</h2>\n");
	if (part->note != NULL)
		mk_html_element(html, "p class=\"note\"", part->note);
	writers[id](html, survey);
	mk_html_raw(html, "</section>\n");
	mk_buf_free(&title);
}

static void
footer(struct mk_html *html, const struct mk_survey *survey)
{
	char buf[MK_WORDS_MAX];

	mk_html_raw(html, "<footer><p>Made by mailkeep-report " MK_VERSION
	    " on ");
	mk_html_text(html, mk_words_full(buf, survey->now_s));
	mk_html_raw(html, " (");
	mk_html_text(html, mk_words_zone(buf, survey->now_s));
	mk_html_raw(html, "); times are of that zone.");
	if (survey->mail_root != NULL && survey->mail_root[0] != '\0') {
		mk_html_raw(html, " Mail lies below ");
		mk_html_name(html, survey->mail_root, 80);
		mk_html_raw(html, ".");
	}
	mk_html_raw(html, " This page is whole: it needs no network, and asks "
	    "for none.</p></footer>\n</body>\n</html>\n");
}

int
mk_page_write(const struct mk_survey *survey, FILE *out)
{
	struct mk_html html = { 0 };
	int id, rv = -1;

	head(&html, survey);
	header(&html, survey);
	mk_html_raw(&html, "<main>\n");
	for (id = 0; id < MK_SECTIONS; id++)
		section(&html, survey, (enum mk_section_id)id);
	mk_html_raw(&html, "</main>\n");
	footer(&html, survey);
	if (html.failed)
		errno = ENOMEM;
	else if (fwrite(html.buf.data, 1, html.buf.len, out) == html.buf.len &&
	    fflush(out) == 0)
		rv = 0;
	mk_html_free(&html);
	return rv;
}
