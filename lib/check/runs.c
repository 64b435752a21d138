/* check/runs - when each program had success last. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/history.h"
#include "check/look.h"
#include "check/rules.h"

#define AREA		"runs"
#define SLACK_S		3600		/* of clocks */
#define RECENT_S	(2 * INT64_C(86400))

struct runs {
	struct mk_check *check;
	struct last {
		int64_t success_s, end_s;	/* -1: never */
		int status;
		char *note;
		unsigned recent, failed;	/* in RECENT_S; of these */
		unsigned ahead;			/* later than now */
		int64_t failed_s;		/* the last one that did */
		int failed_status;
	} last[MK_PROGRAMS];
	bool unreadable[MK_PROGRAMS];
};

/* How old the last success may be: two days, so that a night may be missed, and
 * for what runs every few minutes an hour. */
static int64_t
most_s(enum mk_program_id id)
{
	return id == MK_PROGRAM_SPAMSCAN ? 3600 : 2 * 86400;
}

static int
take(void *data, const struct mk_history_run *run)
{
	struct runs *runs = data;
	struct last *last;
	int id;

	for (id = 0; id < MK_PROGRAMS; id++)
		if (strcmp(run->program, mk_program_names[id]) == 0)
			break;
	if (id == MK_PROGRAMS)
		return 0;
	last = &runs->last[id];
	/* By a clock that was ahead: it would hide what comes until then. */
	if (run->finished_s > runs->check->now_s + SLACK_S) {
		last->ahead++;
		return 0;
	}
	if (run->finished_s >= runs->check->now_s - RECENT_S) {
		last->recent++;
		if (run->status != EX_OK) {
			last->failed++;
			last->failed_s = run->finished_s;
			last->failed_status = run->status;
		}
	}
	if (run->status == EX_OK && run->finished_s > last->success_s)
		last->success_s = run->finished_s;
	if (run->finished_s < last->end_s)
		return 0;
	free(last->note);
	last->note = run->note == NULL ? NULL :
	    mk_look_text(runs->check, "%s", run->note);
	last->end_s = run->finished_s;
	last->status = run->status;
	return 0;
}

/* The history in DIR, of all programs but rotate or of that alone. */
static void
read_history(struct runs *runs, const char *dir, bool rotate)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), id;
	struct mk_check *check = runs->check;
	struct mk_error err;
	bool bad = false;

	if (fd == -1) {
		if (errno == ENOENT)
			return;
		bad = true;
		mk_fail_sys(&err, "open it");
	} else {
		bad = mk_history_read(fd, 0, take, runs, &err) == -1;
		close(fd);
	}
	for (id = 0; bad && id < MK_PROGRAMS; id++)
		if ((id == MK_PROGRAM_ROTATE) == rotate)
			runs->unreadable[id] = true;
	if (bad)
		mk_check_add(check, err.status == EX_NOPERM && !check->root ?
		    MK_NOTE : MK_WARNING, AREA, dir, err.status ==
		    EX_NOPERM ? "run as root" : "see whose it is, and what "
		    "it is", "its history cannot be read: %s", err.text);
}

static const char *
ago(char *buf, size_t size, int64_t seconds)
{
	int64_t unit = seconds >= 2 * 86400 ? 86400 : seconds >= 2 * 3600 ?
	    3600 : 60;

	mk_duration_format(buf, size, seconds - seconds % unit);
	if (seconds < 60)
		snprintf(buf, size, "just now");
	else
		strncat(buf, " ago", size - strlen(buf) - 1);
	return buf;
}

static void
add_failure(struct mk_check *check, const struct last *last,
    const char *name, const char *when)
{
	mk_check_add(check, last->status == EX_TEMPFAIL ? MK_WARNING :
	    MK_ERROR, AREA, name, last->status == EX_TEMPFAIL ? "the next "
	    "run tries again; if that fails, too, start it by hand" :
	    "start it by hand, and see what it says", "its last run, %s, "
	    "ended with status %d%s%s", when, last->status,
	    last->note == NULL ? "" : ": ", last->note == NULL ? "" :
	    last->note);
}

/*
 * Since then a run had success, but it may have been one of the rule "stray"
 * alone, which comes every two minutes, and the night has failed.
 */
static void
add_recent(struct mk_check *check, const struct last *last,
    enum mk_program_id id, const char *name)
{
	bool hidden = false;
	char when[64];
	size_t i;

	for (i = 0; id == MK_PROGRAM_EXPIRE && i < check->conf->rules_n; i++)
		if (strcmp(check->conf->rules[i].name, "stray") == 0)
			hidden = true;
	mk_check_add(check, hidden ? MK_WARNING : MK_NOTE, AREA, name,
	    "see what cron has mailed, or journalctl -u", "%u of its %u runs "
	    "in two days failed; the last of them, %s, ended with status %d",
	    last->failed, last->recent, ago(when, sizeof when, check->now_s -
	    last->failed_s), last->failed_status);
}

static void
look(struct mk_check *check, const struct last *last, enum mk_program_id id)
{
	int64_t age_s = check->now_s - last->success_s;
	char name[32], when[64], since[64];

	snprintf(name, sizeof name, "mailkeep-%s", mk_program_names[id]);
	if (last->ahead > 0)
		mk_check_add(check, MK_WARNING, AREA, name, "correct the "
		    "clock", "%u of its runs %s later than now: the clock is "
		    "wrong, or was", last->ahead, last->ahead == 1 ? "was" :
		    "were");
	if (last->end_s == -1) {
		if (!check->blind && last->ahead == 0)
			mk_check_add(check, MK_NOTE, AREA, name, "look with "
			    "-n, then start it by hand once", "has never run");
		return;
	}
	ago(when, sizeof when, check->now_s - last->end_s);
	if (last->status != EX_OK)
		add_failure(check, last, name, when);
	else if (last->failed > 0)
		add_recent(check, last, id, name);
	if (last->success_s == -1)
		return;
	if (age_s > most_s(id) && !check->blind)
		mk_check_add(check, MK_WARNING, AREA, name, "see the area "
		    "schedule, and start it by hand", "its last success was "
		    "%s, which is longer than %s", ago(since, sizeof since,
		    age_s), id == MK_PROGRAM_SPAMSCAN ? "an hour" : "two "
		    "days");
	else if (last->status == EX_OK)
		mk_check_add(check, MK_FINE, AREA, name, "", "its last "
		    "success was %s", ago(since, sizeof since, age_s));
}

void
mk_check_runs(struct mk_check *check)
{
	struct runs runs = { .check = check };
	int id;

	for (id = 0; id < MK_PROGRAMS; id++)
		runs.last[id].success_s = runs.last[id].end_s = -1;
	read_history(&runs, check->conf->host.state_dir, false);
	if (strcmp(check->conf->rotate.state_dir,
	    check->conf->host.state_dir) != 0)
		read_history(&runs, check->conf->rotate.state_dir, true);
	for (id = 0; id < MK_PROGRAMS; id++) {
		if (!runs.unreadable[id] && (check->blind ||
		    mk_program_active(check->conf, (enum mk_program_id)id)))
			look(check, &runs.last[id], (enum mk_program_id)id);
		free(runs.last[id].note);
	}
}
