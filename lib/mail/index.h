/*
 * mail/index - what the last pass saw of a mail tree, in one file.
 *
 * A cache: for each directory on the way to the mailboxes its mtime, for each
 * watched folder the mtimes of cur, new and tmp and the earliest time at
 * which something in it is due.  With it an unchanged folder costs a stat or
 * two and no open.  It can be rebuilt from the tree and the ledgers at any
 * time and is never believed against them: all that it can do is to pass a
 * folder over that has not changed.
 *
 * The header also holds the time of the last run, by which a wrong clock is
 * noticed; it has a checksum of its own and outlives a damaged rest.
 *
 * Format: little endian; a header of 64 bytes, then records in the order of
 * the walk: what stands below a path follows it.
 */
#ifndef MK_MAIL_INDEX_H
#define MK_MAIL_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "mail/ledger.h"

enum mk_index_kind {
	MK_INDEX_DIR,			/* on the way to mailboxes */
	MK_INDEX_MAILBOX,
	MK_INDEX_FOLDER			/* of the mailbox met before */
};

enum {					/* what is watched in a folder */
	MK_WATCH_CUR	= 1 << 0,
	MK_WATCH_NEW	= 1 << 1,
	MK_WATCH_TMP	= 1 << 2,
	MK_WATCH_SELF	= 1 << 3,	/* fs layout: folders below it */
	MK_WATCH_ALL	= MK_WATCH_CUR | MK_WATCH_NEW | MK_WATCH_TMP
};
#define MK_WATCHES	3		/* cur, new, tmp */

struct mk_index_record {
	const char *path;		/* below the root; "" is the root */
	enum mk_index_kind kind;
	int layout;			/* enum mk_layout, of a folder */
	unsigned watch;			/* MK_WATCH_ bits, of a folder */
	int64_t self_ns;		/* mtime of the directory, or MK_RACY */
	int64_t sub_ns[MK_WATCHES];	/* of cur, new, tmp; 0: not there */
	int64_t due_s;			/* of a folder, as in the ledger */
	uint64_t watched;		/* messages watched in the folder */
};

struct mk_index {
	int64_t last_run_s;		/* 0: not known */
	struct mk_index_record *records;
	size_t n;
	void *data;			/* what the paths point into */
};

/* Ties the records to a root directory and to the rules. */
struct mk_index_key {
	uint64_t root_dev, root_ino;
	uint64_t rules;
};

/*
 * Read the file NAME in DIRFD.  Missing, damaged, of another version or key:
 * 0 with no records (and *WHY, may be NULL, saying so).  -1 where it is there
 * and can't be read.  mk_index_free either way.
 */
int mk_index_load(struct mk_index *index, int dirfd, const char *name,
    const struct mk_index_key *key, struct mk_error *err);

/*
 * Write N records, sorted here by their paths, and the time of this run.
 * Not synced: a damaged one is none, and an older time only an older time.
 * 0 or -1.
 */
int mk_index_save(int dirfd, const char *name, const struct mk_index_key *key,
    int64_t last_run_s, struct mk_index_record *records, size_t n,
    struct mk_error *err);

/* Write the time alone, the records staying as they are.  0 or -1. */
int mk_index_touch(int dirfd, const char *name, int64_t last_run_s,
    struct mk_error *err);

/* The order of the walk: by path, '/' before all other bytes; then by kind. */
int mk_index_order(const struct mk_index_record *x,
    const struct mk_index_record *y);

/* The number of records at and below index->records[at]. */
size_t mk_index_extent(const struct mk_index *index, size_t at);

void mk_index_free(struct mk_index *index);

#endif
