/*
 * spamscan/moved - which messages of a mailbox Mailkeep has put into Junk.
 *
 * A message that its user takes back is not moved again, under whatever name
 * it comes: so the fingerprints of what was moved (mk_header_fingerprint) are
 * kept in the mailbox, in "mailkeep.moved".  Written before the message moves:
 * a kill in between leaves a message in the inbox for good, and never moves
 * one twice.
 *
 * Format: the magic "MKMOVED1", then records of 16 bytes, little endian:
 * fingerprint 8, seconds since the Epoch 4, check 4 (CRC-32 of the twelve,
 * all bits turned where the move was called off).  One record an append.  A
 * damaged one is passed over, by itself: one cut short (by a kill, a full
 * disk) leaves those behind it at an odd place, so a reader that meets no
 * record at one byte tries at the next.
 *
 * Who adds holds a shared flock, who tidies an exclusive one.
 */
#ifndef MK_SPAMSCAN_MOVED_H
#define MK_SPAMSCAN_MOVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define MK_MOVED_NAME		"mailkeep.moved"
#define MK_MOVED_REMEMBER_S	(400 * INT64_C(86400))

struct mk_moved {
	int dirfd, fd;			/* the mailbox's (borrowed); its own */
	bool found;			/* the file was there */
	uint64_t *prints;		/* sorted, as loaded */
	size_t n;
	int64_t now_s;
	/* private */
	bool write;
	size_t size_bytes;		/* of the file, as loaded */
};

/*
 * Load the file of the mailbox open as DIRFD, which must last; the fingerprints
 * older than MK_MOVED_REMEMBER_S at NOW_S, and those called off, are left out.
 * A file that is not there is an empty one.  WRITE: it will be added to.  0; or
 * -1 (a link, no regular file with one link, another format, no right; being
 * tidied: EX_TEMPFAIL): then nothing may be moved.  The text does not name the
 * file.  mk_moved_close either way.
 */
int mk_moved_load(struct mk_moved *moved, int dirfd, int64_t now_s,
    bool write, struct mk_error *err);

/* Whether PRINT was moved before this load: what was added since does not
 * count, for two messages alike that lie here together are both new. */
bool mk_moved_has(const struct mk_moved *moved, uint64_t print);

/*
 * Append PRINT, making the file (mode 0600, as root the directory's owner) with
 * the first; not synced.  Call it before the move, and mk_moved_call_off where
 * the move came to nothing.  0 or -1 (full disk): then the message may not
 * move.
 */
int mk_moved_add(struct mk_moved *moved, uint64_t print,
    struct mk_error *err);
int mk_moved_call_off(struct mk_moved *moved, uint64_t print,
    struct mk_error *err);

/*
 * Forget, by a new file in place of the old one, what is too old or damaged or
 * was called off, if that is at least half of it and it has more than 64 KiB;
 * not while another run adds.  Nothing can be added afterwards.  0 or -1.
 */
int mk_moved_tidy(struct mk_moved *moved, struct mk_error *err);

void mk_moved_close(struct mk_moved *moved);

#endif
