/* mailkeep-check - look whether all that Mailkeep needs is as it should be. */
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/options.h"
#include "check/load.h"
#include "check/run.h"
#include "conf/sections.h"

enum { OPT_ONLY, OPT_ROOT, OPT_STRICT };

static const struct mk_option options[] = {
	[OPT_ONLY] = { 0, "only", "AREA:" MK_CHECK_AREAS, "look at "
	    "this alone; again for more" },
	[OPT_ROOT] = { 0, "root", "DIR", "crontabs and timers are below DIR" },
	[OPT_STRICT] = { 0, "strict", NULL, "a warning counts as an error" },
	MK_OPTION_END
};

static const char *const synopsis[] = {
	"[options]",
	"[options] --only AREA",
	NULL
};

static const char *const examples[] = {
	"mailkeep-check -v",
	"mailkeep-check --only configuration -c new.conf",
	"mailkeep-check --json",
	NULL
};

static int
take(void *data, size_t index, const char *arg, struct mk_error *err)
{
	struct mk_check_args *args = data;

	switch (index) {
	case OPT_ONLY:
		if (mk_check_area(arg, err) == -1)
			return -1;
		return mk_list_add(&args->only, arg, strlen(arg)) == -1 ?
		    mk_fail_sys(err, "%s", arg) : 0;
	case OPT_ROOT:
		args->root = arg;
		return arg[0] != '\0' ? 0 : mk_fail(err, EX_USAGE, "is empty");
	default:
		args->strict = true;
		return 0;
	}
}

int
main(int argc, char *argv[])
{
	struct mk_check_args args = { 0 };
	const struct mk_program program = {
		.name = "mailkeep-check",
		.purpose = "look whether all that Mailkeep needs is as it "
		    "should be",
		.synopsis = synopsis, .options = options,
		.examples = examples, .take = take, .data = &args,
	};
	struct mk_check_load load;
	struct mk_options opt;
	struct mk_error err;
	int status;

	status = mk_options_parse(&opt, argc, argv, &program);
	if (status == -1) {
		if (mk_check_load(&load, &opt, mk_all_sections, &err) == -1)
			status = mk_diag_error(&err);
		else
			status = mk_check_run(&opt, &args, &load.conf,
			    load.wrong ? &load.why : NULL, argv[0],
			    mk_clock_now_s());
		mk_check_unload(&load);
	}
	mk_options_free(&opt);
	mk_list_free(&args.only);
	return status;
}
