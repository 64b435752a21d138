/*
 * tmda/queue - one TMDA directory: where its queue, responses and lists are.
 *
 * By mailkeep.conf that is pending, responses and rescue-lists in it; with
 * pending-lifetime = "tmda" by TMDA's own configuration, which a user may have
 * written.  So in a mailbox only what lies in that mailbox is taken; elsewhere
 * a directory must belong to whom the TMDA directory does.
 */
#ifndef MK_TMDA_QUEUE_H
#define MK_TMDA_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "mail/plan.h"
#include "tmda/place.h"

struct mk_tmda;

enum { MK_TMDA_ORIGINAL, MK_TMDA_NEW, MK_TMDA_CUR, MK_TMDA_REPLIES,
    MK_TMDA_GROUPS };

struct mk_tmda_dir {
	unsigned root;			/* index in mk_tmda.roots */
	char *path;			/* below it; NULL: there is none */
};

struct mk_tmda_rescued {		/* a due message, not to be removed */
	const struct mk_group *group;	/* it was in */
	size_t name;			/* offset in group->names */
	size_t id_len;
	int64_t since_s;
};

struct mk_tmda_queue {
	char *mailbox;			/* below the mail root; "" where the
					 * section names the directory */
	char *path;			/* the TMDA directory, for messages */
	char *dir;			/* it, below MK_TMDA_ROOT */
	uid_t uid;			/* its owner */
	gid_t gid;
	int64_t lifetime_s;
	struct mk_tmda_dir pending, responses;
	char *cache;			/* its name, in .pending; NULL: not */
	struct mk_tmda_place *lists;	/* of senders to be rescued */
	size_t lists_n;
	struct mk_tmda_place append;	/* the list that senders go to whose
					 * mail is deleted */
	/* of a scan: what is due.  They belong to the roots' plans; NULL */
	struct mk_group *groups[MK_TMDA_GROUPS];
	struct mk_tmda_rescued *rescued;
	size_t rescued_n, rescued_cap;
	struct mk_buf senders;		/* to be appended, ended by NULs */
};

/* Read what TMDA executes before any configuration into t->global, where that
 * is asked for.  0, it is not there or not needed, too; or -1. */
int mk_tmda_global_read(struct mk_tmda *t, struct mk_error *err);

/*
 * The queue of MAILBOX in section T, "" where it names a directory, with what
 * its settings say.  NULL with *ERR (EX_CONFIG: what can't be known, and what
 * to write instead; EX_NOINPUT: there is no such directory).  For "" roots may
 * be opened: before the program confines itself.
 */
struct mk_tmda_queue *mk_tmda_queue_new(struct mk_tmda *t,
    const char *mailbox, struct mk_error *err);
void mk_tmda_queue_free(struct mk_tmda_queue *queue);	/* NULL is fine */

#endif
