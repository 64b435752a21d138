/*
 * mail/pass - one pass over the messages of a folder, under its ledger.
 *
 * Open the folder, open its ledger, list cur and new, say of each message
 * since when it is there, settle, save, close: what all programs do that watch
 * folders.  What goes wrong is told to the problems, and .failed tells that
 * something was not seen, so that the folder is looked at again.
 */
#ifndef MK_MAIL_PASS_H
#define MK_MAIL_PASS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "mail/index.h"
#include "mail/ledger.h"
#include "mail/problems.h"
#include "mail/walk.h"

struct mk_pass {
	/* set by the caller, borrowed */
	int rootfd;
	const char *root;
	const struct mk_folder *folder;
	int64_t now_s;
	bool dry_run;			/* the ledger is only read */
	struct mk_problems *problems;
	/* filled */
	int fd, sub_fds[MK_WATCHES];	/* of cur, new, tmp; -1: not watched,
					 * or not there */
	uint64_t inos[MK_WATCHES];
	int64_t place_since_s;		/* since when, at the earliest, the
					 * folder can have had its place */
	struct mk_ledger ledger;
	bool whole;			/* all that is watched is there */
	bool failed;
};
#define MK_PASS								\
	.fd = -1, .sub_fds = { -1, -1, -1 }, .ledger = { .fd = -1 }

/*
 * Open the folder and those of cur, new and tmp that RECORD->watch names, and
 * stamp RECORD->sub_ns.  0; or -1: it is gone, or can't be opened, which was
 * told.  mk_pass_close either way.
 */
int mk_pass_open(struct mk_pass *pass, struct mk_index_record *record);

/*
 * Open the folder's ledger.  RULES is the fingerprint of what the program
 * wants to know.  1: it says that nothing has changed, or will be due, since
 * the same was asked last: there is no need to list.  0: list.  -1: leave the
 * folder, another run holds it (told).
 */
int mk_pass_ledger(struct mk_pass *pass, uint64_t rules,
    const struct mk_index_record *record);

/*
 * Since when the message HASH (mk_msgname_hash), not in the ledger, has been
 * here, to be entered with mk_ledger_add: see mail/ledger.h.  ST is its
 * fstat(2).
 */
int64_t mk_pass_since(const struct mk_pass *pass, const struct stat *st);

/*
 * After listing: what was changed meanwhile makes RECORD's stamps MK_RACY, for
 * a rename while a directory is read can hide a message from readdir(3).
 */
void mk_pass_settle(struct mk_pass *pass, struct mk_index_record *record);

/* Save the ledger, with DUE_S, RULES and WATCHED in its head. */
void mk_pass_save(struct mk_pass *pass, uint64_t rules, int64_t due_s,
    uint64_t watched, const struct mk_index_record *record);

/* Save what is known of its messages now, with the head as it was: this was
 * no pass. */
void mk_pass_save_known(struct mk_pass *pass);

/* Tell errno's reason for WHAT on NAME ("" or a file) in the folder. */
void mk_pass_trouble(struct mk_pass *pass, const char *what,
    const char *name);

/* The same of NAME in its SUB, "cur" or "new". */
void mk_pass_trouble_at(struct mk_pass *pass, const char *what,
    const char *sub, const char *name);

void mk_pass_close(struct mk_pass *pass);

#endif
