/* report/conf - the keys of mailkeep-report. */
#include "report/conf.h"

#include <stddef.h>

#define FIELD(f)	offsetof(struct mk_report_keys, f)
static const struct mk_key keys[] = {
	{ "exim-log", MK_LIST, "/var/log/exim4/mainlog*", NULL, NULL, NULL,
	    FIELD(exim_log) },
	MK_KEY_END
};
#undef FIELD

static int
check(void *data, struct mk_error *err)
{
	const struct mk_report_keys *conf = data;
	size_t i;

	for (i = 0; i < conf->exim_log.n; i++)
		if (conf->exim_log.v[i][0] != '/')
			return mk_fail(err, EX_CONFIG, "exim-log: \"%s\" is "
			    "no absolute path", conf->exim_log.v[i]);
	return 0;
}

const struct mk_section mk_report_section = {
	.name = "report", .keys = keys, .size = sizeof(struct mk_report_keys),
	.check = check,
};
