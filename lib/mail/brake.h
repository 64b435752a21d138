/*
 * mail/brake - stop a run that would remove too much, or that has a wrong
 * clock.
 */
#ifndef MK_MAIL_BRAKE_H
#define MK_MAIL_BRAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mail/host.h"

/*
 * 0 where NOW_S can be believed after a run at LAST_RUN_S (0: none known);
 * -1, EX_TEMPFAIL and a text where it is more than clock-slack away, or
 * before 2001.
 */
int mk_brake_clock(const struct mk_safety *safety, int64_t last_run_s,
    int64_t now_s, struct mk_error *err);

/*
 * 0 where DUE of WATCHED messages may go; -1, EX_TEMPFAIL, where they are
 * more than min-messages and more than max-percent.
 */
int mk_brake_amount(const struct mk_safety *safety, uint64_t due,
    uint64_t watched, struct mk_error *err);

/*
 * Whether a run ends for WHY, of the above, which is then the caller's to
 * tell.  FORCE (--force) goes on, and says so with -v; DRY_RUN goes on and
 * says that another run would not.
 */
bool mk_brake_stops(const struct mk_error *why, bool force, bool dry_run);

#endif
