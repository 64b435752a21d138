/* blacklist/run - one run of mailkeep-blacklist. */
#include "blacklist/run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/progress.h"
#include "base/stop.h"
#include "blacklist/ask.h"
#include "blacklist/change.h"
#include "blacklist/startup.h"
#include "blacklist/why.h"

enum {
	LINES, ENTRIES, REJECTED, EXPIRED, ADDED, REMOVED, PREFIXES,
	FAILED, COLUMNS
};

static const struct mk_column columns[COLUMNS] = {
	[LINES] = { "lines", "Lines of the feeds.", MK_COUNT, true },
	[ENTRIES] = { "entries", "Addresses and prefixes in the feeds.",
	    MK_COUNT, true },
	[REJECTED] = { "rejected", "Lines that are no address.", MK_COUNT,
	    true },
	[EXPIRED] = { "expired", "Entries whose last day is over.", MK_COUNT,
	    true },
	[ADDED] = { "added", "Prefixes that are new on the list.", MK_COUNT,
	    true },
	[REMOVED] = { "removed", "Prefixes that left the list.", MK_COUNT,
	    true },
	[PREFIXES] = { "prefixes", "Prefixes of the list.", MK_COUNT, true },
	[FAILED] = { "failed", "Feeds that could not be read.", MK_COUNT,
	    false },
};

struct run {
	const struct mk_options *opt;
	const struct mk_blacklist_args *args;
	const struct mk_blacklist_run *conf;
	int64_t now_s;
	struct mk_startup open;
	struct mk_change change;
	struct mk_content content;
	char note[128];
	bool kept;			/* some files of --if-missing */
	int status;
};

/* What ends the run outweighs what it told of on its way. */
static int
fail(struct run *run, const struct mk_error *err)
{
	run->status = mk_diag_error(err);
	return -1;
}

/* -- publishing --------------------------------------------------------- */

static void
make_content(struct run *run)
{
	run->content.set = &run->open.build.set;
	run->content.origins = &run->open.build.origins;
	run->content.lengths = &run->open.build.lengths;
	run->content.database = mk_targets_database(&run->open.targets,
	    &run->content.lookup);
}

/* What became of the index; the run's own work does not depend on it. */
static bool
told_index(struct run *run, int rv, const struct mk_error *err)
{
	if (rv == 0)
		return true;
	mk_diag_warn("state-dir %s: %s; the list is published, but --why "
	    "knows of the one before", run->conf->host.state_dir, err->text);
	if (run->status == EX_OK)
		run->status = err->status;
	return false;
}

static bool
write_index(struct run *run, bool owed)
{
	const struct mk_build *build = &run->open.build;
	const struct mk_why_list listed = { &build->entries, &build->origins };
	const struct mk_why_list spared = {
		&build->spare.entries, &build->spare.origins
	};
	struct mk_error err;

	return run->open.own.state_fd == -1 ||
	    told_index(run, mk_why_write(run->open.own.state_fd,
		    MK_WHY_FILE, &listed, &spared, run->now_s, owed, &err),
		    &err);
}

/* The command on-change has gone well. */
static void
settle(struct run *run)
{
	struct mk_error err;

	if (run->open.own.state_fd != -1)
		told_index(run, mk_why_settle(run->open.own.state_fd,
		    MK_WHY_FILE, &err), &err);
}

/* The names of the outputs that are new, or of all. */
static int
output_names(const struct run *run, bool all, struct mk_buf *names)
{
	const struct mk_target *target;
	size_t i;

	for (i = 0; i < run->open.targets.n; i++) {
		target = &run->open.targets.v[i];
		if ((all || !target->current) && mk_buf_addf(names, "%s%s",
		    names->len > 0 ? " " : "", target->output->name) == -1)
			return -1;
	}
	return 0;
}

/*
 * Whether the last publication came to its end: the index was written and
 * on-change has succeeded.  Without a state-dir nobody knows.
 */
static bool
settled(const struct run *run)
{
	struct mk_why *index;
	bool owed;

	if (run->open.own.state_fd == -1)
		return true;
	index = mk_why_open(run->open.own.state_fd, MK_WHY_FILE, NULL);
	owed = index == NULL || mk_why_owed(index);
	mk_why_close(index);
	return !owed;
}

/* All of a publication that comes after it.  KEPT: of the old list, too, so
 * that its index stays. */
static int
follow(struct run *run, const char *names, struct mk_error *err)
{
	bool hook = run->conf->blacklist.on_change[0] != '\0';
	bool indexed = run->kept || write_index(run, hook);

	/* Not from within Exim's own start, which a reload would wait for:
	 * the next run owes it. */
	if (hook && run->args->if_missing)
		return 0;
	if (mk_reader_changed(run->open.aide, names, err) == -1)
		return -1;
	/* Not where the index is the old one: the next run writes it then. */
	if (indexed && (hook || run->kept))
		settle(run);
	return 0;
}

/*
 * All outputs are as they should be.  What a killed run left beside them goes,
 * and what it, or an on-change that failed, did not come to is done: for all
 * of them, since which were new then is not known any more.
 */
static int
leave(struct run *run, struct mk_error *err)
{
	struct mk_buf names = { 0 };
	int rv = -1;

	snprintf(run->note, sizeof run->note, "unchanged");
	if (mk_targets_publish(&run->open.targets, &run->content,
	    run->open.aide, err) == -1)
		return -1;
	if (settled(run))
		return 0;
	if (output_names(run, true, &names) == -1)
		mk_fail_sys(err, "on-change");
	else
		rv = follow(run, names.data, err);
	mk_buf_free(&names);
	return rv;
}

/* What became of a publication that failed: nothing, mostly. */
static void
give_up(struct run *run, bool was_settled)
{
	struct mk_targets now = run->open.targets;
	struct mk_error err;
	size_t i;

	if (!was_settled || mk_targets_compare(&now, &run->content,
	    &err) == -1)
		return;
	for (i = 0; i < now.n; i++)
		if (now.v[i].current && !run->open.targets.v[i].current)
			return;
	mk_why_settle(run->open.own.state_fd, MK_WHY_FILE, &err);
}

/*
 * It is owed from before the first rename on: a kill may come at any time.
 * What an earlier run owes is told of with what is new: that it was the host
 * list, say.
 */
static int
publish(struct run *run, struct mk_error *err)
{
	struct mk_buf names = { 0 }, told = { 0 };
	struct mk_error none;
	bool was_settled = settled(run);
	int rv = -1;

	if (mk_stopped())
		return mk_fail(err, EX_TEMPFAIL, "stopped by a signal; "
		    "nothing is published");
	mk_progress_phase("publishing", 0);
	if (output_names(run, false, &names) == -1 ||
	    output_names(run, !was_settled, &told) == -1) {
		mk_fail_sys(err, "publish");
		goto out;
	}
	if (run->open.own.state_fd != -1 && was_settled)
		mk_why_owe(run->open.own.state_fd, MK_WHY_FILE, &none);
	if (mk_targets_publish(&run->open.targets, &run->content,
	    run->open.aide, err) == -1)
		give_up(run, was_settled && run->open.own.state_fd != -1);
	else {
		snprintf(run->note, sizeof run->note, "published: %s",
		    names.data);
		rv = follow(run, told.data, err);
	}
out:
	mk_buf_free(&told);
	mk_buf_free(&names);
	return rv;
}

/* -- building ----------------------------------------------------------- */

/* The output called NAME, or MK_OUTPUTS. */
static enum mk_output_id
output_by_name(const char *name)
{
	size_t id;

	for (id = 0; id < MK_OUTPUTS; id++)
		if (strcmp(mk_outputs[id].name, name) == 0)
			break;
	return (enum mk_output_id)id;
}

static int
read_feeds(struct run *run, struct mk_error *err)
{
	char *const *outputs = run->conf->blacklist.outputs;
	struct mk_build *build = &run->open.build;

	build->keyed = run->args->print != NULL ?
	    output_by_name(run->args->print) == MK_OUT_HOSTLIST :
	    outputs[MK_OUT_CDB][0] != '\0' || outputs[MK_OUT_DBM][0] != '\0';
	if (mk_build_read(build, run->now_s, err) == 0) {
		run->status = run->args->if_missing ? EX_OK : build->status;
		return 0;
	}
	if (!run->args->if_missing)
		return -1;
	mk_diag_error(err);
	mk_build_empty(build);
	return 0;
}

/*
 * --if-missing publishes no list that a run would not; there is nobody to ask,
 * and none to compare with.
 */
static void
make_harmless(struct run *run)
{
	struct mk_build *build = &run->open.build;
	struct mk_error why;

	if (mk_change_allowed(&run->change, &build->set, &build->origins,
	    &run->conf->blacklist, &why) == 0)
		return;
	if (mk_set_size(&build->set) > 0)
		mk_diag_error(&why);
	mk_build_empty(build);
	mk_diag_warn("the list is empty: Exim can start, and nobody is listed "
	    "until the next run");
}

/* Show what is new, and ask whether it may be. */
static int
judge(struct run *run, struct mk_error *err)
{
	const struct mk_build *build = &run->open.build;

	if (run->args->if_missing)
		return 0;
	if (mk_change_find(&run->change, &run->open.targets, &build->set,
	    err) == -1)
		return -1;
	mk_progress_wipe();
	if (run->opt->dry_run && !run->opt->json &&
	    run->opt->verbosity != MK_QUIET &&
	    mk_change_print(&run->change, &build->origins, stdout) == -1)
		return mk_fail_sys(err, "standard output");
	return run->args->force ? 0 : mk_change_allowed(&run->change,
	    &build->set, &build->origins, &run->conf->blacklist, err);
}

static bool
all_current(const struct mk_targets *targets)
{
	size_t i;

	for (i = 0; i < targets->n; i++)
		if (!targets->v[i].current)
			return false;
	return targets->n > 0;
}

/* -n: the files that the run would write. */
static int
would_publish(struct run *run, struct mk_error *err)
{
	struct mk_buf names = { 0 };
	int rv = 0;

	if (output_names(run, false, &names) == -1)
		rv = mk_fail_sys(err, "outputs");
	else if (names.len > 0)
		snprintf(run->note, sizeof run->note, "would publish: %s",
		    names.data);
	mk_buf_free(&names);
	return rv;
}

static int
build(struct run *run, struct mk_error *err)
{
	if (read_feeds(run, err) == -1)
		return -1;
	if (run->args->if_missing)
		make_harmless(run);
	make_content(run);
	if (mk_targets_compare(&run->open.targets, &run->content, err) == -1)
		return -1;
	if (run->args->if_missing)
		run->kept = mk_targets_keep(&run->open.targets);
	if (all_current(&run->open.targets))
		return run->opt->dry_run ? 0 : leave(run, err);
	if (judge(run, err) == -1)
		return -1;
	return run->opt->dry_run ? would_publish(run, err) :
	    publish(run, err);
}

/* TABLE: people may see one. */
static int
report(struct run *run, double seconds, bool table, struct mk_error *err)
{
	struct mk_report *report = mk_report_new("blacklist", columns, COLUMNS,
	    err);
	const struct mk_report_run info = {
		.started_s = run->now_s,
		.finished_s = run->now_s + (int64_t)seconds,
		.seconds = seconds, .status = run->status,
		.dry_run = run->opt->dry_run,
		.mode = run->args->if_missing ? "--if-missing" : NULL,
		.note = run->note[0] == '\0' ? NULL : run->note,
	};
	uint64_t total[COLUMNS] = { 0 };
	int rv = -1;
	size_t i;

	if (report == NULL)
		return -1;
	for (i = 0; i < run->open.build.feeds_n; i++) {
		const struct mk_build_feed *feed = &run->open.build.feeds[i];
		const uint64_t row[COLUMNS] = {
			[LINES] = feed->counts.lines,
			[ENTRIES] = feed->counts.entries,
			[REJECTED] = feed->counts.rejected,
			[EXPIRED] = feed->counts.expired,
			[ADDED] = mk_change_of_feed(&run->change.added,
			    &run->open.build.origins, i),
			[REMOVED] = mk_change_removed(&run->change,
			    feed->conf->name),
			[PREFIXES] = mk_change_of_feed(&run->open.build.set,
			    &run->open.build.origins, i),
			[FAILED] = feed->refused,
		};

		total[LINES] += row[LINES];
		total[ENTRIES] += row[ENTRIES];
		total[REJECTED] += row[REJECTED];
		total[EXPIRED] += row[EXPIRED];
		total[FAILED] += row[FAILED];
		if (mk_report_add(report, "feed", feed->conf->name,
		    row) == -1)
			goto out;
	}
	total[ADDED] = mk_set_size(&run->change.added);
	total[REMOVED] = mk_set_size(&run->change.removed);
	total[PREFIXES] = mk_set_size(&run->open.build.set);
	if (mk_report_add(report, NULL, NULL, total) == -1)
		goto out;
	rv = mk_host_report(run->opt, &run->open.own, report, "feed",
	    table, &info, err);
	mk_report_free(report);
	return rv;
out:
	mk_report_free(report);
	return mk_fail_sys(err, "report");
}

/* --if-missing: 1 where there is something to build. */
static int
is_missing(struct run *run, struct mk_error *err)
{
	struct mk_targets *targets = &run->open.targets;
	struct mk_error why;
	bool usable;

	if (mk_owner_parse(run->conf->host.owner, &run->open.own.owner,
	    err) == -1 || mk_targets_open(targets,
	    run->conf->blacklist.outputs, run->open.own.owner.uid, err) == -1)
		return -1;
	usable = mk_targets_usable(targets, &why);
	if (!usable)
		mk_diag_info("%s; it is built", why.text);
	mk_targets_close(targets);
	return !usable;
}

static int
run_build(struct run *run, struct mk_error *err)
{
	double started = mk_host_monotonic();
	bool begun;
	int rv;

	rv = run->args->if_missing ? is_missing(run, err) : 1;
	if (rv != 1)
		return rv == 0 ? report(run, 0, false, err) : -1;
	rv = mk_startup_open(&run->open, run->opt, run->args, run->conf, err);
	begun = rv == 0;
	if (begun) {
		mk_stop_catch();
		mk_progress_open(run->opt->verbosity == MK_QUIET ? 0 :
		    run->opt->progress);
		rv = build(run, err);
		mk_progress_close();
	}
	if (rv == -1)
		fail(run, err);
	if (report(run, mk_host_monotonic() - started, begun, err) == 0)
		return 0;
	rv = mk_diag_error(err);
	if (run->status == EX_OK)
		run->status = rv;
	return 0;
}

/* -- the other modes ---------------------------------------------------- */

static int
print(struct run *run, struct mk_error *err)
{
	enum mk_output_id id = output_by_name(run->args->print);

	if (mk_startup_open(&run->open, run->opt, run->args, run->conf,
	    err) == -1 || read_feeds(run, err) == -1)
		return -1;
	make_content(run);
	if (id == MK_OUT_HOSTLIST && run->content.lookup == NULL)
		return mk_fail(err, EX_CONFIG, "--print hostlist: it names a "
		    "database for Exim to look into: set blacklist { cdb = "
		    "... }");
	return mk_output_print(id, STDOUT_FILENO, &run->content, err);
}

/* --why: from the index, or, where there is none, from the feeds. */
static int
why(struct run *run, struct mk_error *err)
{
	struct mk_startup *open = &run->open;
	struct mk_ask ask = {
		.targets = &open->targets, .json = run->opt->json,
	};
	struct mk_error none;
	struct mk_why *index = NULL;
	int rv = -1;

	if (mk_owner_parse(run->conf->host.owner, &open->own.owner,
	    err) == -1 || mk_host_open_dir(&run->conf->host, MK_STATE_DIR,
	    &open->own, true, false, err) == -1)
		return -1;
	if (open->arg_feeds == NULL && open->own.state_fd != -1) {
		index = mk_why_open(open->own.state_fd, MK_WHY_FILE, &none);
		if (index == NULL && none.status == EX_NOPERM)
			mk_diag_warn("state-dir %s: %s; the answer is that of "
			    "the feeds as they are now",
			    run->conf->host.state_dir, none.text);
		else if (index == NULL)
			mk_diag_info("%s; the feeds are read", none.text);
	}
	if (index != NULL) {
		ask.index = index;
		if (mk_targets_open(&open->targets,
		    run->conf->blacklist.outputs, open->own.owner.uid,
		    err) == 0)
			rv = mk_ask_why(&ask, &run->args->why, err);
	} else if (mk_build_open(&open->build, &run->conf->blacklist,
	    open->feeds, open->feeds_n, err) == 0 &&
	    read_feeds(run, err) == 0) {
		ask.build = &open->build;
		rv = mk_ask_why(&ask, &run->args->why, err);
	}
	mk_why_close(index);
	/* What the feeds' lines are worth is not what was asked. */
	run->status = rv == 1 ? EX_NOHOST : EX_OK;
	return rv == -1 ? -1 : 0;
}

static int
check(struct run *run, struct mk_error *err)
{
	int rv = mk_ask_check(run->args->check, run->opt->args,
	    run->opt->args_n, run->opt->json, err);

	if (rv == 1)
		run->status = EX_NOHOST;
	return rv == -1 ? -1 : 0;
}

/* -- all ---------------------------------------------------------------- */

static int
check_args(const struct run *run, struct mk_error *err)
{
	const struct mk_blacklist_args *args = run->args;
	int modes = (args->why.n > 0) + (args->print != NULL) +
	    (args->check != NULL) + args->if_missing;
	struct mk_net net;
	struct mk_error wrong;
	size_t i;

	if (modes > 1)
		return mk_fail(err, EX_USAGE, "--why, --print, --check and "
		    "--if-missing do not go together");
	if (modes == 1 && (run->opt->dry_run || args->force))
		return mk_fail(err, EX_USAGE, "-n and --force go with a build "
		    "alone");
	if (args->if_missing && args->strict)
		return mk_fail(err, EX_USAGE, "--strict does not go with "
		    "--if-missing");
	for (i = 0; i < args->why.n; i++)
		if (mk_ask_address(args->why.v[i], &net, &wrong) == -1)
			return mk_fail(err, EX_USAGE, "--why %s", wrong.text);
	for (i = 0; args->check != NULL && i < run->opt->args_n; i++)
		if (mk_ask_address(run->opt->args[i], &net, &wrong) == -1)
			return mk_fail(err, EX_USAGE, "--check: %s",
			    wrong.text);
	if (args->print != NULL && (run->opt->json ||
	    run->opt->metrics != NULL))
		return mk_fail(err, EX_USAGE, "--print goes without --json "
		    "and --metrics");
	if (args->print == NULL || (output_by_name(args->print) <
	    MK_OUTPUTS && mk_outputs[output_by_name(args->print)].text))
		return 0;
	return mk_fail(err, EX_USAGE, "--print %s: it prints text, plain, "
	    "postfix, nft, rbldnsd or hostlist", args->print);
}

static int
run_mode(struct run *run, struct mk_error *err)
{
	if (run->args->check != NULL)
		return check(run, err);
	if (mk_startup_feeds(&run->open, run->opt, run->args, run->conf,
	    err) == -1)
		return -1;
	if (run->args->why.n > 0)
		return why(run, err);
	return run->args->print != NULL ? print(run, err) :
	    run_build(run, err);
}

int
mk_blacklist_run(const struct mk_options *opt,
    const struct mk_blacklist_args *args,
    const struct mk_blacklist_run *conf, int64_t now_s)
{
	struct run run = {
		.opt = opt, .args = args, .conf = conf, .now_s = now_s,
		.open = MK_STARTUP, .status = EX_OK,
	};
	struct mk_error err;

	if (check_args(&run, &err) == -1 || run_mode(&run, &err) == -1)
		fail(&run, &err);
	mk_change_free(&run.change);
	mk_startup_close(&run.open);
	return run.status;
}
