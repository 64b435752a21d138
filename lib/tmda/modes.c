/* tmda/modes - the questions, and the undo. */
#include "tmda/modes.h"

#include <stdio.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/stop.h"
#include "mail/restore.h"
#include "tmda/boxes.h"
#include "tmda/list.h"
#include "tmda/rescue.h"
#include "tmda/stats.h"

static void
earn(int *status, int more)
{
	if (*status == EX_OK)
		*status = more;
}

struct asking {
	struct mk_tmda_listing list;
	struct mk_tmda_stats stats;
	bool lists;
	int rv;
};

static bool
ask_box(void *data, struct mk_tmda *t, struct mk_tmda_queue *q)
{
	struct asking *asking = data;

	if (asking->rv == 0)
		asking->rv = asking->lists ?
		    mk_tmda_list(&asking->list, t, q) :
		    mk_tmda_stats_add(&asking->stats, t, q);
	return false;
}

/* --list and --stats: there is no run to report on. */
int
mk_tmda_answer(struct mk_tmda_setup *s, int *status, struct mk_error *err)
{
	struct asking asking = {
		.lists = s->args->list,
		.list = { .out = stdout, .json = s->opt->json,
		    .table = !s->opt->json && isatty(STDOUT_FILENO) },
	};
	struct mk_tmda *t;
	bool met = false;
	size_t i;

	if (asking.lists)
		mk_tmda_list_head(&asking.list);
	for (i = 0; i < s->n && asking.rv == 0; i++) {
		t = &s->sections[i];
		if (t->conf == NULL)
			continue;
		asking.stats.t = t;
		if (mk_tmda_boxes(t, ask_box, &asking, err) == -1)
			earn(status, mk_diag_error(err));
		else if (!asking.lists && asking.rv == 0)
			asking.rv = mk_tmda_stats_print(&asking.stats,
			    stdout, s->opt->json);
		if (t->conf->dir == NULL || asking.stats.messages > 0 ||
		    asking.list.messages > 0)
			met = true;
		mk_tmda_stats_free(&asking.stats);
		mk_problems_end(&t->problems);
		earn(status, t->problems.status);
	}
	if (asking.rv == -1 || fflush(stdout) == EOF)
		return mk_fail_sys(err, "standard output");
	return s->args->users.n > 0 && !met && *status == EX_OK &&
	    !mk_stopped() ? mk_tmda_nobody(err) : 0;
}

/* Where --restore puts messages: --to, or the one section's. */
static int
restore_dest(const struct mk_tmda_setup *s, struct mk_restore *r,
    struct mk_error *err)
{
	const struct mk_tmda_root *root;
	const struct mk_tmda *t = s->sections;

	r->dest_fd = s->to_fd;
	r->dest = s->args->to;
	if (r->dest != NULL)
		return 0;
	if (s->n > 1)
		return mk_fail(err, EX_USAGE, "--restore: there are %zu "
		    "queues: say which by --queue NAME, or --to DIR",
		    s->n);
	if (t->conf == NULL)
		return mk_fail(err, EX_CONFIG, "--restore: nothing is "
		    "restored");
	if (t->conf->dir != NULL && t->queues[0]->pending.path == NULL)
		return mk_fail(err, EX_NOINPUT, "--restore: the directory of "
		    "pending mail that %s has elsewhere is not there: make "
		    "it, or say --to DIR", t->queues[0]->path);
	root = &t->roots[t->conf->dir == NULL ? MK_TMDA_ROOT :
	    t->queues[0]->pending.root];
	r->dest_fd = root->fd;
	r->dest = root->path;
	return 0;
}

void
mk_tmda_restore(struct mk_tmda_setup *s, int64_t now_s, double started,
    int *status)
{
	struct mk_error err;
	struct mk_list none = { 0 };
	struct mk_restore r = {
		.archive = s->args->restore, .users = &s->args->users,
		.quota_ignore = &none, .dry_run = s->opt->dry_run,
		.silent = s->opt->json,
		.progress = s->opt->verbosity == MK_QUIET ? 0 :
		    s->opt->progress,
	};

	r.archive_fd = s->restore_fd;
	if (restore_dest(s, &r, &err) == -1 || mk_restore_run(&r, &err) == -1)
		earn(status, mk_diag_error(&err));
	else {
		earn(status, r.status);
		if (mk_restore_report(&r, s->opt, "tmda", *status, &err) == -1)
			earn(status, mk_diag_error(&err));
	}
	if (r.restored > 0 && !r.dry_run && s->args->to == NULL &&
	    s->opt->verbosity != MK_QUIET)
		mk_diag_warn("note: by their names what was restored is as old "
		    "as before, and due again: have TMDA release it before "
		    "the next run");
	mk_restore_remember(&r, &s->own, "tmda", now_s, started, *status);
}

int
mk_tmda_check_args(const struct mk_options *opt,
    const struct mk_tmda_args *args, struct mk_error *err)
{
	bool asks = args->list || args->stats;

	if (args->list && args->stats)
		return mk_fail(err, EX_USAGE, "--list and --stats do not go "
		    "together");
	if (opt->args_n > 0 && args->older_than == NULL && !asks)
		return mk_fail(err, EX_USAGE, "a TMDADIR needs --older-than "
		    "AGE, such as --older-than 14d");
	if (args->older_than != NULL && opt->args_n == 0)
		return mk_fail(err, EX_USAGE, "--older-than goes with a "
		    "TMDADIR (sections have theirs in the configuration)");
	if (opt->args_n > 0 && args->queue != NULL)
		return mk_fail(err, EX_USAGE, "a TMDADIR is a queue of its "
		    "own: it does not go with --queue");
	if (asks && (args->force || args->restore != NULL ||
	    opt->metrics != NULL))
		return mk_fail(err, EX_USAGE, "--list and --stats go with "
		    "--queue, --user and --json alone");
	if (args->to != NULL && args->restore == NULL)
		return mk_fail(err, EX_USAGE, "--to goes with --restore");
	if (args->restore != NULL && (opt->args_n > 0 || args->force ||
	    opt->metrics != NULL || (args->to != NULL &&
	    args->queue != NULL)))
		return mk_fail(err, EX_USAGE, "--restore goes with --user, and "
		    "with --queue or --to");
	return 0;
}
