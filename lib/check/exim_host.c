/* check/exim_host - what else Exim and Mailkeep must agree on. */
#include "check/exim_parts.h"

#include <fnmatch.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "check/logrotate.h"
#include "check/look.h"

#define FILE_MAX	((size_t)1024 * 1024)
#define BLANKS		" \t"

/* -- the mail root -------------------------------------------------------- */

/* Only the exim.conf of Mailkeep has this macro, by which it delivers. */
void
mk_exim_check_root(struct mk_check *check, const struct mk_exim *exim)
{
	const char *root = check->conf->host.mail_root;
	char *theirs = mk_exim_macro(exim, "MAIL_ROOT");

	if (theirs == NULL || root == NULL)
		;
	else if (theirs[0] != '/')	/* "<value not displayable>" */
		mk_check_add(check, MK_NOTE, MK_AREA_EXIM, exim->file,
		    check->root ? "" : "run mailkeep-check as root",
		    "whether its MAIL_ROOT is mail-root can't be told");
	else if (mk_exim_same_file(theirs, root))
		mk_check_add(check, MK_FINE, MK_AREA_EXIM, exim->file, "",
		    "its MAIL_ROOT is mail-root");
	else
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, exim->file,
		    "set MAIL_ROOT in site.conf and mail-root in "
		    "mailkeep.conf alike", "Exim delivers below MAIL_ROOT, "
		    "%s, and mail-root is %s", theirs, root);
	free(theirs);
}

/* -- the questions to the database ---------------------------------------- */

/*
 * The columns that exim.conf asks for.  Nothing is found, and nothing has to
 * be: that the question can be asked is what counts.
 */
static const struct {
	const char *table, *question;
} questions[] = {
	{ "users", "${lookup pgsql{SELECT maildir FROM users "
	    "WHERE email = '' AND mail}{asked}{asked}}" },
	{ "transport", "${lookup pgsql{SELECT domain FROM transport "
	    "WHERE domain = '' AND local}{asked}{asked}}" },
	{ "aliases", "${lookup pgsql{SELECT destination FROM aliases "
	    "WHERE source = ''}{asked}{asked}}" },
};
#define QUESTIONS	(sizeof questions / sizeof *questions)

/* What went wrong, of ANSWER, which begins with what was asked. */
static const char *
why_of(const char *answer)
{
	static const char defer[] = " gave DEFER: ";
	const char *why = strstr(answer, defer);

	return why == NULL ? answer : why + strlen(defer);
}

/* No server answers, whatever is asked. */
static bool
tell_away(struct mk_check *check, const struct mk_exim *exim,
    const char *text)
{
	const char *why = text == NULL ? NULL :
	    strstr(text, "PGSQL connection failed");

	if (why == NULL)
		return false;
	mk_check_add(check, MK_ERROR, MK_AREA_EXIM, exim->file,
	    "see whether PostgreSQL runs and lets Exim in: DATABASE in "
	    "site.conf, pg_hba.conf, pg_ident.conf", "Exim does not reach "
	    "the database, and all mail waits: %.*s",
	    (int)strcspn(why, "\n"), why);
	return true;
}

/* An answer may have several lines; that it failed stands in the first. */
static void
read_tables(struct mk_check *check, const struct mk_exim *exim, char *text)
{
	size_t i, bad = 0;
	char *line = text, *next;

	for (i = 0; line != NULL && *line != '\0'; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (strncmp(line, "Failed: ", 8) == 0 && i < QUESTIONS) {
			mk_check_add(check, MK_ERROR, MK_AREA_EXIM,
			    exim->file, "see schema.sql of Mailkeep, and "
			    "README.md beside it for who may ask",
			    "Exim can't ask for the table %s: %s",
			    questions[i].table, why_of(line));
			bad++;
			i++;
		} else if (strcmp(line, "asked") == 0)
			i++;
	}
	if (i == QUESTIONS && bad == 0)
		mk_check_add(check, MK_FINE, MK_AREA_EXIM, exim->file, "",
		    "Exim can ask for users, transport and aliases");
	else if (i < QUESTIONS)
		mk_check_add(check, MK_WARNING, MK_AREA_EXIM, exim->file,
		    "try exim4 -bt with an address", "Exim did not answer "
		    "whether it can ask for the table %s",
		    questions[i].table);
}

/*
 * Whether Exim's configuration asks as ours does.  Only root, and an account
 * that the database knows, can ask as Exim.
 */
void
mk_exim_check_tables(struct mk_check *check, const struct mk_exim *exim)
{
	char *strings[QUESTIONS] = { NULL };
	struct mk_child child = { 0 };
	struct mk_error err;
	size_t i;

	if (!mk_exim_says(exim, "FROM users") ||
	    !mk_exim_says(exim, "FROM transport") ||
	    !mk_exim_says(exim, "FROM aliases"))
		return;
	if (!check->root) {
		mk_check_add(check, MK_NOTE, MK_AREA_EXIM, exim->file,
		    "run mailkeep-check as root", "whether Exim's questions "
		    "to the database are answered was not tried");
		return;
	}
	for (i = 0; i < QUESTIONS; i++) {
		strings[i] = strdup(questions[i].question);
		if (strings[i] == NULL) {
			check->no_memory = true;
			goto out;
		}
	}
	if (mk_exim_expand(exim, "192.0.2.1", strings, QUESTIONS, &child,
	    &err) == -1)
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, exim->file,
		    "try exim4 -bt with an address",
		    "Exim can't ask the database: %s", err.text);
	else if (!tell_away(check, exim, child.out.data))
		read_tables(check, exim, child.out.data);
out:
	for (i = 0; i < QUESTIONS; i++)
		free(strings[i]);
	mk_child_free(&child);
}

/* -- the log -------------------------------------------------------------- */

/*
 * The main log of log_file_path: its first file, with "main" for "%s".  NULL:
 * none can be told, or each day has its own.
 */
static char *
main_log(const struct mk_exim *exim)
{
	const char *path = strchr(exim->log, '/'), *sign;
	struct mk_buf log = { 0 };
	size_t len;

	if (path == NULL)
		return NULL;
	len = strcspn(path, BLANKS ":");
	sign = memchr(path, '%', len);
	if (sign == NULL || sign[1] != 's' ||
	    memchr(sign + 1, '%', len - (size_t)(sign + 1 - path)) != NULL)
		return NULL;
	mk_buf_addf(&log, "%.*smain%.*s", (int)(sign - path), path,
	    (int)(len - (size_t)(sign + 2 - path)), sign + 2);
	return log.data;
}

/* Whether a line of newsyslog.conf's is about LOG: its first word is. */
static bool
newsyslog_names(char *text, const char *log)
{
	char *line, *next;

	for (line = text; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		line += strspn(line, BLANKS);
		line[strcspn(line, BLANKS)] = '\0';
		if (fnmatch(line, log, FNM_PATHNAME) == 0)
			return true;
	}
	return false;
}

static bool
logrotate_names(char *text, const char *log)
{
	return mk_logrotate_names(text, log) != 0;
}

/*
 * The first of the files that PATTERN stands for in which NAMES finds LOG; to
 * be freed.  NULL: none.
 */
static char *
who_names(const char *pattern, bool (*names)(char *text, const char *log),
    const char *log)
{
	struct mk_buf text = { 0 };
	glob_t files = { 0 };
	char *who = NULL;
	size_t i;

	if (glob(pattern, 0, NULL, &files) == 0)
		for (i = 0; i < files.gl_pathc && who == NULL; i++) {
			mk_buf_cut(&text, 0);
			if (mk_look_read(files.gl_pathv[i], FILE_MAX,
			    &text) == 0 && names(text.data, log))
				who = strdup(files.gl_pathv[i]);
		}
	globfree(&files);
	mk_buf_free(&text);
	return who;
}

/* The file by which LOG is rotated, by us or by logrotate; to be freed. */
static char *
who_rotates(struct mk_check *check, const char *log)
{
	const struct mk_list *files = &check->conf->rotate.files;
	char *pattern, *who = NULL;
	size_t i;

	if (files->n == 0)
		who = who_names(MK_NEWSYSLOG_CONF, newsyslog_names, log);
	for (i = 0; i < files->n && who == NULL; i++)
		who = who_names(files->v[i], newsyslog_names, log);
	if (who != NULL)
		return who;
	pattern = mk_look_text(check, "%s/etc/logrotate.d/*", check->below);
	if (pattern != NULL)
		who = who_names(pattern, logrotate_names, log);
	free(pattern);
	return who;
}

/* That not both do is looked after in mk_check_newsyslog(). */
void
mk_exim_check_log(struct mk_check *check, const struct mk_exim *exim)
{
	char *log = main_log(exim), *who;

	if (log == NULL) {
		mk_check_add(check, MK_NOTE, MK_AREA_EXIM, exim->file, "",
		    "log_file_path is \"%s\": who rotates that was not "
		    "looked at", exim->log);
		return;
	}
	who = who_rotates(check, log);
	if (who != NULL)
		mk_check_add(check, MK_FINE, MK_AREA_EXIM, log, "",
		    "%s rotates it", who);
	else
		mk_check_add(check, MK_NOTE, MK_AREA_EXIM, log,
		    "put a line into newsyslog.conf, as etc/newsyslog.conf "
		    "of Mailkeep has it", "neither newsyslog.conf nor "
		    "logrotate names Exim's log: it grows");
	free(who);
	free(log);
}
