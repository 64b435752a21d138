/* rotate/parse_flags - the letters and signals of newsyslog.conf. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rotate/parse_line.h"

#define COUNT(array)	(sizeof (array) / sizeof *(array))

#define N		(1U << MK_NETBSD)
#define F		(1U << MK_FREEBSD)
#define O		(1U << MK_OPENBSD)

const char *const mk_newsyslog_names[3] = { "netbsd", "freebsd", "openbsd" };

static const struct letter {
	char c;
	unsigned dialects;		/* that have it */
	unsigned flag;
	enum mk_pack_format format;
} letters[] = {
	{ 'B', N | F | O, MK_ENTRY_BINARY, MK_PACK_NONE },
	{ 'C', N | F, MK_ENTRY_CREATE, MK_PACK_NONE },
	{ 'D', F, MK_ENTRY_NODUMP, MK_PACK_NONE },
	{ 'E', F, MK_ENTRY_NOT_EMPTY, MK_PACK_NONE },
	{ 'F', O, 0, MK_PACK_NONE },	/* refused, see below */
	{ 'G', F, MK_ENTRY_GLOB, MK_PACK_NONE },
	{ 'J', N | F, MK_ENTRY_FORMAT, MK_BZIP2 },
	{ 'M', O, 0, MK_PACK_NONE },	/* whom it mails is read, no more */
	{ 'N', N | F, MK_ENTRY_NO_SIGNAL, MK_PACK_NONE },
	{ 'P', N | F, MK_ENTRY_PLAIN_FIRST, MK_PACK_NONE },
	{ '0', N, MK_ENTRY_PLAIN_FIRST, MK_PACK_NONE },
	{ 'R', F, MK_ENTRY_COMMAND, MK_PACK_NONE },
	{ 'T', F, MK_ENTRY_RFC5424, MK_PACK_NONE },
	{ 'U', F, MK_ENTRY_GROUP, MK_PACK_NONE },
	{ 'W', F, 0, MK_PACK_NONE },	/* did something long ago */
	{ 'X', N | F, MK_ENTRY_FORMAT, MK_XZ },
	{ 'Y', F, MK_ENTRY_FORMAT, MK_ZSTD },
	{ 'Z', N | F | O, MK_ENTRY_FORMAT, MK_GZIP },
	{ '-', N | F | O, 0, MK_PACK_NONE },
};

static const struct letter *
find_letter(char c)
{
	size_t i;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	for (i = 0; i < COUNT(letters); i++)
		if (letters[i].c == c)
			return &letters[i];
	return NULL;
}

bool
mk_line_has_flag(enum mk_newsyslog dialect, char c)
{
	const struct letter *letter = find_letter(c);

	return letter != NULL && (letter->dialects & 1U << dialect) != 0;
}

static int
fail_letter(enum mk_newsyslog dialect, char c, const struct letter *letter,
    struct mk_error *err)
{
	char known[2 * COUNT(letters) + 1], owners[32] = "no dialect";
	size_t i, len = 0;
	int d;

	for (i = 0; i < COUNT(letters); i++)
		if (letters[i].dialects & 1U << dialect) {
			known[len++] = ' ';
			known[len++] = letters[i].c;
		}
	known[len] = '\0';
	len = 0;
	for (d = 0; letter != NULL && d < 3; d++)
		if (letter->dialects & 1U << d)
			len += (size_t)snprintf(owners + len,
			    sizeof owners - len, "%s%s", len > 0 ? " and " :
			    "", mk_newsyslog_names[d]);
	return mk_fail(err, EX_CONFIG, "flag \"%c\" is of %s; %s has%s",
	    c, owners, mk_newsyslog_names[dialect], known);
}

int
mk_line_flags(enum mk_newsyslog dialect, const char *text,
    struct mk_entry *entry, struct mk_error *err)
{
	const struct letter *letter;

	for (; *text != '\0'; text++) {
		letter = find_letter(*text);
		if (letter == NULL || !(letter->dialects & 1U << dialect))
			return fail_letter(dialect, *text, letter, err);
		/* Through a link of a user's, root would rotate any file. */
		if (letter->c == 'F')
			return mk_fail(err, EX_CONFIG, "flag F: links are "
			    "not followed; name the file that the link "
			    "leads to");
		entry->flags |= letter->flag;
		if (letter->flag == MK_ENTRY_FORMAT)
			entry->format = letter->format;
	}
	return 0;
}

static const struct name {
	const char *name;
	int here;			/* 0: there is none */
	int bsd;
} names[] = {
	{ "HUP", SIGHUP, 1 }, { "INT", SIGINT, 2 }, { "QUIT", SIGQUIT, 3 },
	{ "ILL", SIGILL, 4 }, { "TRAP", SIGTRAP, 5 }, { "ABRT", SIGABRT, 6 },
	{ "EMT", 0, 7 }, { "FPE", SIGFPE, 8 }, { "KILL", SIGKILL, 9 },
	{ "BUS", SIGBUS, 10 }, { "SEGV", SIGSEGV, 11 }, { "SYS", SIGSYS, 12 },
	{ "PIPE", SIGPIPE, 13 }, { "ALRM", SIGALRM, 14 },
	{ "TERM", SIGTERM, 15 }, { "URG", SIGURG, 16 },
	{ "STOP", SIGSTOP, 17 }, { "TSTP", SIGTSTP, 18 },
	{ "CONT", SIGCONT, 19 }, { "CHLD", SIGCHLD, 20 },
	{ "TTIN", SIGTTIN, 21 }, { "TTOU", SIGTTOU, 22 }, { "IO", SIGIO, 23 },
	{ "XCPU", SIGXCPU, 24 }, { "XFSZ", SIGXFSZ, 25 },
	{ "VTALRM", SIGVTALRM, 26 }, { "PROF", SIGPROF, 27 },
	{ "WINCH", SIGWINCH, 28 }, { "INFO", 0, 29 },
	{ "USR1", SIGUSR1, 30 }, { "USR2", SIGUSR2, 31 },
};

/*
 * A number out of a BSD's file, or written for this host?  A daemon that gets
 * the wrong one dies (30 is SIGUSR1 there, and SIGPWR on Linux).
 */
static int
signal_number(int n, int *signal, bool *moved, struct mk_error *err)
{
	const struct name *here = NULL, *there = NULL;
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		if (names[i].here == n)
			here = &names[i];
		if (names[i].bsd == n)
			there = &names[i];
	}
	*moved = there != NULL && there != here;
	*signal = n;
	if (!*moved || n == SIGUSR1 || n == SIGUSR2)
		return 0;
	*signal = there->here;
	if (*signal == SIGUSR1 || *signal == SIGUSR2)
		return 0;
	return mk_fail(err, EX_CONFIG, "signal %d is SIG%s on BSD systems, "
	    "and another here; write its name", n, there->name);
}

int
mk_line_signal(enum mk_newsyslog dialect, const char *text, int *signal,
    bool *moved, struct mk_error *err)
{
	const char *name = text;
	char *end;
	long n;
	size_t i;

	*moved = false;
	if (dialect != MK_OPENBSD && *text >= '0' && *text <= '9') {
		n = strtol(text, &end, 10);
		if (*end != '\0' || n < 1 || n >= NSIG)
			return mk_fail(err, EX_CONFIG, "\"%.99s\" is no "
			    "signal; they go from 1 to %d", text, NSIG - 1);
		return signal_number((int)n, signal, moved, err);
	}
	if (strncasecmp(text, "SIG", 3) == 0)
		name = text + 3;
	for (i = 0; i < COUNT(names); i++)
		if (strcasecmp(name, names[i].name) == 0 &&
		    names[i].here != 0 &&
		    (name != text || dialect == MK_NETBSD)) {
			*signal = names[i].here;
			return 0;
		}
	return mk_fail(err, EX_CONFIG, "\"%.99s\" is neither a pid file, an "
	    "absolute path, nor a signal; write that as %s", text,
	    dialect == MK_OPENBSD ? "SIGHUP" : "SIGHUP or 1");
}
