/* report/text_lines - lines and paragraphs of a terminal's width. */
#include <string.h>

#include "base/utf8.h"
#include "report/plain.h"
#include "report/text_table.h"

#define INDENT		2
#define SPARK_MIN	6

void
mk_text_add(struct mk_text *t, const void *data, size_t len)
{
	if (!t->failed && mk_buf_add(&t->buf, data, len) == -1)
		t->failed = true;
}

void
mk_text_put(struct mk_text *t, const char *words)
{
	mk_text_add(t, words, strlen(words));
}

void
mk_text_pad(struct mk_text *t, size_t blanks)
{
	while (blanks-- > 0)
		mk_text_add(t, " ", 1);
}

void
mk_text_end_line(struct mk_text *t)
{
	/* No blanks at the end, which a mail would keep. */
	while (t->buf.len > 0 && t->buf.data[t->buf.len - 1] == ' ')
		mk_buf_cut(&t->buf, t->buf.len - 1);
	mk_text_add(t, "\n", 1);
}

void
mk_text_colour(struct mk_text *t, enum mk_text_colour which)
{
	static const char *const codes[] = {
		[MK_TEXT_PLAIN] = "\033[0m", [MK_TEXT_STRONG] = "\033[1m",
		[MK_TEXT_GOOD] = "\033[32m", [MK_TEXT_WARN] = "\033[33m",
		[MK_TEXT_BAD] = "\033[31m", [MK_TEXT_BAR] = "\033[36m",
		[MK_TEXT_FAINT] = "\033[2m",
	};

	if (t->style.colour)
		mk_text_put(t, codes[which]);
}

/* One character of plain text for a terminal that knows ASCII alone. */
static const char *
ascii(const char *plain, size_t len)
{
	if (len == 2 && memcmp(plain, MK_NBSP, 2) == 0)
		return " ";
	if (len == 3 && memcmp(plain, "\342\200\223", 3) == 0)
		return "-";
	if (len == 3 && memcmp(plain, "\342\200\246", 3) == 0)
		return "...";
	return "?";
}

void
mk_text_clean(struct mk_text *t, struct mk_buf *out, const char *words)
{
	struct mk_buf plain = { 0 };
	const char *p;
	size_t len;
	int rv;

	mk_buf_cut(out, 0);
	rv = mk_plain_add(&plain, words == NULL ? "" : words);
	for (p = plain.data; rv == 0 && p != NULL && *p != '\0'; p += len) {
		len = mk_utf8_sequence(p);
		/* The marks around the names of report/finding, made plain. */
		if (strncmp(p, "\342\220\202", 3) == 0 ||
		    strncmp(p, "\342\220\203", 3) == 0)
			continue;
		if (t->style.utf8 || len == 1)
			rv = mk_buf_add(out, p, len);
		else
			rv = mk_buf_add(out, ascii(p, len),
			    strlen(ascii(p, len)));
	}
	if (rv == 0)
		rv = mk_buf_add(out, "", 0);
	if (rv == -1)
		t->failed = true;
	mk_buf_free(&plain);
}

/* How many bytes of WORD fit into CELLS columns. */
static size_t
fitting(const char *word, size_t len, size_t cells)
{
	size_t at = 0, step, used = 0;
	char one[5];

	while (at < len) {
		step = mk_utf8_sequence(word + at);
		step = step == 0 ? 1 : step;
		memcpy(one, word + at, step);
		one[step] = '\0';
		used += mk_plain_cells(one);
		if (used > cells)
			break;
		at += step;
	}
	return at;
}

static size_t
cells_of(const char *word, size_t len)
{
	size_t at, cells = 0, step;
	char one[5];

	for (at = 0; at < len; at += step) {
		step = mk_utf8_sequence(word + at);
		step = step == 0 ? 1 : step;
		memcpy(one, word + at, step);
		one[step] = '\0';
		cells += mk_plain_cells(one);
	}
	return cells;
}

/* U+00A0 has kept the words together, and is not wanted any more. */
static void
word(struct mk_text *t, const char *p, size_t len)
{
	const char *end = p + len;

	while (p < end) {
		if (end - p >= 2 && memcmp(p, MK_NBSP, 2) == 0) {
			mk_text_add(t, " ", 1);
			p += 2;
		} else {
			mk_text_add(t, p++, 1);
		}
	}
}

/* Lines of WIDTH columns, from a clean text. */
static void
wrap(struct mk_text *t, const char *p, size_t indent, size_t width)
{
	size_t used = 0, len, cells, part;

	for (p += strspn(p, " "); *p != '\0'; p += strspn(p, " ")) {
		len = strcspn(p, " ");
		cells = cells_of(p, len);
		if (used > 0 && used + 1 + cells > width) {
			mk_text_end_line(t);
			mk_text_pad(t, indent);
			used = 0;
		} else if (used > 0) {
			mk_text_pad(t, 1);
			used++;
		}
		for (; cells > width; cells = cells_of(p, len)) {
			part = fitting(p, len, width);
			word(t, p, part);
			mk_text_end_line(t);
			mk_text_pad(t, indent);
			p += part;
			len -= part;
		}
		word(t, p, len);
		used += cells;
		p += len;
	}
}

void
mk_text_paragraph(struct mk_text *t, enum mk_text_colour which,
    unsigned indent, const char *bullet, const char *words)
{
	struct mk_buf text = { 0 };
	size_t bulleted = bullet == NULL ? 0 : mk_plain_cells(bullet);

	mk_text_clean(t, &text, words);
	mk_text_colour(t, which);
	if (bullet != NULL)
		mk_text_put(t, bullet);
	mk_text_pad(t, indent - bulleted);
	if (text.data != NULL)
		wrap(t, text.data, indent, t->style.columns - indent);
	if (t->style.colour)
		mk_text_colour(t, MK_TEXT_PLAIN);
	mk_text_end_line(t);
	mk_buf_free(&text);
}

/* ---- sparks */

static void
spark_one(struct mk_text *t, uint64_t value, uint64_t most, bool two)
{
	static const char *const blocks[] = { " ", "\342\226\201",
	    "\342\226\202", "\342\226\203", "\342\226\204", "\342\226\205",
	    "\342\226\206", "\342\226\207", "\342\226\210" };
	static const char *const signs[] = { " ", ".", ".", ":", ":", "+",
	    "+", "#", "#" };
	size_t level = most == 0 ? 0 :
	    (size_t)((double)value / (double)most * 8 + 0.5);

	if (level == 0 && value > 0)
		level = 1;
	mk_text_put(t, t->style.utf8 ? blocks[level] : signs[level]);
	if (two)
		mk_text_put(t, t->style.utf8 ? blocks[level] : signs[level]);
}

void
mk_text_spark(struct mk_text *t, const struct mk_text_spark *s)
{
	size_t ends = mk_plain_cells(s->left) + mk_plain_cells(s->right) + 2;
	size_t room = t->style.columns - INDENT, n = s->n, first = 0, i, at;
	bool two;
	uint64_t most = 0;

	if (ends + SPARK_MIN > room)
		return;
	if (ends + n > room) {		/* the last of them */
		first = n - (room - ends);
		n = room - ends;
	}
	two = ends + 2 * n <= room;
	for (i = first; i < s->n; i++)
		if (s->values[i] > most)
			most = s->values[i];
	mk_text_pad(t, INDENT);
	mk_text_put(t, s->left);
	mk_text_pad(t, 1);
	mk_text_colour(t, MK_TEXT_BAR);
	for (i = first; i < s->n; i++)
		spark_one(t, s->values[i], most, two);
	mk_text_colour(t, MK_TEXT_PLAIN);
	mk_text_pad(t, 1);
	mk_text_put(t, s->right);
	mk_text_end_line(t);
	at = INDENT + mk_plain_cells(s->left) + 1 +
	    (s->mark - first) * (two ? 2 : 1);
	if (s->mark >= s->n || s->mark < first ||
	    at + 2 + mk_plain_cells(s->label) > t->style.columns)
		return;
	mk_text_pad(t, at);
	mk_text_put(t, "^ ");
	mk_text_put(t, s->label);
	mk_text_end_line(t);
}

void
mk_text_free(struct mk_text *t)
{
	mk_buf_free(&t->buf);
}
