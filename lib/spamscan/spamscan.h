/*
 * spamscan/spamscan - what the parts of one run share.
 */
#ifndef MK_SPAMSCAN_SPAMSCAN_H
#define MK_SPAMSCAN_SPAMSCAN_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/report.h"
#include "mail/accounts.h"
#include "mail/plan.h"
#include "mail/problems.h"
#include "mail/walk.h"
#include "spamscan/conf.h"
#include "spamscan/known.h"

/* The columns of the report. */
enum {
	MK_SEEN, MK_JUDGED, MK_SPAM_FOUND, MK_JUNKED, MK_JUNKED_BYTES,
	MK_DELETED, MK_DELETED_BYTES, MK_NO_SCORE, MK_WAITING, MK_KEPT_BACK,
	MK_NOT_MOVED, MK_SPAM_COLUMNS
};
extern const struct mk_column mk_spamscan_columns[MK_SPAM_COLUMNS];

/* A message judged, as it is told. */
struct mk_judged {
	const char *mailbox;		/* below the root */
	const char *path;		/* of the file, below the root */
	struct mk_known known;
	int dialect;			/* enum mk_dialect of a header's score;
					 * -1: not known */
	int64_t limit;			/* hundredths */
	const char *action;		/* "junk", "keep", "delete", "report" */
};

struct mk_questions;			/* for spamd; see spamscan/ask.h */

struct mk_spamscan {
	/* set before the run, constant in it */
	const struct mk_spamscan_conf *conf;
	const struct mk_accounts *accounts;	/* NULL: of no mail root */
	const struct mk_list *users;	/* --user; empty: all */
	int rootfd;
	const char *root;
	const char *junk_place[2];	/* mk_folder_place: of MK_MAILDIRPP,
					 * of MK_FS */
	int64_t now_s;			/* the clock, read once */
	int64_t last_run_s;		/* over all, by the same rules; 0: not
					 * known */
	int64_t deadline_ms;		/* of the monotonic clock */
	uint64_t fingerprint;		/* mk_spamscan_fingerprint */
	bool dry_run;			/* move and write nothing */
	bool rescan;			/* what is remembered does not count */
	bool lines;			/* JSON: a line a verdict */
	bool mailbox_rows;
	unsigned threads;
	struct mk_spamd *spamd;		/* NULL: is not asked */
	const char *run_name;		/* of this run's archives */
	int archive_fd;			/* -1: none */
	/* what it does */
	struct mk_report *report;
	struct mk_problems problems;
	struct mk_questions *questions;
	struct mk_plan plan;		/* to be deleted */
	atomic_uint_fast64_t seen;
	pthread_mutex_t telling;	/* one line at a time */
};

/* The limit of MAILBOX, in hundredths; 0 or less: it is not scanned. */
int64_t mk_spamscan_limit(const struct mk_spamscan *scan,
    const char *mailbox);

/* Above which score its mail is deleted, likewise; 0: never, as where its
 * account says that nothing of it may be removed. */
int64_t mk_spamscan_delete_above(const struct mk_spamscan *scan,
    const char *mailbox);

/*
 * Whether (1, 0, -1 ENOMEM) MAILBOX is scanned: it has an account with a limit
 * above 0, and is one of the users.
 */
int mk_spamscan_wants(const struct mk_spamscan *scan, const char *mailbox);

/* Whether it is the Junk folder. */
bool mk_spamscan_is_junk(const struct mk_spamscan *scan,
    const struct mk_folder *folder);

/* Count in the totals, in the row of the SOURCE ("header", "spamd", "none";
 * may be NULL) and, where somebody reads them, of MAILBOX. */
void mk_spamscan_count(struct mk_spamscan *scan, const char *source,
    const char *mailbox, const uint64_t values[MK_SPAM_COLUMNS]);

/* One line on a message: JSON where wanted, -n's list of what would move, or
 * with -v to the log. */
void mk_spamscan_tell(struct mk_spamscan *scan,
    const struct mk_judged *judged);

#endif
