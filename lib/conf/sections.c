/* conf/sections - every section of mailkeep.conf. */
#include "conf/sections.h"

#include "blacklist/conf.h"
#include "expire/rule.h"
#include "mail/host.h"

const struct mk_section *const mk_all_sections[] = {
	&mk_host_section, &mk_safety_section, &mk_rule_section,
	&mk_blacklist_section, &mk_feed_section, NULL
};
