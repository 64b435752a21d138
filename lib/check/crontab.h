/*
 * check/crontab - what crontabs start.
 */
#ifndef MK_CHECK_CRONTAB_H
#define MK_CHECK_CRONTAB_H

#include <stdbool.h>

#include "base/error.h"

/*
 * Hand each command of the crontab TEXT to EACH, with its line: what follows
 * the time (in a crontab of the system a user's name, too), and in it, as sh
 * would, $NAME and ${NAME} by the lines NAME=value above.  0, or -1 (ENOMEM).
 * Source: crontab(5).
 */
typedef void mk_crontab_fn(void *data, unsigned line, const char *command);
int mk_crontab_each(const char *text, mk_crontab_fn *each, void *data);

/* Whether COMMAND starts mailkeep-PROGRAM to do its work: not with -n; and with
 * STRAY by --rule stray alone, else without. */
bool mk_crontab_calls(const char *command, const char *program, bool stray);

/* Whether it does nothing where the timer is enabled. */
bool mk_crontab_asks_timer(const char *command);

/* What COMMAND does that a program of ours does now: "expire", "tmda", ...;
 * NULL: nothing.  Of mail below MAIL_ROOT. */
const char *mk_crontab_old(const char *command, const char *mail_root);

#endif
