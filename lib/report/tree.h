/*
 * report/tree - one walk over the mail root for all parts that want it: the
 * space, the quotas, and who has mail here and no row.
 *
 * Nothing is changed.  A message's size is the ",S=" in its name, or, where it
 * has none, its file's; what lies in tmp/ is no mail.  Sums are kept for each
 * mailbox while it is walked, and thereafter only of the largest.
 */
#ifndef MK_REPORT_TREE_H
#define MK_REPORT_TREE_H

#include <stdint.h>

#include "base/error.h"
#include "base/list.h"
#include "mail/accounts.h"
#include "report/survey.h"
#include "report/sums.h"
#include "report/top.h"

struct mk_met {				/* a mailbox, once it was walked */
	const char *mailbox;
	struct mk_space_folder *folders;
	size_t n;
	uint64_t messages, bytes;	/* of them all */
	uint64_t quota_messages, quota_bytes;	/* but what quota-ignore says */
};

struct mk_tree {
	int rootfd;			/* borrowed */
	const char *root;		/* its path, for messages */
	unsigned threads;
	int64_t now_s;
	const struct mk_list *quota_ignore;
	struct mk_accounts *accounts;	/* connected; NULL: the parts strangers
					 * is settled already */
};

/* Fill the space, the quotas and the strangers.  0; or -1 where a signal says
 * that all is to end. */
int mk_tree_survey(const struct mk_tree *tree, struct mk_survey *survey);

/* ---- the space */

struct mk_space_sums {			/* MK_SPACE_SUMS */
	struct mk_sums folders;
	struct mk_top boxes;		/* struct mk_space_box */
	uint64_t messages, bytes;
};
extern const struct mk_space_sums mk_space_sums_none;

void mk_space_met(struct mk_space_sums *sums, struct mk_met *met);
void mk_space_tell(struct mk_space_sums *sums, struct mk_survey *survey);
void mk_space_sums_free(struct mk_space_sums *sums);

/* ---- quotas */

struct mk_quota_file {			/* a maildirsize */
	bool there;
	const char *damage;		/* NULL: it can be read */
	uint64_t limit_bytes, limit_messages;	/* 0: none */
	int64_t bytes, messages;	/* the sums */
};

/* What a maildirsize of LEN bytes at TEXT, with a NUL behind them, says. */
void mk_quota_file_parse(const char *text, size_t len,
    struct mk_quota_file *file);

/* The maildirsize of MAILBOX below ROOTFD. */
void mk_quota_file_read(int rootfd, const char *mailbox,
    struct mk_quota_file *file);

/*
 * What is wrong with FILE, where MESSAGES and BYTES were counted: more than
 * 90 % used, too much, damaged, or sums that are far from those.  Into BUF;
 * NULL where nothing is.
 */
#define MK_QUOTA_WHY	160
const char *mk_quota_judge(const struct mk_quota_file *file,
    uint64_t messages, uint64_t bytes, char buf[MK_QUOTA_WHY]);

struct mk_quota_sums {
	struct mk_top boxes;		/* struct mk_quota_box */
	uint64_t files, limited, troubled;
};
extern const struct mk_quota_sums mk_quota_sums_none;

void mk_quota_met(struct mk_quota_sums *sums, const struct mk_met *met,
    const struct mk_quota_file *file);
void mk_quota_tell(struct mk_quota_sums *sums, struct mk_survey *survey);
void mk_quota_sums_free(struct mk_quota_sums *sums);

/* ---- mailboxes without a row, and rows without a mailbox */

struct mk_stranger_sums {
	const struct mk_accounts *accounts;	/* NULL: nobody is one */
	struct mk_top boxes, rows;	/* struct mk_stranger */
	uint64_t boxes_all, rows_all, unknown, refused;
	struct mk_error first_refused;
};
extern const struct mk_stranger_sums mk_stranger_sums_none;

/* Read the rows of ACCOUNTS, each of which has a mailbox below ROOTFD or not.
 * 0 or -1. */
int mk_strangers_read(struct mk_stranger_sums *sums,
    struct mk_accounts *accounts, int rootfd, struct mk_error *err);
void mk_strangers_met(struct mk_stranger_sums *sums,
    const struct mk_met *met);
void mk_strangers_tell(struct mk_stranger_sums *sums,
    struct mk_survey *survey);
void mk_stranger_sums_free(struct mk_stranger_sums *sums);

#endif
