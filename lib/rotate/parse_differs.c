/* rotate/parse_differs - what of a line another dialect does otherwise. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "rotate/parse_line.h"

void
mk_line_note(const struct mk_line *line, const char *fmt, ...)
{
	struct mk_error err;
	char text[MK_ERROR_MAX / 2];
	va_list ap;

	if (line->parse->differs == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	mk_fail(&err, EX_OK, "%s:%u: %s", line->file, line->number, text);
	line->parse->differs(line->parse->data, &err);
}

/* "netbsd has no D; openbsd has no C, D" */
static void
note_letters(const struct mk_line *line)
{
	char text[256];
	size_t len = 0, i, had;
	int d;

	for (d = 0; d < 3; d++) {
		had = 0;
		for (i = 0; line->letters[i] != '\0' && len < 200; i++) {
			if (mk_line_has_flag((enum mk_newsyslog)d,
			    line->letters[i]))
				continue;
			len += (size_t)snprintf(text + len, sizeof text - len,
			    "%s%s%s%c", had > 0 || len == 0 ? "" : "; ",
			    had > 0 ? ", " : mk_newsyslog_names[d],
			    had > 0 ? "" : " has no ", line->letters[i]);
			had++;
		}
	}
	if (len > 0)
		mk_line_note(line, "flags %.64s: %s", line->letters, text);
}

static void
differs_when(const struct mk_line *line, const struct mk_entry *entry)
{
	const struct mk_when *when = &entry->when;

	if (!when->timed)
		return;
	if (when->hours > 0)
		mk_line_note(line, "an interval and a time: either is enough "
		    "in netbsd, both are wanted in freebsd and openbsd");
	if (entry->size_kib > 0)
		mk_line_note(line, "a size and a time: older freebsd and "
		    "openbsd look at the size only in the hour of that time");
	if (when->day > 28 && when->day != MK_WHEN_LAST_DAY &&
	    (when->month == MK_WHEN_ANY || when->month == 2))
		mk_line_note(line, "day %d: netbsd refuses the line in months "
		    "that are shorter", when->day);
	if (when->day == MK_WHEN_LAST_DAY &&
	    (when->month == MK_WHEN_ANY || when->month == 2))
		mk_line_note(line, "last day: of February in a leap year "
		    "netbsd takes the 28th");
}

/* Each program has its own idea of which of them counts. */
static void
differs_formats(const struct mk_line *line)
{
	const char *p = strpbrk(line->letters, "JjXxYyZz");
	char last = '\0';
	bool several = false;

	for (; p != NULL; p = strpbrk(p + 1, "JjXxYyZz")) {
		several |= last != '\0' && (*p | 040) != (last | 040);
		last = *p;
	}
	if (several)
		mk_line_note(line, "flags %.64s: several ways to compress; the "
		    "last one, %c, counts here, elsewhere another may",
		    line->letters, last);
}

static void
differs_fields(const struct mk_line *line)
{
	enum mk_newsyslog dialect = line->parse->dialect;

	if (line->comment)
		mk_line_note(line, "netbsd and openbsd have no comments "
		    "behind a line");
	if (line->dotted)
		mk_line_note(line, "\".\" in the owner: netbsd takes the "
		    "whole for a user, where there is one of that name, "
		    "freebsd and openbsd never");
	if (line->mode & 0111)
		mk_line_note(line, "mode %o: freebsd makes it %o",
		    (unsigned)line->mode, (unsigned)line->mode & 0666);
	if (line->letters == NULL)
		mk_line_note(line, "no flags: netbsd refuses the line; write "
		    "\"-\"");
	if (line->signal != NULL && dialect != MK_OPENBSD &&
	    line->signal[0] >= '0' && line->signal[0] <= '9')
		mk_line_note(line, "signal %s: openbsd wants its name",
		    line->signal);
	else if (line->signal != NULL && strncmp(line->signal, "SIG", 3) != 0)
		mk_line_note(line, "signal %s: %s name it as in SIGHUP",
		    line->signal, dialect == MK_NETBSD ?
		    "freebsd and openbsd" : "others");
	if (line->signal_moved)
		mk_line_note(line, "signal %s is not the same on BSD systems "
		    "and here; write its name", line->signal);
	if (line->unused != NULL)
		mk_line_note(line, "%s is not used, because of flag N",
		    line->unused);
	if (line->command)
		mk_line_note(line, "netbsd and freebsd have no command in "
		    "quotes");
	if (line->monitor != NULL)
		mk_line_note(line, "flag M: nothing is mailed to %s here",
		    line->monitor);
}

void
mk_line_differs(const struct mk_line *line, const struct mk_entry *entry)
{
	enum mk_newsyslog dialect = line->parse->dialect;

	if (line->parse->differs == NULL)
		return;
	differs_when(line, entry);
	differs_fields(line);
	if (line->letters == NULL)
		return;
	note_letters(line);
	differs_formats(line);
	if (entry->flags & MK_ENTRY_CREATE)
		mk_line_note(line, "C makes the log with -C alone in freebsd, "
		    "always in netbsd");
	if (dialect == MK_FREEBSD && strchr(line->letters, 'c') != NULL)
		mk_line_note(line, "c is C here; older freebsd takes it as G");
}
