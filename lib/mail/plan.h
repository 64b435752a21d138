/*
 * mail/plan - the messages that are to go, folder by folder.
 *
 * Made by an engine's scan, from any thread, or read from a file; carried out
 * by mail/removal.
 */
#ifndef MK_MAIL_PLAN_H
#define MK_MAIL_PLAN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "mail/folder.h"

/* Where a message lies; MK_SUB_SELF: in the directory itself, no folder. */
enum mk_sub { MK_SUB_CUR, MK_SUB_NEW, MK_SUB_TMP, MK_SUB_SELF };
#define MK_SUBS		4

extern const char *const mk_sub_names[MK_SUBS];	/* "cur", ..., "." */

#define MK_KINDS_MAX	64

struct mk_item {
	size_t name;			/* offset of it in group->names */
	int64_t since_s;		/* when its age begins, as planned; 0
					 * where its age does not matter */
	int64_t size_bytes;		/* -1: not known yet */
	uint64_t identity;		/* once archived: of what was */
	uint8_t kind;			/* why it goes, below MK_KINDS_MAX: the
					 * engine's own number, a rule's say */
	uint8_t sub;			/* enum mk_sub */
	bool by_cap;			/* not for itself but because there are
					 * too many: last, and oldest first */
	bool archived;			/* set by mail/store */
};

struct mk_group {			/* those of one folder */
	char *mailbox, *place;		/* owned; as in struct mk_folder */
	char *path;
	enum mk_layout layout;
	bool plain;			/* a plain directory: place is "" */
	uint64_t ino[MK_SUBS];		/* of cur, new, tmp when scanned: no
					 * other is touched; 0 not known */
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
void mk_group_free(struct mk_group *group);	/* NULL is fine */

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

/* Hand GROUP over, from any thread.  0 or -1 (ENOMEM: not taken). */
int mk_plan_add(struct mk_plan *plan, struct mk_group *group);

/*
 * Sort groups by mailbox and place, items by directory and file name; those
 * that go by a cap last, and oldest first, as removal needs it.  0 or -1
 * (ENOMEM).
 */
int mk_plan_sort(struct mk_plan *plan);

#endif
