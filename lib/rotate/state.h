/*
 * rotate/state - what is known of logs from run to run: rotate.state in the
 * state-dir.
 *
 * A text, replaced at once and synced, with a line a log: what newsyslog has
 * to guess from the times of files.  A line that can't be read, or a file,
 * never stops a rotation: that log is as new.
 *
 *	mailkeep-rotate state 1
 *	LOG	SEEN	ROTATED	OWES	DEV	INO	SIZE	TURN
 *	end	COUNT
 *
 * between tabs; numbers are decimal, "-" is MK_WHEN_NEVER; in LOG a tab, a
 * newline and a backslash are \t, \n and \\.
 */
#ifndef MK_ROTATE_STATE_H
#define MK_ROTATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define MK_ROTATE_STATE_NAME	"rotate.state"

enum {
	MK_OWES_TURN	= 1 << 0,	/* begun: done if the log is no longer
					 * the file of .ino and .size */
	MK_OWES_NOTICE	= 1 << 1,	/* its daemon is to be told */
	MK_OWES_SETTLE	= 1 << 2	/* generations wait to be compressed,
					 * or moved, or carried over */
};

struct mk_rotate_record {
	char *log;			/* path */
	int64_t seen_s;			/* first */
	int64_t rotated_s;		/* last; MK_WHEN_NEVER */
	unsigned owes;			/* MK_OWES_ */
	uint64_t dev, ino;		/* of the log that MK_OWES_TURN is for */
	uint64_t size;			/* the same: it has grown since, or is
					 * another that got the inode */
	int64_t turn_s;			/* and when that was begun */
};

struct mk_rotate_state {		/* { 0 } is an empty one */
	struct mk_rotate_record *v;	/* sorted by log */
	size_t n, cap;
	bool changed;			/* since it was loaded or saved; to be
					 * set by who changes a record */
};

/*
 * Load it from DIRFD (-1: none, it is empty).  Lines that are no good are left
 * out, and *BAD counts them: also one that is cut, all lines of a log that has
 * several, and once the missing or wrong count of the end.  Where there are
 * any, .changed is set: saved, the file is whole again.  0, also where there is
 * no file; or -1 where it is there and can't be read, or is of another version:
 * *STATE is empty then, and the run may go on.
 */
int mk_rotate_state_load(struct mk_rotate_state *state, int dirfd,
    size_t *bad, struct mk_error *err);

/* The record of LOG; NULL where there is none. */
struct mk_rotate_record *mk_rotate_state_find(
    const struct mk_rotate_state *state, const char *log);

/* The same, made with .seen_s where it is missing; NULL (ENOMEM).  Pointers
 * got before are no longer good. */
struct mk_rotate_record *mk_rotate_state_get(struct mk_rotate_state *state,
    const char *log, int64_t now_s);

/*
 * Forget the logs of which nothing was heard since BEFORE_S, neither by the
 * first sight nor by a rotation, and that owe nothing, or MK_OWES_SETTLE: of
 * patterns, names that never come again would pile up.
 */
void mk_rotate_state_forget(struct mk_rotate_state *state,
    int64_t before_s);

/* Save it in DIRFD (-1: nowhere), synced, if it has changed.  0 or -1. */
int mk_rotate_state_save(struct mk_rotate_state *state, int dirfd,
    struct mk_error *err);

void mk_rotate_state_free(struct mk_rotate_state *state);

#endif
