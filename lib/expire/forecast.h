/*
 * expire/forecast - what the next nights would remove, and how old is what
 * the rules watch.
 *
 * A night ends a whole number of days after now: the first one in 24 hours,
 * and it has all that is due by then, so also what is due already.  A message
 * goes in the first night in which any rule has it due by its age, and is
 * counted for the first of those rules, as in a run.  What a folder has over
 * a cap goes in the first night; what caps would take later depends on mail
 * that is still to come, and is not reckoned.
 */
#ifndef MK_EXPIRE_FORECAST_H
#define MK_EXPIRE_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "expire/rule.h"

#define MK_FORECAST_NIGHTS	31
#define MK_FORECAST_AGES	8	/* classes of age */

/* How many nights ARG, of --forecast, says.  0 or -1 (EX_USAGE). */
int mk_expire_nights_parse(const char *arg, unsigned *nights,
    struct mk_error *err);

struct mk_expire_forecast;

/* For the N rules at RULES, which must last.  NULL on failure. */
struct mk_expire_forecast *mk_expire_forecast_new(const struct mk_rule *rules,
    size_t n, unsigned nights, int64_t now_s, struct mk_error *err);
void mk_expire_forecast_free(struct mk_expire_forecast *forecast);

/* When a message goes: a night from 0, by a rule. */
struct mk_foreseen {
	uint8_t night, rule;
};
#define MK_FORESEEN_NOT	UINT8_MAX	/* .night: in none of them */

/*
 * Count the message FACTS among the ages of all rules in SET, starred or not,
 * and say when it goes.  BY are the rules as the account has them.  From any
 * thread, as mk_expire_foreseen.
 */
struct mk_foreseen mk_expire_foresee(struct mk_expire_forecast *forecast,
    const struct mk_rule *by, mk_rule_set set, const struct mk_facts *facts);

/* Count it among what goes then; nothing where it does not go. */
void mk_expire_foreseen(struct mk_expire_forecast *forecast,
    struct mk_foreseen goes, const struct mk_facts *facts);

/*
 * Print it, after all counting: one JSON object on one line,
 *
 *	{"program":"expire","nights":[{"at":1795400000,"rules":[
 *	 {"rule":"junk","messages":3,"bytes":123},...]},...],
 *	 "ages":{"days":[1,3,7,14,30,90,365],"rules":[{"rule":"junk",
 *	 "messages":[8 numbers],"bytes":[8 numbers]},...]}}
 *
 * or tables of at most 80 columns.  0, or -1 with errno.
 */
int mk_expire_forecast_print(const struct mk_expire_forecast *forecast,
    FILE *out, bool json);

#endif
