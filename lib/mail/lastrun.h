/*
 * mail/lastrun - what a program's last run over the mail root has left in the
 * state-dir: its index (mail/index), in a file for each program and root.
 *
 * Without a state-dir there is none, and nothing is written.
 */
#ifndef MK_MAIL_LASTRUN_H
#define MK_MAIL_LASTRUN_H

#include <stdint.h>

#include "base/error.h"
#include "mail/host.h"
#include "mail/index.h"
#include "mail/walk.h"

struct mk_lastrun {			/* { 0 } to begin with */
	struct mk_index index;		/* .n is 0 where it does not fit */
	/* private */
	const struct mk_host *host;
	int state_fd;
	char name[64];
	struct mk_index_key key;
};

/*
 * Load that of PROGRAM ("expire") for HOST's mail root, open as ROOTFD (-1:
 * not open).  RULES is the fingerprint of all that decides which folders a run
 * looks at, and what it wants to know of them.  HOST and OWN must last.  0; or
 * -1 where it is there and can't be read.  mk_lastrun_close either way.
 */
int mk_lastrun_load(struct mk_lastrun *last, const struct mk_host *host,
    const struct mk_own *own, const char *program, int rootfd,
    uint64_t rules, struct mk_error *err);

/* How many mailboxes it has met, where that run's index fits; 0: not known. */
uint64_t mk_lastrun_mailboxes(const struct mk_lastrun *last);

/* Leave what the walk of a whole run at NOW_S has found.  0 or -1. */
int mk_lastrun_save(const struct mk_lastrun *last,
    struct mk_walk_result *result, int64_t now_s, struct mk_error *err);

/* Leave the time alone, of a run that has changed nothing.  0 or -1. */
int mk_lastrun_touch(const struct mk_lastrun *last, int64_t now_s,
    struct mk_error *err);

void mk_lastrun_close(struct mk_lastrun *last);

#endif
