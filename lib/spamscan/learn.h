/*
 * spamscan/learn - the messages whose place was decided by their users.
 *
 * Spam: a message in Junk that lay elsewhere in the mailbox at an earlier run
 * (its mtime, the delivery, is older than a run that did not meet it in Junk),
 * and was not moved there by us.  Ham: one that we moved to Junk and that is
 * back in a folder that is scanned.  What was delivered into Junk, by the MTA
 * or a filter, is nobody's decision.
 */
#ifndef MK_SPAMSCAN_LEARN_H
#define MK_SPAMSCAN_LEARN_H

#include <stdbool.h>

#include "base/error.h"
#include "base/sys.h"
#include "mail/source.h"
#include "mail/walk.h"
#include "spamscan/spamscan.h"

/*
 * A pass over a Junk folder (learn = yes): enter into its ledger how each new
 * message came in.  RECORD as for mk_walk_ops.visit; READER and SOURCE are the
 * worker's.
 */
void mk_learn_junk(struct mk_spamscan *scan, const struct mk_folder *folder,
    struct mk_index_record *record, struct mk_dir *reader,
    struct mk_source *source);

/*
 * Print the paths of the messages that users have made SPAM, or ham, as the
 * last run found: one a line, or JSON where scan->lines says so.  TELL: tell
 * spamd of those that it was not told of yet, and print these.  WALK says
 * where.  0 or -1.
 */
int mk_learn_list(struct mk_spamscan *scan, const struct mk_walk *walk,
    bool spam, bool tell, struct mk_error *err);

#endif
