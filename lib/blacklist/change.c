/* blacklist/change - what a new list takes and gives. */
#include "blacklist/change.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"

#define OLD	"old"			/* the feed that the old list is */

/* What a published text says, without the name of our one feed. */
static const char *
old_text(const struct mk_origins *origins, uint32_t origin)
{
	const char *text = origins->v[origin].text;

	return strncmp(text, OLD ": ", strlen(OLD ": ")) == 0 ?
	    text + strlen(OLD ": ") : "";
}

static int
read_old(struct mk_change *change, const struct mk_targets *targets,
    struct mk_error *err)
{
	struct mk_netlist entries = { 0 };
	const struct mk_target *t;
	struct mk_error why;
	size_t i, foreign;
	int rv = -1;

	for (i = 0; i < targets->n && !change->had; i++) {
		t = &targets->v[i];
		if (t->output->read == NULL)
			continue;
		mk_netlist_free(&entries);
		entries = (struct mk_netlist){ 0 };
		if (t->output->read(&t->at, &entries, &change->origins,
		    &foreign, &why) == 0)
			change->had = true;
		else if (why.status != EX_NOINPUT)
			mk_diag_warn("%s: %s; it is not compared with",
			    t->output->name, why.text);
	}
	if (!change->had)
		entries.v4_n = entries.v6_n = 0;
	if (mk_netlist_sort(&entries) == -1 || mk_set_merge(&change->old,
	    &entries, &change->origins) == -1)
		mk_fail_sys(err, "compare with the published list");
	else
		rv = 0;
	mk_netlist_free(&entries);
	return rv;
}

/* A list may say the same of a million prefixes. */
static int
count_removed(struct mk_change *change)
{
	const struct mk_set *set = &change->removed;
	uint32_t *counts = calloc(change->origins.n + 1, sizeof *counts);
	size_t i;

	if (counts == NULL)
		return -1;
	for (i = 0; i < set->v4_n; i++)
		counts[MK_TAG_ORIGIN(set->v4[i].tag)]++;
	for (i = 0; i < set->v6_n; i++)
		counts[MK_TAG_ORIGIN(set->v6[i].tag)]++;
	change->removed_of = counts;
	return 0;
}

int
mk_change_find(struct mk_change *change, const struct mk_targets *targets,
    const struct mk_set *set, struct mk_error *err)
{
	uint32_t number;

	if (mk_origin_feed(&change->origins, OLD, &number) == -1 ||
	    mk_origin_file(&change->origins, "", &number) == -1)
		return mk_fail_sys(err, "compare with the published list");
	if (read_old(change, targets, err) == -1)
		return -1;
	if (mk_set_difference(&change->added, set, &change->old,
	    NULL) == -1 ||
	    mk_set_difference(&change->removed, &change->old, set,
	    NULL) == -1 || count_removed(change) == -1)
		return mk_fail_sys(err, "compare with the published list");
	return 0;
}

/* Whether TEXT, "a", "a: reason" or "a, b", names the feed NAME. */
static bool
names(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (;;) {
		if (strncmp(text, name, len) == 0 &&
		    (text[len] == '\0' || text[len] == ':' ||
		    text[len] == ','))
			return true;
		text += strcspn(text, ",:");
		if (strncmp(text, ", ", 2) != 0)
			return false;
		text += 2;
	}
}

uint64_t
mk_change_of_feed(const struct mk_set *set, const struct mk_origins *origins,
    size_t feed)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < set->v4_n; i++)
		n += origins->v[MK_TAG_ORIGIN(set->v4[i].tag)].feeds >> feed &
		    1;
	for (i = 0; i < set->v6_n; i++)
		n += origins->v[MK_TAG_ORIGIN(set->v6[i].tag)].feeds >> feed &
		    1;
	return n;
}

uint64_t
mk_change_removed(const struct mk_change *change, const char *name)
{
	uint64_t n = 0;
	size_t i;

	if (change->removed_of == NULL)
		return 0;
	for (i = 0; i < change->origins.n; i++)
		if (change->removed_of[i] > 0 &&
		    names(old_text(&change->origins, (uint32_t)i), name))
			n += change->removed_of[i];
	return n;
}

static const char *
new_text(const struct mk_origins *origins, uint32_t origin)
{
	return origins->v[origin].text;
}

static void
print_set(const struct mk_set *set, const struct mk_origins *origins,
    const char *(*text_of)(const struct mk_origins *, uint32_t), char sign,
    FILE *out)
{
	struct mk_cursor cursor;
	struct mk_net net;
	uint32_t origin;
	char text[MK_NET_TEXT];

	mk_cursor_start(&cursor, set, NULL);
	while (mk_cursor_next(&cursor, &net, &origin)) {
		mk_net_format(text, &net);
		fprintf(out, "%c%s\t%s\n", sign, text,
		    text_of(origins, origin));
	}
}

int
mk_change_print(const struct mk_change *change,
    const struct mk_origins *origins, FILE *out)
{
	print_set(&change->removed, &change->origins, old_text, '-', out);
	print_set(&change->added, origins, new_text, '+', out);
	return fflush(out) == EOF || ferror(out) ? -1 : 0;
}

/* Whether NOW is less than what max-shrink leaves of BEFORE. */
static bool
shrunk(uint64_t before, uint64_t now, int64_t max_shrink)
{
	return (double)now < (double)before *
	    (double)(100 - max_shrink) / 100.0;
}

static int
check_shrink(const struct mk_change *change, const struct mk_set *set,
    const struct mk_blacklist_conf *conf, struct mk_error *err)
{
	size_t before = mk_set_size(&change->old), now = mk_set_size(set);
	size_t gone = mk_set_size(&change->removed);
	bool v4, v6, most;

	if (!change->had || !shrunk(before, now, conf->max_shrink))
		return 0;
	v4 = shrunk(mk_set_addresses(&change->old, MK_V4),
	    mk_set_addresses(set, MK_V4), conf->max_shrink);
	v6 = shrunk(mk_set_addresses(&change->old, MK_V6),
	    mk_set_addresses(set, MK_V6), conf->max_shrink);
	/* One wide network may have more addresses than all others. */
	most = shrunk(before, gone < before ? before - gone : 0,
	    conf->max_shrink);
	if (!v4 && !v6 && !most)
		return 0;
	return mk_fail(err, EX_TEMPFAIL, "the list would shrink from %zu "
	    "prefixes to %zu, by more than max-shrink = %" PRId64 "%%; "
	    "nothing is published; look with -n, then confirm with --force",
	    before, now, conf->max_shrink);
}

int
mk_change_allowed(const struct mk_change *change, const struct mk_set *set,
    const struct mk_origins *origins, const struct mk_blacklist_conf *conf,
    struct mk_error *err)
{
	struct mk_cursor cursor;
	struct mk_net net;
	uint32_t origin;
	char text[MK_NET_TEXT];
	int64_t min;

	if (mk_set_size(set) == 0)
		return mk_fail(err, EX_DATAERR, "the list is empty; nothing "
		    "is published; to publish it all the same: --force");
	mk_cursor_start(&cursor, set, NULL);
	while (mk_cursor_next(&cursor, &net, &origin)) {
		min = net.family == MK_V4 ? conf->min_prefix_v4 :
		    conf->min_prefix_v6;
		if (net.len >= min)
			continue;
		mk_net_format(text, &net);
		return mk_fail(err, EX_DATAERR, "%s (%s) is wider than "
		    "min-prefix-%s = %" PRId64 "; nothing is published; to "
		    "publish it all the same: --force", text,
		    origins->v[origin].text,
		    net.family == MK_V4 ? "v4" : "v6", min);
	}
	return check_shrink(change, set, conf, err);
}

void
mk_change_free(struct mk_change *change)
{
	mk_set_free(&change->old);
	mk_set_free(&change->added);
	mk_set_free(&change->removed);
	free(change->removed_of);
	mk_origins_free(&change->origins);
}
