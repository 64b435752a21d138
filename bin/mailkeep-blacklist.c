/* mailkeep-blacklist - make databases for Exim from lists of addresses. */
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/diag.h"
#include "base/options.h"
#include "blacklist/run.h"
#include "conf/sections.h"

enum {
	OPT_WHY, OPT_PRINT, OPT_CHECK, OPT_IF_MISSING, OPT_STRICT, OPT_FORCE
};

static const struct mk_option options[] = {
	[OPT_WHY] = { 0, "why", "IP", "tell why it is listed, or is not; "
	    "again" },
	[OPT_PRINT] = { 0, "print", "FORMAT:text,plain,postfix,nft,rbldnsd,"
	    "hostlist", "print the list; publish nothing" },
	[OPT_CHECK] = { 0, "check", "DB", "read a database as Exim does" },
	[OPT_IF_MISSING] = { 0, "if-missing", NULL, "only where there is no "
	    "usable file" },
	[OPT_STRICT] = { 0, "strict", NULL, "publish nothing if a line is "
	    "rejected" },
	[OPT_FORCE] = { 0, "force", NULL, "publish an empty, shrunken or "
	    "wide list" },
	MK_OPTION_END
};

static const char *const synopsis[] = {
	"[options] [FEED ...]",
	"[options] --why IP [FEED ...]",
	"[options] --print FORMAT [FEED ...]",
	"[options] --check DB [IP ...]",
	NULL
};

static const char *const examples[] = {
	"mailkeep-blacklist -n",
	"mailkeep-blacklist --why 192.0.2.7",
	"mailkeep-blacklist --print plain list1.txt list2.txt.gz",
	NULL
};

static int
take(void *data, size_t index, const char *arg, struct mk_error *err)
{
	struct mk_blacklist_args *args = data;

	if (options[index].arg != NULL && arg[0] == '\0')
		return mk_fail(err, EX_USAGE, "is empty");
	switch (index) {
	case OPT_WHY:
		return mk_list_add(&args->why, arg, strlen(arg)) == -1 ?
		    mk_fail_sys(err, "%s", arg) : 0;
	case OPT_PRINT:
		args->print = arg;
		break;
	case OPT_CHECK:
		args->check = arg;
		break;
	case OPT_IF_MISSING:
		args->if_missing = true;
		break;
	case OPT_STRICT:
		args->strict = true;
		break;
	case OPT_FORCE:
		args->force = true;
		break;
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	struct mk_blacklist_args args = { 0 };
	struct mk_blacklist_run conf = { 0 };
	struct mk_binding bindings[] = {
		{ .section = &mk_host_section, .base = &conf.host },
		{ .section = &mk_blacklist_section, .base = &conf.blacklist },
		{ .section = &mk_feed_section },
		{ .section = NULL }
	};
	const struct mk_program program = {
		.name = "mailkeep-blacklist",
		.purpose = "make databases for Exim from lists of addresses",
		.synopsis = synopsis, .options = options,
		.examples = examples,
		.status = "68 the address is not listed",
		.take = take, .data = &args,
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
			conf.feeds = bindings[2].array;
			conf.feeds_n = bindings[2].n;
			status = opt.if_configured && conf.feeds_n == 0 ?
			    EX_OK : mk_blacklist_run(&opt, &args, &conf,
			    mk_clock_now_s());
		}
		mk_config_free(bindings);
	}
	mk_options_free(&opt);
	mk_list_free(&args.why);
	return status;
}
