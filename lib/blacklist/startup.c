/* blacklist/startup - open what a run needs, and give up the rest. */
#include "blacklist/startup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"

#define ARG_MAX_SIZE	((int64_t)512 * 1024 * 1024)	/* the key's default */

/* Feeds of the command line, in place of the configuration's. */
static int
make_feeds(struct mk_startup *o, const struct mk_options *opt,
    struct mk_error *err)
{
	static char nothing[] = "";
	struct mk_feed *feed;
	size_t i;

	o->arg_feeds = calloc(opt->args_n, sizeof *o->arg_feeds);
	if (o->arg_feeds == NULL)
		return mk_fail_sys(err, "feeds");
	for (i = 0; i < opt->args_n; i++) {
		feed = &o->arg_feeds[i];
		*feed = (struct mk_feed){
			.file = opt->args[i], .max_size = ARG_MAX_SIZE,
			.column = nothing, .reason_column = nothing,
			.reason = nothing, .conninfo = nothing,
			.query = nothing,
		};
		if (feed->file[0] == '\0')
			return mk_fail(err, EX_USAGE, "the name of a FEED is "
			    "empty");
		feed->name = strrchr(feed->file, '/');
		feed->name = feed->name == NULL || feed->name[1] == '\0' ?
		    feed->file : feed->name + 1;
	}
	o->feeds = o->arg_feeds;
	o->feeds_n = opt->args_n;
	return 0;
}

/* Whether the run is one that leaves files. */
static bool
publishes(const struct mk_options *opt, const struct mk_blacklist_args *args)
{
	return args->print == NULL && args->why.n == 0 && !opt->dry_run;
}

int
mk_startup_feeds(struct mk_startup *o, const struct mk_options *opt,
    const struct mk_blacklist_args *args,
    const struct mk_blacklist_run *conf, struct mk_error *err)
{
	const char *const *outputs =
	    (const char *const *)conf->blacklist.outputs;
	size_t i, n = 0;

	o->feeds = conf->feeds;
	o->feeds_n = conf->feeds_n;
	if (opt->args_n > 0 && o->feeds_n > 0 && publishes(opt, args))
		return mk_fail(err, EX_USAGE, "the configuration has feeds: a "
		    "FEED in their place goes with -n, --print and --why "
		    "alone");
	if (opt->args_n > 0 && make_feeds(o, opt, err) == -1)
		return -1;
	for (i = 0; i < MK_OUTPUTS; i++)
		n += outputs[i][0] != '\0';
	if (o->feeds_n == 0 && !args->if_missing)
		return mk_fail(err, EX_CONFIG, "there is no feed, so nothing "
		    "is done: write blacklist { feed \"NAME\" { file = ... } }"
		    " into the configuration, or name a FILE");
	if (o->feeds_n > MK_FEEDS_MAX)
		return mk_fail(err, o->arg_feeds != NULL ? EX_USAGE :
		    EX_CONFIG, "%zu feeds are too many: at most %d; a "
		    "directory or a quoted glob is one feed", o->feeds_n,
		    MK_FEEDS_MAX);
	if (n == 0 && publishes(opt, args))
		return mk_fail(err, EX_CONFIG, "there is no output, so nothing "
		    "is done: set blacklist { cdb = ... }, or use --print");
	if (outputs[MK_OUT_DBM][0] != '\0' && !mk_dbm_built_in())
		return mk_fail(err, EX_CONFIG, "dbm: this program was built "
		    "without Berkeley DB; use cdb");
	return 0;
}

/* Whether the directories of all outputs are the owner's. */
static bool
owner_has_all(const struct mk_startup *o)
{
	struct stat st;
	size_t i;

	for (i = 0; i < o->targets.n; i++)
		if (fstat(o->targets.v[i].at.dirfd, &st) == -1 ||
		    st.st_uid != o->own.owner.uid)
			return false;
	return true;
}

/* The directory of a target, by the name that its path has. */
static int
allow(struct mk_sandbox *sb, const struct mk_outfile *at, struct mk_error *err)
{
	size_t len = (size_t)(at->name - at->path);
	char *dir = strndup(at->path, len > 1 ? len - 1 : len);
	int rv;

	if (dir == NULL)
		return mk_fail_sys(err, "%s", at->path);
	rv = mk_sandbox_allow(sb, at->dirfd, dir, MK_SANDBOX_WRITE, err);
	free(dir);
	return rv;
}

static int
confine(struct mk_startup *o, const struct mk_host *host, struct mk_error *err)
{
	struct mk_sandbox *sb = mk_sandbox_new(err);
	int rv = 0;
	size_t i;

	if (sb == NULL)
		return -1;
	for (i = 0; i < o->targets.n && rv == 0; i++)
		rv = allow(sb, &o->targets.v[i].at, err);
	if (rv == 0)
		rv = mk_host_confine(host, &o->own, sb, err);
	mk_sandbox_free(sb);
	return rv;
}

/*
 * The feeds.  --if-missing leaves out what cannot be opened; where allow files
 * are out of reach, it lists nobody.
 */
static int
open_feeds(struct mk_startup *o, const struct mk_blacklist_args *args,
    const struct mk_blacklist_conf *conf, struct mk_error *err)
{
	o->build.strict = args->strict;
	o->build.lenient = args->if_missing;
	if (mk_build_open(&o->build, conf, o->feeds, o->feeds_n, err) == 0)
		return 0;
	if (!args->if_missing)
		return -1;
	mk_diag_error(err);
	mk_build_empty(&o->build);
	return 0;
}

static struct mk_reader_aide *
start_aide(const struct mk_targets *targets,
    const struct mk_blacklist_conf *conf, struct mk_error *err)
{
	const char *files[MK_OUTPUTS + 1] = { NULL };
	size_t i;

	for (i = 0; i < targets->n; i++)
		files[i] = targets->v[i].at.path;
	return mk_reader_start(conf->reader, files, conf->on_change,
	    MK_READER_LIMIT_S, err);
}

int
mk_startup_open(struct mk_startup *o, const struct mk_options *opt,
    const struct mk_blacklist_args *args,
    const struct mk_blacklist_run *conf, struct mk_error *err)
{
	const struct mk_host *host = &conf->host;
	bool writes = publishes(opt, args);
	bool needed = writes && opt->file != NULL;

	/* First who is to learn of what fails: metrics and history. */
	if (mk_owner_parse(host->owner, &o->own.owner, err) == -1 ||
	    (writes && mk_host_open_metrics(host, opt,
	    "mailkeep-blacklist", &o->own, err) == -1) ||
	    mk_host_open_dir(host, MK_STATE_DIR, &o->own, !writes, needed,
	    err) == -1 ||
	    open_feeds(o, args, &conf->blacklist, err) == -1 ||
	    mk_targets_open(&o->targets, conf->blacklist.outputs,
	    o->own.owner.uid, err) == -1 ||
	    mk_host_open_dir(host, MK_LOCK_DIR, &o->own, !writes, needed,
	    err) == -1)
		return -1;
	if (writes) {
		o->aide = start_aide(&o->targets, &conf->blacklist, err);
		if (o->aide == NULL)
			return -1;
	}
	if (owner_has_all(o) && mk_owner_become(&o->own.owner, err) == -1)
		return -1;
	if (writes && o->own.lock_fd != -1 && mk_host_lock(host,
	    "mailkeep-blacklist.lock", &o->own, err) == -1)
		return -1;
	return confine(o, host, err);
}

void
mk_startup_close(struct mk_startup *o)
{
	mk_reader_stop(o->aide);
	mk_build_free(&o->build);
	mk_targets_close(&o->targets);
	mk_own_close(&o->own);
	free(o->arg_feeds);
}
