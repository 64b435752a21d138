/* mail/brake - stop a run that would remove too much. */
#include "mail/brake.h"

#include <inttypes.h>
#include <time.h>

#include "base/diag.h"
#include "base/duration.h"

#define CLOCK_FLOOR_S	1000000000	/* 2001-09-09: no host is that late */

static char *
utc(char *buf, size_t size, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(buf, size, "%Y-%m-%d %H:%M UTC", &tm) == 0)
		buf[0] = '\0';
	return buf;
}

int
mk_brake_clock(const struct mk_safety *safety, int64_t last_run_s,
    int64_t now_s, struct mk_error *err)
{
	char now[32], last[32], away[32];
	int64_t gap;

	if (now_s < CLOCK_FLOOR_S)
		return mk_fail(err, EX_TEMPFAIL, "clock: it says %s; nothing "
		    "is done; set it right, or confirm with --force",
		    utc(now, sizeof now, now_s));
	if (last_run_s == 0)
		return 0;
	gap = now_s > last_run_s ? now_s - last_run_s : last_run_s - now_s;
	if (gap <= safety->clock_slack_s)
		return 0;
	return mk_fail(err, EX_TEMPFAIL, "clock: it says %s, %s %s the last "
	    "run at %s; nothing is done; set it right, or confirm with "
	    "--force", utc(now, sizeof now, now_s),
	    mk_duration_format(away, sizeof away, gap),
	    now_s > last_run_s ? "after" : "before",
	    utc(last, sizeof last, last_run_s));
}

int
mk_brake_amount(const struct mk_safety *safety, uint64_t due,
    uint64_t watched, struct mk_error *err)
{
	if (due <= (uint64_t)safety->min_messages ||
	    due * 100 <= watched * (uint64_t)safety->max_percent)
		return 0;
	return mk_fail(err, EX_TEMPFAIL, "brake: %" PRIu64 " of %" PRIu64
	    " watched messages (%" PRIu64 "%%) are due, more than max-percent "
	    "= %" PRId64 "%%; nothing is removed; look with -n, then confirm "
	    "with --force", due, watched,
	    watched == 0 ? 100 : due * 100 / watched, safety->max_percent);
}

bool
mk_brake_stops(const struct mk_error *why, bool force, bool dry_run)
{
	if (force)
		mk_diag_info("--force: %s", why->text);
	else if (dry_run)
		mk_diag_warn("a run without -n would stop here: %s",
		    why->text);
	return !force && !dry_run;
}
