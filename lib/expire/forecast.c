/* expire/forecast - what the next nights would remove. */
#include "expire/forecast.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/diag.h"
#include "base/duration.h"
#include "base/json.h"
#include "base/utf8.h"
#include "mail/ledger.h"

#define DAY_S		INT64_C(86400)
#define LINE_COLUMNS	80
#define LABEL_COLUMNS	16		/* "2026-11-24 03:00" */
#define NAME_COLUMNS	24		/* of a rule's name */
#define GAP		3
#define CELL_BYTES	32

/* Younger than so many days; the last class has no end. */
static const int days[MK_FORECAST_AGES - 1] = { 1, 3, 7, 14, 30, 90, 365 };

struct amount {
	atomic_uint_fast64_t messages, bytes;
};

struct rule {
	struct amount nights[MK_FORECAST_NIGHTS];
	struct amount ages[MK_FORECAST_AGES];
};

struct mk_expire_forecast {
	const struct mk_rule *rules;
	size_t n;
	unsigned nights;
	int64_t now_s;
	struct rule by_rule[];
};

int
mk_expire_nights_parse(const char *arg, unsigned *nights,
    struct mk_error *err)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (*arg < '1' || *arg > '9' || *end != '\0' ||
	    n > MK_FORECAST_NIGHTS)
		return mk_fail(err, EX_USAGE, "\"%s\" is no number of nights "
		    "from 1 to %d", arg, MK_FORECAST_NIGHTS);
	*nights = (unsigned)n;
	return 0;
}

struct mk_expire_forecast *
mk_expire_forecast_new(const struct mk_rule *rules, size_t n, unsigned nights,
    int64_t now_s, struct mk_error *err)
{
	struct mk_expire_forecast *f;

	f = calloc(1, sizeof *f + n * sizeof f->by_rule[0]);
	if (f == NULL) {
		mk_fail_sys(err, "forecast");
		return NULL;
	}
	f->rules = rules;
	f->n = n;
	f->nights = nights;
	f->now_s = now_s;
	return f;
}

void
mk_expire_forecast_free(struct mk_expire_forecast *f)
{
	free(f);
}

/* -- counting ------------------------------------------------------------ */

static void
count(struct amount *amount, const struct mk_facts *facts)
{
	atomic_fetch_add_explicit(&amount->messages, 1, memory_order_relaxed);
	if (facts->size_bytes > 0)
		atomic_fetch_add_explicit(&amount->bytes,
		    (uint64_t)facts->size_bytes, memory_order_relaxed);
}

static size_t
class_of(int64_t age_s)
{
	size_t i;

	for (i = 0; i < MK_FORECAST_AGES - 1; i++)
		if (age_s < days[i] * DAY_S)
			break;
	return i;
}

/* The night at whose end DUE_S has come, which may be none. */
static unsigned
night_of(const struct mk_expire_forecast *f, int64_t due_s)
{
	unsigned night;

	for (night = 0; night < f->nights; night++)
		if (due_s <= f->now_s + (int64_t)(night + 1) * DAY_S)
			return night;
	return MK_FORESEEN_NOT;
}

struct mk_foreseen
mk_expire_foresee(struct mk_expire_forecast *f, const struct mk_rule *by,
    mk_rule_set set, const struct mk_facts *facts)
{
	struct mk_foreseen goes = { .night = MK_FORESEEN_NOT };
	int64_t since, due_s;
	unsigned night;
	size_t r;

	for (r = 0; r < f->n; r++) {
		if ((set >> r & 1) == 0)
			continue;
		since = mk_rule_since(&by[r], facts);
		if (since != MK_NEVER)
			count(&f->by_rule[r].ages[class_of(f->now_s - since)],
			    facts);
		(void)mk_rule_due(&by[r], facts, f->now_s, &due_s);
		night = night_of(f, due_s);
		if (night < goes.night)
			goes = (struct mk_foreseen){ .night = (uint8_t)night,
			    .rule = (uint8_t)r };
	}
	return goes;
}

void
mk_expire_foreseen(struct mk_expire_forecast *f, struct mk_foreseen goes,
    const struct mk_facts *facts)
{
	if (goes.night != MK_FORESEEN_NOT)
		count(&f->by_rule[goes.rule].nights[goes.night], facts);
}

/* -- for programs -------------------------------------------------------- */

static int64_t
end_of(const struct mk_expire_forecast *f, unsigned night)
{
	return f->now_s + (int64_t)(night + 1) * DAY_S;
}

static void
json_nights(const struct mk_expire_forecast *f, struct mk_json *json)
{
	const struct amount *amount;
	unsigned night;
	size_t r;

	mk_json_array(json, "nights");
	for (night = 0; night < f->nights; night++) {
		mk_json_object(json, NULL);
		mk_json_int(json, "at", end_of(f, night));
		mk_json_array(json, "rules");
		for (r = 0; r < f->n; r++) {
			amount = &f->by_rule[r].nights[night];
			mk_json_object(json, NULL);
			mk_json_string(json, "rule", f->rules[r].name);
			mk_json_int(json, "messages",
			    (int64_t)amount->messages);
			mk_json_int(json, "bytes", (int64_t)amount->bytes);
			mk_json_close_object(json);
		}
		mk_json_close_array(json);
		mk_json_close_object(json);
	}
	mk_json_close_array(json);
}

static void
json_ages(const struct mk_expire_forecast *f, struct mk_json *json)
{
	size_t r, i;

	mk_json_object(json, "ages");
	mk_json_array(json, "days");
	for (i = 0; i < MK_FORECAST_AGES - 1; i++)
		mk_json_int(json, NULL, days[i]);
	mk_json_close_array(json);
	mk_json_array(json, "rules");
	for (r = 0; r < f->n; r++) {
		mk_json_object(json, NULL);
		mk_json_string(json, "rule", f->rules[r].name);
		mk_json_array(json, "messages");
		for (i = 0; i < MK_FORECAST_AGES; i++)
			mk_json_int(json, NULL,
			    (int64_t)f->by_rule[r].ages[i].messages);
		mk_json_close_array(json);
		mk_json_array(json, "bytes");
		for (i = 0; i < MK_FORECAST_AGES; i++)
			mk_json_int(json, NULL,
			    (int64_t)f->by_rule[r].ages[i].bytes);
		mk_json_close_array(json);
		mk_json_close_object(json);
	}
	mk_json_close_array(json);
	mk_json_close_object(json);
}

static int
print_json(const struct mk_expire_forecast *f, FILE *out)
{
	struct mk_json json;

	mk_json_begin(&json, out);
	mk_json_object(&json, NULL);
	mk_json_string(&json, "program", "expire");
	json_nights(f, &json);
	json_ages(f, &json);
	mk_json_close_object(&json);
	return mk_json_end(&json);
}

/* -- for people ---------------------------------------------------------- */

struct column {
	char *name;
	size_t name_len;		/* its columns on a terminal */
	const struct amount *cells;	/* NULL: the sum of all rules */
	size_t messages_width, bytes_width, width;
};

struct table {
	const struct mk_expire_forecast *f;
	bool ages;			/* the rows: classes of age, or nights */
	size_t rows;			/* without the last one, the sum */
	struct column *columns;
	size_t n;
};

static const struct amount *
cells_of(const struct table *t, size_t r)
{
	return t->ages ? t->f->by_rule[r].ages : t->f->by_rule[r].nights;
}

/* What stands in ROW of a column. */
static void
value(const struct table *t, const struct column *c, size_t row,
    uint64_t *messages, uint64_t *bytes)
{
	size_t first = row == t->rows ? 0 : row;
	size_t last = row == t->rows ? t->rows : row + 1, r, i;
	const struct amount *cells;

	*messages = *bytes = 0;
	for (r = 0; r < t->f->n; r++) {
		cells = cells_of(t, r);
		if (c->cells != NULL && c->cells != cells)
			continue;
		for (i = first; i < last; i++) {
			*messages += cells[i].messages;
			*bytes += cells[i].bytes;
		}
	}
}

/* NAME as it may be shown, cut where it is long.  NULL: ENOMEM. */
static char *
shown(const char *name, size_t *columns)
{
	size_t size = 4 * strlen(name) + 1, i = 0;
	char *text = malloc(size);

	if (text == NULL)
		return NULL;
	mk_diag_escape(text, size, name);
	for (*columns = 0; text[i] != '\0' && *columns < NAME_COLUMNS;
	    (*columns)++)
		i += mk_utf8_sequence(text + i);
	text[i] = '\0';
	return text;
}

static int
add_column(struct table *t, const char *name, const struct amount *cells)
{
	struct column *c = &t->columns[t->n];
	uint64_t messages, bytes;
	char text[CELL_BYTES];
	size_t row, len;

	*c = (struct column){ .cells = cells };
	c->name = shown(name, &c->name_len);
	if (c->name == NULL)
		return -1;
	t->n++;
	for (row = 0; row <= t->rows; row++) {
		value(t, c, row, &messages, &bytes);
		len = (size_t)snprintf(text, sizeof text, "%" PRIu64,
		    messages);
		if (len > c->messages_width)
			c->messages_width = len;
		len = strlen(mk_size_format(text, sizeof text, bytes));
		if (len > c->bytes_width)
			c->bytes_width = len;
	}
	c->width = c->messages_width + 2 + c->bytes_width;
	if (c->width < c->name_len) {
		c->messages_width += c->name_len - c->width;
		c->width = c->name_len;
	}
	return 0;
}

/* The local time, without seconds. */
static void
label(const struct table *t, size_t row, char *buf, size_t size)
{
	time_t end = (time_t)end_of(t->f, (unsigned)row);
	struct tm tm;

	if (row == t->rows)
		snprintf(buf, size, "total");
	else if (t->ages && row == MK_FORECAST_AGES - 1)
		snprintf(buf, size, "older");
	else if (t->ages)
		snprintf(buf, size, "under %dd", days[row]);
	else if (localtime_r(&end, &tm) == NULL ||
	    strftime(buf, size, "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(buf, size, "night %zu", row + 1);
}

/* The columns FIRST to LAST (not included), one below the other. */
static void
print_block(const struct table *t, size_t first, size_t last, FILE *out)
{
	char text[LABEL_COLUMNS + CELL_BYTES];
	const struct column *c;
	uint64_t messages, bytes;
	size_t row, i;

	fprintf(out, "%-*s", LABEL_COLUMNS, t->ages ? "age now" : "due by");
	for (i = first; i < last; i++) {
		c = &t->columns[i];
		fprintf(out, "%*s%s", (int)(GAP + c->width - c->name_len), "",
		    c->name);
	}
	putc('\n', out);
	for (row = 0; row <= t->rows; row++) {
		label(t, row, text, sizeof text);
		fprintf(out, "%-*s", LABEL_COLUMNS, text);
		for (i = first; i < last; i++) {
			c = &t->columns[i];
			value(t, c, row, &messages, &bytes);
			fprintf(out, "%*s%*" PRIu64 "  %*s", GAP, "",
			    (int)c->messages_width, messages,
			    (int)c->bytes_width, mk_size_format(text,
			    sizeof text, bytes));
		}
		putc('\n', out);
	}
}

/* A block of as many columns as there is room for; then the next. */
static void
print_blocks(const struct table *t, FILE *out)
{
	size_t first, last, used;

	for (first = 0; first < t->n; first = last) {
		used = LABEL_COLUMNS;
		for (last = first; last < t->n; last++) {
			used += GAP + t->columns[last].width;
			if (used > LINE_COLUMNS && last > first)
				break;
		}
		if (first > 0)
			putc('\n', out);
		print_block(t, first, last, out);
	}
}

/* 0, or -1 (ENOMEM). */
static int
print_table(const struct mk_expire_forecast *f, bool ages, FILE *out)
{
	struct table t = { .f = f, .ages = ages,
	    .rows = ages ? MK_FORECAST_AGES : f->nights };
	size_t r;
	int rv = -1;

	t.columns = calloc(f->n + 1, sizeof *t.columns);
	if (t.columns == NULL)
		return -1;
	for (r = 0; r < f->n; r++)
		if (add_column(&t, f->rules[r].name, cells_of(&t, r)) == -1)
			goto out;
	/* Two rules may watch the same message, but only one removes it. */
	if (!ages && f->n > 1 && add_column(&t, "all rules", NULL) == -1)
		goto out;
	print_blocks(&t, out);
	rv = 0;
out:
	for (r = 0; r < t.n; r++)
		free(t.columns[r].name);
	free(t.columns);
	return rv;
}

int
mk_expire_forecast_print(const struct mk_expire_forecast *f, FILE *out,
    bool json)
{
	if (json)
		return print_json(f, out);
	if (print_table(f, false, out) == -1)
		return -1;
	putc('\n', out);
	if (print_table(f, true, out) == -1)
		return -1;
	return fflush(out) == EOF || ferror(out) ? -1 : 0;
}
