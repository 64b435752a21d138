/* check/conf - the section check of mailkeep.conf. */
#ifndef MK_CHECK_CONF_H
#define MK_CHECK_CONF_H

#include "base/config.h"

struct mk_check_keys {
	char *exim;			/* the program; "": found by its names */
	char *exim_config;		/* its -C; "": the one it takes itself */
};

extern const struct mk_section mk_check_section;

#endif
