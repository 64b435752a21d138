/*
 * spamscan/box - a mailbox in which a message may have to go to Junk.
 *
 * Nothing of it is opened before the first one has: most passes find no spam.
 */
#ifndef MK_SPAMSCAN_BOX_H
#define MK_SPAMSCAN_BOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "mail/walk.h"
#include "spamscan/junk.h"
#include "spamscan/moved.h"
#include "spamscan/spamscan.h"

struct mk_box {
	struct mk_spamscan *scan;
	const struct mk_folder *folder;	/* the one that is scanned */
	int fd;				/* the mailbox; -1: not opened yet */
	bool refused;			/* can't be used; told */
	struct mk_moved moved;
	struct mk_junk junk;
	bool junk_open;
	uint64_t mark;			/* mk_quota_mark */
	int64_t quota_bytes, quota_count;
};
#define MK_BOX(s, f)							\
	{ .scan = (s), .folder = (f), .fd = -1, .moved = { .fd = -1 },	\
	    .junk = MK_JUNK }

enum mk_box_junked {
	MK_JUNK_MOVED,			/* or would be, in a dry run */
	MK_JUNK_TAKEN_BACK,		/* its user has taken it back once */
	MK_JUNK_VANISHED,		/* no longer under this name, or being
					 * moved by a client */
	MK_JUNK_REFUSED			/* it can't be moved; told */
};

/*
 * Move the message NAME in the directory FD (the folder's new, or cur) to
 * Junk.  PRINT is its header's fingerprint, ST its fstat(2).
 */
enum mk_box_junked mk_box_junk(struct mk_box *box, int fd, const char *name,
    bool in_new, uint64_t print, const struct stat *st);

/* Whether its user has taken back the message with PRINT: 1, 0; -1: that can't
 * be told, which was. */
int mk_box_taken_back(struct mk_box *box, uint64_t print);

/* Write the quota line, and close. */
void mk_box_close(struct mk_box *box);

#endif
