/* check/run - one run of mailkeep-check. */
#include "check/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/colour.h"
#include "base/diag.h"
#include "base/nearest.h"
#include "base/stop.h"
#include "base/terminal.h"
#include "check/look.h"
#include "check/print.h"
#include "check/rules.h"

#define COLUMNS_MIN	40
#define COLUMNS_MAX	80

static const struct area {
	const char *name;
	void (*look)(struct mk_check *check);
	bool by_conf;			/* says nothing without one */
} areas[] = {
	{ "configuration", mk_check_configuration, true },
	{ "mail-root", mk_check_mailroot, true },
	{ "accounts", mk_check_accounts, true },
	{ "spamd", mk_check_spamd, true },
	{ "exim", mk_check_exim, true },
	{ "newsyslog", mk_check_newsyslog, true },
	{ "tmda", mk_check_tmda, true },
	{ "schedule", mk_check_schedule, false },
	{ "runs", mk_check_runs, false },
};
#define AREAS	(sizeof areas / sizeof areas[0])

int
mk_check_area(const char *text, struct mk_error *err)
{
	const char *names[AREAS + 1] = { NULL }, *nearest;
	size_t i;

	for (i = 0; i < AREAS; i++) {
		names[i] = areas[i].name;
		if (strcmp(text, names[i]) == 0)
			return 0;
	}
	nearest = mk_nearest(text, names);
	return mk_fail(err, EX_USAGE, "\"%s\" is no area%s%s%s; there are "
	    MK_CHECK_AREAS, text, nearest == NULL ? "" :
	    ": did you mean ", nearest == NULL ? "" : nearest,
	    nearest == NULL ? "" : "?");
}

static void
add_wrong(struct mk_check *check, const struct mk_error *wrong)
{
	size_t len = mk_look_place(wrong->text);
	char *place = len == 0 ? mk_look_text(check, "%s",
	    check->conf->file) : mk_look_text(check, "%.*s", (int)len,
	    wrong->text);

	mk_check_add(check, MK_ERROR, "configuration", place,
	    wrong->status == EX_NOPERM ? "run as root" : "correct it: until "
	    "then no program works; mailkeep.conf(5) has every key", "%s",
	    len == 0 ? wrong->text : wrong->text + len + 2);
	free(place);
	mk_check_add(check, MK_NOTE, "configuration", check->conf->file, "",
	    "what it names was not looked at, for it cannot be read");
}

static bool
is_wanted(const struct mk_check_args *args, const char *area)
{
	size_t i;

	for (i = 0; i < args->only.n; i++)
		if (strcmp(args->only.v[i], area) == 0)
			return true;
	return args->only.n == 0;
}

static void
look(struct mk_check *check, const struct mk_check_args *args)
{
	size_t i;

	for (i = 0; i < AREAS && !mk_stopped(); i++)
		if (is_wanted(args, areas[i].name) &&
		    !(check->blind && areas[i].by_conf))
			areas[i].look(check);
}

int
mk_check_status(const struct mk_check *check, bool strict)
{
	if (check->blind)
		return EX_CONFIG;
	return mk_check_count(check, MK_ERROR) > 0 || (strict &&
	    mk_check_count(check, MK_WARNING) > 0) ? EX_DATAERR : EX_OK;
}

/* Under cron the run is silent when there is nothing to do for anybody. */
static int
print(const struct mk_check *check, const struct mk_options *opt)
{
	bool terminal = isatty(STDOUT_FILENO) != 0;
	bool trouble = mk_check_count(check, MK_ERROR) +
	    mk_check_count(check, MK_WARNING) > 0;
	enum mk_severity least = opt->verbosity == MK_VERBOSE ? MK_FINE :
	    opt->verbosity == MK_NORMAL && terminal ? MK_NOTE : MK_WARNING;

	if (!trouble && (opt->verbosity == MK_QUIET || (!terminal &&
	    opt->verbosity == MK_NORMAL)))
		return 0;
	return mk_check_print(check, least, mk_colour_wanted(STDOUT_FILENO),
	    mk_terminal_columns(STDOUT_FILENO, COLUMNS_MIN, COLUMNS_MAX),
	    stdout);
}

static const struct mk_column columns[] = {
	{ "findings", "Findings of mailkeep-check, by their severity.",
	    MK_COUNT, true },
};

/* Only where the command line asks for it: the run changes nothing else. */
static int
write_metrics(const struct mk_check *check, int status, double seconds,
    struct mk_error *err)
{
	const struct mk_report_run run = {
		.started_s = check->now_s,
		.finished_s = check->now_s + (int64_t)seconds,
		.seconds = seconds, .status = status,
	};
	struct mk_own own = MK_OWN;
	struct mk_report *report;
	uint64_t n;
	int s, rv = -1;

	if (check->opt->metrics == NULL || check->opt->dry_run)
		return 0;
	report = mk_report_new("check", columns, 1, err);
	if (report == NULL || mk_host_open_metrics(&check->conf->host,
	    check->opt, "mailkeep-check", &own, err) == -1)
		goto out;
	for (s = MK_FINE; s <= MK_ERROR; s++) {
		n = mk_check_count(check, (enum mk_severity)s);
		if (mk_report_add(report, "severity",
		    mk_severity_word((enum mk_severity)s), &n) == -1) {
			mk_fail_sys(err, "metrics");
			goto out;
		}
	}
	rv = mk_report_metrics(report, "severity", &run, own.metrics, err);
out:
	mk_report_free(report);
	mk_own_close(&own);
	return rv;
}

/* EX_OK, or what went wrong in telling. */
static int
tell(const struct mk_check *check, int status, double started)
{
	struct mk_error err;
	int rv;

	rv = check->opt->json ? mk_check_json(check, status, stdout) :
	    print(check, check->opt);
	if (rv == -1 || fflush(stdout) == EOF)
		mk_fail_sys(&err, "standard output");
	else if (write_metrics(check, status, mk_host_monotonic() - started,
	    &err) == 0)
		return EX_OK;
	return mk_diag_error(&err);
}

int
mk_check_run(const struct mk_options *opt,
    const struct mk_check_args *args, const struct mk_check_conf *conf,
    const struct mk_error *wrong, const char *self, int64_t now_s)
{
	struct mk_check check = { .conf = conf, .opt = opt, .self = self,
	    .now_s = now_s, .root = geteuid() == 0, .blind = wrong != NULL };
	double started = mk_host_monotonic();
	struct mk_buf below = { 0 };
	struct mk_error err;
	int status, told;

	if (opt->args_n > 0) {
		mk_fail(&err, EX_USAGE, "\"%s\": takes no argument; one area "
		    "alone is --only AREA", opt->args[0]);
		return mk_diag_error(&err);
	}
	if (opt->if_configured && wrong == NULL && !mk_program_any(conf))
		return EX_OK;
	if (mk_buf_addf(&below, "%s", args->root == NULL ? "" :
	    args->root) == -1)
		check.no_memory = true;
	while (below.len > 0 && below.data[below.len - 1] == '/')
		mk_buf_cut(&below, below.len - 1);
	check.below = below.data == NULL ? "" : below.data;
	mk_stop_catch();
	if (wrong != NULL)
		add_wrong(&check, wrong);
	look(&check, args);
	status = mk_check_status(&check, args->strict);
	told = tell(&check, status, started);
	if (mk_stopped())
		mk_fail(&err, EX_TEMPFAIL, "interrupted: not all was looked "
		    "at");
	else if (check.no_memory)
		mk_fail(&err, EX_TEMPFAIL, "out of memory: not all was found");
	else
		err.status = EX_OK;
	if (err.status != EX_OK)
		told = mk_diag_error(&err);
	mk_check_free(&check);
	mk_buf_free(&below);
	return told != EX_OK ? told : status;
}
