/*
 * base/stop - end in good order when asked to.
 *
 * After SIGINT, SIGTERM or SIGHUP the work in hand is finished (a folder's
 * quota and ledger are brought up to date) and no further one is begun.
 */
#ifndef MK_BASE_STOP_H
#define MK_BASE_STOP_H

#include <stdbool.h>

/* Catch the signals; one that is ignored (nohup) stays so. */
void mk_stop_catch(void);

/* Whether one has come.  From any thread. */
bool mk_stopped(void);

#endif
