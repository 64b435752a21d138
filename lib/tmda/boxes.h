/*
 * tmda/boxes - the queues of a section: of its directory, or of each mailbox.
 */
#ifndef MK_TMDA_BOXES_H
#define MK_TMDA_BOXES_H

#include "tmda/tmda.h"

/*
 * Hand each queue of section T to EACH, in the order of their mailboxes' names.
 * It says whether to keep it (among t->queues), or have it freed.  Mailboxes
 * without a TMDA directory, without an account, of one that is to keep all,
 * and those that --user does not name are passed over.  0; or -1 (EX_NOINPUT:
 * there is no queue at all).
 */
typedef bool mk_tmda_box_fn(void *data, struct mk_tmda *t,
    struct mk_tmda_queue *queue);
int mk_tmda_boxes(struct mk_tmda *t, mk_tmda_box_fn *each, void *data,
    struct mk_error *err);

#endif
