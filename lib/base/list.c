/* base/list - a list of words. */
#include "base/list.h"

#include <stdlib.h>
#include <string.h>

int
mk_list_add(struct mk_list *list, const char *word, size_t len)
{
	char **v = realloc(list->v, (list->n + 2) * sizeof *v);

	if (v == NULL)
		return -1;
	list->v = v;
	v[list->n] = strndup(word, len);
	if (v[list->n] == NULL)
		return -1;
	v[++list->n] = NULL;
	return 0;
}

void
mk_list_free(struct mk_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct mk_list){ 0 };
}
