/*
 * rotate/parse - read newsyslog.conf(5), as NetBSD, FreeBSD and OpenBSD write
 * it.
 *
 * A line is: log [owner:group] mode count size when [flags] [pid file]
 * [signal], between blanks.  NetBSD wants the flags ("-": none).  OpenBSD has
 * further fields (who is mailed, with M; a command in quotes).  FreeBSD has
 * comments anywhere ("\#" is a #), <default>, <include> with globs, and
 * <compress>: what Z, J, X and Y mean in the lines read after it.  What is
 * included is read, once, after the file that includes it.
 *
 * A line that can't be read is told, with its place, and no entry; the others
 * are.
 *
 * Signals by number are the BSDs'.  Where this host gives the number to
 * another, SIGUSR1 and SIGUSR2 are what either can mean (30 there is 10 on
 * Linux); any other such number is refused: it is to be named.
 * Source: newsyslog.conf(5) and the programs of NetBSD, FreeBSD and OpenBSD.
 */
#ifndef MK_ROTATE_PARSE_H
#define MK_ROTATE_PARSE_H

#include "base/error.h"
#include "rotate/entry.h"

/* *ERR is "FILE:LINE: ..." with EX_CONFIG (or what a file deserves that can't
 * be read). */
typedef void mk_parse_problem_fn(void *data, const struct mk_error *err);

struct mk_parse {
	enum mk_newsyslog dialect;
	const char *destdir;		/* put before each log's path; NULL */
	mk_parse_problem_fn *problem;	/* called for each bad line */
	void *data;
	/*
	 * A line that another dialect would read, or carry out, otherwise: for
	 * --lint; *ERR is a like text with EX_OK.  May be NULL.
	 */
	mk_parse_problem_fn *differs;
};

/*
 * Add the entries of FILE ("-": standard input, called <stdin>) and of what it
 * includes to *ENTRIES.  Relative logs are refused, so are "." and ".." in
 * them.  0, whatever the lines are; or -1 where FILE itself can't be read, or
 * memory is lost.
 */
int mk_parse_file(const struct mk_parse *parse, const char *file,
    struct mk_entries *entries, struct mk_error *err);

#endif
