/* expire/print - show what would go. */
#include "expire/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/duration.h"

static int
print_item(const struct mk_expire *ex, const struct mk_item *item,
    const char *path, enum mk_listing listing)
{
	const struct mk_rule *rule = &ex->rules[item->kind];
	char reason[96], size[32];
	char *escaped;

	if (listing == MK_LIST_ZERO) {
		fputs(path, stdout);
		putchar('\0');
		return 0;
	}
	escaped = malloc(4 * strlen(path) + 1);
	if (escaped == NULL)
		return -1;
	fputs(mk_diag_escape(escaped, 4 * strlen(path) + 1, path), stdout);
	free(escaped);
	if (listing == MK_LIST_PLAIN)
		putchar('\n');
	else
		printf("\t%s: %s%s%s\n", rule->name,
		    mk_rule_reason(reason, sizeof reason, rule, item->by_cap ?
		    MK_NEVER : item->since_s, ex->now_s),
		    item->size_bytes < 0 ? "" : ", ",
		    item->size_bytes < 0 ? "" : mk_size_format(size,
		    sizeof size, (uint64_t)item->size_bytes));
	return 0;
}

int
mk_expire_print(const struct mk_expire *ex, enum mk_listing listing)
{
	const struct mk_group *group;
	const struct mk_item *item;
	struct mk_buf path = { 0 };
	size_t i, j;
	int rv = 0;

	for (i = 0; i < ex->plan.n && rv == 0; i++) {
		group = ex->plan.groups[i];
		for (j = 0; j < group->n && rv == 0; j++) {
			item = &group->items[j];
			mk_buf_cut(&path, 0);
			if (mk_buf_addf(&path, "%s/", ex->root) == -1 ||
			    mk_group_path(group, item->sub,
			    mk_item_name(group, item), &path) == -1)
				rv = -1;
			else
				rv = print_item(ex, item, path.data, listing);
		}
	}
	mk_buf_free(&path);
	if (rv == 0 && (fflush(stdout) == EOF || ferror(stdout)))
		rv = -1;
	return rv;
}
