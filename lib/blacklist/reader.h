/*
 * blacklist/reader - what must be done with the rights that the program was
 * started with, after it has given them up: try whether the reader (Exim's
 * user) can open a file in a directory of the outputs, and run the command
 * on-change.  By an aide: see base/aide.h for signals, and what it holds.
 */
#ifndef MK_BLACKLIST_READER_H
#define MK_BLACKLIST_READER_H

#include <time.h>

#include "base/error.h"

#define MK_READER_LIMIT_S	300		/* a command that hangs is killed */

struct mk_reader_aide;

/*
 * Start it, single-threaded.  READER is a user's name ("" or NULL: nobody is
 * asked about), who is to read FILES (up to a NULL) and what lies beside them;
 * COMMAND is for sh -c ("" or NULL: none), and may take LIMIT_S seconds; all
 * are copied.  A reader that is not known is EX_NOUSER.  Where the program is
 * not root and READER is somebody else, no one can try: mk_reader_can_read()
 * then judges by the modes and owners of the file and of all directories above
 * it.  NULL on failure.
 */
struct mk_reader_aide *mk_reader_start(const char *reader,
    const char *const *files, const char *command, time_t limit_s,
    struct mk_error *err);

/*
 * Whether READER can open the absolute or relative PATH, through all its
 * directories, whose names are those of one of FILES (else EX_SOFTWARE); a
 * link is not followed there.  Messages call it AS (NULL: PATH).  0; or -1,
 * EX_NOPERM, with who can't and what to do (chmod, which directory); another
 * status where it is not there.  AIDE may be NULL: 0.
 */
int mk_reader_can_read(struct mk_reader_aide *aide, const char *path,
    const char *as, struct mk_error *err);

/*
 * Run the command, with standard input and output from and to /dev/null,
 * standard error as ours, no signal ignored or blocked, and MAILKEEP_CHANGED
 * in its environment: CHANGED, the names of the outputs that are new ("cdb
 * hostlist": small letters, digits, "-" and blanks).  Waits for its end; after
 * LIMIT_S its process group gets SIGTERM, and SIGKILL 5 s later.  0; or -1,
 * EX_TEMPFAIL, with its status.  Nothing to do (CHANGED is "", no command, no
 * AIDE): 0.
 */
int mk_reader_changed(struct mk_reader_aide *aide, const char *changed,
    struct mk_error *err);

void mk_reader_stop(struct mk_reader_aide *aide);	/* NULL is fine */

#endif
