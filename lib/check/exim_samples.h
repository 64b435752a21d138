/*
 * check/exim_samples - a few entries of a list: one of each prefix length, and
 * the last one of it.
 *
 * A list belongs to the account that makes it, and what reads it is much code,
 * libdb's among it: so root has it read by a child with the rights of the
 * file's owner alone, who gains nothing by what he may put into it.
 */
#ifndef MK_CHECK_EXIM_SAMPLES_H
#define MK_CHECK_EXIM_SAMPLES_H

#include "base/error.h"
#include "blacklist/net.h"
#include "blacklist/output.h"

#define MK_LENGTHS	129		/* 0 to 128 */

struct mk_samples {			/* of one family */
	struct mk_net first[MK_LENGTHS], last[MK_LENGTHS];
	unsigned char there[MK_LENGTHS];	/* 0: none of it */
	unsigned n;			/* of them */
};

/* Those of the list ID at PATH, by enum mk_family.  0; -1: it can't be read
 * (EX_DATAERR: damaged). */
int mk_exim_samples(enum mk_output_id id, const char *path,
    struct mk_samples samples[MK_FAMILIES], struct mk_error *err);

#endif
