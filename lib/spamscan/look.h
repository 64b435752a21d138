/*
 * spamscan/look - walk the folders, judge what is new in them, and move it.
 */
#ifndef MK_SPAMSCAN_LOOK_H
#define MK_SPAMSCAN_LOOK_H

#include "base/error.h"
#include "mail/ledger.h"
#include "mail/walk.h"
#include "spamscan/ask.h"
#include "spamscan/spamscan.h"

/* Walk.  Messages that only spamd can score become questions.  0 or -1. */
int mk_spamscan_walk(struct mk_spamscan *scan, const struct mk_walk *walk,
    struct mk_walk_result *result, struct mk_error *err);

/*
 * The mtime before which a message was too old when it was seen first: now, or
 * when ENTRY (NULL: none) of its folder's ledger was made.
 */
int64_t mk_look_oldest(const struct mk_spamscan *scan,
    const struct mk_ledger_entry *entry);

/* Look again into the folders of the questions, now that they are answered. */
void mk_spamscan_answered(struct mk_spamscan *scan);

#endif
