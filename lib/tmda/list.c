/* tmda/list - show what is pending. */
#include "tmda/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/json.h"
#include "base/utf8.h"
#include "tmda/due.h"

/* Together, with a blank between, 80. */
#define ID_WIDTH	17
#define AGE_WIDTH	6
#define LEFT_WIDTH	6
#define SENDER_WIDTH	16
#define RECIPIENT_WIDTH	16
#define SUBJECT_WIDTH	14

/* What becomes of it: "12d" are left, "due", or "kept", being rescued. */
static const char *
left(const struct mk_tmda *t, const struct mk_tmda_seen *seen, char *buf,
    size_t size)
{
	if (!mk_tmda_due(seen->since_s, seen->queue->lifetime_s, t->now_s))
		return mk_tmda_age_format(buf, size, seen->since_s +
		    seen->queue->lifetime_s - t->now_s);
	return seen->listed ? "kept" : "due";
}

static int
json(const struct mk_tmda_listing *l, const struct mk_tmda_seen *seen)
{
	const struct mk_tmda *t = l->t;
	struct mk_json out;

	mk_json_begin(&out, l->out);
	mk_json_object(&out, NULL);
	mk_json_string(&out, "queue", t->conf->name);
	mk_json_string(&out, "id", seen->id);
	mk_json_string(&out, "path", seen->path);
	mk_json_int(&out, "age_s", t->now_s - seen->since_s);
	mk_json_int(&out, "left_s", seen->since_s +
	    seen->queue->lifetime_s - t->now_s);
	mk_json_bool(&out, "due", mk_tmda_due(seen->since_s,
	    seen->queue->lifetime_s, t->now_s));
	mk_json_bool(&out, "listed", seen->listed);
	mk_json_string(&out, "sender", seen->msg->sender.data);
	mk_json_string(&out, "recipient", seen->msg->recipient.data);
	mk_json_string(&out, "subject", seen->msg->subject.data);
	mk_json_int(&out, "size", (int64_t)seen->msg->st.st_size);
	mk_json_close_object(&out);
	return mk_json_end(&out);
}

/* TEXT, escaped, on WIDTH columns (a character each), its end cut, and FILLED
 * up; 0: all of it. */
static int
cell(FILE *out, const char *text, size_t width, bool filled)
{
	size_t size = 4 * strlen(text) + 1, n = 0, at = 0, cut = 0, step;
	char *escaped = malloc(size);

	if (escaped == NULL)
		return -1;
	mk_diag_escape(escaped, size, text);
	while (escaped[at] != '\0' && (width == 0 || n <= width)) {
		if (n + 1 == width)
			cut = at;
		step = mk_utf8_sequence(escaped + at);
		at += step == 0 ? 1 : step;
		n++;
	}
	if (width > 0 && n > width)
		fprintf(out, "%.*s~", (int)cut, escaped);
	else
		fprintf(out, "%s%*s", escaped, filled ? (int)(width - n) : 0,
		    "");
	free(escaped);
	return 0;
}

static int
see(void *data, const struct mk_tmda_seen *seen)
{
	struct mk_tmda_listing *l = data;
	const struct mk_tmda *t = l->t;
	char age[32], rest[32];
	const struct { const char *text; size_t width; } cells[] = {
		{ seen->id, ID_WIDTH },
		{ mk_tmda_age_format(age, sizeof age, t->now_s -
		    seen->since_s), AGE_WIDTH },
		{ left(t, seen, rest, sizeof rest), LEFT_WIDTH },
		{ seen->msg->sender.data, SENDER_WIDTH },
		{ seen->msg->recipient.data, RECIPIENT_WIDTH },
		{ seen->msg->subject.data, SUBJECT_WIDTH },
	};
	const size_t n = sizeof cells / sizeof *cells;
	size_t i;

	l->messages++;
	if (l->json)
		return json(l, seen);
	for (i = 0; i < n; i++) {
		/* An id is to be copied, and a number to be read: whole. */
		if (l->table && i < 3)
			fprintf(l->out, "%-*s", (int)cells[i].width,
			    cells[i].text);
		else if (cell(l->out, cells[i].text, l->table ?
		    cells[i].width : 0, l->table && i < n - 1) == -1)
			return -1;
		putc(i == n - 1 ? '\n' : l->table ? ' ' : '\t', l->out);
	}
	return ferror(l->out) ? -1 : 0;
}

void
mk_tmda_list_head(const struct mk_tmda_listing *l)
{
	if (l->table)
		fprintf(l->out, "%-*s %-*s %-*s %-*s %-*s %s\n", ID_WIDTH,
		    "id", AGE_WIDTH, "age", LEFT_WIDTH, "left", SENDER_WIDTH,
		    "sender", RECIPIENT_WIDTH, "recipient", "subject");
}

int
mk_tmda_list(struct mk_tmda_listing *l, struct mk_tmda *t,
    struct mk_tmda_queue *q)
{
	l->t = t;
	return mk_tmda_look(t, q, see, l);
}
