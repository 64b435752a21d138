/* report/space - the space that mailboxes and folders take. */
#include <stdlib.h>
#include <string.h>

#include "report/part.h"
#include "report/tree.h"

static int
larger(const void *a, const void *b)
{
	const struct mk_space_box *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return strcmp(x->mailbox, y->mailbox);
}

const struct mk_space_sums mk_space_sums_none = {
	.boxes = { .max = MK_SPACE_BOXES, .order = larger, .drop = free },
};

/* Sort MET's folders, and put those beyond MK_SPACE_FOLDERS into one. */
static void
shorten(struct mk_met *met)
{
	struct mk_space_folder *other;
	size_t i;

	if (met->n > 0)
		qsort(met->folders, met->n, sizeof *met->folders,
		    mk_space_folder_order);
	if (met->n <= MK_SPACE_FOLDERS)
		return;
	other = &met->folders[MK_SPACE_FOLDERS];
	other->name = "other";
	for (i = MK_SPACE_FOLDERS + 1; i < met->n; i++) {
		other->messages += met->folders[i].messages;
		other->bytes += met->folders[i].bytes;
	}
	met->n = MK_SPACE_FOLDERS + 1;
}

/* MET as one allocation: the box, its folders, then all names. */
static struct mk_space_box *
box_of(const struct mk_met *met)
{
	size_t size = sizeof(struct mk_space_box) + met->n *
	    sizeof(struct mk_space_folder) + strlen(met->mailbox) + 1, i, len;
	struct mk_space_box *box;
	char *at;

	for (i = 0; i < met->n; i++)
		size += strlen(met->folders[i].name) + 1;
	box = malloc(size);
	if (box == NULL)
		return NULL;
	box->folders = (struct mk_space_folder *)(void *)(box + 1);
	box->n = met->n;
	box->messages = met->messages;
	box->bytes = met->bytes;
	at = (char *)(box->folders + met->n);
	len = strlen(met->mailbox) + 1;
	box->mailbox = memcpy(at, met->mailbox, len);
	for (i = 0; i < met->n; i++) {
		at += len;
		len = strlen(met->folders[i].name) + 1;
		box->folders[i] = met->folders[i];
		box->folders[i].name = memcpy(at, met->folders[i].name, len);
	}
	return box;
}

void
mk_space_met(struct mk_space_sums *sums, struct mk_met *met)
{
	const struct mk_top *top = &sums->boxes;
	const struct mk_space_box as = { .mailbox = met->mailbox,
	    .bytes = met->bytes };
	size_t i;

	for (i = 0; i < met->n; i++)
		mk_sums_add(&sums->folders, met->folders[i].name,
		    met->folders[i].messages, met->folders[i].bytes);
	sums->messages += met->messages;
	sums->bytes += met->bytes;
	/* Most are not among the largest: not worth a copy. */
	if (top->n == top->max && larger(top->v[top->n - 1], &as) <= 0)
		return;
	shorten(met);
	mk_top_add(&sums->boxes, box_of(met));
}

static void
tell_folders(struct mk_space_sums *sums, struct mk_survey *survey)
{
	struct mk_space *space = &survey->space;
	struct mk_sums *s = &sums->folders;
	struct mk_space_folder *other;
	size_t n, i;

	mk_sums_sort(s);
	n = s->n < MK_SPACE_FOLDERS ? s->n : MK_SPACE_FOLDERS;
	space->folders = mk_survey_array(survey, &space->part, n + 1,
	    sizeof *space->folders);
	if (space->folders == NULL)
		return;
	for (i = 0; i < n; i++) {
		space->folders[i] = *s->v[i];
		space->folders[i].name = mk_survey_text(survey, s->v[i]->name);
	}
	space->folders_n = n;
	if (s->n == n && !s->other)
		return;
	other = &space->folders[space->folders_n++];
	*other = (struct mk_space_folder){ .name = "other",
	    .messages = s->other_messages, .bytes = s->other_bytes };
	for (; i < s->n; i++) {
		other->messages += s->v[i]->messages;
		other->bytes += s->v[i]->bytes;
	}
}

static void
tell_box(struct mk_survey *survey, struct mk_space_box *to,
    const struct mk_space_box *from)
{
	size_t i;

	*to = *from;
	to->mailbox = mk_survey_text(survey, from->mailbox);
	to->folders = mk_survey_array(survey, &survey->space.part, from->n,
	    sizeof *to->folders);
	if (to->folders == NULL)
		to->n = 0;
	for (i = 0; i < to->n; i++) {
		to->folders[i] = from->folders[i];
		to->folders[i].name = mk_survey_text(survey,
		    from->folders[i].name);
	}
}

void
mk_space_tell(struct mk_space_sums *sums, struct mk_survey *survey)
{
	struct mk_space *space = &survey->space;
	size_t i;

	space->part.state = MK_PART_TOLD;
	space->messages = sums->messages;
	space->bytes = sums->bytes;
	if (sums->boxes.lost)
		mk_part_note(survey, &space->part, "no memory for some "
		    "mailboxes, which are in the sums alone");
	tell_folders(sums, survey);
	space->boxes = mk_survey_array(survey, &space->part, sums->boxes.n,
	    sizeof *space->boxes);
	if (space->boxes == NULL)
		return;
	space->n = sums->boxes.n;
	for (i = 0; i < space->n; i++)
		tell_box(survey, &space->boxes[i], sums->boxes.v[i]);
}

void
mk_space_sums_free(struct mk_space_sums *sums)
{
	mk_sums_free(&sums->folders);
	mk_top_free(&sums->boxes);
}
