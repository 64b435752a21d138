/* conf/sections - every section of mailkeep.conf. */
#include "conf/sections.h"

#include "blacklist/conf.h"
#include "check/conf.h"
#include "expire/rule.h"
#include "mail/accounts.h"
#include "mail/host.h"
#include "report/conf.h"
#include "rotate/conf.h"
#include "spamscan/conf.h"
#include "tmda/conf.h"

const struct mk_section *const mk_all_sections[] = {
	&mk_host_section, &mk_safety_section, &mk_accounts_section,
	&mk_rule_section, &mk_blacklist_section, &mk_feed_section,
	&mk_rotate_section, &mk_budget_section,
	&mk_spamscan_section, &mk_spamd_section, &mk_trust_section,
	&mk_tmda_section, &mk_check_section, &mk_report_section, NULL
};
