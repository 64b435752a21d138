/* tmda/due - what is due. */
#include "tmda/due.h"

#include <stdio.h>

#include "tmda/conf.h"

bool
mk_tmda_due(int64_t since_s, int64_t lifetime_s, int64_t now_s)
{
	return since_s <= now_s - lifetime_s && since_s <= now_s;
}

bool
mk_tmda_response_due(int64_t since_s, const struct stat *st,
    int64_t lifetime_s, int64_t now_s)
{
	if (lifetime_s < MK_TMDA_RESPONSE_MIN_S)
		lifetime_s = MK_TMDA_RESPONSE_MIN_S;
	return S_ISREG(st->st_mode) && st->st_size == 0 &&
	    mk_tmda_due(since_s, lifetime_s, now_s) &&
	    mk_tmda_due(st->st_mtim.tv_sec, MK_TMDA_RESPONSE_MIN_S, now_s) &&
	    mk_tmda_due(st->st_ctim.tv_sec, MK_TMDA_RESPONSE_MIN_S, now_s);
}

char *
mk_tmda_age_format(char *buf, size_t size, int64_t seconds)
{
	int64_t amount = seconds < 0 ? -seconds : seconds;
	static const struct { int64_t seconds; char name; } units[] = {
		{ 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' },
	};
	size_t i;

	for (i = 0; i < 3 && amount < 2 * units[i].seconds; i++)
		;
	snprintf(buf, size, "%s%lld%c", seconds < 0 ? "-" : "",
	    (long long)(amount / units[i].seconds), units[i].name);
	return buf;
}
