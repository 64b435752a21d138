/* blacklist/build - from the feeds to the set that is published. */
#include "blacklist/build.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/progress.h"
#include "base/stop.h"

#define WARNINGS	10		/* lines of a feed that are told of */
#define KEYS_MAX	((uint64_t)1 << 26)	/* of one database */

static void
worsen(struct mk_build *build, int status)
{
	if (build->status == EX_OK)
		build->status = status;
}

/* A feed that is refused: the end, or, for an optional one, a warning. */
static int
refuse(struct mk_build *build, struct mk_build_feed *refused,
    const struct mk_error *why, struct mk_error *err)
{
	const struct mk_feed *feed = refused->conf;

	refused->refused = true;
	if (!feed->optional && !build->lenient)
		return mk_fail(err, why->status, "feed \"%s\": %s; nothing is "
		    "published", feed->name, why->text);
	mk_diag_warn("feed \"%s\": %s; the list is made without it",
	    feed->name, why->text);
	worsen(build, why->status);
	return 0;
}

int
mk_build_open(struct mk_build *build, const struct mk_blacklist_conf *conf,
    const struct mk_feed *feeds, size_t n, struct mk_error *err)
{
	struct mk_build_feed *feed;
	struct mk_error why;
	size_t i;

	build->conf = conf;
	build->feeds = calloc(n + 1, sizeof *build->feeds);
	if (build->feeds == NULL)
		return mk_fail_sys(err, "feeds");
	for (i = 0; i < n; i++) {
		feed = &build->feeds[build->feeds_n++];
		feed->conf = &feeds[i];
		feed->source = mk_feed_source_open(feed->conf, &why);
		if (feed->source == NULL &&
		    refuse(build, feed, &why, err) == -1)
			return -1;
	}
	return mk_spare_open(&build->spare, conf, err);
}

struct rejecting {
	struct mk_build *build;
	struct mk_build_feed *feed;
};

static void
reject(void *data, const char *file, uint64_t line, bool masked,
    const char *why)
{
	struct rejecting *r = data;

	if (!masked)
		worsen(r->build, EX_DATAERR);
	if (r->feed->warned++ < WARNINGS || mk_diag_verbose())
		mk_diag_warn("%s:%" PRIu64 ": %s: %s", file, line,
		    masked ? "taken with its host bits cleared" : "rejected",
		    why);
}

static int
read_feed(struct mk_build *build, struct mk_build_feed *feed,
    uint32_t number, int64_t now_s, struct mk_error *err)
{
	struct rejecting rejecting = { build, feed };
	const struct mk_feed_job job = {
		.now_s = now_s, .feed = number, .origins = &build->origins,
		.entries = &build->entries, .reject = reject,
		.data = &rejecting,
	};
	struct mk_error why;

	if (mk_feed_source_read(feed->source, &job, &feed->counts, &why) == -1)
		return refuse(build, feed, &why, err);
	if (feed->warned > WARNINGS && !mk_diag_verbose())
		mk_diag_warn("feed \"%s\": %" PRIu64 " more lines like these; "
		    "all with -v", feed->conf->name, feed->warned - WARNINGS);
	if (build->strict && feed->counts.rejected > 0)
		return mk_fail(err, EX_DATAERR, "feed \"%s\": %" PRIu64
		    " lines are rejected; with --strict nothing is published",
		    feed->conf->name, feed->counts.rejected);
	return 0;
}

static int
read_feeds(struct mk_build *build, int64_t now_s, struct mk_error *err)
{
	uint32_t number;
	size_t i;

	for (i = 0; i < build->feeds_n; i++)
		if (mk_origin_feed(&build->origins,
		    build->feeds[i].conf->name, &number) == -1)
			return mk_fail_sys(err, "feed \"%s\"",
			    build->feeds[i].conf->name);
	mk_progress_phase("reading feeds", build->feeds_n);
	for (i = 0; i < build->feeds_n; i++) {
		if (build->feeds[i].source != NULL && read_feed(build,
		    &build->feeds[i], (uint32_t)i, now_s, err) == -1)
			return -1;
		mk_feed_source_close(build->feeds[i].source);
		build->feeds[i].source = NULL;
		mk_progress_step(1);
		if (mk_stopped())
			return mk_fail(err, EX_TEMPFAIL, "stopped by a "
			    "signal; nothing is published");
	}
	return 0;
}

static int
choose_lengths(struct mk_build *build, struct mk_error *err)
{
	uint64_t counts[MK_FAMILIES][129] = { { 0 } };
	struct mk_error why;

	mk_set_histogram(&build->set, counts);
	if (!build->keyed) {
		mk_lengths_all(&build->lengths, counts);
		return 0;
	}
	if (mk_lengths_choose(&build->lengths, counts,
	    (unsigned)build->conf->max_lengths, KEYS_MAX, &why) == -1)
		return mk_fail(err, why.status, "max-lengths = %" PRId64
		    ": %s; nothing is published", build->conf->max_lengths,
		    why.text);
	return 0;
}

int
mk_build_read(struct mk_build *build, int64_t now_s, struct mk_error *err)
{
	if (build->emptied)
		return 0;
	if (mk_spare_read(&build->spare, now_s, err) == -1 ||
	    read_feeds(build, now_s, err) == -1)
		return -1;
	if (mk_netlist_sort(&build->entries) == -1 ||
	    mk_set_merge(&build->set, &build->entries,
	    &build->origins) == -1 ||
	    mk_set_subtract(&build->set, &build->spare.set,
	    NULL) == -1)
		return mk_fail_sys(err, "merge the feeds");
	return choose_lengths(build, err);
}

void
mk_build_empty(struct mk_build *build)
{
	uint64_t counts[MK_FAMILIES][129] = { { 0 } };

	mk_netlist_free(&build->entries);
	mk_set_free(&build->set);
	build->entries = (struct mk_netlist){ 0 };
	build->set = (struct mk_set){ 0 };
	build->emptied = true;
	mk_lengths_all(&build->lengths, counts);
}

void
mk_build_free(struct mk_build *build)
{
	size_t i;

	for (i = 0; i < build->feeds_n; i++)
		mk_feed_source_close(build->feeds[i].source);
	free(build->feeds);
	mk_spare_free(&build->spare);
	mk_netlist_free(&build->entries);
	mk_set_free(&build->set);
	mk_origins_free(&build->origins);
}
