/* blacklist/ask - answer people. */
#include "blacklist/ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/fs.h"
#include "base/json.h"

#define LINES_MAX	1000		/* told of one address */

int
mk_ask_address(const char *word, struct mk_net *net, struct mk_error *err)
{
	const char *why = "one address is asked for, not a prefix";

	if (mk_net_parse(word, strlen(word), net, &why) == MK_NET_OK &&
	    net->len == mk_family_bits((enum mk_family)net->family))
		return 0;
	return mk_fail(err, EX_USAGE, "%s: %s", word, why);
}

/* The last day before UNTIL_S, "2026-12-31". */
static char *
day(char *buf, size_t size, int64_t until_s)
{
	time_t last = (time_t)(until_s - 1);
	struct tm tm;

	if (gmtime_r(&last, &tm) == NULL ||
	    strftime(buf, size, "%Y-%m-%d", &tm) == 0)
		buf[0] = '\0';
	return buf;
}

/* TEXT, escaped for a terminal. */
static void
print_escaped(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *escaped = malloc(size);

	if (escaped != NULL)
		fputs(mk_diag_escape(escaped, size, text), stdout);
	free(escaped);
}

/* -- in a database ------------------------------------------------------ */

struct hit {
	const struct mk_target *target;	/* NULL: no database was asked */
	bool found;
	struct mk_net net;		/* whose key it was */
	char *data;			/* owned */
};

/* Look NET up, the longest prefix first, as a list of all lengths would. */
static int
look_up(enum mk_output_id id, const struct mk_outfile *at,
    const struct mk_net *net, struct hit *hit, struct mk_error *err)
{
	char key[MK_NET_TEXT];
	size_t key_len, data_len;
	int len, rv;

	for (len = net->len; len >= 0; len--) {
		hit->net = *net;
		hit->net.len = (uint8_t)len;
		hit->net = mk_net_masked(hit->net);
		key_len = mk_net_key(key, &hit->net);
		rv = mk_output_lookup(id, at, key, key_len, &hit->data,
		    &data_len, err);
		if (rv == -1)
			return -1;
		if (rv == 1) {
			hit->found = true;
			return 0;
		}
	}
	return 0;
}

/* Ask the first keyed output that is published. */
static int
ask_database(const struct mk_targets *targets, const struct mk_net *net,
    struct hit *hit, struct mk_error *err)
{
	size_t i;

	for (i = 0; i < targets->n; i++) {
		const struct mk_target *t = &targets->v[i];

		if (!t->output->keyed)
			continue;
		hit->target = t;
		return look_up((enum mk_output_id)(t->output - mk_outputs),
		    &t->at, net, hit, err);
	}
	return 0;
}

/* -- why ---------------------------------------------------------------- */

struct answer {
	struct mk_why_line *v;		/* copies; their strings in .text */
	size_t n;
	struct mk_arena text;
	bool lists, spares, failed;
};

static const char *
copy(struct answer *a, const char *text)
{
	const char *kept = mk_arena_copy(&a->text, text, strlen(text));

	a->failed = a->failed || kept == NULL;
	return kept;
}

static void
collect(void *data, const struct mk_why_line *line)
{
	struct answer *a = data;
	struct mk_why_line *v = realloc(a->v, (a->n + 1) * sizeof *v), *l;

	if (v == NULL) {
		a->failed = true;
		return;
	}
	a->v = v;
	l = &v[a->n++];
	*l = *line;
	l->feed = copy(a, line->feed);
	l->file = copy(a, line->file);
	l->reason = copy(a, line->reason);
	if (line->spares)
		a->spares = true;
	else
		a->lists = true;
}

static void
answer_free(struct answer *a)
{
	mk_arena_free(&a->text);
	free(a->v);
}

static int64_t
ask_lines(const struct mk_ask *ask, const struct mk_net *net,
    struct answer *a, struct mk_error *err)
{
	struct mk_why_list listed, spared;

	if (ask->index != NULL)
		return mk_why_ask(ask->index, net, LINES_MAX, collect, a, err);
	listed.entries = &ask->build->entries;
	listed.origins = &ask->build->origins;
	spared.entries = &ask->build->spare.entries;
	spared.origins = &ask->build->spare.origins;
	return mk_why_ask_lists(&listed, &spared, net, LINES_MAX, collect, a,
	    err);
}

static void
print_line(const struct mk_why_line *line)
{
	char text[MK_NET_TEXT], date[32];

	mk_net_format(text, &line->net);
	printf("\t%s\t%s", text, line->spares ? "spared by " : "");
	print_escaped(line->feed);
	if (line->file[0] != '\0') {
		putchar('\t');
		print_escaped(line->file);
		printf(":%" PRIu32, line->line);
	}
	if (line->reason[0] != '\0') {
		putchar('\t');
		print_escaped(line->reason);
	}
	if (line->until_s != 0)
		printf("\tuntil %s", day(date, sizeof date, line->until_s));
	putchar('\n');
}

static void
print_answer(const char *word, bool listed, const struct hit *hit,
    const struct answer *a, int64_t lines)
{
	char text[MK_NET_TEXT];
	size_t i;

	printf("%s: %s", word, listed ? "listed" : "not listed");
	if (hit->found) {
		mk_net_format(text, &hit->net);
		printf(", by %s in %s", text, hit->target->at.path);
		if (hit->data[0] != '\0') {
			fputs(": ", stdout);
			print_escaped(hit->data);
		}
	}
	putchar('\n');
	for (i = 0; i < a->n; i++)
		print_line(&a->v[i]);
	if (lines > (int64_t)a->n)
		printf("\t... and %" PRId64 " more lines\n",
		    lines - (int64_t)a->n);
}

static void
json_line(struct mk_json *json, const struct mk_why_line *line)
{
	char text[MK_NET_TEXT], date[32];

	mk_json_object(json, NULL);
	mk_net_format(text, &line->net);
	mk_json_string(json, "prefix", text);
	mk_json_bool(json, "spares", line->spares);
	mk_json_string(json, "feed", line->feed);
	mk_json_string(json, "file", line->file);
	mk_json_int(json, "line", line->line);
	mk_json_string(json, "reason", line->reason);
	if (line->until_s != 0)
		mk_json_string(json, "until", day(date, sizeof date,
		    line->until_s));
	else
		mk_json_null(json, "until");
	mk_json_close_object(json);
}

static void
json_answer(const char *word, bool listed, const struct hit *hit,
    const struct answer *a, int64_t lines)
{
	struct mk_json json;
	char text[MK_NET_TEXT];
	size_t i;

	mk_json_begin(&json, stdout);
	mk_json_object(&json, NULL);
	mk_json_string(&json, "address", word);
	mk_json_bool(&json, "listed", listed);
	if (hit->found) {
		mk_net_format(text, &hit->net);
		mk_json_string(&json, "key", text);
		mk_json_string(&json, "database", hit->target->at.path);
		mk_json_string(&json, "data", hit->data);
	}
	mk_json_int(&json, "lines", lines);
	mk_json_array(&json, "why");
	for (i = 0; i < a->n; i++)
		json_line(&json, &a->v[i]);
	mk_json_close_array(&json);
	mk_json_close_object(&json);
	mk_json_end(&json);		/* standard output is asked at the end */
}

/* 1 where WORD is listed, 0, or -1. */
static int
ask_one(const struct mk_ask *ask, const char *word, struct mk_error *err)
{
	struct answer a = { 0 };
	struct hit hit = { 0 };
	struct mk_net net;
	int64_t lines;
	bool listed;
	int rv = -1;

	if (mk_ask_address(word, &net, err) == -1 ||
	    ask_database(ask->targets, &net, &hit, err) == -1 ||
	    (lines = ask_lines(ask, &net, &a, err)) == -1)
		goto out;
	if (a.failed) {
		mk_fail(err, EX_TEMPFAIL, "%s: no memory", word);
		goto out;
	}
	listed = hit.target != NULL ? hit.found : a.lists && !a.spares;
	if (ask->json)
		json_answer(word, listed, &hit, &a, lines);
	else
		print_answer(word, listed, &hit, &a, lines);
	if (listed != (a.lists && !a.spares))
		mk_diag_warn("%s: the published list and what is known of its "
		    "lines differ: they are of two runs, or somebody else "
		    "wrote the list; run mailkeep-blacklist", word);
	rv = listed;
out:
	free(hit.data);
	answer_free(&a);
	return rv;
}

static int
flushed(struct mk_error *err)
{
	return fflush(stdout) == EOF || ferror(stdout) ?
	    mk_fail_sys(err, "standard output") : 0;
}

int
mk_ask_why(const struct mk_ask *ask, const struct mk_list *addresses,
    struct mk_error *err)
{
	int rv = 0, one;
	size_t i;

	for (i = 0; i < addresses->n; i++) {
		one = ask_one(ask, addresses->v[i], err);
		if (one == -1)
			return -1;
		if (one == 0)
			rv = 1;
	}
	return flushed(err) == -1 ? -1 : rv;
}

/* -- check -------------------------------------------------------------- */

struct database {
	struct mk_outfile at;
	enum mk_output_id id;
	struct mk_netlist entries;
	struct mk_origins origins;
	size_t foreign;
};

static int
read_database(struct database *db, struct mk_error *err)
{
	struct mk_error why;
	uint32_t number;

	if (mk_origin_feed(&db->origins, "check", &number) == -1 ||
	    mk_origin_file(&db->origins, "", &number) == -1)
		return mk_fail_sys(err, "%s", db->at.path);
	db->id = MK_OUT_CDB;
	if (mk_outputs[MK_OUT_CDB].read(&db->at, &db->entries, &db->origins,
	    &db->foreign, err) == 0)
		return 0;
	if (err->status != EX_DATAERR || !mk_dbm_built_in())
		return -1;
	mk_netlist_free(&db->entries);
	db->entries = (struct mk_netlist){ 0 };
	db->foreign = 0;
	db->id = MK_OUT_DBM;
	/* If it is neither, what a cdb lacks is said: that is the usual. */
	return mk_outputs[MK_OUT_DBM].read(&db->at, &db->entries,
	    &db->origins, &db->foreign, &why);
}

static void
count_lengths(const struct mk_netlist *e,
    uint64_t counts[MK_FAMILIES][129])
{
	size_t i;

	for (i = 0; i < e->v4_n; i++)
		counts[MK_V4][MK_TAG_LEN(e->v4[i].tag)]++;
	for (i = 0; i < e->v6_n; i++)
		counts[MK_V6][MK_TAG_LEN(e->v6[i].tag)]++;
}

static void
print_counts(const struct database *db, bool as_json)
{
	uint64_t counts[MK_FAMILIES][129] = { { 0 } };
	struct mk_json json;
	unsigned len;

	count_lengths(&db->entries, counts);
	if (as_json) {
		mk_json_begin(&json, stdout);
		mk_json_object(&json, NULL);
		mk_json_string(&json, "database", db->at.path);
		mk_json_string(&json, "format", mk_outputs[db->id].name);
		mk_json_int(&json, "keys", (int64_t)(db->entries.v4_n +
		    db->entries.v6_n));
		mk_json_int(&json, "foreign", (int64_t)db->foreign);
		mk_json_array(&json, "lengths");
	} else
		printf("%s: %s, %zu keys\n", db->at.path,
		    mk_outputs[db->id].name, db->entries.v4_n +
		    db->entries.v6_n);
	for (len = 0; len <= 128; len++) {
		if (counts[MK_V4][len] == 0 && counts[MK_V6][len] == 0)
			continue;
		if (as_json) {
			mk_json_object(&json, NULL);
			mk_json_int(&json, "length", len);
			mk_json_int(&json, "ipv4",
			    (int64_t)counts[MK_V4][len]);
			mk_json_int(&json, "ipv6",
			    (int64_t)counts[MK_V6][len]);
			mk_json_close_object(&json);
		} else
			printf("\tnet%u-%s\t%" PRIu64 " IPv4\t%" PRIu64
			    " IPv6\n", len, mk_outputs[db->id].name,
			    counts[MK_V4][len], counts[MK_V6][len]);
	}
	if (as_json) {
		mk_json_close_array(&json);
		mk_json_close_object(&json);
		mk_json_end(&json);
	}
}

/* 1 where WORD is found, 0, or -1. */
static int
check_one(const struct database *db, const char *word, bool json,
    struct mk_error *err)
{
	static const struct answer none;
	const struct mk_target target = { .at = db->at };
	struct hit hit = { .target = &target };
	struct mk_net net;
	int rv = -1;

	if (mk_ask_address(word, &net, err) == 0 &&
	    look_up(db->id, &db->at, &net, &hit, err) == 0) {
		if (json)
			json_answer(word, hit.found, &hit, &none, 0);
		else
			print_answer(word, hit.found, &hit, &none, 0);
		rv = hit.found;
	}
	free(hit.data);
	return rv;
}

int
mk_ask_check(const char *path, char *const *addresses, size_t n, bool json,
    struct mk_error *err)
{
	struct database db = { .at = { .path = path } };
	const char *slash = strrchr(path, '/');
	int rv = -1, one = 1;
	size_t i;

	db.at.name = slash == NULL ? path : slash + 1;
	db.at.dirfd = mk_fs_open_parent(path, err);
	if (db.at.dirfd == -1)
		return -1;
	if (read_database(&db, err) == -1)
		goto out;
	print_counts(&db, json);
	rv = 0;
	for (i = 0; i < n && rv != -1; i++) {
		one = check_one(&db, addresses[i], json, err);
		if (one != 1)
			rv = one == 0 ? 1 : -1;
	}
	if (rv != -1 && db.foreign > 0)
		rv = mk_fail(err, EX_DATAERR, "%s: %zu of its keys are none "
		    "that a netN- item asks for", path, db.foreign);
	if (rv != -1 && flushed(err) == -1)
		rv = -1;
out:
	close(db.at.dirfd);
	mk_netlist_free(&db.entries);
	mk_origins_free(&db.origins);
	return rv;
}
