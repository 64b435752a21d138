/* check/load - the whole configuration, or what is known without it. */
#include "check/load.h"

enum {
	HOST, SAFETY, ACCOUNTS, BLACKLIST, ROTATE, SPAMSCAN, SPAMD, CHECK,
	RULES, FEEDS, BUDGETS, TRUST, QUEUES
};

static void
bind_all(struct mk_check_load *load)
{
	struct mk_check_conf *conf = &load->conf;
	const struct mk_binding bindings[MK_CHECK_BINDINGS] = {
		[HOST] = { .section = &mk_host_section, .base = &conf->host },
		[SAFETY] = { .section = &mk_safety_section,
		    .base = &conf->safety },
		[ACCOUNTS] = { .section = &mk_accounts_section,
		    .base = &conf->accounts },
		[BLACKLIST] = { .section = &mk_blacklist_section,
		    .base = &conf->blacklist },
		[ROTATE] = { .section = &mk_rotate_section,
		    .base = &conf->rotate },
		[SPAMSCAN] = { .section = &mk_spamscan_section,
		    .base = &conf->spamscan },
		[SPAMD] = { .section = &mk_spamd_section,
		    .base = &conf->spamd },
		[CHECK] = { .section = &mk_check_section,
		    .base = &conf->check },
		[RULES] = { .section = &mk_rule_section },
		[FEEDS] = { .section = &mk_feed_section },
		[BUDGETS] = { .section = &mk_budget_section },
		[TRUST] = { .section = &mk_trust_section },
		[QUEUES] = { .section = &mk_tmda_section },
	};
	size_t i;

	for (i = 0; i < MK_CHECK_BINDINGS; i++)
		load->bindings[i] = bindings[i];
}

static void
take_titled(struct mk_check_load *load)
{
	struct mk_check_conf *conf = &load->conf;
	const struct mk_binding *b = load->bindings;

	conf->rules = b[RULES].array;
	conf->rules_n = b[RULES].n;
	conf->feeds = b[FEEDS].array;
	conf->feeds_n = b[FEEDS].n;
	conf->budgets = b[BUDGETS].array;
	conf->budgets_n = b[BUDGETS].n;
	conf->trust = b[TRUST].array;
	conf->trust_n = b[TRUST].n;
	conf->queues = b[QUEUES].array;
	conf->queues_n = b[QUEUES].n;
}

/* Overrides that go without the file count; one may be of a rule in it. */
int
mk_check_load(struct mk_check_load *load, const struct mk_options *opt,
    const struct mk_section *const *known, struct mk_error *err)
{
	*load = (struct mk_check_load){ 0 };
	bind_all(load);
	load->conf.file = opt->file;
	if (mk_config_load(opt->file, opt->overrides, opt->overrides_n,
	    load->bindings, known, &load->why) == -1) {
		if (load->why.status == EX_USAGE || opt->file == NULL) {
			*err = load->why;
			return -1;
		}
		load->wrong = true;
		if (mk_config_load(NULL, opt->overrides, opt->overrides_n,
		    load->bindings, known, err) == -1 && mk_config_load(NULL,
		    NULL, 0, load->bindings, known, err) == -1)
			return -1;
	}
	take_titled(load);
	return 0;
}

void
mk_check_unload(struct mk_check_load *load)
{
	mk_config_free(load->bindings);
}
