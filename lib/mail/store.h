/*
 * mail/store - archive what is to go, before it goes; a part of mail/removal.
 *
 * The archive directory of each kind of items gets a directory a run, and in
 * that an archive a mailbox; see mail/archname.
 */
#ifndef MK_MAIL_STORE_H
#define MK_MAIL_STORE_H

#include "mail/removal.h"

#define MK_RUN_NAME_MAX	64

/*
 * The name of this run's directories, "20261122T171411Z-123" (UTC and the
 * process), into BUF.
 */
void mk_store_run_name(char buf[MK_RUN_NAME_MAX], int64_t now_s);

struct mk_store {
	const struct mk_removal *removal;
	int fds[MK_KINDS_MAX];		/* this run's directory a kind; -1:
					 * nothing to archive */
};

/*
 * Make this run's directory below each archive directory that PLAN needs;
 * clear up there after a run that was killed.  0 or -1; mk_store_close either
 * way.
 */
int mk_store_open(struct mk_store *store, const struct mk_removal *removal,
    const struct mk_plan *plan, struct mk_error *err);
void mk_store_close(struct mk_store *store);

/*
 * Archive the N GROUPS of one mailbox, as far as their kinds say so.  Items
 * that are safe in an archive, synced and read back, are marked; after a
 * failure, which is told, none of that archive's are.
 */
void mk_store_mailbox(const struct mk_store *store, struct mk_group **groups,
    size_t n);

#endif
