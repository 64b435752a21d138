/*
 * rotate/turn_parts - what the files of rotate/turn share, and nobody else
 * includes.
 */
#ifndef MK_ROTATE_TURN_PARTS_H
#define MK_ROTATE_TURN_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "rotate/generation.h"
#include "rotate/place.h"
#include "rotate/turn.h"

#define MK_TURN_LINKS_MAX	2	/* the log, and its generation 0 */

enum mk_turn_state {
	MK_TURN_WHOLE,			/* all steps are to be done */
	MK_TURN_LINKED,			/* the log is its own generation 0 */
	MK_TURN_MOVED			/* the log was moved, the new one waits:
					 * no links could be made */
};

struct mk_turning {
	struct mk_turn *turn;
	const struct mk_place *home;	/* where the log's old file goes */
	bool apart;			/* mk_turn_apart */
	bool lost;			/* the rights of the place could not be
					 * taken on again: touch nothing */
	enum mk_turn_state state;
	struct stat st;			/* the log's; what has become of it */
	int fd;				/* of the log, to append; -1 */
	char *fresh;			/* ".LOG.mailkeep-new" */
	bool made;			/* .fresh is there, and nothing yet */
	bool waits;			/* .first is there and is to be moved
					 * to the archive, which must be free
					 * for it: that is planned, no more */
	char *first;			/* name of generation 0 in .home */
};

/* 0, or -1 with *ERR; mk_turning_end either way. */
int mk_turning_begin(struct mk_turning *c, struct mk_turn *turn,
    struct mk_error *err);
void mk_turning_end(struct mk_turning *c);

/*
 * Call WORK with the rights of the archive, and come back to the place's.
 * 0 or -1.
 */
typedef int mk_turning_fn(struct mk_turning *c, void *data,
    struct mk_error *err);
int mk_turning_in_archive(struct mk_turning *c, mk_turning_fn *work,
    void *data, struct mk_error *err);

/* Whether NAME in DIRFD is the very file of *ST. */
bool mk_turning_is(int dirfd, const char *name, const struct stat *st);

/* ".LOG.mailkeep-old.OFFSET", or with ".N" behind it: 1 and *OFFSET, or 0. */
int mk_turning_old(const char *log, const char *name, int64_t *offset);

/* turn_find: what there is of the log before.  0 or -1. */
int mk_turning_judge(struct mk_turning *c, struct mk_error *err);
/* Whether the log was moved and then no further.  1 (.state, .st), 0, -1. */
int mk_turning_moved(struct mk_turning *c, struct mk_error *err);

/* turn_new: the notice, " logfile turned over ...", and the new log beside. */
int mk_turning_notice(const struct mk_turn *turn, const char *what,
    const char *reason, struct mk_buf *line, struct mk_error *err);
int mk_turning_fresh(struct mk_turning *c, const char *what,
    const char *reason, struct mk_error *err);

/* turn_shift: what is done to the generations. */
enum mk_turn_verb {
	MK_TURN_REMOVE, MK_TURN_MOVE, MK_TURN_LINK, MK_TURN_UNLINK
};

struct mk_turn_step {
	enum mk_turn_verb verb;
	const struct mk_place *place;
	char *from, *to;		/* UNLINK: .to is its new name */
	dev_t dev;			/* of the file that was looked at */
	ino_t ino;
	int64_t bytes;
};

struct mk_turn_steps {
	struct mk_turn_step *v;
	size_t n, cap;
};
int mk_turning_plan(struct mk_turning *c, struct mk_turn_steps *steps,
    struct mk_error *err);
int mk_turning_fail_waits(const struct mk_turning *c, struct mk_error *err);
void mk_turn_steps_free(struct mk_turn_steps *steps);

/* turn_steps: say them on .show, or take them. */
void mk_turning_show(const struct mk_turning *c,
    const struct mk_turn_steps *steps);

/* Whether a process writes to NAME in PLACE, the log's or the archive, the
 * rights of which are taken on: 1; 0: none does, or it can't be told; -1. */
int mk_turning_written(struct mk_turning *c, const struct mk_place *place,
    const char *name, struct mk_error *err);

/* That no process writes to what the steps remove: before any is taken. */
int mk_turning_check(struct mk_turning *c, const struct mk_turn_steps *steps,
    struct mk_error *err);
int mk_turning_take(struct mk_turning *c, const struct mk_turn_steps *steps,
    struct mk_error *err);

/* Whether G is an empty file that mk_sys_rename_noreplace left when it was
 * killed, where it has neither renameat2(2) nor links. */
bool mk_turning_is_reserved(const struct mk_place *place,
    const struct mk_generation *g);

/* "\tWHAT PLACE/NAME", a line; with TO (not NULL) then "TO TO_PLACE/TO_NAME",
 * which else is not looked at. */
void mk_turning_say(FILE *show, const char *what,
    const struct mk_place *place, const char *name, const char *to,
    const struct mk_place *to_place, const char *to_name);

/* Whether ERRNUM of link(2) says that none can be made here. */
bool mk_turning_no_links(int errnum);

#endif
