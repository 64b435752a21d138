/* rotate/parse_line - one line of newsyslog.conf. */
#include "rotate/parse_line.h"

#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT_MAX	999999		/* generations have 6 digits */
#define SIZE_MAX_KIB	(INT64_MAX / 1024)

char *
mk_line_field(struct mk_line *line, bool quotes)
{
	char *field = line->rest + strspn(line->rest, " \t"), *end;

	line->quoted = false;
	line->rest = field;
	if (*field == '\0')
		return NULL;
	end = quotes && *field == '"' ? strchr(field + 1, '"') : NULL;
	if (end != NULL && strchr(" \t", end[1]) != NULL) {
		line->quoted = true;
		field++;
	} else
		end = field + strcspn(field, " \t");
	line->rest = *end == '\0' ? end : end + 1;
	*end = '\0';
	return field;
}

static char *
required(struct mk_line *line, const char *what, struct mk_error *err)
{
	char *field = mk_line_field(line, false);

	if (field == NULL)
		mk_fail(err, EX_CONFIG, "has no %s; a line is \"log "
		    "[owner:group] mode count size when %s [pid file] "
		    "[signal]\"", what, line->parse->dialect == MK_NETBSD ?
		    "flags" : "[flags]");
	return field;
}

/* A number of digits to BASE, at most MAX, alone.  0 or -1. */
static int
read_number(const char *text, unsigned base, int64_t max, int64_t *n)
{
	int64_t value = 0;
	unsigned digit;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		digit = (unsigned)(unsigned char)*text - '0';
		if (digit >= base || value > (max - digit) / base)
			return -1;
		value = value * base + digit;
	}
	*n = value;
	return 0;
}

static void
remember(char known[MK_KNOWN_BYTES], const char *text)
{
	known[0] = '\0';
	if (strlen(text) < MK_KNOWN_BYTES)
		memcpy(known, text, strlen(text) + 1);
}

static int
read_user(struct mk_known *known, const char *text, struct mk_error *err)
{
	const struct passwd *pw;
	int64_t n;

	if (strcmp(known->user, text) == 0)
		return 0;
	pw = getpwnam(text);
	if (pw != NULL)
		known->uid = pw->pw_uid;
	else if (read_number(text, 10, (int64_t)(uid_t)-1 - 1, &n) == 0)
		known->uid = (uid_t)n;
	else
		return mk_fail(err, EX_CONFIG, "there is no user %.99s", text);
	remember(known->user, text);
	return 0;
}

static int
read_group(struct mk_known *known, const char *text, struct mk_error *err)
{
	const struct group *gr;
	int64_t n;

	if (strcmp(known->group, text) == 0)
		return 0;
	gr = getgrnam(text);
	if (gr != NULL)
		known->gid = gr->gr_gid;
	else if (read_number(text, 10, (int64_t)(gid_t)-1 - 1, &n) == 0)
		known->gid = (gid_t)n;
	else if (strcmp(text, "wheel") == 0)
		known->gid = 0;		/* which is its number on BSDs */
	else
		return mk_fail(err, EX_CONFIG, "there is no group %.99s", text);
	remember(known->group, text);
	return 0;
}

/* 1: FIELD is "owner:group", and read; 0: it is something else; or -1. */
static int
read_owner(struct mk_line *line, char *field, struct mk_entry *entry,
    struct mk_error *err)
{
	struct mk_known *known = line->known;
	char *sep = strchr(field, ':');

	if (sep == NULL) {
		sep = strrchr(field, '.');
		if (sep == NULL)
			return 0;
		line->dotted = true;
		if (line->parse->dialect == MK_NETBSD &&
		    getpwnam(field) != NULL) {
			if (read_user(known, field, err) == -1)
				return -1;
			entry->uid = known->uid;
			return 1;
		}
	}
	*sep++ = '\0';
	if (*field != '\0') {
		if (read_user(known, field, err) == -1)
			return -1;
		entry->uid = known->uid;
	}
	if (*sep != '\0') {
		if (read_group(known, sep, err) == -1)
			return -1;
		entry->gid = known->gid;
	}
	return 1;
}

static int
read_mode(struct mk_line *line, const char *field, struct mk_entry *entry,
    struct mk_error *err)
{
	int64_t mode;

	if (read_number(field, 8, 07777, &mode) == -1)
		return mk_fail(err, EX_CONFIG, "\"%.99s\" is neither a mode, "
		    "written as 640, nor owner:group", field);
	if (mode & 07000)
		return mk_fail(err, EX_CONFIG, "mode %.99s: no log is made "
		    "setuid, setgid or sticky", field);
	line->mode = (mode_t)mode;
	entry->mode = line->mode;
	if (line->parse->dialect == MK_FREEBSD)
		entry->mode &= 0666;
	return 0;
}

static int
read_count(const char *field, struct mk_entry *entry, struct mk_error *err)
{
	if (read_number(field, 10, COUNT_MAX, &entry->count) == 0)
		return 0;
	return mk_fail(err, EX_CONFIG, "\"%.99s\" is no count; write how many "
	    "rotated files to keep, 0 to %d", field, COUNT_MAX);
}

static int
read_size(const char *field, struct mk_entry *entry, struct mk_error *err)
{
	if (strcmp(field, "*") == 0 ||
	    read_number(field, 10, SIZE_MAX_KIB, &entry->size_kib) == 0)
		return 0;
	return mk_fail(err, EX_CONFIG, "\"%.99s\" is no size; write it in KiB, "
	    "or * for any", field);
}

/* The fields that every line has, but for the log. */
static int
read_required(struct mk_line *line, struct mk_entry *entry,
    struct mk_error *err)
{
	char *field = required(line, "mode", err);
	int owner;

	if (field == NULL)
		return -1;
	owner = read_owner(line, field, entry, err);
	if (owner == -1 ||
	    (owner == 1 && (field = required(line, "mode", err)) == NULL) ||
	    read_mode(line, field, entry, err) == -1)
		return -1;
	field = required(line, "count", err);
	if (field == NULL || read_count(field, entry, err) == -1)
		return -1;
	field = required(line, "size", err);
	if (field == NULL || read_size(field, entry, err) == -1)
		return -1;
	field = required(line, "time (when)", err);
	if (field == NULL)
		return -1;
	return mk_when_parse(&entry->when, field, err);
}

/* Not flags: a pid file, a command, or a signal by its full name. */
static bool
is_notice(const struct mk_line *line, const char *field)
{
	return line->quoted || field[0] == '/' || field[0] == '"' ||
	    strncasecmp(field, "SIG", 3) == 0;
}

static int
read_command(struct mk_line *line, char *field, struct mk_entry *entry,
    struct mk_error *err)
{
	size_t i;

	for (i = 0; field[i] != '\0'; i++)
		if (((unsigned char)field[i] < ' ' && field[i] != '\t') ||
		    field[i] == 0x7f)
			return mk_fail(err, EX_CONFIG, "the command has a "
			    "control character");
	line->command = true;
	if (*field == '\0')
		entry->flags |= MK_ENTRY_NO_SIGNAL;
	else {
		entry->flags |= MK_ENTRY_COMMAND;
		entry->notify = field;
	}
	return 0;
}

/* A pid file, a command, a signal, or whom to mail.  0 or -1. */
static int
read_notice(struct mk_line *line, char *field, struct mk_entry *entry,
    struct mk_error *err)
{
	bool openbsd = line->parse->dialect == MK_OPENBSD;
	bool taken = entry->notify != NULL || line->command;
	const char *fault;

	if (line->quoted && !taken)
		return read_command(line, field, entry, err);
	if (field[0] == '"' && openbsd && !line->quoted)
		return mk_fail(err, EX_CONFIG, "%.99s: the quote does not "
		    "end, or not at a field's end", field);
	if (field[0] == '/' && !line->quoted && !taken &&
	    (line->signal == NULL || openbsd)) {
		fault = mk_entry_path_fault(field);
		if (fault != NULL)
			return mk_fail(err, EX_CONFIG, "%.256s %s", field,
			    fault);
		entry->notify = field;
		return 0;
	}
	if (openbsd && line->letters != NULL && !is_notice(line, field) &&
	    strpbrk(line->letters, "Mm") != NULL && line->monitor == NULL) {
		line->monitor = field;
		return 0;
	}
	if (line->quoted || field[0] == '/' || line->signal != NULL)
		return mk_fail(err, EX_CONFIG, "\"%.99s\" is one field too "
		    "many", field);
	line->signal = field;
	return mk_line_signal(line->parse->dialect, field, &entry->signal,
	    &line->signal_moved, err);
}

/* What fits together, and what makes no sense. */
static int
check_notice(struct mk_line *line, struct mk_entry *entry,
    struct mk_error *err)
{
	if (line->letters != NULL && strpbrk(line->letters, "Mm") != NULL &&
	    line->monitor == NULL)
		return mk_fail(err, EX_CONFIG, "flag M: the field with the "
		    "address to be mailed is missing");
	if (entry->flags & MK_ENTRY_NO_SIGNAL) {
		line->unused = entry->notify;
		entry->notify = NULL;
		entry->flags &= ~(unsigned)(MK_ENTRY_COMMAND | MK_ENTRY_GROUP);
	}
	if (line->command && (entry->flags & MK_ENTRY_COMMAND))
		entry->signal = 0;	/* openbsd's is run as it stands */
	if (entry->notify == NULL && (entry->flags & MK_ENTRY_COMMAND))
		return mk_fail(err, EX_CONFIG, "flag R: the command, an "
		    "absolute path, is missing");
	if (entry->notify == NULL && (entry->flags & MK_ENTRY_GROUP))
		return mk_fail(err, EX_CONFIG, "flag U: the pid file is "
		    "missing");
	if (entry->flags & MK_ENTRY_COMMAND)
		entry->flags &= ~(unsigned)MK_ENTRY_GROUP;
	return 0;
}

int
mk_line_entry(struct mk_line *line, struct mk_entry *entry,
    struct mk_error *err)
{
	enum mk_newsyslog dialect = line->parse->dialect;
	bool quotes = dialect == MK_OPENBSD;
	char *field;

	*entry = (struct mk_entry){
		.log = line->log, .uid = (uid_t)-1, .gid = (gid_t)-1,
		.signal = SIGHUP, .file = line->file, .line = line->number,
	};
	if (read_required(line, entry, err) == -1)
		return -1;
	field = mk_line_field(line, quotes);
	if (field != NULL && !is_notice(line, field)) {
		line->letters = field;
		if (mk_line_flags(dialect, field, entry, err) == -1)
			return -1;
		field = mk_line_field(line, quotes);
	} else if (dialect == MK_NETBSD)
		return mk_fail(err, EX_CONFIG, "has no flags; netbsd wants "
		    "them, \"-\" where there are none");
	for (; field != NULL; field = mk_line_field(line, quotes))
		if (read_notice(line, field, entry, err) == -1)
			return -1;
	return check_notice(line, entry, err);
}
