/*
 * base/options - the command line, the same in all programs.
 *
 * One table makes the parser, --help and the completions of shells.  Long
 * options may be cut as far as they stay unique; options and arguments may
 * mix; "--" ends the options.
 */
#ifndef MK_BASE_OPTIONS_H
#define MK_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config.h"
#include "base/diag.h"

struct mk_option {
	int letter;			/* 'x', or 0 for a long option alone */
	const char *name;		/* "threads" */
	const char *arg;		/* "N"; "WHAT:all,account", with the
					 * words that it may be; NULL: takes
					 * no argument */
	const char *help;		/* one line, at most 48 bytes */
};
#define MK_OPTION_END	{ 0, NULL, NULL, NULL }

/* The length of its argument's name, without the words. */
int mk_option_arg_len(const struct mk_option *option);
/* "all,account"; NULL where its argument may be anything, or it has none. */
const char *mk_option_words(const struct mk_option *option);

struct mk_program {
	const char *name;		/* "mailkeep-expire" */
	const char *purpose;		/* one line; the manual's .Nd */
	const char *const *synopsis;	/* "[options] [MAILDIR ...]", ..., NULL */
	const struct mk_option *options;/* its own */
	const char *const *examples;	/* lines for --help, ..., NULL */
	const char *status;		/* "68 the address is not listed": an
					 * exit status that only it has, or
					 * NULL */
	/*
	 * An own option was met: index in .options, argument or NULL.  0, or
	 * -1 with *ERR filled (EX_USAGE; EX_DATAERR becomes that), without
	 * the option's name, which is put before it.
	 */
	int (*take)(void *data, size_t index, const char *arg,
	    struct mk_error *err);
	void *data;
};

/* What all programs take.  Zeroed by mk_options_parse; strings borrowed. */
struct mk_options {
	const char *file;		/* -c; NULL: none, and see .no_file */
	bool file_given;		/* -c was on the command line */
	struct mk_override *overrides;	/* -o, in order; owned */
	size_t overrides_n;
	bool dry_run;			/* -n, --dry-run */
	bool if_configured;		/* --if-configured: end well, and
					 * say nothing, where the configuration
					 * gives the program nothing to do */
	enum mk_verbosity verbosity;	/* -v, -q */
	bool json;			/* --json */
	int progress;			/* --progress 1, --no-progress 0, -1 */
	const char *metrics;		/* --metrics FILE */
	char **args;			/* in argv, which is reordered */
	size_t args_n;
};

/*
 * Open base/diag and parse; of an option given twice the last one counts.
 * -1: go on.  Else the program ends now with the status returned: EX_OK after
 * --help, --version or --completion (printed to standard output; EX_IOERR
 * where that cannot be written), EX_USAGE after one line on standard error.
 *
 * Without -c, .file is MK_CONFIG_FILE where that exists and NULL where it
 * does not (errors other than ENOENT leave it set: reading it will tell).
 */
int mk_options_parse(struct mk_options *opt, int argc, char *argv[],
    const struct mk_program *program);
void mk_options_free(struct mk_options *opt);

#endif
