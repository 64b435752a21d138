/*
 * check/rules - what of the configuration does nothing, or fights itself.
 */
#ifndef MK_CHECK_RULES_H
#define MK_CHECK_RULES_H

#include "check/check.h"
#include "check/where.h"

/*
 * Whether all that rule B would remove has gone by rule A before.  OWN_DAYS:
 * accounts can have their own, for the rules "junk" and "trash".
 */
bool mk_rules_covers(const struct mk_rule *a, const struct mk_rule *b,
    bool own_days);

/* Whether rule RULE excludes each of its own folders. */
bool mk_rules_excludes_all(const struct mk_rule *rule);

void mk_rules_look(struct mk_check *check, const struct mk_where *where);

/* Which programs have something to do; MK_PROGRAM_ROTATE by the lines of its
 * newsyslog.conf. */
enum mk_program_id {
	MK_PROGRAM_EXPIRE, MK_PROGRAM_BLACKLIST, MK_PROGRAM_SPAMSCAN,
	MK_PROGRAM_TMDA, MK_PROGRAM_ROTATE, MK_PROGRAMS
};
extern const char *const mk_program_names[MK_PROGRAMS];	/* "expire" */
bool mk_program_active(const struct mk_check_conf *conf,
    enum mk_program_id id);
bool mk_program_any(const struct mk_check_conf *conf);	/* one of them */

#endif
