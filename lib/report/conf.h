/*
 * report/conf - the configuration of mailkeep-report: its own keys, and what
 * it must know of the others' to tell what this host has.
 */
#ifndef MK_REPORT_CONF_H
#define MK_REPORT_CONF_H

#include <stddef.h>

#include "base/config.h"
#include "mail/accounts.h"
#include "mail/host.h"
#include "rotate/conf.h"
#include "spamscan/spamd.h"

struct mk_report_keys {			/* the section report { ... } */
	struct mk_list exim_log;	/* patterns of glob(3) */
};

extern const struct mk_section mk_report_section;

struct mk_report_conf {
	struct mk_host host;
	struct mk_accounts_conf accounts;
	struct mk_rotate_keys rotate;
	struct mk_spamd_conf spamd;
	struct mk_report_keys keys;
	size_t rules_n, trust_n, queues_n, feeds_n;	/* sections */
};

#endif
