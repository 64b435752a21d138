/*
 * expire/rule - what is to go: the rules, and the pure decision.
 */
#ifndef MK_EXPIRE_RULE_H
#define MK_EXPIRE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "mail/accounts.h"
#include "mail/plan.h"
#include "mail/walk.h"

enum mk_age {				/* since when a message's age counts */
	MK_AGE_IN_FOLDER,		/* since it came into the folder */
	MK_AGE_RECEIVED,		/* mtime: find -mtime */
	MK_AGE_SAVED,			/* ctime: find -ctime */
	MK_AGE_NAME			/* the time in the file's name */
};

struct mk_rule {
	char *name;
	struct mk_list folders, exclude, accounts;
	char *path;			/* a plain directory; NULL: folders */
	bool subfolders, tmp, unread, flagged;
	int64_t older_than_s;		/* MK_UNSET_INT: no age limit */
	int age;			/* enum mk_age */
	int64_t max_messages;		/* MK_UNSET_INT: no cap */
	int64_t max_bytes;
	char *archive;			/* directory; NULL: none */
};

/* The section expire "NAME" { ... }. */
extern const struct mk_section mk_rule_section;

/* The index of the word TEXT in the key "age"; -1 where it is none. */
int mk_rule_age(const char *text);

/*
 * Change RULE into what it says for ACCOUNT: the rules titled "junk" and
 * "trash" go by the days of the account, if it has some (or by their own age,
 * where that is the longer one and the account says so).  A rule that may
 * remove nothing there (keep, or 0 days) is left with neither age nor cap: it
 * watches, so that the ledgers stay true, and has nothing due.
 */
void mk_rule_adjust(struct mk_rule *rule, const struct mk_account *account);

/* Whether it can have anything due. */
bool mk_rule_removes(const struct mk_rule *rule);

/* For a set of rules: one bit each. */
#define MK_RULES_MAX	64
typedef uint64_t mk_rule_set;

/*
 * Those of the N rules at RULES that watch messages of FOLDER (*MESSAGES) or
 * its tmp (*TMP).  0; or -1 where there is no memory to tell, and both are
 * empty.
 */
int mk_rule_match(const struct mk_rule *rules, size_t n,
    const struct mk_folder *folder, mk_rule_set *messages, mk_rule_set *tmp);

/*
 * The same for GROUP's folder; where it is a plain directory, those whose path
 * it is (*MESSAGES).
 */
int mk_rule_match_group(const struct mk_rule *rules, size_t n,
    const struct mk_group *group, mk_rule_set *messages, mk_rule_set *tmp);

/* A hash of all that the rules of SET say: has anything been reconfigured? */
uint64_t mk_rule_fingerprint(const struct mk_rule *rules, mk_rule_set set);

/* What is known of a message; times in seconds since the Epoch. */
struct mk_facts {
	int64_t in_folder_s, mtime_s, ctime_s;
	int64_t name_s;			/* -1: none in its name */
	int64_t size_bytes;
	unsigned flags;			/* MK_FLAG_ */
	bool in_new;			/* lies in new/ */
};

enum mk_verdict {
	MK_KEEP_YOUNG,			/* not yet */
	MK_KEEP_FLAGGED,		/* starred, or unread, and the rule */
	MK_KEEP_UNREAD,			/* spares such */
	MK_KEEP_UNKNOWN,		/* no age can be told */
	MK_DUE
};

/* Whether RULE would have the message at all, whatever its age:
 * MK_KEEP_FLAGGED, MK_KEEP_UNREAD, or MK_DUE. */
enum mk_verdict mk_rule_eligible(const struct mk_rule *rule,
    const struct mk_facts *facts);

/* When the age that RULE goes by began; MK_NEVER where that can't be told. */
int64_t mk_rule_since(const struct mk_rule *rule,
    const struct mk_facts *facts);

/* The decision, by eligibility and age; *DUE_S is when it becomes due if
 * nothing changes (MK_NEVER: not by age). */
enum mk_verdict mk_rule_due(const struct mk_rule *rule,
    const struct mk_facts *facts, int64_t now_s, int64_t *due_s);

bool mk_rule_has_cap(const struct mk_rule *rule);

/* "12d in folder", "received 40d ago": for people.  Returns BUF. */
char *mk_rule_reason(char *buf, size_t size, const struct mk_rule *rule,
    int64_t since_s, int64_t now_s);

#endif
