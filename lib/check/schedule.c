/* check/schedule - crontabs and timers: who starts what, and not twice. */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/crontab.h"
#include "check/look.h"
#include "check/rules.h"

#define AREA		"schedule"
#define TEXT_MAX	((size_t)256 * 1024)
#define CALLS_MAX	8		/* of a job: more tell no more */

enum timer { TIMER_NONE, TIMER_ENABLED, TIMER_DANGLING, TIMER_MASKED };

struct call {				/* a line of a crontab */
	char *file;			/* as the host calls it */
	unsigned line;
	char *command;
};

struct job {
	const char *name;		/* of its timer */
	const char *program;
	bool stray;			/* the rule of that name alone */
	enum mk_program_id id;
	enum timer timer;
	struct call calls[CALLS_MAX];
	size_t n;
};
#define JOBS	6

struct schedule {
	struct mk_check *check;
	bool systemd, cron;		/* run this host */
	bool hidden;			/* a crontab that we may not read */
	const char *file;		/* being read */
	struct job jobs[JOBS];
};

static bool
is_there(struct mk_check *check, const char *path)
{
	char *full = mk_look_text(check, "%s%s", check->below, path);
	bool found = full != NULL && access(full, F_OK) == 0;

	free(full);
	return found;
}

static void
find_daemons(struct schedule *s)
{
	static const char *const crons[] = {
		"/usr/sbin/cron", "/usr/sbin/crond", "/usr/bin/crond",
		"/usr/sbin/fcron", "/usr/sbin/anacron", "/usr/sbin/bcron-start"
	};
	size_t i;

	/* What lies below DIR is not running; it will be what it has. */
	s->systemd = is_there(s->check, "/run/systemd/system") ||
	    (s->check->below[0] != '\0' &&
	    (is_there(s->check, "/lib/systemd/systemd") ||
	    is_there(s->check, "/usr/lib/systemd/systemd")));
	for (i = 0; i < sizeof crons / sizeof crons[0] && !s->cron; i++)
		s->cron = is_there(s->check, crons[i]);
}

/* Where the link PATH leads, seen from the host; NULL: it is none. */
static char *
read_link(struct mk_check *check, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target - 1);

	if (n <= 0)
		return NULL;
	target[n] = '\0';
	return mk_look_text(check, "%s", target);
}

static enum timer
timer_of(struct mk_check *check, const char *name)
{
	static const char dir[] = "/etc/systemd/system";
	char *unit = mk_look_text(check, "%s%s/mailkeep-%s.timer",
	    check->below, dir, name);
	char *wanted = mk_look_text(check, "%s%s/timers.target.wants/"
	    "mailkeep-%s.timer", check->below, dir, name);
	char *target = unit == NULL ? NULL : read_link(check, unit);
	enum timer timer = TIMER_NONE;
	struct stat st;

	if (unit == NULL || wanted == NULL)
		goto out;
	if ((target != NULL && strcmp(target, "/dev/null") == 0) ||
	    (stat(unit, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0)) {
		timer = TIMER_MASKED;
		goto out;
	}
	if (lstat(wanted, &st) == -1)
		goto out;
	free(target);
	target = read_link(check, wanted);
	timer = target == NULL || target[0] != '/' ||
	    is_there(check, target) ? TIMER_ENABLED : TIMER_DANGLING;
out:
	free(target);
	free(wanted);
	free(unit);
	return timer;
}

static void
add_call(struct schedule *s, struct job *job, unsigned line,
    const char *command)
{
	struct call *call = &job->calls[job->n];

	if (job->n == CALLS_MAX)
		return;
	call->file = mk_look_text(s->check, "%s", s->file);
	call->command = mk_look_text(s->check, "%s", command);
	call->line = line;
	if (call->file != NULL && call->command != NULL)
		job->n++;
	else {
		free(call->file);
		free(call->command);
	}
}

/* What a program of ours does better once it has something to do. */
static void
add_old(struct schedule *s, unsigned line, const char *program)
{
	char *place = mk_look_text(s->check, "%s:%u", s->file, line), *advice;
	bool active = false;
	int id;

	for (id = 0; id < MK_PROGRAMS; id++)
		if (strcmp(mk_program_names[id], program) == 0)
			active = mk_program_active(s->check->conf,
			    (enum mk_program_id)id);
	advice = active ? mk_look_text(s->check, "take the line out: "
	    "mailkeep-%s has its work", program) : mk_look_text(s->check,
	    "leave it until mailkeep-%s is configured, then take it out",
	    program);
	mk_check_add(s->check, active ? MK_WARNING : MK_NOTE, AREA, place,
	    advice, "does the work of mailkeep-%s, which %s", program,
	    active ? "does it, too" : "has nothing to do yet");
	free(advice);
	free(place);
}

static void
take_command(void *data, unsigned line, const char *command)
{
	struct schedule *s = data;
	const char *old;
	bool ours = false;
	size_t i;

	for (i = 0; i < JOBS; i++)
		if (mk_crontab_calls(command, s->jobs[i].program,
		    s->jobs[i].stray)) {
			add_call(s, &s->jobs[i], line, command);
			ours = true;
		}
	old = ours ? NULL : mk_crontab_old(command,
	    s->check->conf->host.mail_root);
	if (old != NULL)
		add_old(s, line, old);
}

static void
read_crontab(struct schedule *s, const char *file)
{
	char *full = mk_look_text(s->check, "%s%s", s->check->below, file);
	struct mk_buf text = { 0 };

	s->file = file;
	if (full == NULL)
		return;
	if (mk_look_read(full, TEXT_MAX, &text) == 0) {
		if (mk_crontab_each(text.data, take_command, s) == -1)
			s->check->no_memory = true;
	} else if (errno == EACCES)
		s->hidden = true;
	mk_buf_free(&text);
	free(full);
}

/* The names that cron reads of /etc/cron.d. */
static int
is_cron_name(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
	    "RSTUVWXYZ0123456789_-")] == '\0';
}

static int
is_crontab(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
	    strncmp(entry->d_name, "tmp.", 4) != 0;
}

static void
read_dir(struct schedule *s, const char *dir,
    int (*filter)(const struct dirent *))
{
	char *full = mk_look_text(s->check, "%s%s", s->check->below, dir);
	struct dirent **names = NULL;
	char *file;
	int i, n;

	n = full == NULL ? 0 : scandir(full, &names, filter, alphasort);
	if (n == -1 && errno == EACCES)
		s->hidden = true;
	for (i = 0; i < n; i++) {
		file = mk_look_text(s->check, "%s/%s", dir, names[i]->d_name);
		if (file != NULL)
			read_crontab(s, file);
		free(file);
		free(names[i]);
	}
	free(names);
	free(full);
}

/* -- what it comes to ---------------------------------------------------- */

static bool
timer_runs(const struct schedule *s, const struct job *job)
{
	return s->systemd && job->timer == TIMER_ENABLED;
}

/* A crontab's line and a timer, or two crontabs that know not of each other. */
static void
look_twice(struct schedule *s, const struct job *job)
{
	const struct call *a, *b;
	char *place;
	size_t i, j;

	for (i = 0; i < job->n && s->cron; i++) {
		a = &job->calls[i];
		place = mk_look_text(s->check, "%s:%u", a->file, a->line);
		if (timer_runs(s, job) && !mk_crontab_asks_timer(a->command))
			mk_check_add(s->check, MK_WARNING, AREA, place, "take "
			    "one of them out: the line, or the timer by "
			    "systemctl disable --now", "starts mailkeep-%s, "
			    "as does the timer /etc/systemd/system/"
			    "timers.target.wants/mailkeep-%s.timer",
			    job->program, job->name);
		for (j = 0; j < i; j++) {
			b = &job->calls[j];
			if (strcmp(a->file, b->file) != 0 &&
			    strstr(a->command, b->file) == NULL &&
			    strstr(b->command, a->file) == NULL)
				break;
		}
		if (j < i)
			mk_check_add(s->check, MK_WARNING, AREA, place, "take "
			    "one of the lines out", "starts mailkeep-%s, as "
			    "does %s:%u", job->program, b->file, b->line);
		free(place);
	}
}

/* Why nothing starts it, in words. */
static const char *
reason(const struct schedule *s, const struct job *job)
{
	return job->timer == TIMER_MASKED ? "its timer is masked" :
	    job->timer == TIMER_DANGLING ? "its timer is enabled, but the "
	    "unit is gone" :
	    job->timer == TIMER_ENABLED ? "its timer is enabled, but systemd "
	    "does not run this host" :
	    job->n > 0 && !s->cron ? "a crontab has it, but there is no cron" :
	    "neither a timer nor a crontab has it";
}

static void
look_job(struct schedule *s, const struct job *job)
{
	char *name = mk_look_text(s->check, "mailkeep-%s", job->program);
	char *advice = mk_look_text(s->check, !s->systemd ? job->n > 0 ?
	    "install cron" : "copy cron/mailkeep to /etc/cron.d/mailkeep" :
	    job->timer == TIMER_MASKED ? "systemctl unmask mailkeep-%s.timer, "
	    "then enable it" : "systemctl enable --now mailkeep-%s.timer",
	    job->name);

	if (timer_runs(s, job))
		mk_check_add(s->check, MK_FINE, AREA, name, "", "is started "
		    "by its timer");
	else if (s->cron && job->n > 0)
		mk_check_add(s->check, MK_FINE, AREA, name, "", "is started "
		    "by %s:%u", job->calls[0].file, job->calls[0].line);
	else if (s->hidden)
		mk_check_add(s->check, MK_NOTE, AREA, name, "run as root",
		    "whether it is started cannot be told: not all crontabs "
		    "can be read");
	else
		mk_check_add(s->check, MK_WARNING, AREA, name, advice, "has "
		    "something to do, and nothing starts it: %s",
		    reason(s, job));
	free(advice);
	free(name);
}

void
mk_check_schedule(struct mk_check *check)
{
	struct schedule s = { .check = check, .jobs = {
		{ .name = "expire", .id = MK_PROGRAM_EXPIRE },
		{ .name = "stray", .stray = true, .id = MK_PROGRAM_EXPIRE },
		{ .name = "blacklist", .id = MK_PROGRAM_BLACKLIST },
		{ .name = "spamscan", .id = MK_PROGRAM_SPAMSCAN },
		{ .name = "tmda", .id = MK_PROGRAM_TMDA },
		{ .name = "rotate", .id = MK_PROGRAM_ROTATE },
	} };
	size_t i, j;

	find_daemons(&s);
	for (i = 0; i < JOBS; i++) {
		s.jobs[i].program = mk_program_names[s.jobs[i].id];
		s.jobs[i].timer = timer_of(check, s.jobs[i].name);
	}
	read_crontab(&s, "/etc/crontab");
	read_dir(&s, "/etc/cron.d", is_cron_name);
	read_dir(&s, "/var/spool/cron/crontabs", is_crontab);
	for (i = 0; i < JOBS; i++) {
		look_twice(&s, &s.jobs[i]);
		/* The rule "stray" has its turn every night, too. */
		if (!check->blind && !s.jobs[i].stray &&
		    mk_program_active(check->conf, s.jobs[i].id))
			look_job(&s, &s.jobs[i]);
		for (j = 0; j < s.jobs[i].n; j++) {
			free(s.jobs[i].calls[j].file);
			free(s.jobs[i].calls[j].command);
		}
	}
}
