/* base/list - a list of words.  { 0 } is an empty one. */
#ifndef MK_BASE_LIST_H
#define MK_BASE_LIST_H

#include <stddef.h>

struct mk_list {
	char **v;			/* n strings, then a NULL; NULL: none */
	size_t n;
};

/* Append a copy of the LEN bytes at WORD.  0 or -1 (ENOMEM, as it was). */
int mk_list_add(struct mk_list *list, const char *word, size_t len);

void mk_list_free(struct mk_list *list);

#endif
