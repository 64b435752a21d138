/*
 * expire/plan - the messages that are due, folder by folder.
 *
 * Made by the scan or read from a file, carried out by expire/remove.  As
 * text: a header line, then one line a message, fields between tabs, bytes
 * that could be mistaken written as \t, \n, \\ or \xHH:
 *
 *	mailkeep-expire plan 1 <TAB> mail root <TAB> seconds of making
 *	rule <TAB> reason <TAB> since <TAB> bytes <TAB> mailbox <TAB> layout
 *	    <TAB> place <TAB> directory <TAB> file
 *
 * reason is "age" or "cap"; layout "maildir++", "fs" or "plain"; directory
 * "cur", "new", "tmp" or "." (plain).  Lines may be taken out by hand.
 */
#ifndef MK_EXPIRE_PLAN_H
#define MK_EXPIRE_PLAN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "expire/rule.h"

enum mk_sub { MK_SUB_CUR, MK_SUB_NEW, MK_SUB_TMP, MK_SUB_SELF };
#define MK_SUBS		4

extern const char *const mk_sub_names[MK_SUBS];	/* "cur", ..., "." */

struct mk_item {
	size_t name;			/* offset of it in group->names */
	int64_t since_s, size_bytes;	/* size -1: not known yet */
	uint64_t identity;		/* once archived: of what was */
	uint8_t rule;			/* index */
	uint8_t sub;			/* enum mk_sub */
	bool by_cap;			/* not by age */
	bool archived;
};

struct mk_group {			/* due messages of one folder */
	char *mailbox, *place;		/* owned; as in struct mk_folder */
	char *path;
	enum mk_layout layout;
	bool plain;			/* a plain directory: place is "" */
	uint64_t ino[MK_SUBS];		/* of cur, new, tmp when scanned; 0 not
					 * known */
	struct mk_buf names;
	struct mk_item *items;
	size_t n, cap;
};

struct mk_plan {
	struct mk_group **groups;	/* sorted by mk_plan_sort */
	size_t n, cap;
	uint64_t items;
	pthread_mutex_t mutex;
};

void mk_plan_open(struct mk_plan *plan);
void mk_plan_close(struct mk_plan *plan);

/* An empty group for a folder, all strings copied; NULL (ENOMEM). */
struct mk_group *mk_group_new(const char *mailbox, const char *place,
    const char *path, enum mk_layout layout, bool plain);
void mk_group_free(struct mk_group *group);

/* Add a copy of *ITEM with the file NAME.  0 or -1 (ENOMEM). */
int mk_group_add(struct mk_group *group, const struct mk_item *item,
    const char *name);

static inline const char *
mk_item_name(const struct mk_group *group, const struct mk_item *item)
{
	return group->names.data + item->name;
}

/*
 * Append the path of the file NAME in SUB of GROUP, below the root, to *BUF.
 * 0 or -1 (ENOMEM).
 */
int mk_group_path(const struct mk_group *group, enum mk_sub sub,
    const char *name, struct mk_buf *buf);

/*
 * Those of the N rules at RULES that name GROUP's folder, or plain directory,
 * as mk_rule_match has it: for its messages, and for its tmp.  0; or -1 where
 * that can't be told, and both are empty.
 */
int mk_group_match(const struct mk_group *group, const struct mk_rule *rules,
    size_t n, mk_rule_set *messages, mk_rule_set *tmp);

/* Hand GROUP over, from any thread.  0 or -1 (ENOMEM: not taken). */
int mk_plan_add(struct mk_plan *plan, struct mk_group *group);

/*
 * Sort groups by mailbox and place, items by directory and file name; those
 * that go by a cap last, and oldest first, as removal needs it.  0 or -1
 * (ENOMEM).
 */
int mk_plan_sort(struct mk_plan *plan);

/* Write it as text.  0, or -1 with errno. */
int mk_plan_write(const struct mk_plan *plan, const char *root,
    const struct mk_rule *rules, int64_t now_s, FILE *out);

/*
 * Read the text of LEN bytes; a bad or unended line, a rule that RULES (N of
 * them) does not have or another root is an error that names FILE:line.  0,
 * or -1 with the plan empty.
 */
int mk_plan_parse(struct mk_plan *plan, const char *file, const char *text,
    size_t len, const char *root, const struct mk_rule *rules, size_t n,
    struct mk_error *err);

#endif
