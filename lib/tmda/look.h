/*
 * tmda/look - look at all pending messages of a queue, the oldest first.
 */
#ifndef MK_TMDA_LOOK_H
#define MK_TMDA_LOOK_H

#include "tmda/message.h"
#include "tmda/tmda.h"

struct mk_tmda_seen {			/* for the call */
	const struct mk_tmda_queue *queue;
	const char *path;		/* of the file, as people read it */
	const char *id;
	int64_t since_s;		/* as the section counts age */
	const struct mk_tmda_message *msg;
	bool listed;			/* the sender is on a list */
};

/*
 * Hand each to SEE, those for other recipients than --user names left out.  It
 * returns 0, or -1 with errno, which ends the look.  What goes wrong is told.
 * 0; or -1 with errno, SEE's or ENOMEM.
 */
typedef int mk_tmda_see_fn(void *data, const struct mk_tmda_seen *seen);
int mk_tmda_look(struct mk_tmda *t, struct mk_tmda_queue *queue,
    mk_tmda_see_fn *see, void *data);

#endif
