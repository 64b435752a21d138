/* mailkeep-expire - remove old mail from Junk, Trash and other folders. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/diag.h"
#include "base/options.h"
#include "conf/sections.h"
#include "expire/forecast.h"
#include "expire/run.h"

enum {
	OPT_RULE, OPT_USER, OPT_FOLDER, OPT_OLDER_THAN, OPT_AGE, OPT_LIST,
	OPT_PRINT0, OPT_FORECAST, OPT_PLAN, OPT_APPLY, OPT_FORCE, OPT_RESTORE,
	OPT_TO, OPT_THREADS
};

static const struct mk_option options[] = {
	[OPT_RULE] = { 0, "rule", "NAME", "go by this rule alone" },
	[OPT_USER] = { 0, "user", "PATTERN", "only these mailboxes; again "
	    "for more" },
	[OPT_FOLDER] = { 0, "folder", "NAME", "a rule made of options; again "
	    "for more" },
	[OPT_OLDER_THAN] = { 0, "older-than", "AGE", "its age limit: 10d" },
	[OPT_AGE] = { 0, "age", "KIND:in-folder,received,saved,name",
	    "counted since" },
	[OPT_LIST] = { 0, "list", NULL, "with -n: paths alone, one a line" },
	[OPT_PRINT0] = { 0, "print0", NULL, "with -n: paths, each ended by "
	    "a NUL" },
	[OPT_FORECAST] = { 0, "forecast", "N", "what N nights would remove; "
	    "ages now" },
	[OPT_PLAN] = { 0, "plan", "FILE", "write what would go; remove "
	    "nothing" },
	[OPT_APPLY] = { 0, "apply", "FILE", "remove exactly what a plan says" },
	[OPT_FORCE] = { 0, "force", NULL, "go on where the brake would stop" },
	[OPT_RESTORE] = { 0, "restore", "ARCHIVE", "put archived messages "
	    "back" },
	[OPT_TO] = { 0, "to", "DIR", "restore into this tree instead" },
	[OPT_THREADS] = { 0, "threads", "N", "work on N mailboxes at a time" },
	MK_OPTION_END
};

static const char *const synopsis[] = {
	"[options] [MAILDIR ...]",
	"[options] --folder NAME --older-than AGE [MAILDIR ...]",
	"[options] --forecast N [MAILDIR ...]",
	"[options] --apply FILE",
	"[options] --restore ARCHIVE [--user PATTERN] [--to DIR]",
	NULL
};

static const char *const examples[] = {
	"mailkeep-expire -n",
	"mailkeep-expire -n --folder Trash --older-than 30d ~/Maildir",
	"mailkeep-expire --forecast 7",
	"mailkeep-expire --plan plan && mailkeep-expire --apply plan",
	NULL
};

static int
add(struct mk_list *list, const char *arg, struct mk_error *err)
{
	return mk_list_add(list, arg, strlen(arg)) == -1 ?
	    mk_fail_sys(err, "%s", arg) : 0;
}

static int
take(void *data, size_t index, const char *arg, struct mk_error *err)
{
	struct mk_expire_args *args = data;
	const char **fields[] = {
		[OPT_RULE] = &args->rule, [OPT_OLDER_THAN] = &args->older_than,
		[OPT_AGE] = &args->age, [OPT_PLAN] = &args->plan,
		[OPT_APPLY] = &args->apply, [OPT_RESTORE] = &args->restore,
		[OPT_TO] = &args->to,
	};

	if (options[index].arg != NULL && arg[0] == '\0')
		return mk_fail(err, EX_USAGE, "is empty");
	switch (index) {
	case OPT_USER:
		return add(&args->users, arg, err);
	case OPT_FOLDER:
		return add(&args->folders, arg, err);
	case OPT_LIST:
		args->listing = MK_LIST_PLAIN;
		return 0;
	case OPT_PRINT0:
		args->listing = MK_LIST_ZERO;
		return 0;
	case OPT_FORCE:
		args->force = true;
		return 0;
	case OPT_FORECAST:
		return mk_expire_nights_parse(arg, &args->forecast, err);
	case OPT_THREADS:
		return mk_host_threads_parse(arg, &args->threads, err);
	default:
		*fields[index] = arg;
		return 0;
	}
}

/* For --if-configured: any rule, or the one that --rule names. */
static bool
configured(const struct mk_expire_args *args,
    const struct mk_expire_conf *conf)
{
	size_t i;

	if (args->rule == NULL || args->folders.n > 0)
		return conf->rules_n > 0 || args->folders.n > 0;
	for (i = 0; i < conf->rules_n; i++)
		if (strcmp(conf->rules[i].name, args->rule) == 0)
			return true;
	return false;
}

int
main(int argc, char *argv[])
{
	struct mk_expire_args args = { 0 };
	struct mk_expire_conf conf = { 0 };
	struct mk_binding bindings[] = {
		{ .section = &mk_host_section, .base = &conf.host },
		{ .section = &mk_safety_section, .base = &conf.safety },
		{ .section = &mk_accounts_section, .base = &conf.accounts },
		{ .section = &mk_rule_section },
		{ .section = NULL }
	};
	const struct mk_program program = {
		.name = "mailkeep-expire",
		.purpose = "remove old mail from Junk, Trash and other folders",
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
			conf.rules = bindings[3].array;
			conf.rules_n = bindings[3].n;
			if (args.threads > 0)
				conf.host.threads = args.threads;
			tzset();	/* while /etc is in reach */
			status = opt.if_configured && !configured(&args,
			    &conf) ? EX_OK : mk_expire_run(&opt, &args, &conf,
			    mk_clock_now_s());
		}
		mk_config_free(bindings);
	}
	mk_options_free(&opt);
	mk_list_free(&args.users);
	mk_list_free(&args.folders);
	return status;
}
