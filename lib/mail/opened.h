/*
 * mail/opened - a folder opened to remove mail from it; a part of
 * mail/removal.
 */
#ifndef MK_MAIL_OPENED_H
#define MK_MAIL_OPENED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "mail/ledger.h"
#include "mail/removal.h"

struct mk_found;			/* a message met in cur/ */

struct mk_opened {
	const struct mk_removal *removal;
	const struct mk_group *group;
	int fd, sub_fds[MK_SUBS];
	bool refused[MK_SUBS];		/* can't be opened; said */
	uint64_t kinds;			/* that may go from here */
	struct mk_ledger ledger;
	bool with_ledger;
	struct mk_found *renamed;	/* cur/ listed anew, by hash */
	size_t renamed_n;
	bool listed;
	struct mk_buf names;		/* of renamed */
	/* what the folder holds, once counted */
	bool counted;
	int64_t messages, bytes;
};

/* A message asked again: what it is now called and what is known of it. */
struct mk_message {
	const char *name;		/* until the next is asked */
	size_t uniq_len;
	enum mk_sub sub;
	unsigned flags;			/* MK_FLAG_ */
	struct stat st;
	int64_t size_bytes;		/* for quota and caps: by name, or st */
	int64_t in_folder_s;		/* since when; MK_NEVER in tmp and in
					 * plain directories.  Without a ledger
					 * (of the kind, or at all) the later of
					 * item->since_s and ctime */
};

enum mk_confirmed {
	MK_GO,				/* it is to go, still */
	MK_GONE,			/* no longer in this folder */
	MK_KEPT,			/* it is here, and is to stay */
	MK_REFUSED			/* it can't be asked; said */
};

/*
 * Open GROUP's folder (it must last) and what its messages lie in, if it is
 * the one that was scanned; take its ledger's lock.  0; 1: leave the folder
 * alone, which was said; 2: it is gone.  mk_opened_close either way.
 */
int mk_opened_open(struct mk_opened *o, const struct mk_removal *removal,
    const struct mk_group *group);
void mk_opened_close(struct mk_opened *o);

/*
 * Ask again whether ITEM is to go, now.  A message that a flag change has
 * renamed is found by its unique name in cur/.  *MSG is filled for MK_GO.
 */
enum mk_confirmed mk_opened_confirm(struct mk_opened *o,
    const struct mk_item *item, struct mk_message *msg);

/*
 * How many messages, and bytes, cur and new hold: as they are now, listed
 * once and kept up to date by mk_opened_removed.  For .confirm of what goes by
 * a cap.  0; or -1, told, where that can't be known.
 */
int mk_opened_count(struct mk_opened *o, int64_t *messages, int64_t *bytes);

/* MSG is gone: by our hand, or renamed since it was asked. */
void mk_opened_removed(struct mk_opened *o, const struct mk_message *msg);
void mk_opened_look_again(struct mk_opened *o);

/* Whether the folder still has its place: its user may rename it any time. */
bool mk_opened_in_place(const struct mk_opened *o);

/*
 * What tells a file from another put in its place: an inode's number alone
 * may be the next file's.  A rename changes none of it.
 */
uint64_t mk_opened_identity(const struct stat *st);

#endif
