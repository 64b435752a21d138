/*
 * spamscan/modes - the questions that a run may be asked in place of moving
 * spam: --explain, --histogram, --learn-list; and what options go together.
 */
#ifndef MK_SPAMSCAN_MODES_H
#define MK_SPAMSCAN_MODES_H

#include <stdbool.h>

#include "base/error.h"
#include "spamscan/run.h"
#include "spamscan/setup.h"
#include "spamscan/spamscan.h"

/* Whether a question is asked. */
bool mk_modes_asks(const struct mk_spamscan_args *args);

/* Whether nothing is to be changed: not by -n, and not by a question but
 * --learn-list --tell, which notes down what was told. */
bool mk_modes_reads_only(const struct mk_options *opt,
    const struct mk_spamscan_args *args);

/* What does not go together.  0; or -1, EX_USAGE, or EX_CONFIG where the
 * configuration lacks what an option wants. */
int mk_modes_check(const struct mk_options *opt,
    const struct mk_spamscan_args *args, const struct mk_spamscan_conf *conf,
    struct mk_error *err);

/*
 * The rules of --trust, of all dialects, behind the N that CONF has: put there
 * by add, and taken out, freed, by drop, which is to be called either way.  0
 * or -1.
 */
struct mk_modes_trust {			/* { 0 } */
	struct mk_trust *configured;
	size_t configured_n;
	bool added;
};
int mk_modes_trust_add(struct mk_modes_trust *trust,
    const struct mk_spamscan_args *args, struct mk_spamscan_conf *conf,
    struct mk_error *err);
void mk_modes_trust_drop(struct mk_modes_trust *trust,
    struct mk_spamscan_conf *conf);

/* Have SCAN work at ROOT. */
void mk_modes_at(struct mk_spamscan *scan,
    const struct mk_spamscan_setup *setup, const struct mk_root *root);

/* Nothing found at all is an error that says what: 0 or -1. */
int mk_modes_matched(const struct mk_spamscan *scan,
    const struct mk_walk_result *met, struct mk_error *err);

/*
 * Answer, on standard output.  SCAN is set but for the root.  0 or -1; what is
 * told by the way is in scan->problems.
 */
int mk_modes_answer(struct mk_spamscan *scan,
    const struct mk_spamscan_setup *setup, struct mk_error *err);

#endif
