/*
 * tmda/conf - the configuration of mailkeep-tmda: its queues.
 */
#ifndef MK_TMDA_CONF_H
#define MK_TMDA_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"

enum { MK_TMDA_BY_NAME, MK_TMDA_BY_CTIME };
enum { MK_TMDA_REPORT, MK_TMDA_RELEASE, MK_TMDA_NO_RESCUE };

struct mk_tmda_conf {			/* a section tmda "NAME" { ... } */
	char *name;
	char *dir;			/* a TMDA directory; NULL: */
	char *mailbox_dir;		/* the name of each mailbox's own */
	char *config;			/* TMDA's; "" is the file config */
	char *global_config;		/* what TMDA executes before; "": none */
	char *pending_lifetime;		/* a duration, or "tmda" */
	int64_t responses_lifetime_s;
	int age;			/* MK_TMDA_BY_ */
	int rescue;			/* MK_TMDA_REPORT and the like */
	struct mk_list rescue_lists;
	char *release_command;
	bool append_deleted;
	char *delete_append;		/* the list; "": TMDA's own */
	char *archive;			/* a directory; "": none */
};

extern const struct mk_section mk_tmda_section;

/* What the keys are where no section says them: for one made of options. */
#define MK_TMDA_LIFETIME_S	(INT64_C(14) * 86400)
#define MK_TMDA_GLOBAL		"/etc/tmdarc"
#define MK_TMDA_LIFETIME_MAX_S	(INT64_C(36500) * 86400)
#define MK_TMDA_COMMAND		"/usr/bin/tmda-pending"
#define MK_TMDA_LISTS		"lists/confirmed", "lists/whitelist"

/* Responses that are younger are TMDA's limit of replies in a day: without
 * them it would answer another autoresponder for ever. */
#define MK_TMDA_RESPONSE_MIN_S	INT64_C(86400)

/* Whether its TMDA's own settings decide. */
bool mk_tmda_asks_tmda(const struct mk_tmda_conf *conf);

/* Whether PATH leads below where it starts: no "/" at its front, no "..". */
bool mk_tmda_is_below(const char *path);

#endif
