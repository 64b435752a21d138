/*
 * tmda/remove - carry a section's plans out, by mail/removal.
 */
#ifndef MK_TMDA_REMOVE_H
#define MK_TMDA_REMOVE_H

#include "tmda/tmda.h"

/*
 * Append senders where that is wanted, then remove.  A queue whose list can't
 * be appended to keeps its messages.  0; or -1, where nothing could be begun
 * or mk_stopped().
 */
int mk_tmda_remove(struct mk_tmda *t, struct mk_error *err);

#endif
