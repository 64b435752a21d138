/* mailkeep-tmda - remove old mail from TMDA's pending queue. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/diag.h"
#include "base/options.h"
#include "conf/sections.h"
#include "tmda/run.h"

enum {
	OPT_QUEUE, OPT_USER, OPT_OLDER_THAN, OPT_LIST, OPT_STATS, OPT_FORCE,
	OPT_RESTORE, OPT_TO, OPT_THREADS
};

static const struct mk_option options[] = {
	[OPT_QUEUE] = { 0, "queue", "NAME", "this section alone" },
	[OPT_USER] = { 0, "user", "PATTERN", "only for these recipients; "
	    "again for more" },
	[OPT_OLDER_THAN] = { 0, "older-than", "AGE", "the lifetime in a "
	    "TMDADIR: 14d" },
	[OPT_LIST] = { 0, "list", NULL, "show what is pending" },
	[OPT_STATS] = { 0, "stats", NULL, "how much is pending, and for "
	    "whom" },
	[OPT_FORCE] = { 0, "force", NULL, "go on where the brake would stop" },
	[OPT_RESTORE] = { 0, "restore", "ARCHIVE", "put archived messages "
	    "back" },
	[OPT_TO] = { 0, "to", "DIR", "restore into this tree instead" },
	[OPT_THREADS] = { 0, "threads", "N", "work by N threads" },
	MK_OPTION_END
};

static const char *const synopsis[] = {
	"[options]",
	"[options] --older-than AGE TMDADIR ...",
	"[options] --list|--stats [TMDADIR ...]",
	"[options] --restore ARCHIVE [--queue NAME | --to DIR]",
	NULL
};

static const char *const examples[] = {
	"mailkeep-tmda -n",
	"mailkeep-tmda --list --user alice@example.org",
	"mailkeep-tmda -n --older-than 14d /var/mail/.tmda",
	NULL
};

static int
take(void *data, size_t index, const char *arg, struct mk_error *err)
{
	struct mk_tmda_args *args = data;

	if (options[index].arg != NULL && arg[0] == '\0')
		return mk_fail(err, EX_USAGE, "is empty");
	switch (index) {
	case OPT_QUEUE:
		args->queue = arg;
		return 0;
	case OPT_USER:
		return mk_list_add(&args->users, arg, strlen(arg)) == -1 ?
		    mk_fail_sys(err, "%s", arg) : 0;
	case OPT_OLDER_THAN:
		free(args->older_than);
		args->older_than = strdup(arg);
		return args->older_than == NULL ? mk_fail_sys(err, "%s",
		    arg) : 0;
	case OPT_LIST:
		args->list = true;
		return 0;
	case OPT_STATS:
		args->stats = true;
		return 0;
	case OPT_FORCE:
		args->force = true;
		return 0;
	case OPT_RESTORE:
		args->restore = arg;
		return 0;
	case OPT_TO:
		args->to = arg;
		return 0;
	default:
		return mk_host_threads_parse(arg, &args->threads, err);
	}
}

int
main(int argc, char *argv[])
{
	struct mk_tmda_args args = { 0 };
	struct mk_tmda_all_conf conf = { 0 };
	struct mk_binding bindings[] = {
		{ .section = &mk_host_section, .base = &conf.host },
		{ .section = &mk_safety_section, .base = &conf.safety },
		{ .section = &mk_accounts_section, .base = &conf.accounts },
		{ .section = &mk_tmda_section },
		{ .section = NULL }
	};
	const struct mk_program program = {
		.name = "mailkeep-tmda",
		.purpose = "remove old mail from TMDA's pending queue",
		.synopsis = synopsis, .options = options,
		.examples = examples, .take = take, .data = &args,
	};
	struct mk_options opt;
	struct mk_error err;
	int status;

	status = mk_options_parse(&opt, argc, argv, &program);
	if (status == -1) {
		if (mk_config_load(opt.file, opt.overrides, opt.overrides_n,
		    bindings, mk_all_sections, &err) == -1)
			status = mk_diag_error(&err);
		else {
			conf.queues = bindings[3].array;
			conf.queues_n = bindings[3].n;
			if (args.threads > 0)
				conf.host.threads = args.threads;
			status = opt.if_configured && conf.queues_n == 0 &&
			    opt.args_n == 0 ? EX_OK : mk_tmda_run(&opt, &args,
			    &conf, mk_clock_now_s());
		}
		mk_config_free(bindings);
	}
	mk_options_free(&opt);
	mk_list_free(&args.users);
	free(args.older_than);
	return status;
}
