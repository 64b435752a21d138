/*
 * blacklist/aide - what must be done with the rights that the program was
 * started with, after it has given them up.
 *
 * A child, forked before that, waits for two requests: to try whether the
 * reader (Exim's user) can open a file in a directory of the outputs, and to
 * run the command on-change.  It does nothing else, and ends with its parent.
 * It holds none of the parent's descriptors but standard error, so no lock
 * either.
 *
 * Signals: the child takes no notice of SIGINT, SIGTERM, SIGHUP and SIGQUIT,
 * and the command has a session of its own: what a terminal or "kill" sends
 * to the program ends neither half-way.  Should the parent be killed, the
 * command runs to its end, and the child says how that failed.
 */
#ifndef MK_BLACKLIST_AIDE_H
#define MK_BLACKLIST_AIDE_H

#include <time.h>

#include "base/error.h"

#define MK_AIDE_LIMIT_S	300		/* a command that hangs is killed */

struct mk_aide;

/*
 * Start it, single-threaded.  READER is a user's name ("" or NULL: nobody is
 * asked about), who is to read FILES (up to a NULL) and what lies beside them;
 * COMMAND is for sh -c ("" or NULL: none), and may take LIMIT_S seconds; all
 * are copied.  A reader that is not known is EX_NOUSER.  Where the program is
 * not root and READER is somebody else, no one can try: mk_aide_can_read()
 * then judges by the modes and owners of the file and of all directories above
 * it.  NULL on failure.
 */
struct mk_aide *mk_aide_start(const char *reader, const char *const *files,
    const char *command, time_t limit_s, struct mk_error *err);

/*
 * Whether READER can open the absolute or relative PATH, through all its
 * directories, whose names are those of one of FILES (else EX_SOFTWARE); a
 * link is not followed there.  Messages call it AS (NULL: PATH).  0; or -1,
 * EX_NOPERM, with who can't and what to do (chmod, which directory); another
 * status where it is not there.  AIDE may be NULL: 0.
 */
int mk_aide_can_read(struct mk_aide *aide, const char *path, const char *as,
    struct mk_error *err);

/*
 * Run the command, with standard input and output from and to /dev/null,
 * standard error as ours, no signal ignored or blocked, and MAILKEEP_CHANGED
 * in its environment: CHANGED, the names of the outputs that are new ("cdb
 * hostlist": small letters, digits, "-" and blanks).  Waits for its end; after
 * LIMIT_S its process group gets SIGTERM, and SIGKILL 5 s later.  0; or -1,
 * EX_TEMPFAIL, with its status.  Nothing to do (CHANGED is "", no command, no
 * AIDE): 0.
 */
int mk_aide_changed(struct mk_aide *aide, const char *changed,
    struct mk_error *err);

void mk_aide_stop(struct mk_aide *aide);	/* NULL is fine */

#endif
