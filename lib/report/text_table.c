/* report/text_table - tables of a terminal's width. */
#include "report/text_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/plain.h"

#define INDENT		2
#define GAP		2
#define NAME_MIN	10
#define BAR_MIN		6
#define BAR_MAX		60

static const char *
ellipsis(const struct mk_text *t)
{
	return t->style.utf8 ? "\342\200\246" : "...";
}

struct layout {
	size_t name, bar, cells_n, cells[MK_TEXT_CELLS];
	uint64_t most;
};

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static void
measure(struct mk_text *t, const struct mk_text_table *table,
    struct layout *l)
{
	struct mk_buf text = { 0 };
	size_t i, j;

	*l = (struct layout){ .cells_n = table->cells_n };
	l->name = mk_plain_cells(table->heads[0]);
	for (j = 0; j < l->cells_n; j++)
		l->cells[j] = mk_plain_cells(table->heads[j + 1]);
	for (i = 0; i < table->n; i++) {
		mk_text_clean(t, &text, table->rows[i].name[0] == '\0' ?
		    "(the mail root)" : table->rows[i].name);
		if (text.data != NULL)
			l->name = larger(l->name, mk_plain_cells(text.data));
		for (j = 0; j < l->cells_n; j++) {
			mk_text_clean(t, &text, table->rows[i].cells[j]);
			if (text.data != NULL)
				l->cells[j] = larger(l->cells[j],
				    mk_plain_cells(text.data));
		}
		if (table->rows[i].bar > l->most)
			l->most = table->rows[i].bar;
	}
	mk_buf_free(&text);
}

/* Give each its width. */
static void
lay_out(struct mk_text *t, const struct mk_text_table *table,
    struct layout *l)
{
	size_t room = t->style.columns - INDENT, used, j, least;

	measure(t, table, l);
	least = l->name < NAME_MIN ? l->name : NAME_MIN;
	for (;;) {
		for (used = 0, j = 0; j < l->cells_n; j++)
			used += GAP + l->cells[j];
		if (l->cells_n == 0 || used + least <= room)
			break;
		l->cells_n--;
	}
	room -= used;
	if (!table->bars) {
		l->name = l->name < room ? l->name : room;
		return;
	}
	/* Half of the rest, more where names are short, less on the least. */
	if (room >= least + GAP + BAR_MIN) {
		l->bar = room / 2;
		if (l->name + GAP + l->bar < room)
			l->bar = room - l->name - GAP;
		if (l->bar > BAR_MAX)
			l->bar = BAR_MAX;
		if (l->bar > room - least - GAP)
			l->bar = room - least - GAP;
		room -= l->bar + GAP;
	}
	l->name = l->name < room ? l->name : room;
}

/* Of eighths of a column where there are blocks; what is there is seen. */
static void
draw_bar(struct mk_text *t, uint64_t value, uint64_t most, size_t width)
{
	static const char *const eighths[] = { "", "\342\226\217",
	    "\342\226\216", "\342\226\215", "\342\226\214", "\342\226\213",
	    "\342\226\212", "\342\226\211" };
	size_t units = t->style.utf8 ? 8 : 1, n, i;

	n = most == 0 ? 0 : (size_t)((double)value / (double)most *
	    (double)(units * width) + 0.5);
	if (n == 0 && value > 0)
		n = 1;
	if (n > units * width)
		n = units * width;
	mk_text_colour(t, MK_TEXT_BAR);
	for (i = 0; i < n / units; i++)
		mk_text_put(t, t->style.utf8 ? "\342\226\210" : "#");
	mk_text_put(t, eighths[n % units]);
	mk_text_colour(t, MK_TEXT_PLAIN);
	mk_text_pad(t, width - (n + units - 1) / units);
}

/* The last of a strip, which has a column a day; 'x' stands out. */
static void
draw_strip(struct mk_text *t, const char *strip, size_t width)
{
	size_t len = strlen(strip);

	if (len > width)
		strip += len - width;
	for (len = strlen(strip); *strip != '\0'; strip++) {
		if (*strip == 'x')
			mk_text_colour(t, MK_TEXT_BAD);
		mk_text_add(t, strip, 1);
		if (*strip == 'x')
			mk_text_colour(t, MK_TEXT_PLAIN);
	}
	mk_text_pad(t, width - len);
}

/* TEXT in WIDTH columns, to the left or to the right. */
static void
cell(struct mk_text *t, const char *words, size_t width, bool right)
{
	struct mk_buf text = { 0 }, cut = { 0 };
	size_t cells;

	mk_text_clean(t, &text, words == NULL || *words != '\0' || right ?
	    words : "(the mail root)");
	if (text.data == NULL || mk_plain_cut(&cut, text.data, width,
	    ellipsis(t)) == -1 || mk_buf_add(&cut, "", 0) == -1) {
		t->failed = true;
	} else {
		cells = mk_plain_cells(cut.data);
		if (right)
			mk_text_pad(t, width - cells);
		mk_text_put(t, mk_words_ascii(cut.data));
		if (!right)
			mk_text_pad(t, width - cells);
	}
	mk_buf_free(&cut);
	mk_buf_free(&text);
}

static void
table_row(struct mk_text *t, const struct layout *l,
    const struct mk_text_row *row)
{
	size_t j;

	mk_text_pad(t, INDENT);
	if (row->bad)
		mk_text_colour(t, MK_TEXT_BAD);
	cell(t, row->name, l->name, false);
	if (row->bad)
		mk_text_colour(t, MK_TEXT_PLAIN);
	if (l->bar > 0) {
		mk_text_pad(t, GAP);
		if (row->strip != NULL)
			draw_strip(t, row->strip, l->bar);
		else
			draw_bar(t, row->bar, l->most, l->bar);
	}
	for (j = 0; j < l->cells_n; j++) {
		mk_text_pad(t, GAP);
		cell(t, row->cells[j], l->cells[j], true);
	}
	mk_text_end_line(t);
}

void
mk_text_table(struct mk_text *t, const struct mk_text_table *table)
{
	struct layout l;
	size_t i;

	lay_out(t, table, &l);
	mk_text_colour(t, MK_TEXT_FAINT);
	mk_text_pad(t, INDENT);
	cell(t, table->heads[0], l.name, false);
	mk_text_pad(t, l.bar > 0 ? GAP + l.bar : 0);
	for (i = 0; i < l.cells_n; i++) {
		mk_text_pad(t, GAP);
		cell(t, table->heads[i + 1], l.cells[i], true);
	}
	mk_text_colour(t, MK_TEXT_PLAIN);
	mk_text_end_line(t);
	for (i = 0; i < table->n; i++)
		table_row(t, &l, &table->rows[i]);
}

struct mk_text_row *
mk_text_rows(struct mk_text *t, size_t n)
{
	struct mk_text_row *rows = calloc(n == 0 ? 1 : n, sizeof *rows);

	if (rows == NULL)
		t->failed = true;
	return rows;
}

void
mk_text_more(struct mk_text *t, uint64_t all, uint64_t listed)
{
	char count[MK_WORDS_MAX], words[MK_WORDS_MAX + 16];

	if (all <= listed)
		return;
	snprintf(words, sizeof words, "and %s more", mk_words_count(count,
	    all - listed));
	mk_text_paragraph(t, MK_TEXT_FAINT, 2, NULL, words);
}
