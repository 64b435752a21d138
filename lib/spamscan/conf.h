/* spamscan/conf - the configuration of mailkeep-spamscan. */
#ifndef MK_SPAMSCAN_CONF_H
#define MK_SPAMSCAN_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "mail/accounts.h"
#include "mail/host.h"
#include "spamscan/spamd.h"
#include "spamscan/trust.h"

enum mk_spam_action { MK_ACTION_JUNK, MK_ACTION_REPORT };
enum mk_spam_source { MK_SOURCE_HEADER = 1, MK_SOURCE_SPAMD = 2 };

struct mk_spamscan_keys {		/* the section spamscan { ... } */
	int64_t limit;			/* hundredths of a point */
	int action;			/* enum mk_spam_action */
	int64_t delete_above;		/* hundredths; 0: never */
	char *junk_folder;
	struct mk_list folders;
	int64_t max_age_s;
	struct mk_list source;		/* "header", "spamd" */
	char *archive;			/* of what is deleted; NULL: none */
	bool learn;			/* watch Junk for its users' moves */
	int64_t max_runtime_s;
};

extern const struct mk_section mk_spamscan_section;

struct mk_spamscan_conf {
	struct mk_host host;
	struct mk_safety safety;
	struct mk_accounts_conf accounts;
	struct mk_spamscan_keys keys;
	struct mk_spamd_conf spamd;
	struct mk_trust *trust;
	size_t trust_n;
};

/* The sources in their order, ended by 0, into SOURCES. */
void mk_spamscan_sources(const struct mk_spamscan_keys *conf, int sources[3]);

/* A hash of all that a score depends on: has anything been reconfigured? */
uint64_t mk_spamscan_fingerprint(const struct mk_spamscan_conf *conf);

/* What does not fit together over several sections.  0 or -1, EX_CONFIG. */
int mk_spamscan_check(const struct mk_spamscan_conf *conf,
    struct mk_error *err);

#endif
