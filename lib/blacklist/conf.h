/* blacklist/conf - the section blacklist of mailkeep.conf, and its feeds. */
#ifndef MK_BLACKLIST_CONF_H
#define MK_BLACKLIST_CONF_H

#include "base/config.h"
#include "blacklist/output.h"

enum mk_host_bits { MK_HOST_BITS_REJECT, MK_HOST_BITS_MASK };

struct mk_feed {
	char *name;			/* the section's title */
	char *file;			/* a file, a directory, a glob, "-" */
	int format;			/* enum mk_format */
	int64_t min_count;		/* counted: with a lower one: not listed */
	char *column, *reason_column;	/* csv */
	int host_bits;			/* enum mk_host_bits */
	int64_t max_age_s;		/* 0: any */
	int64_t max_size;		/* bytes, unpacked */
	bool optional;			/* refused: the others go on */
	bool allow_empty;
	char *reason;			/* for entries that have none */
	char *conninfo, *query;		/* in place of a file */
	int64_t connect_timeout_s, statement_timeout_s;
};

struct mk_blacklist_conf {
	struct mk_list allow;		/* files */
	struct mk_list never;		/* prefixes */
	char *outputs[MK_OUTPUTS];	/* file names; "" none */
	bool never_private, never_self;
	int64_t max_shrink;		/* percent */
	int64_t min_prefix_v4, min_prefix_v6;
	int64_t max_lengths;
	char *reader;			/* user; "" not checked */
	char *on_change;		/* for sh -c; "" none */
};

extern const struct mk_section mk_blacklist_section, mk_feed_section;

#endif
