/* rotate/conf - the section rotate of mailkeep.conf. */
#include "rotate/conf.h"

#include <string.h>

#include "rotate/entry.h"

#define FIELD(f)	offsetof(struct mk_rotate_keys, f)
static const struct mk_key rotate_keys[] = {
	{ "file", MK_LIST, NULL, NULL, NULL, NULL, FIELD(files) },
	{ "dialect", MK_ENUM, "auto", NULL, NULL, "auto|" MK_NEWSYSLOG_WORDS,
	    FIELD(dialect) },
	{ "state-dir", MK_PATH, "/var/lib/mailkeep-rotate", NULL, NULL, NULL,
	    FIELD(state_dir) },
	{ "syslog-pid", MK_PATH, "/run/rsyslogd.pid", NULL, NULL, NULL,
	    FIELD(syslog_pid) },
	{ "archive-dir", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(archive_dir) },
	{ "time-format", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(time_format) },
	{ "compress-wait", MK_DURATION, "10s", "0s", "10m", NULL,
	    FIELD(compress_wait_s) },
	MK_KEY_END
};
#undef FIELD

const struct mk_section mk_rotate_section = {
	.name = "rotate", .keys = rotate_keys,
	.size = sizeof(struct mk_rotate_keys),
};

#define FIELD(f)	offsetof(struct mk_budget, f)
static const struct mk_key budget_keys[] = {
	{ "match", MK_LIST, NULL, NULL, NULL, NULL, FIELD(logs) },
	{ "max-total", MK_SIZE, NULL, NULL, NULL, NULL, FIELD(max_total) },
	{ "min-free", MK_SIZE, NULL, NULL, NULL, NULL, FIELD(min_free) },
	{ "record", MK_ENUM, "line", NULL, NULL, "line|paragraph",
	    FIELD(record) },
	MK_KEY_END
};
#undef FIELD

static int
check_budget(void *data, struct mk_error *err)
{
	const struct mk_budget *budget = data;
	size_t i;

	if (budget->logs.n == 0)
		return mk_fail(err, EX_CONFIG, "names no log: write match = "
		    "{\"/var/log/exim4/*\"}");
	for (i = 0; i < budget->logs.n; i++)
		if (budget->logs.v[i][0] != '/')
			return mk_fail(err, EX_CONFIG, "match: \"%s\" is no "
			    "absolute path", budget->logs.v[i]);
	return 0;
}

const struct mk_section mk_budget_section = {
	.name = "rotate.log", .keys = budget_keys, .titled = true,
	.size = sizeof(struct mk_budget),
	.title_offset = offsetof(struct mk_budget, name),
	.check = check_budget,
};
