/*
 * rotate/notify - tell daemons that their logs were rotated.
 *
 * By an aide (base/aide) that is started before the program confines itself,
 * and that knows then all pid files and commands: once each, after all logs.
 *
 * Attacks: a number in a pid file is what somebody wrote there.  Whoever can
 * write it, or put another file in its place, must not have a process
 * signalled that he could not signal himself.
 * Races: between the look at the file and the signal the process may end, and
 * its number be another's: no kill(2) can tell.
 */
#ifndef MK_ROTATE_NOTIFY_H
#define MK_ROTATE_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/error.h"

struct mk_daemon {
	const char *what;		/* pid file, or command for sh -c */
	bool is_command;
	bool is_group;			/* the pid file holds -PGRP: FreeBSD's U */
	int signal;
};

struct mk_notify;

#define MK_NOTIFY_LIMIT_S	300	/* a command that hangs is killed */

/* Start the aide for the N daemons at V (copied), single-threaded; a command
 * may take MK_NOTIFY_LIMIT_S, or LIMIT_S seconds.  NULL on failure. */
struct mk_notify *mk_notify_start(const struct mk_daemon *v, size_t n,
    struct mk_error *err);
struct mk_notify *mk_notify_start_within(const struct mk_daemon *v, size_t n,
    time_t limit_s, struct mk_error *err);

/*
 * Signal (or run) the one of INDEX.  A pid file has an absolute path and one
 * name, is opened without following a last link, and must begin with one
 * number, alone or followed by a blank, from 2 on (group: below -1), that is
 * not ours.  It is believed as far as its owner may go.  For root:
 *
 *	in a user's directory (rotate/place): with that user's rights, if the
 *	    file is his or root's; another's is refused;
 *	else a user's file: with its owner's rights;
 *	else, root's: with root's, but refused where others can write it or
 *	    its directory.
 *
 * Who is not root has his own rights; his own file and root's (the same) are
 * believed, another's is refused.
 *
 * To a command with a .signal above 0 that is added, " 1", as FreeBSD does.
 *
 * 0: done.  1: nobody is there to be told: no such pid file, an empty one, no
 * such process; *ERR says so, with EX_NOINPUT.  -1: it could not be done.
 */
int mk_notify_send(struct mk_notify *notify, size_t index,
    struct mk_error *err);

/* The same without the signal: whether somebody is there (FreeBSD's -P).
 * Commands always are. */
int mk_notify_ask(struct mk_notify *notify, size_t index,
    struct mk_error *err);

void mk_notify_stop(struct mk_notify *notify);	/* NULL is fine */

#endif
