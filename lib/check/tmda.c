/* check/tmda - TMDA's directories, its configuration, and its command. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/ask.h"
#include "check/dirs.h"
#include "check/where.h"

#define AREA	"tmda"

struct queue {
	const struct mk_tmda_conf *conf;
	const struct mk_owner *owner;
	char *place;			/* of the section */
};

/* DIR, or a directory in it, NAME. */
static bool
look_dir(struct mk_check *check, const struct queue *q, const char *name)
{
	char *path = name == NULL ? mk_look_text(check, "%s", q->conf->dir) :
	    mk_look_text(check, "%s/%s", q->conf->dir, name);
	struct mk_dir_use use = { .area = AREA, .place = q->place,
	    .path = path, .owner = q->owner };
	char *label, *advice;
	struct stat st;
	bool fine = false;

	label = mk_look_text(check, "tmda \"%s\": %s", q->conf->name,
	    name == NULL ? "dir" : name);
	use.name = label;
	if (path != NULL && label != NULL &&
	    mk_dirs_look(check, &use, &st)) {
		fine = true;
		if (q->owner->uid != (uid_t)-1 &&
		    st.st_uid != q->owner->uid) {
			advice = mk_look_text(check, "chown %s %s: TMDA "
			    "works as the owner of the mail", q->owner->name,
			    path);
			mk_check_add(check, MK_WARNING, AREA, q->place,
			    advice, "%s, %s, is user %ld's, not %s's", label,
			    path, (long)st.st_uid, q->owner->name);
			free(advice);
		}
	}
	free(label);
	free(path);
	return fine;
}

/* A configuration of TMDA's: without it pending-lifetime = "tmda" has none. */
static void
look_config(struct mk_check *check, const struct queue *q)
{
	const char *name = q->conf->config[0] == '\0' ? "config" :
	    q->conf->config;
	bool needed = mk_tmda_asks_tmda(q->conf) ||
	    q->conf->config[0] != '\0';
	char *path = name[0] == '/' ? mk_look_text(check, "%s", name) :
	    mk_look_text(check, "%s/%s", q->conf->dir, name);
	int rv;

	if (path == NULL)
		return;
	rv = mk_look_may(check, q->owner, path, R_OK);
	if (rv == ENOENT && !needed)
		mk_check_add(check, MK_NOTE, AREA, q->place, "", "tmda "
		    "\"%s\": there is no %s, so TMDA's defaults are taken",
		    q->conf->name, path);
	else if (rv > 0)
		mk_check_add(check, MK_ERROR, AREA, q->place, "let the owner "
		    "of the mail read it: TMDA does, too", "tmda \"%s\": %s: "
		    "%s", q->conf->name, path, strerror(rv));
	free(path);
}

static void
look_command(struct mk_check *check, const struct queue *q)
{
	const char *command = q->conf->release_command;
	struct stat st;

	if (q->conf->rescue != MK_TMDA_RELEASE)
		return;
	if (stat(command, &st) == -1)
		mk_check_add(check, MK_ERROR, AREA, q->place, "install TMDA, "
		    "or set rescue = \"report\"", "tmda \"%s\": "
		    "release-command: %s: %s", q->conf->name, command,
		    strerror(errno));
	else if (!S_ISREG(st.st_mode) ||
	    mk_look_may(check, q->owner, command, X_OK) > 0)
		mk_check_add(check, MK_ERROR, AREA, q->place, "chmod +x, or "
		    "correct the key", "tmda \"%s\": release-command: %s "
		    "cannot be run", q->conf->name, command);
	else
		mk_look_guarded(check, AREA, q->place, command, &st,
		    "can do anything as the owner of the mail");
}

static void
look_queue(struct mk_check *check, const struct queue *q)
{
	const char *const words[] = { "-n", "--queue", q->conf->name, NULL };
	size_t before = mk_check_count(check, MK_ERROR);

	look_command(check, q);
	if (q->conf->dir == NULL) {
		mk_check_add(check, MK_NOTE, AREA, q->place, "look with "
		    "mailkeep-tmda -n", "tmda \"%s\": the directories %s of "
		    "all mailboxes were not looked at", q->conf->name,
		    q->conf->mailbox_dir);
		return;
	}
	/* Where TMDA's own settings decide, pending may lie elsewhere. */
	if (!look_dir(check, q, NULL) || (!mk_tmda_asks_tmda(q->conf) &&
	    !look_dir(check, q, "pending")))
		return;
	look_config(check, q);
	if (before == mk_check_count(check, MK_ERROR) && mk_check_ask(check,
	    "mailkeep-tmda", words, check->root || q->owner->uid ==
	    geteuid() ? MK_WARNING : MK_NOTE, AREA, q->place,
	    "mailkeep-tmda(8), DIAGNOSTICS, tells more"))
		mk_check_add(check, MK_FINE, AREA, q->place, "", "tmda "
		    "\"%s\": %s can be read", q->conf->name, q->conf->dir);
}

void
mk_check_tmda(struct mk_check *check)
{
	struct mk_owner owner = mk_look_owner(check);
	struct mk_where where = { 0 };
	struct queue q = { .owner = &owner };
	size_t i;

	if (check->conf->queues_n == 0) {
		mk_check_add(check, MK_NOTE, AREA, check->conf->file, "",
		    "no section tmda: nothing is done for TMDA");
		return;
	}
	mk_where_open(&where, check);
	for (i = 0; i < check->conf->queues_n; i++) {
		q.conf = &check->conf->queues[i];
		q.place = mk_where_key(&where, check, "tmda", i, "dir");
		look_queue(check, &q);
		free(q.place);
	}
	mk_where_close(&where);
}
