/* report/html - HTML in memory, and how text gets into it. */
#include "report/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/plain.h"
#include "report/words.h"

#define FORMATTED	1024
#define NUMBER_MAX	1e9

static void
add(struct mk_html *html, const char *text, size_t len)
{
	if (!html->failed && mk_buf_add(&html->buf, text, len) == -1)
		html->failed = true;
}

void
mk_html_raw(struct mk_html *html, const char *markup)
{
	add(html, markup, strlen(markup));
}

void
mk_html_rawf(struct mk_html *html, const char *format, ...)
{
	char text[FORMATTED];
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= sizeof text)
		html->failed = true;
	else
		add(html, text, (size_t)len);
}

static void
escape(struct mk_html *html, const char *plain)
{
	size_t len;

	for (; *plain != '\0'; plain += len) {
		len = strcspn(plain, "<>&\"'\002\003");
		add(html, plain, len);
		if (plain[len] == '\0')
			break;
		plain += len;
		len = 1;
		switch (*plain) {
		case '<':	mk_html_raw(html, "&lt;"); break;
		case '>':	mk_html_raw(html, "&gt;"); break;
		case '&':	mk_html_raw(html, "&amp;"); break;
		case '"':	mk_html_raw(html, "&quot;"); break;
		case '\002':	mk_html_raw(html, "<bdi>"); break;
		case '\003':	mk_html_raw(html, "</bdi>"); break;
		default:	mk_html_raw(html, "&#39;"); break;
		}
	}
}

void
mk_html_finding(struct mk_html *html, const char *finding)
{
	if (finding != NULL)
		escape(html, finding);
}

void
mk_html_text(struct mk_html *html, const char *text)
{
	struct mk_buf plain = { 0 };

	if (text == NULL || *text == '\0')
		return;
	if (mk_plain_add(&plain, text) == -1)
		html->failed = true;
	else
		escape(html, plain.data);
	mk_buf_free(&plain);
}

void
mk_html_name(struct mk_html *html, const char *name, size_t cells)
{
	struct mk_buf plain = { 0 }, cut = { 0 };

	if (name == NULL || *name == '\0')
		name = "(the mail root)";
	if (mk_plain_add(&plain, name) == -1 || mk_plain_cut(&cut, plain.data,
	    cells, "\342\200\246") == -1) {
		html->failed = true;
	} else if (strcmp(plain.data, cut.data) == 0) {
		mk_html_raw(html, "<bdi>");
		escape(html, plain.data);
		mk_html_raw(html, "</bdi>");
	} else {
		mk_html_raw(html, "<bdi title=\"");
		escape(html, plain.data);
		mk_html_raw(html, "\">");
		escape(html, cut.data);
		mk_html_raw(html, "</bdi>");
	}
	mk_buf_free(&cut);
	mk_buf_free(&plain);
}

void
mk_html_element(struct mk_html *html, const char *element, const char *text)
{
	mk_html_rawf(html, "<%s>", element);
	mk_html_text(html, text);
	/* The attributes stay behind. */
	mk_html_rawf(html, "</%.*s>", (int)strcspn(element, " "), element);
}

void
mk_html_number(struct mk_html *html, double value)
{
	char text[32];
	long long thousandths;
	size_t len;

	if (!(value > -NUMBER_MAX && value < NUMBER_MAX))
		value = value > 0 ? NUMBER_MAX : 0;
	thousandths = (long long)(1000 * value + (value < 0 ? -0.5 : 0.5));
	len = (size_t)snprintf(text, sizeof text, "%s%lld.%03lld",
	    thousandths < 0 ? "-" : "", llabs(thousandths) / 1000,
	    llabs(thousandths) % 1000);
	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	add(html, text, len);
}

void
mk_html_percent(struct mk_html *html, const char *name, double value)
{
	mk_html_rawf(html, " %s=\"", name);
	mk_html_number(html, value);
	mk_html_raw(html, "%\"");
}

void
mk_html_cell(struct mk_html *html, const char *text)
{
	mk_html_element(html, "td class=\"n\"", text);
}

void
mk_html_count(struct mk_html *html, uint64_t n)
{
	char buf[MK_WORDS_MAX];

	mk_html_cell(html, mk_words_count(buf, n));
}

void
mk_html_bytes(struct mk_html *html, uint64_t bytes)
{
	char buf[MK_WORDS_MAX];

	mk_html_cell(html, mk_words_bytes(buf, bytes));
}

void
mk_html_free(struct mk_html *html)
{
	mk_buf_free(&html->buf);
}
