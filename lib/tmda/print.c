/* tmda/print - show what would go. */
#include "tmda/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/progress.h"
#include "tmda/due.h"

static int
print_item(const struct mk_tmda *t, const struct mk_tmda_root *root,
    const struct mk_group *group, const struct mk_item *item)
{
	struct mk_buf path = { 0 };
	char age[32], *escaped = NULL;
	int rv = -1;

	if (mk_buf_addf(&path, "%s/", root->path) == 0 &&
	    mk_group_path(group, item->sub, mk_item_name(group, item),
	    &path) == 0 && (escaped = malloc(4 * path.len + 1)) != NULL) {
		rv = 0;
		printf("%s\t%s: %s %s\n", mk_diag_escape(escaped,
		    4 * path.len + 1, path.data), t->conf->name,
		    mk_tmda_age_format(age, sizeof age, t->now_s -
		    item->since_s), item->kind == MK_TMDA_MESSAGES &&
		    t->conf->age == MK_TMDA_BY_CTIME ? "since saved" :
		    "by its name");
	}
	free(escaped);
	mk_buf_free(&path);
	return rv;
}

int
mk_tmda_print(struct mk_tmda *t)
{
	struct mk_tmda_root *root;
	const struct mk_group *group;
	size_t i, j, k;

	mk_progress_wipe();
	for (i = 0; i < MK_TMDA_ROOTS; i++) {
		root = &t->roots[i];
		if (mk_plan_sort(&root->plan) == -1)
			return -1;
		for (j = 0; j < root->plan.n; j++) {
			group = root->plan.groups[j];
			for (k = 0; k < group->n; k++)
				if (print_item(t, root, group,
				    &group->items[k]) == -1)
					return -1;
		}
	}
	return fflush(stdout) == EOF || ferror(stdout) ? -1 : 0;
}
