/*
 * mail/folder - the names of a mailbox's folders, and patterns on them.
 *
 * A folder has a name, UTF-8 with '/' between the levels ("Trash/2025"), and
 * a place below its mailbox: ".Trash.2025" in the Maildir++ layout,
 * "Trash/2025" in the fs layout.  On disk names are in IMAP's modified UTF-7
 * (RFC 3501 5.1.3) or plain UTF-8; either matches.
 */
#ifndef MK_MAIL_FOLDER_H
#define MK_MAIL_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/error.h"

enum mk_layout { MK_MAILDIRPP, MK_FS };

#define MK_INBOX	"INBOX"		/* its place is "", the mailbox itself */

/*
 * Put the name of the folder at PLACE into *NAME (emptied first).  What is no
 * valid modified UTF-7 stays as it is.  0; or -1 where PLACE names no folder
 * (an empty level, as in "..a" or ".a..b") or there is no memory.
 */
int mk_folder_name(enum mk_layout layout, const char *place,
    struct mk_buf *name);

/*
 * The inverse: where the folder NAME ("Junk", "Spam/Auto", "INBOX") is to be,
 * in modified UTF-7, into *PLACE (emptied first).  0; or -1 with errno: ENOMEM;
 * EINVAL where NAME can be no folder's in this layout: an empty level, a
 * control character, no UTF-8, "inbox" in other letters than INBOX, a level
 * longer than a file name; a '.' in Maildir++; in the fs layout a level that
 * begins with one (it would make the mailbox Maildir++), or is cur, new, tmp.
 */
int mk_folder_place(enum mk_layout layout, const char *name,
    struct mk_buf *place);

/*
 * Patterns of fnmatch(3) on names.  A level is matched by itself: "Tr*" is
 * Trash and no Trash/2025.  In a Maildir++ mailbox, where a dot is the
 * separator, "A.B" is "A/B".
 */
struct mk_patterns {
	const struct mk_list *list;	/* borrowed */
	bool subfolders;		/* what lies below a match matches */
};

/*
 * 1 where any pattern matches the folder NAME (of mk_folder_name), 0 where
 * none does, -1 where there is no memory to tell.
 */
int mk_folder_match(const struct mk_patterns *patterns,
    enum mk_layout layout, const char *name);

/*
 * Whether (1, 0, -1 as above) any pattern of LIST matches a mailbox, given as
 * its path below the mail root, "example.org/alice" ('*' matches '/', too).  A
 * pattern with an '@' is matched with the address that the path spells:
 * "alice@example.org", also for "example.org/a/alice" and with a last
 * "Maildir" left out.
 */
int mk_account_match(const struct mk_list *list, const char *mailbox);

/* The same, of a mailbox whose address is known; NULL: as it is spelled. */
int mk_account_match_as(const struct mk_list *list, const char *mailbox,
    const char *address);

/* That address into *BUF, in its place: "" where none is spelled.  0 or -1. */
int mk_account_address(const char *mailbox, struct mk_buf *buf);

#endif
