/* mail/host - the keys that all programs share. */
#include "mail/host.h"

#include "base/sys.h"

#define THREADS_BY_DEFAULT	8	/* more only queue for the disk */

#define FIELD(f)	offsetof(struct mk_host, f)
static const struct mk_key host_keys[] = {
	{ "mail-root", MK_PATH, "/var/mail", NULL, NULL, NULL,
	    FIELD(mail_root) },
	{ "owner", MK_STRING, "", NULL, NULL, NULL, FIELD(owner) },
	{ "state-dir", MK_PATH, "/var/lib/mailkeep", NULL, NULL, NULL,
	    FIELD(state_dir) },
	{ "lock-dir", MK_PATH, "/run/mailkeep", NULL, NULL, NULL,
	    FIELD(lock_dir) },
	{ "threads", MK_INT, "0", "0", "64", NULL, FIELD(threads) },
	{ "sandbox", MK_BOOL, "yes", NULL, NULL, NULL, FIELD(sandbox) },
	{ "metrics", MK_STRING, "", NULL, NULL, NULL, FIELD(metrics) },
	{ "quota-ignore", MK_LIST, NULL, NULL, NULL, NULL,
	    FIELD(quota_ignore) },
	MK_KEY_END
};
#undef FIELD

#define FIELD(f)	offsetof(struct mk_safety, f)
static const struct mk_key safety_keys[] = {
	{ "max-percent", MK_PERCENT, "50%", NULL, NULL, NULL,
	    FIELD(max_percent) },
	{ "min-messages", MK_INT, "1000", "0", NULL, NULL,
	    FIELD(min_messages) },
	{ "clock-slack", MK_DURATION, "30d", "1h", NULL, NULL,
	    FIELD(clock_slack_s) },
	MK_KEY_END
};
#undef FIELD

const struct mk_section mk_host_section = {
	.name = "", .keys = host_keys, .size = sizeof(struct mk_host),
};

const struct mk_section mk_safety_section = {
	.name = "safety", .keys = safety_keys, .size = sizeof(struct mk_safety),
};

unsigned
mk_host_threads(int64_t threads)
{
	unsigned cpus = mk_sys_cpus();

	if (threads > 0)
		return (unsigned)threads;
	return cpus < THREADS_BY_DEFAULT ? cpus : THREADS_BY_DEFAULT;
}
