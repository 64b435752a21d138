/*
 * rotate/conf - the section rotate of mailkeep.conf.
 */
#ifndef MK_ROTATE_CONF_H
#define MK_ROTATE_CONF_H

#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/list.h"
#include "mail/host.h"
#include "rotate/budget.h"

#define MK_NEWSYSLOG_CONF	"/etc/mailkeep/newsyslog.conf"

struct mk_rotate_keys {
	struct mk_list files;		/* newsyslog.conf's; empty: the
					 * program's own default */
	int dialect;			/* enum mk_newsyslog + 1; 0: by the name
					 * that the program is called by */
	char *state_dir;		/* root's, not the mail owner's */
	char *syslog_pid;		/* of lines that name no pid file */
	char *archive_dir;		/* -a; "": beside the logs */
	char *time_format;		/* -t; "": by number */
	int64_t compress_wait_s;	/* for writers to let go of a file */
};

struct mk_rotate_conf {
	struct mk_host host;
	struct mk_safety safety;
	struct mk_rotate_keys keys;
	struct mk_budget *budgets;
	size_t budgets_n;
};

/* "rotate", and the titled "rotate.log". */
extern const struct mk_section mk_rotate_section, mk_budget_section;

#endif
