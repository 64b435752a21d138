/*
 * mail/msgname - the name of a message's file.
 *
 * "1700000000.M1P2.mx,S=9:2,FS" is a unique name, which stays as long as the
 * message lies in its folder, and after the colon its info, which changes
 * with every flag.  Source: maildir(5); ",S=" is Maildir++'s size hint
 * (README.maildirquota of Courier), which Dovecot and Exim write too.
 */
#ifndef MK_MAIL_MSGNAME_H
#define MK_MAIL_MSGNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MK_FLAG_DRAFT	= 1 << 0,	/* D */
	MK_FLAG_FLAGGED	= 1 << 1,	/* F */
	MK_FLAG_PASSED	= 1 << 2,	/* P */
	MK_FLAG_REPLIED	= 1 << 3,	/* R */
	MK_FLAG_SEEN	= 1 << 4,	/* S */
	MK_FLAG_TRASHED	= 1 << 5	/* T */
};

/*
 * The length of NAME's unique name, *FLAGS (may be NULL) the MK_FLAG_ bits
 * from ":2,".  Other letters, and the experimental ":1,", say nothing.
 */
size_t mk_msgname_split(const char *name, unsigned *flags);

/* Bytes from ",S=n" in the unique name; -1 where there is none, or one that
 * no message has (over 1 PiB). */
int64_t mk_msgname_size(const char *name, size_t uniq_len);

/*
 * Seconds since the Epoch from the digits that NAME begins with, up to a dot;
 * -1 where it has none, or more than eleven.
 */
int64_t mk_msgname_time(const char *name);

/* A 64-bit hash (FNV-1a) of the unique name: the key of a ledger. */
uint64_t mk_msgname_hash(const char *name, size_t uniq_len);

/*
 * Whether NAME can be a message's: not hidden, and none of the files that
 * IMAP servers, MTAs and Mailkeep keep in a Maildir (dovecot*, courier*,
 * maildirsize, maildirfolder, subscriptions, mailkeep.*), whatever place it
 * was met in.
 */
bool mk_msgname_fits(const char *name);

#endif
