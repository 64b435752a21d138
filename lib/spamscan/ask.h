/*
 * spamscan/ask - what the walk leaves for spamd: it is slow, so messages are
 * gathered from all folders and asked about several at a time.
 */
#ifndef MK_SPAMSCAN_ASK_H
#define MK_SPAMSCAN_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "mail/walk.h"
#include "spamscan/known.h"

struct mk_spamscan;

struct mk_question {
	uint64_t hash;			/* of the unique name */
	uint64_t ino;			/* the file's */
	char *name;			/* of the file; owned */
	bool in_new;
	/* the answer */
	bool answered;
	struct mk_known known;
	uint64_t print;			/* of its header */
};

/* The questions of one folder. */
struct mk_question_group {
	char *mailbox, *place, *path;	/* owned; as in struct mk_folder */
	char *name;
	enum mk_layout layout;
	struct mk_question *v;		/* sorted by hash once they are put */
	size_t n, cap;
};

struct mk_questions {
	struct mk_question_group **v;
	size_t n, cap;
	uint64_t total;
};

/* An empty group for FOLDER, all strings copied; NULL (ENOMEM). */
struct mk_question_group *mk_question_group_new(
    const struct mk_folder *folder);
void mk_question_group_free(struct mk_question_group *group);

/* 0 or -1 (ENOMEM). */
int mk_question_add(struct mk_question_group *group, const char *name,
    bool in_new, uint64_t hash, uint64_t ino);

/* Hand GROUP over, from any thread.  0 or -1 (ENOMEM: not taken). */
int mk_questions_add(struct mk_spamscan *scan,
    struct mk_question_group *group);
void mk_questions_free(struct mk_questions *questions);

/* The question on HASH, or NULL. */
const struct mk_question *mk_question_find(
    const struct mk_question_group *group, uint64_t hash);

/*
 * Ask spamd about all of them, several in flight.  Until the run's deadline,
 * or until spamd fails over and over: what has no answer then stays .answered
 * = false, told in one line (EX_TEMPFAIL).
 */
void mk_questions_put(struct mk_spamscan *scan);

#endif
