/* mailkeep-report - draw what a mail host holds, and what its runs did. */
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/colour.h"
#include "base/config.h"
#include "base/diag.h"
#include "base/options.h"
#include "base/terminal.h"
#include "blacklist/conf.h"
#include "conf/sections.h"
#include "expire/rule.h"
#include "report/run.h"
#include "spamscan/trust.h"
#include "tmda/conf.h"

enum { OPT_OUTPUT, OPT_TEXT };

static const struct mk_option options[] = {
	[OPT_OUTPUT] = { 0, "output", "FILE", "replace FILE by the report, at "
	    "once" },
	[OPT_TEXT] = { 0, "text", NULL, "for a terminal, or a mail; not HTML" },
	MK_OPTION_END
};

static const char *const synopsis[] = {
	"[options] [--output FILE] [--text]",
	NULL
};

static const char *const examples[] = {
	"mailkeep-report --text",
	"mailkeep-report --output /var/lib/mailkeep/report.html",
	"mailkeep-report --json",
	NULL
};

static int
take(void *data, size_t index, const char *arg, struct mk_error *err)
{
	struct mk_report_args *args = data;

	if (index == OPT_TEXT)
		args->text = true;
	else if (arg[0] == '\0')
		return mk_fail(err, EX_USAGE, "is empty");
	else
		args->output = arg;
	return 0;
}

/* What standard output can show. */
static void
find_style(struct mk_report_args *args)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);

	args->terminal = isatty(STDOUT_FILENO) == 1;
	args->style = (struct mk_text_style){
	    .columns = args->output != NULL ? 80 :
		mk_terminal_columns(STDOUT_FILENO, 40, 200),
	    .colour = args->output == NULL && mk_colour_wanted(STDOUT_FILENO) };
	if (locale == (locale_t)0)
		return;
	args->style.utf8 = strcmp(nl_langinfo_l(CODESET, locale),
	    "UTF-8") == 0;
	freelocale(locale);
}

/* For --if-configured: a section that gives any of the programs work. */
static bool
configured(const struct mk_report_conf *conf)
{
	return conf->rules_n > 0 || conf->trust_n > 0 || conf->queues_n > 0 ||
	    conf->feeds_n > 0 || conf->spamd.socket[0] != '\0';
}

int
main(int argc, char *argv[])
{
	char host[256] = "";
	struct mk_report_args args = { .self = argv[0], .host = host };
	struct mk_report_conf conf = { 0 };
	struct mk_binding bindings[] = {
		{ .section = &mk_rule_section },
		{ .section = &mk_trust_section },
		{ .section = &mk_tmda_section },
		{ .section = &mk_feed_section },
		{ .section = &mk_host_section, .base = &conf.host },
		{ .section = &mk_accounts_section, .base = &conf.accounts },
		{ .section = &mk_rotate_section, .base = &conf.rotate },
		{ .section = &mk_spamd_section, .base = &conf.spamd },
		{ .section = &mk_report_section, .base = &conf.keys },
		{ .section = NULL }
	};
	const struct mk_program program = {
		.name = "mailkeep-report",
		.purpose = "draw what a mail host holds, and what its runs did",
		.synopsis = synopsis, .options = options,
		.examples = examples, .take = take, .data = &args,
	};
	struct mk_options opt;
	struct mk_error err;
	int status;

	status = mk_options_parse(&opt, argc, argv, &program);
	if (status == -1) {
		gethostname(host, sizeof host - 1);
		find_style(&args);
		if (mk_config_load(opt.file, opt.overrides, opt.overrides_n,
		    bindings, mk_all_sections, &err) == -1)
			status = mk_diag_error(&err);
		else {
			conf.rules_n = bindings[0].n;
			conf.trust_n = bindings[1].n;
			conf.queues_n = bindings[2].n;
			conf.feeds_n = bindings[3].n;
			status = opt.if_configured && !configured(&conf) ?
			    EX_OK : mk_report_main(&opt, &args, &conf,
			    mk_clock_now_s());
		}
		mk_config_free(bindings);
	}
	mk_options_free(&opt);
	return status;
}
