/*
 * tmda/message - what a pending message says of itself.
 *
 * TMDA puts Return-Path (the envelope sender, to whom the request for
 * confirmation went) and X-TMDA-Recipient (for whom it is) into what it holds.
 */
#ifndef MK_TMDA_MESSAGE_H
#define MK_TMDA_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"

struct mk_tmda_message {		/* { 0 } */
	struct mk_buf text;		/* the header, and more */
	struct stat st;
	struct mk_buf sender;		/* without its brackets; "" of a
					 * bounce, or where there is none */
	struct mk_buf primary;		/* X-Primary-Address, likewise: what
					 * TMDA puts on a list, for one who
					 * sends by tagged addresses */
	struct mk_buf recipient, subject;	/* on one line; "" */
};

/*
 * Read the header of the file NAME in DIRFD, no link followed, over what was
 * there.  1; 0 where it is gone, or no regular file; -1 where it can't be read,
 * or its header names no sender and has no end (without its name).
 */
int mk_tmda_message_read(struct mk_tmda_message *msg, int dirfd,
    const char *name, struct mk_error *err);
void mk_tmda_message_free(struct mk_tmda_message *msg);

/*
 * Whether the sender ADDRESS, LEN bytes, can be a line of a list of TMDA's and
 * mean itself there: it has no blank, no control byte or 8-bit one, and nothing
 * that lists take for a pattern, an action or a comment: "*@example.org" as a
 * sender would put all of a domain on a blacklist.
 */
bool mk_tmda_is_listable(const char *address, size_t len);

#endif
