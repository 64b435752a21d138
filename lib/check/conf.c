/* check/conf - the section check of mailkeep.conf. */
#include "check/conf.h"

#define FIELD(f)	offsetof(struct mk_check_keys, f)
static const struct mk_key keys[] = {
	{ "exim", MK_STRING, "", NULL, NULL, NULL, FIELD(exim) },
	{ "exim-config", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(exim_config) },
	MK_KEY_END
};
#undef FIELD

/* Exim reads no other name, and its working directory is not ours. */
static int
check(void *data, struct mk_error *err)
{
	const struct mk_check_keys *conf = data;

	if (conf->exim_config[0] != '\0' && conf->exim_config[0] != '/')
		return mk_fail(err, EX_CONFIG, "exim-config: \"%s\" does not "
		    "begin with a \"/\": Exim wants the whole path",
		    conf->exim_config);
	return 0;
}

const struct mk_section mk_check_section = {
	.name = "check", .keys = keys,
	.size = sizeof(struct mk_check_keys), .check = check,
};
