/* mailkeep-rotate - rotate logs by newsyslog.conf, and lose no line. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/diag.h"
#include "base/options.h"
#include "conf/sections.h"
#include "rotate/generation.h"
#include "rotate/run.h"

enum {
	OPT_CREATE, OPT_TRIM, OPT_NO_ROTATE, OPT_NEED_PID, OPT_ANY_USER,
	OPT_NO_SIGNAL, OPT_TAG, OPT_SYSLOG_PID, OPT_ARCHIVE_DIR, OPT_DESTDIR,
	OPT_FILE, OPT_TIME_FORMAT, OPT_LINT, OPT_FORCE
};

static const struct mk_option options[] = {
	[OPT_CREATE] = { 'C', "create", NULL, "make missing logs with the "
	    "flag C; -CC: all" },
	[OPT_TRIM] = { 'F', "trim", NULL, "rotate, whether it is due or not" },
	[OPT_NO_ROTATE] = { 'N', "no-rotate", NULL, "rotate nothing (with "
	    "-C)" },
	[OPT_NEED_PID] = { 'P', "need-pid", NULL, "go no further where no "
	    "daemon is told" },
	[OPT_ANY_USER] = { 'r', "any-user", NULL, "do without being root" },
	[OPT_NO_SIGNAL] = { 's', "no-signal", NULL, "tell no daemon" },
	[OPT_TAG] = { 'R', "rotate", "TAG", "rotate the logs named, for TAG" },
	[OPT_SYSLOG_PID] = { 'S', "syslog-pid", "FILE", "the syslog daemon's "
	    "pid file" },
	[OPT_ARCHIVE_DIR] = { 'a', "archive-dir", "DIR", "where rotated files "
	    "go" },
	[OPT_DESTDIR] = { 'd', "destdir", "DIR", "put before the path of each "
	    "log" },
	[OPT_FILE] = { 'f', "file", "FILE", "the newsyslog.conf to read" },
	[OPT_TIME_FORMAT] = { 't', "time-format", "FORMAT", "name rotated "
	    "files by time" },
	[OPT_LINT] = { 0, "lint", NULL, "say what other dialects would do; no "
	    "more" },
	[OPT_FORCE] = { 0, "force", NULL, "go on with a clock that has "
	    "jumped" },
	MK_OPTION_END
};

static const char *const synopsis[] = {
	"[options] [LOG ...]",
	"[options] -R TAG LOG ...",
	"[options] --lint",
	NULL
};

static const char *const examples[] = {
	"mailkeep-rotate -n",
	"mailkeep-rotate -nvrf /etc/newsyslog.conf",
	"mailkeep-rotate -F /var/log/exim4/mainlog",
	NULL
};

static int
take(void *data, size_t index, const char *arg, struct mk_error *err)
{
	struct mk_rotate_args *args = data;
	bool *const flags[] = {
		[OPT_TRIM] = &args->trim, [OPT_NO_ROTATE] = &args->no_rotate,
		[OPT_NEED_PID] = &args->need_pid,
		[OPT_ANY_USER] = &args->any_user,
		[OPT_NO_SIGNAL] = &args->no_signal, [OPT_LINT] = &args->lint,
		[OPT_FORCE] = &args->force,
	};
	const char **const fields[] = {
		[OPT_TAG] = &args->tag, [OPT_SYSLOG_PID] = &args->syslog_pid,
		[OPT_ARCHIVE_DIR] = &args->archive_dir,
		[OPT_DESTDIR] = &args->destdir, [OPT_FILE] = &args->file,
		[OPT_TIME_FORMAT] = &args->time_format,
	};

	if (index == OPT_CREATE) {
		args->create++;
		return 0;
	}
	if (options[index].arg == NULL) {
		*flags[index] = true;
		return 0;
	}
	/* newsyslog's own form. */
	if (index == OPT_TIME_FORMAT && (arg[0] == '\0' ||
	    strcmp(arg, "DEFAULT") == 0))
		arg = MK_GENERATION_TIME;
	if (arg[0] == '\0')
		return mk_fail(err, EX_USAGE, "is empty");
	*fields[index] = arg;
	return 0;
}

int
main(int argc, char *argv[])
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	bool newsyslog = argc > 0 && strcmp(slash == NULL ? argv[0] :
	    slash + 1, "newsyslog") == 0;
	struct mk_rotate_args args = {
		.fallback = newsyslog ? "/etc/newsyslog.conf" :
		    MK_NEWSYSLOG_CONF,
		.dialect = newsyslog ? MK_FREEBSD : MK_NETBSD,
	};
	struct mk_rotate_conf conf = { 0 };
	struct mk_binding bindings[] = {
		{ .section = &mk_host_section, .base = &conf.host },
		{ .section = &mk_safety_section, .base = &conf.safety },
		{ .section = &mk_rotate_section, .base = &conf.keys },
		{ .section = &mk_budget_section },
		{ .section = NULL }
	};
	const struct mk_program program = {
		.name = newsyslog ? "newsyslog" : "mailkeep-rotate",
		.purpose = "rotate logs by newsyslog.conf, and lose no line",
		.synopsis = synopsis, .options = options,
		.examples = examples,
		.status = "71 rights could not be given back",
		.take = take, .data = &args,
	};
	char host[256] = "";
	struct mk_options opt;
	struct mk_error err;
	int status;

	status = mk_options_parse(&opt, argc, argv, &program);
	if (status == -1) {
		gethostname(host, sizeof host - 1);
		tzset();	/* later its file can't be read */
		if (mk_config_load(opt.file, opt.overrides, opt.overrides_n,
		    bindings, mk_all_sections, &err) == -1)
			status = mk_diag_error(&err);
		else {
			conf.budgets = bindings[3].array;
			conf.budgets_n = bindings[3].n;
			status = mk_rotate_run(&opt, &args, &conf, host,
			    mk_clock_now_s());
		}
		mk_config_free(bindings);
	}
	mk_options_free(&opt);
	return status;
}
