/*
 * mail/restore - put archived messages back: the undo of a run.
 */
#ifndef MK_MAIL_RESTORE_H
#define MK_MAIL_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/error.h"
#include "base/options.h"
#include "mail/host.h"

struct mk_restore {
	int archive_fd;			/* an archive, or a run's directory of
					 * them */
	const char *archive;		/* its path */
	int dest_fd;			/* the mail root, or --to */
	const char *dest;
	const struct mk_list *users;	/* --user; empty: all */
	const struct mk_list *quota_ignore;
	bool quota;			/* add to maildirsize: not with --to */
	bool dry_run;			/* put nothing back, but list it */
	bool silent;			/* don't list it, either */
	int progress;			/* as mk_progress_open has it */
	/* what was done */
	uint64_t restored, present, archives;
	int status;			/* the first failure's */
	bool alone;			/* it is one archive */
};

/*
 * Put the messages back under their names, with times, mode and (as root)
 * owner; missing folders are made like the directory they lie in.  A message
 * that is there, under whatever flags, is left as it is and counted in
 * .present.  Nothing is ever overwritten.  A file that can't be restored is
 * told and stepped over; a damaged archive is told, what was read of it
 * before stays.
 *
 * 0; or -1 where nothing could be begun.
 */
int mk_restore_run(struct mk_restore *restore, struct mk_error *err);

/*
 * Tell what was done: one JSON object of PROGRAM ("expire") where OPT wants
 * it, a line on a terminal and with -v.  STATUS is the exit status.  0 or -1.
 */
int mk_restore_report(const struct mk_restore *restore,
    const struct mk_options *opt, const char *program, int status,
    struct mk_error *err);

/*
 * Have PROGRAM's history know of it, by mk_host_remember: when it began, by
 * both clocks, and with which exit STATUS it ends.
 */
void mk_restore_remember(const struct mk_restore *restore,
    const struct mk_own *own, const char *program, int64_t now_s,
    double started, int status);

#endif
