/*
 * rotate/turn - rotate one log, so that no line is lost and every step can be
 * repeated.
 *
 * The steps, each one system call that happened or did not:
 *
 *	1. a new log is made beside, ".LOG.mailkeep-new": owner, group, mode,
 *	   notice, all there before anybody can see it;
 *	2. generation 0 is made free: up to the first number that is free, or
 *	   to the last one that is kept, which goes (if a process writes to it
 *	   still, the log is not rotated); each generation moves by one, from
 *	   the highest down, without ever replacing a file;
 *	3. the log gets generation 0 as a second name (link), and then
 *	4. the new log takes the log's name (rename): there is no moment without
 *	   a log of that name, and none in which a line can go nowhere.
 *
 * Killed in between, the next run finds: a new log beside (made anew); a gap
 * among the generations (so fewer move); a log that is its own generation 0
 * (only step 4 is left).  Where links can't be made the log is moved and the
 * new one put in its place, with a moment between; that is told with -v.
 *
 * What is written to the old file after step 4, by a process that has it still
 * open, is in generation 0: it must not be compressed before (see settle).
 *
 * An entry that keeps 0 generations is emptied: as above, with the name
 * ".LOG.mailkeep-old.OFFSET" for generation 0, where OFFSET is its size at
 * step 4 (".1" behind it: another of that size waits).  What writers add later
 * is taken over into the new log by mk_turn_carry, and then it goes.
 */
#ifndef MK_ROTATE_TURN_H
#define MK_ROTATE_TURN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/error.h"
#include "rotate/entry.h"
#include "rotate/place.h"

struct mk_turn {
	/* by the caller, borrowed */
	const struct mk_entry *entry;
	const char *name;		/* the log's, in .place */
	const struct mk_place *place;	/* its rights are taken on */
	const struct mk_place *archive;	/* where generations lie; may be .place.
					 * Where it is apart (see below) the
					 * log's old file becomes generation 0
					 * in .place, from where settle moves
					 * it */
	const char *time_format;	/* -t; NULL: by number */
	const char *host;		/* for the notice, "mx1" */
	const char *reason;		/* the notice's end: " due to -F
					 * request"; "" none */
	int64_t now_s;
	FILE *show;			/* -n: touch nothing, and say each step
					 * here, as FreeBSD does ("\tmv a b") */
	/* filled */
	uint64_t removed, removed_bytes;	/* generations that went */
	bool turned;			/* the log is a new one now: also after
					 * -1, where just the last sync of the
					 * directory failed */
};

/*
 * Whether the log's old file waits in PLACE for settle: ARCHIVE is on another
 * file system, or its rights are others than those of PLACE.  (Another mount
 * of one file system is found out by the link alone: settle should look into
 * PLACE wherever it is not ARCHIVE.)
 */
bool mk_turn_apart(const struct mk_place *place,
    const struct mk_place *archive);

/*
 * Rotate.  The log is opened, and refused where it is no regular file of one
 * name (two, where the other is its generation 0).  One that is missing since
 * a run was killed after it had moved it is made.  The notice, "Nov 23
 * 00:00:00 mx1 newsyslog[123]: logfile turned over" (or RFC 5424's form), is
 * the old one's last line and the new one's first, unless B.  0; or -1, where
 * all that is not done yet can be done again: as long as the log is missing,
 * or the file that it was before.
 */
int mk_turn(struct mk_turn *turn, struct mk_error *err);

/* Make the log where it is missing ("logfile first created"): whole or not at
 * all; one that has come meanwhile stays.  0; or -1. */
int mk_turn_create(struct mk_turn *turn, struct mk_error *err);

/*
 * Of an entry that keeps none: for each ".LOG.mailkeep-old.OFFSET" that no
 * process has open for writing: append to the log, in one write where it can
 * be, what was written after OFFSET, beginning with the record that this is a
 * part of (records end with a newline; BLANK_LINE: with an empty line, as
 * TMDA's), and remove it.  0: nothing is left; 1: a process writes still, next
 * time; -1.  Killed before the removal, it may append the same again.
 */
int mk_turn_carry(struct mk_turn *turn, bool blank_line,
    struct mk_error *err);

#endif
