/* spamscan/delete - delete what scores above delete-above. */
#ifndef MK_SPAMSCAN_DELETE_H
#define MK_SPAMSCAN_DELETE_H

#include <stdint.h>

#include "base/error.h"
#include "spamscan/known.h"
#include "spamscan/spamscan.h"

#define MK_DELETE_KINDS	2

/* The .kind of a plan's item, by who scored it: it is counted there. */
uint8_t mk_delete_kind(enum mk_state state);

/* Carry out SCAN->plan, by mail/removal.  0 or -1. */
int mk_spamscan_delete(struct mk_spamscan *scan, struct mk_error *err);

#endif
