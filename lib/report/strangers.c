/*
 * report/strangers - mailboxes without a row, and rows without a mailbox.
 *
 * Rows are streamed: whether one has a mailbox is asked of the tree as it
 * comes.  A mailbox that a refused row names is no stranger; the row is told
 * of by itself.
 */
#include <stdlib.h>
#include <string.h>

#include "mail/maildir.h"
#include "report/part.h"
#include "report/tree.h"

struct reading {
	struct mk_stranger_sums *sums;
	int rootfd;
};

static int
larger(const void *a, const void *b)
{
	const struct mk_stranger *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return strcmp(x->mailbox, y->mailbox);
}

static int
by_mailbox(const void *a, const void *b)
{
	const struct mk_stranger *x = a, *y = b;
	int rv = strcmp(x->mailbox, y->mailbox);

	return rv != 0 ? rv : strcmp(x->email, y->email);
}

const struct mk_stranger_sums mk_stranger_sums_none = {
	.boxes = { .max = MK_LISTED, .order = larger, .drop = free },
	.rows = { .max = MK_LISTED, .order = by_mailbox, .drop = free },
};

/* One allocation: it, and its strings.  EMAIL may be NULL. */
static struct mk_stranger *
stranger(const char *mailbox, const char *email)
{
	size_t len = strlen(mailbox) + 1,
	    more = email == NULL ? 0 : strlen(email) + 1;
	struct mk_stranger *s = malloc(sizeof *s + len + more);

	if (s == NULL)
		return NULL;
	*s = (struct mk_stranger){ .mailbox = memcpy(s + 1, mailbox, len) };
	if (email != NULL)
		s->email = memcpy((char *)(s + 1) + len, email, more);
	return s;
}

static void
row(void *data, const char *maildir, const char *email)
{
	struct reading *r = data;

	switch (mk_mailbox_at(r->rootfd, maildir)) {
	case 0:
		r->sums->rows_all++;
		mk_top_add(&r->sums->rows, stranger(maildir, email));
		break;
	case -1:
		r->sums->unknown++;
		break;
	}
}

static void
refused(void *data, const struct mk_error *err)
{
	struct reading *r = data;

	if (r->sums->refused++ == 0)
		r->sums->first_refused = *err;
}

int
mk_strangers_read(struct mk_stranger_sums *sums,
    struct mk_accounts *accounts, int rootfd, struct mk_error *err)
{
	struct reading r = { .sums = sums, .rootfd = rootfd };

	mk_accounts_watch(accounts, row, &r);
	if (mk_accounts_read(accounts, refused, &r, err) == -1)
		return -1;
	sums->accounts = accounts;
	return 0;
}

void
mk_strangers_met(struct mk_stranger_sums *sums, const struct mk_met *met)
{
	struct mk_account account = { 0 };
	struct mk_stranger *s;

	/* It says keep where a row names the mailbox and was refused. */
	if (sums->accounts == NULL || mk_accounts_find(sums->accounts,
	    met->mailbox, &account) || account.keep)
		return;
	sums->boxes_all++;
	s = stranger(met->mailbox, NULL);
	if (s != NULL) {
		s->messages = met->messages;
		s->bytes = met->bytes;
	}
	mk_top_add(&sums->boxes, s);
}

static struct mk_stranger *
copies(struct mk_survey *survey, const struct mk_top *top, size_t *n)
{
	struct mk_stranger *v = mk_survey_array(survey,
	    &survey->strangers.part, top->n, sizeof *v);
	size_t i;

	*n = v == NULL ? 0 : top->n;
	for (i = 0; i < *n; i++) {
		v[i] = *(struct mk_stranger *)top->v[i];
		v[i].mailbox = mk_survey_text(survey, v[i].mailbox);
		if (v[i].email != NULL)
			v[i].email = mk_survey_text(survey, v[i].email);
	}
	return v;
}

void
mk_strangers_tell(struct mk_stranger_sums *sums, struct mk_survey *survey)
{
	struct mk_strangers *to = &survey->strangers;

	to->part.state = MK_PART_TOLD;
	to->boxes_all = sums->boxes_all;
	to->rows_all = sums->rows_all;
	to->boxes = copies(survey, &sums->boxes, &to->boxes_n);
	to->rows = copies(survey, &sums->rows, &to->rows_n);
	if (sums->refused > 0)
		mk_part_note(survey, &to->part, "%ju refused, the first: %s",
		    (uintmax_t)sums->refused, sums->first_refused.text);
	if (sums->unknown > 0)
		mk_part_note(survey, &to->part, "of %ju rows the mailbox "
		    "cannot be looked for", (uintmax_t)sums->unknown);
	if (sums->boxes.lost || sums->rows.lost)
		mk_part_note(survey, &to->part, "no memory to name all");
}

void
mk_stranger_sums_free(struct mk_stranger_sums *sums)
{
	mk_top_free(&sums->boxes);
	mk_top_free(&sums->rows);
}
