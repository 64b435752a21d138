/*
 * mail/ledger - since when a message has been in its folder.
 *
 * No timestamp on disk tells: mtime is the original arrival, ctime starts
 * anew with every flag, and a folder's rename touches neither.  So a watched
 * folder keeps "mailkeep.ledger" beside cur/ and new/: for each message the
 * hash of its unique name and when it was first seen there.
 *
 *  - A message in the ledger keeps its time, whatever its timestamps say.
 *  - A message new to it came since the last pass that wrote it: the later of
 *    its ctime and that pass.
 *  - Without a ledger (first run, new, renamed into place, lost, damaged, of
 *    another folder or version): the latest of the ctimes of the message, of
 *    the folder's directory and of those above it in the mailbox.
 *
 * So a time is never earlier than the truth, and nothing goes too soon; a
 * ledger that can't be read or written makes messages live longer.  It is not
 * synced to the disk for the same reason.
 *
 * Format: little endian; 80 bytes of header (the magic "MKLEDGR1", version,
 * CRC-32 of all behind it, count, the struct mk_ledger_head, the length of
 * the folder's place), the place padded to eight bytes, then entries of 16
 * bytes sorted by hash.  Bytes behind them mean nothing.
 */
#ifndef MK_MAIL_LEDGER_H
#define MK_MAIL_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define MK_LEDGER_NAME	"mailkeep.ledger"
#define MK_NEVER	INT64_MAX	/* a due time: not before a change */
#define MK_ALWAYS	INT64_MIN	/* a due time: look at every pass */
#define MK_RACY		INT64_MIN	/* an mtime that proves nothing */

struct mk_ledger_head {
	int64_t last_pass_s;		/* seconds since the Epoch */
	int64_t cur_ns, new_ns;		/* the directories' mtimes then */
	int64_t due_s;			/* earliest due time under .rules */
	uint64_t rules;			/* fingerprint of the rules applied */
	uint64_t watched;		/* messages that the rules watch */
};

struct mk_ledger_entry {
	uint64_t hash;			/* mk_msgname_hash */
	uint32_t first_seen_s;		/* seconds since the Epoch, to 2106 */
	uint32_t known;			/* what else is known, by whoever knows
					 * (spamscan/known); kept as it is */
};

struct mk_ledger {
	int dirfd, fd;			/* the folder's (borrowed); its own */
	const char *folder;		/* borrowed */
	bool found;			/* a sound ledger was there */
	struct mk_ledger_head head;	/* as read; zero without one */
	struct mk_ledger_entry *entries;
	unsigned char *keep;		/* one a entry */
	size_t n;
	bool learnt;			/* mk_ledger_know has changed one */
	struct mk_ledger_entry *added;
	size_t added_n, added_cap;
	int64_t size_bytes;		/* of the file, as opened */
};

enum mk_ledger_mode {
	MK_LEDGER_READ,
	MK_LEDGER_UPDATE,		/* to be written, if it is there */
	MK_LEDGER_WRITE			/* to be written, made if missing */
};

/*
 * Open the ledger of FOLDER (its place, ".Trash"), whose directory is DIRFD;
 * both must last.  0: ledger->found tells whether it holds anything; if not,
 * *ERR says why ("" where there simply was none yet).  1: another worker
 * holds it, leave the folder to that one.  -1: it can't be opened or made (a
 * link, a FIFO, no right, full disk); *LEDGER is then fit for all calls but
 * save, with nothing in it.
 */
int mk_ledger_open(struct mk_ledger *ledger, int dirfd, const char *folder,
    enum mk_ledger_mode mode, struct mk_error *err);

/* The entry for HASH, marked as still there; NULL where there is none. */
struct mk_ledger_entry *mk_ledger_find(struct mk_ledger *ledger,
    uint64_t hash);

/* Enter a message new to the ledger; KNOWN is 0 where nothing is known of it
 * yet.  0, or -1 (ENOMEM). */
int mk_ledger_add(struct mk_ledger *ledger, uint64_t hash,
    int64_t first_seen_s, uint32_t known);

/* Set what is known of the message of ENTRY (of mk_ledger_find). */
void mk_ledger_know(struct mk_ledger *ledger, struct mk_ledger_entry *entry,
    uint32_t known);

/* Mark all entries as still there; take the one for HASH out. */
void mk_ledger_keep_all(struct mk_ledger *ledger);
void mk_ledger_forget(struct mk_ledger *ledger, uint64_t hash);

/* Whether all messages, and no others, are those that it held when opened, and
 * no more is known of them. */
bool mk_ledger_same(const struct mk_ledger *ledger);

/*
 * Write what was marked and added, with HEAD; nothing where neither differs
 * from what was read but for the time of the pass.  0, or -1: then the old
 * one stays, unless a message has left: its entry would be too old for it if
 * it came back, so the ledger is emptied, where that can be done.  Not in
 * MK_LEDGER_READ, and the last thing to do with it.
 */
int mk_ledger_save(struct mk_ledger *ledger,
    const struct mk_ledger_head *head, struct mk_error *err);

void mk_ledger_close(struct mk_ledger *ledger);

/*
 * Remove the ledger in the folder's directory DIRFD if it was written for
 * another place than PLACE: when the folder is renamed back there, what it
 * says must not count.  0, also where there is none or it is right; or -1.
 */
int mk_ledger_drop_foreign(int dirfd, const char *place,
    struct mk_error *err);

#endif
