/* mailkeep-spamscan - move spam above each account's limit out of the inbox. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/diag.h"
#include "base/options.h"
#include "conf/sections.h"
#include "spamscan/run.h"

enum {
	OPT_USER, OPT_TRUST, OPT_RESCAN, OPT_EXPLAIN, OPT_HISTOGRAM,
	OPT_LEARN_LIST, OPT_TELL, OPT_FORCE, OPT_THREADS
};

static const struct mk_option options[] = {
	[OPT_USER] = { 0, "user", "PATTERN", "only these mailboxes; again "
	    "for more" },
	[OPT_TRUST] = { 0, "trust", "HOST", "a trust rule made of an option" },
	[OPT_RESCAN] = { 0, "rescan", NULL, "judge anew what was judged" },
	[OPT_EXPLAIN] = { 0, "explain", "FILE", "why would this message "
	    "move, or not?" },
	[OPT_HISTOGRAM] = { 0, "histogram", "WHAT:all,account", "scores "
	    "against limits" },
	[OPT_LEARN_LIST] = { 0, "learn-list", "WHAT:spam,ham", "what users "
	    "decided" },
	[OPT_TELL] = { 0, "tell", NULL, "with --learn-list: tell spamd" },
	[OPT_FORCE] = { 0, "force", NULL, "go on where the brake would stop" },
	[OPT_THREADS] = { 0, "threads", "N", "work on N mailboxes at a time" },
	MK_OPTION_END
};

static const char *const synopsis[] = {
	"[options] [MAILDIR ...]",
	"[options] --explain FILE",
	"[options] --histogram all|account [MAILDIR ...]",
	"[options] --learn-list spam|ham [--tell] [MAILDIR ...]",
	NULL
};

static const char *const examples[] = {
	"mailkeep-spamscan -n",
	"mailkeep-spamscan -n --trust mx.example.net ~/Maildir",
	"mailkeep-spamscan --explain ~/Maildir/new/1700000000.M1P2.mx",
	NULL
};

static int
take(void *data, size_t index, const char *arg, struct mk_error *err)
{
	struct mk_spamscan_args *args = data;
	struct mk_list *lists[] = { [OPT_USER] = &args->users,
	    [OPT_TRUST] = &args->trust };

	if (options[index].arg != NULL && arg[0] == '\0')
		return mk_fail(err, EX_USAGE, "is empty");
	switch (index) {
	case OPT_USER:
	case OPT_TRUST:
		return mk_list_add(lists[index], arg, strlen(arg)) == -1 ?
		    mk_fail_sys(err, "%s", arg) : 0;
	case OPT_RESCAN:
		args->rescan = true;
		return 0;
	case OPT_EXPLAIN:
		args->explain = arg;
		return 0;
	case OPT_HISTOGRAM:
		args->histogram = arg;
		return strcmp(arg, "all") == 0 || strcmp(arg, "account") == 0 ?
		    0 : mk_fail(err, EX_USAGE, "\"%s\" is neither all nor "
		    "account", arg);
	case OPT_LEARN_LIST:
		args->learn_list = arg;
		return strcmp(arg, "spam") == 0 || strcmp(arg, "ham") == 0 ?
		    0 : mk_fail(err, EX_USAGE, "\"%s\" is neither spam nor "
		    "ham", arg);
	case OPT_TELL:
		args->tell = true;
		return 0;
	case OPT_FORCE:
		args->force = true;
		return 0;
	default:
		return mk_host_threads_parse(arg, &args->threads, err);
	}
}

int
main(int argc, char *argv[])
{
	struct mk_spamscan_args args = { 0 };
	struct mk_spamscan_conf conf = { 0 };
	struct mk_binding bindings[] = {
		{ .section = &mk_host_section, .base = &conf.host },
		{ .section = &mk_safety_section, .base = &conf.safety },
		{ .section = &mk_accounts_section, .base = &conf.accounts },
		{ .section = &mk_spamscan_section, .base = &conf.keys },
		{ .section = &mk_spamd_section, .base = &conf.spamd },
		{ .section = &mk_trust_section },
		{ .section = NULL }
	};
	const struct mk_program program = {
		.name = "mailkeep-spamscan",
		.purpose = "move spam above each account's limit out of the "
		    "inbox",
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
			conf.trust = bindings[5].array;
			conf.trust_n = bindings[5].n;
			if (args.threads > 0)
				conf.host.threads = args.threads;
			status = opt.if_configured && conf.trust_n == 0 &&
			    args.trust.n == 0 &&
			    conf.spamd.socket[0] == '\0' ? EX_OK :
			    mk_spamscan_run(&opt, &args, &conf,
			    mk_clock_now_s());
		}
		mk_config_free(bindings);
	}
	mk_options_free(&opt);
	mk_list_free(&args.users);
	mk_list_free(&args.trust);
	return status;
}
