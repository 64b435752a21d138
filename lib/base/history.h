/*
 * base/history - what the runs were: a file of one line of JSON for each.
 *
 * history.jsonl lies in a program's state-dir.  Runs append to it under a
 * flock on it, each by one write; a line that a kill or a full disk has cut
 * short is ended by the next one, and passed over by readers.  Beyond
 * MK_HISTORY_MAX bytes the newest half is kept, by a file that replaces the
 * old one: who waits for the lock looks which is the file by then.
 *
 * A line is what mk_report_json() writes, with the totals alone:
 *
 *	{"program":"expire","version":"0.1.0","started":1795400000,
 *	 "finished":1795400003,"seconds":3.125,"status":0,"note":null,
 *	 "total":{"removed":12,...}}
 */
#ifndef MK_BASE_HISTORY_H
#define MK_BASE_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jsonread.h"

#define MK_HISTORY_NAME	"history.jsonl"
#define MK_HISTORY_MAX	(16 * 1024 * 1024)	/* bytes: half of it are
						 * weeks of a run every two
						 * minutes */

/*
 * Append LINE, LEN bytes with a newline at the end and none before, to the
 * history in the directory DIRFD; made with mode 0640 where it is missing.  A
 * link, a FIFO, a file with more than one link, and, for root, a file of
 * another owner than the directory's, is no history: -1, and nothing is
 * written.  One that root makes is the directory's owner's.  0 or -1.
 */
int mk_history_append(int dirfd, const char *line, size_t len,
    struct mk_error *err);

/* The same with another bound than MK_HISTORY_MAX. */
int mk_history_append_max(int dirfd, const char *line, size_t len, size_t max,
    struct mk_error *err);

/* A run, for the call; .all is the whole line. */
struct mk_history_run {
	const char *program;		/* "expire" */
	int64_t started_s, finished_s;	/* seconds since the Epoch */
	int64_t took_ms;
	int status;			/* the exit status; -1: it is none */
	const char *note;		/* NULL: none */
	const struct mk_value *total;	/* an object: column, number */
	const struct mk_value *all;
};
typedef int mk_history_fn(void *data, const struct mk_history_run *run);

/*
 * Hand each run that ended at SINCE_S or later to EACH, the oldest first, until
 * that returns other than 0.  Lines that are none, and such as are longer than
 * 64 KiB, are passed over.  0, also where there is no history; -1 where it
 * can't be read.
 */
int mk_history_read(int dirfd, int64_t since_s, mk_history_fn *each,
    void *data, struct mk_error *err);

#endif
