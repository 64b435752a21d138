/*
 * tmda/scan - find what is due in a queue.
 *
 * With age = "name" nothing is asked of a message's file: its name, and what
 * the directory says it is, tell all.
 */
#ifndef MK_TMDA_SCAN_H
#define MK_TMDA_SCAN_H

#include "tmda/names.h"
#include "tmda/tmda.h"

/*
 * Count what QUEUE holds, and put what is due into the roots' plans and
 * queue->groups.  What goes wrong is told.  *FOUND: a directory was there.
 */
void mk_tmda_scan(struct mk_tmda *t, struct mk_tmda_queue *queue,
    bool *found);

/*
 * Hand each pending message of QUEUE to EACH, as they lie: the directory DIRFD,
 * which is WHICH (MK_TMDA_ORIGINAL, NEW or CUR), and the file's name, both for
 * the call.  It returns 0, or -1 with errno, which ends that directory.
 */
typedef int mk_tmda_each_fn(void *data, int dirfd, unsigned which,
    const char *name, const struct mk_tmda_name *parsed);
void mk_tmda_each(struct mk_tmda *t, struct mk_tmda_queue *queue,
    mk_tmda_each_fn *each, void *data);

#endif
