/*
 * expire/plantext - a plan as text, for --plan and --apply.
 *
 * A header line, then one line a message, fields between tabs, bytes that
 * could be mistaken written as \t, \n, \\ or \xHH:
 *
 *	mailkeep-expire plan 1 <TAB> mail root <TAB> seconds of making
 *	rule <TAB> reason <TAB> since <TAB> bytes <TAB> mailbox <TAB> layout
 *	    <TAB> place <TAB> directory <TAB> file
 *
 * reason is "age" or "cap"; layout "maildir++", "fs" or "plain"; directory
 * "cur", "new", "tmp" or "." (plain).  Lines may be taken out by hand.
 */
#ifndef MK_EXPIRE_PLANTEXT_H
#define MK_EXPIRE_PLANTEXT_H

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "expire/rule.h"
#include "mail/plan.h"

/* Write PLAN, whose kinds are indices of RULES.  0, or -1 with errno. */
int mk_plantext_write(const struct mk_plan *plan, const char *root,
    const struct mk_rule *rules, int64_t now_s, FILE *out);

/*
 * Read the text of LEN bytes; a bad or unended line, a rule that RULES (N of
 * them) does not have or another root is an error that names FILE:line.  0,
 * or -1 with the plan empty.
 */
int mk_plantext_parse(struct mk_plan *plan, const char *file,
    const char *text, size_t len, const char *root,
    const struct mk_rule *rules, size_t n, struct mk_error *err);

#endif
