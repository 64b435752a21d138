/* report/sums - messages and bytes by name. */
#include "report/sums.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int
by_name(const void *a, const void *b)
{
	const struct mk_space_folder *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int
mk_space_folder_order(const void *a, const void *b)
{
	const struct mk_space_folder *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	if (x->messages != y->messages)
		return x->messages > y->messages ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int
order_of_pointers(const void *a, const void *b)
{
	struct mk_space_folder *const *x = a, *const *y = b;

	return mk_space_folder_order(*x, *y);
}

static void
add_other(struct mk_sums *sums, uint64_t messages, uint64_t bytes)
{
	sums->other_messages += messages;
	sums->other_bytes += bytes;
	sums->other = true;
}

/* The name is behind the struct. */
static struct mk_space_folder *
new_folder(const char *name)
{
	size_t size = strlen(name) + 1;
	struct mk_space_folder *folder = calloc(1, sizeof *folder + size);

	if (folder != NULL)
		folder->name = memcpy(folder + 1, name, size);
	return folder;
}

static void
halve(struct mk_sums *sums)
{
	struct mk_space_folder *last;

	mk_sums_sort(sums);
	while (sums->n > MK_SUMS / 2) {
		last = sums->v[--sums->n];
		add_other(sums, last->messages, last->bytes);
		tdelete(last, &sums->root, by_name);
		free(last);
	}
}

/* The folder NAME, made if it is not there; NULL: ENOMEM. */
static struct mk_space_folder *
folder_of(struct mk_sums *sums, const char *name)
{
	struct mk_space_folder key = { .name = name }, *made, **found;

	found = tfind(&key, &sums->root, by_name);
	if (found != NULL)
		return *found;
	if (sums->v == NULL)
		sums->v = calloc(MK_SUMS, sizeof *sums->v);
	if (sums->v == NULL)
		return NULL;
	if (sums->n == MK_SUMS)
		halve(sums);
	made = new_folder(name);
	if (made == NULL || tsearch(made, &sums->root, by_name) == NULL) {
		free(made);
		return NULL;
	}
	return sums->v[sums->n++] = made;
}

int
mk_sums_add(struct mk_sums *sums, const char *name, uint64_t messages,
    uint64_t bytes)
{
	struct mk_space_folder *folder = folder_of(sums, name);

	if (folder == NULL) {
		add_other(sums, messages, bytes);
		return -1;
	}
	folder->messages += messages;
	folder->bytes += bytes;
	return 0;
}

void
mk_sums_sort(struct mk_sums *sums)
{
	if (sums->n > 0)
		qsort(sums->v, sums->n, sizeof *sums->v, order_of_pointers);
}

void
mk_sums_free(struct mk_sums *sums)
{
	while (sums->n > 0) {
		sums->n--;
		tdelete(sums->v[sums->n], &sums->root, by_name);
		free(sums->v[sums->n]);
	}
	free(sums->v);
	*sums = (struct mk_sums){ 0 };
}
