/* base/options - the command line, the same in all programs. */
#include "base/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/completion.h"

#define LEFT_MAX	28		/* columns of "-c, --config FILE" */
#define HELP_MAX	48		/* of what it does */

/*
 * What getopt_long(3) returns for the long option I of parser.options; all
 * letters lie below.
 */
#define LONG_BASE	(UCHAR_MAX + 1)

enum common {
	COMMON_CONFIG,
	COMMON_OPTION,
	COMMON_DRY_RUN,
	COMMON_IF_CONFIGURED,
	COMMON_VERBOSE,
	COMMON_QUIET,
	COMMON_JSON,
	COMMON_PROGRESS,
	COMMON_NO_PROGRESS,
	COMMON_METRICS,
	COMMON_COMPLETION,
	COMMON_HELP,
	COMMON_VERSION,
	COMMON_N
};

static const struct mk_option common[] = {
	[COMMON_CONFIG] = { 'c', "config", "FILE",
	    "read FILE, not " MK_CONFIG_FILE },
	[COMMON_OPTION] = { 'o', "option", "KEY=VALUE",
	    "override a key of the configuration" },
	[COMMON_DRY_RUN] = { 'n', "dry-run", NULL,
	    "change nothing, say what would be done" },
	[COMMON_IF_CONFIGURED] = { 0, "if-configured", NULL,
	    "do nothing where nothing is configured" },
	[COMMON_VERBOSE] = { 'v', "verbose", NULL, "say more" },
	[COMMON_QUIET] = { 'q', "quiet", NULL, "say nothing but problems" },
	[COMMON_JSON] = { 0, "json", NULL, "write the report as JSON" },
	[COMMON_PROGRESS] = { 0, "progress", NULL,
	    "show progress, terminal or not" },
	[COMMON_NO_PROGRESS] = { 0, "no-progress", NULL,
	    "show no progress" },
	[COMMON_METRICS] = { 0, "metrics", "FILE",
	    "write metrics for Prometheus to FILE" },
	[COMMON_COMPLETION] = { 0, "completion", "SHELL:bash,zsh,fish",
	    "print completions" },
	[COMMON_HELP] = { 'h', "help", NULL, "print this" },
	[COMMON_VERSION] = { 0, "version", NULL, "print the version" },
	[COMMON_N] = MK_OPTION_END
};

struct parser {
	const struct mk_program *program;
	struct mk_options *opt;
	const struct mk_option **options;	/* its own, then the common */
	size_t own, n;				/* how many of both */
	char *letters;				/* for getopt_long(3) */
	struct option *names;
	char **argv;
};

static void
parser_free(struct parser *p)
{
	free(p->options);
	free(p->letters);
	free(p->names);
}

/* Make getopt_long(3)'s tables.  0, or -1 (ENOMEM). */
static int
parser_init(struct parser *p)
{
	const struct mk_option *o;
	char *letter;
	size_t i;

	while (p->program->options[p->own].name != NULL)
		p->own++;
	p->n = p->own + COMMON_N;
	p->options = calloc(p->n, sizeof *p->options);
	p->names = calloc(p->n + 1, sizeof *p->names);
	p->letters = calloc(1, 2 * p->n + sizeof "-:");
	if (p->options == NULL || p->names == NULL || p->letters == NULL)
		return -1;
	/*
	 * "-": arguments come as they stand, whatever POSIXLY_CORRECT says.
	 * ":": a missing argument is told from an unknown option.
	 */
	letter = p->letters;
	*letter++ = '-';
	*letter++ = ':';
	for (i = 0; i < p->n; i++) {
		o = i < p->own ? &p->program->options[i] :
		    &common[i - p->own];
		p->options[i] = o;
		p->names[i].name = o->name;
		p->names[i].has_arg = o->arg == NULL ? no_argument :
		    required_argument;
		p->names[i].val = LONG_BASE + (int)i;
		if (o->letter != 0) {
			*letter++ = (char)o->letter;
			if (o->arg != NULL)
				*letter++ = ':';
		}
	}
	return 0;
}

/* The option that getopt_long(3) means by CODE, or p->n. */
static size_t
find_code(const struct parser *p, int code)
{
	size_t i;

	if (code >= LONG_BASE)
		return (size_t)(code - LONG_BASE);
	for (i = 0; i < p->n; i++)
		if (p->options[i]->letter == code)
			break;
	return i;
}

int
mk_option_arg_len(const struct mk_option *o)
{
	return o->arg == NULL ? 0 : (int)strcspn(o->arg, ":");
}

const char *
mk_option_words(const struct mk_option *o)
{
	const char *colon = o->arg == NULL ? NULL : strchr(o->arg, ':');

	return colon == NULL ? NULL : colon + 1;
}

/* -- help --------------------------------------------------------------- */

/* "scores against limits: all, account"; on lines of their own where they do
 * not fit there. */
static void
print_words(const struct mk_option *o)
{
	const char *words = mk_option_words(o), *p;
	size_t len, column = strlen(o->help) + strlen(": ");

	if (words == NULL)
		return;
	len = strlen(words);
	for (p = words; *p != '\0'; p++)
		len += *p == ',';
	putchar(':');
	if (column + len > HELP_MAX)
		column = HELP_MAX;
	for (p = words; *p != '\0'; p += len) {
		len = strcspn(p, ",");
		len += p[len] == ',';
		if (column + len > HELP_MAX) {
			printf("\n  %*s  ", LEFT_MAX, "");
			column = 0;
		} else {
			putchar(' ');
		}
		printf("%.*s", (int)len, p);
		column += len + 1;
	}
}

static void
print_options(const struct mk_option *options)
{
	const struct mk_option *o;
	char left[128];

	for (o = options; o->name != NULL; o++) {
		if (o->letter != 0)
			snprintf(left, sizeof left, "-%c, --%s%s%.*s",
			    o->letter, o->name, o->arg == NULL ? "" : " ",
			    mk_option_arg_len(o), o->arg == NULL ? "" :
			    o->arg);
		else
			snprintf(left, sizeof left, "    --%s%s%.*s", o->name,
			    o->arg == NULL ? "" : " ",
			    mk_option_arg_len(o), o->arg == NULL ? "" :
			    o->arg);
		if (strlen(left) > LEFT_MAX)
			printf("  %s\n  %*s  %s", left, LEFT_MAX, "",
			    o->help);
		else
			printf("  %-*s  %s", LEFT_MAX, left, o->help);
		print_words(o);
		putchar('\n');
	}
}

static void
print_help(const struct mk_program *program)
{
	const char *const *line;

	for (line = program->synopsis; *line != NULL; line++)
		printf("%s %s %s\n", line == program->synopsis ? "usage:" :
		    "      ", program->name, *line);
	printf("\n%s\n", program->purpose);
	if (program->options[0].name != NULL) {
		printf("\nOptions:\n");
		print_options(program->options);
		printf("\nOptions of all programs:\n");
	} else {
		printf("\nOptions:\n");
	}
	print_options(common);
	if (*program->examples != NULL)
		printf("\nExamples:\n");
	for (line = program->examples; *line != NULL; line++)
		printf("  %s\n", *line);
	printf("\nExit status, of sysexits(3):\n"
	    "  0 done   64 wrong usage   65 bad data   66 a file is missing\n"
	    "  67 no such account   69 a library cannot do it   "
	    "70 a fault of the program\n"
	    "  73 a file cannot be made   74 input or output failed\n"
	    "  75 not now, try again   77 no permission   "
	    "78 wrong configuration\n%s%s%s"
	    "\nThe manual: %s(8), mailkeep.conf(5), mailkeep(7).\n",
	    program->status == NULL ? "" : "  ",
	    program->status == NULL ? "" : program->status,
	    program->status == NULL ? "" : "\n", program->name);
}

/* Was all of standard output written?  EX_OK or EX_IOERR. */
static int
end_output(void)
{
	struct mk_error err;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return EX_OK;
	mk_fail_sys(&err, "write to standard output");
	mk_diag_error(&err);
	return EX_IOERR;
}

/* -- errors ------------------------------------------------------------- */

/* WORD ("--dry" or "--dry=x") is no option, or begins several. */
static int
fail_long(const struct parser *p, const char *word)
{
	const char *name = word + strlen("--"), *nearest;
	const char **names;
	size_t len = strcspn(name, "="), i, n = 0;
	struct mk_buf found = { 0 };
	char *cut;

	cut = strndup(name, len);
	names = calloc(p->n + 1, sizeof *names);
	for (i = 0; cut != NULL && names != NULL && i < p->n; i++) {
		names[i] = p->options[i]->name;
		if (strncmp(names[i], cut, len) == 0 &&
		    mk_buf_addf(&found, "%s--%s", n > 0 ? ", " : "",
		    names[i]) == 0)
			n++;
	}
	nearest = cut == NULL || names == NULL ? NULL :
	    mk_nearest(cut, names);
	if (n > 1)
		mk_diag_warn("option --%.*s is ambiguous: %s", (int)len, name,
		    found.data);
	else if (nearest != NULL)
		mk_diag_warn("unknown option --%.*s; did you mean --%s? "
		    "(--help lists all)", (int)len, name, nearest);
	else
		mk_diag_warn("unknown option --%.*s (--help lists all)",
		    (int)len, name);
	mk_buf_free(&found);
	free(names);
	free(cut);
	return EX_USAGE;
}

/* getopt_long(3) has returned '?': why? */
static int
fail_option(const struct parser *p)
{
	if (optopt >= LONG_BASE)
		mk_diag_warn("option --%s takes no argument",
		    p->options[find_code(p, optopt)]->name);
	else if (optopt != 0)
		mk_diag_warn("unknown option -%c (--help lists all)", optopt);
	else
		return fail_long(p, p->argv[optind - 1]);
	return EX_USAGE;
}

static int
fail_argument(const struct parser *p)
{
	const struct mk_option *o = p->options[find_code(p, optopt)];

	mk_diag_warn("option --%s needs an argument: --%s %.*s", o->name,
	    o->name, mk_option_arg_len(o), o->arg);
	return EX_USAGE;
}

static int
fail_memory(void)
{
	struct mk_error err;

	errno = ENOMEM;
	mk_fail_sys(&err, "read the command line");
	return mk_diag_error(&err);
}

/* -- taking ------------------------------------------------------------- */

static int
add_override(struct mk_options *opt, const char *text)
{
	struct mk_override *grown;

	grown = realloc(opt->overrides,
	    (opt->overrides_n + 1) * sizeof *grown);
	if (grown == NULL)
		return fail_memory();
	opt->overrides = grown;
	grown[opt->overrides_n++].text = text;
	return -1;
}

static int
print_completion(const struct parser *p, const char *shell)
{
	if (mk_completion_print(shell, p->program, p->options, p->n,
	    stdout) == 0)
		return end_output();
	mk_diag_warn("option --completion: \"%s\" is none of bash, zsh and "
	    "fish", shell);
	return EX_USAGE;
}

/* -1: go on; else the exit status. */
static int
take_common(const struct parser *p, enum common which, const char *arg)
{
	struct mk_options *opt = p->opt;

	switch (which) {
	case COMMON_CONFIG:
		opt->file = arg;
		opt->file_given = true;
		break;
	case COMMON_OPTION:
		return add_override(opt, arg);
	case COMMON_DRY_RUN:
		opt->dry_run = true;
		break;
	case COMMON_IF_CONFIGURED:
		opt->if_configured = true;
		break;
	case COMMON_VERBOSE:
		opt->verbosity = MK_VERBOSE;
		break;
	case COMMON_QUIET:
		opt->verbosity = MK_QUIET;
		break;
	case COMMON_JSON:
		opt->json = true;
		break;
	case COMMON_PROGRESS:
		opt->progress = 1;
		break;
	case COMMON_NO_PROGRESS:
		opt->progress = 0;
		break;
	case COMMON_METRICS:
		opt->metrics = arg;
		break;
	case COMMON_COMPLETION:
		return print_completion(p, arg);
	case COMMON_HELP:
		print_help(p->program);
		return end_output();
	case COMMON_VERSION:
		printf("%s %s\n", p->program->name, MK_VERSION);
		return end_output();
	case COMMON_N:
		break;
	}
	return -1;
}

static int
take_own(const struct parser *p, size_t index, const char *arg)
{
	struct mk_error err = { 0 };

	if (p->program->take(p->program->data, index, arg, &err) == 0)
		return -1;
	mk_diag_warn("option --%s: %s", p->options[index]->name, err.text);
	/* The parsers of base/duration do not know whose word they read. */
	return err.status == EX_OK || err.status == EX_DATAERR ? EX_USAGE :
	    err.status;
}

/* Arguments go to the front of argv, where getopt_long(3) has been. */
static int
take_all(struct parser *p, int argc)
{
	struct mk_options *opt = p->opt;
	size_t index;
	int code, status = -1;

	opterr = 0;
	optind = 0;			/* begin anew: glibc, musl, OpenBSD */
	while (status == -1) {
		optopt = 0;
		code = getopt_long(argc, p->argv, p->letters, p->names, NULL);
		if (code == -1)
			break;
		if (code == 1)
			opt->args[opt->args_n++] = optarg;
		else if (code == '?')
			status = fail_option(p);
		else if (code == ':')
			status = fail_argument(p);
		else {
			index = find_code(p, code);
			status = index < p->own ?
			    take_own(p, index, optarg) : take_common(p,
			    (enum common)(index - p->own), optarg);
		}
	}
	while (status == -1 && optind < argc)	/* what follows "--" */
		opt->args[opt->args_n++] = p->argv[optind++];
	return status;
}

static const char *
default_file(void)
{
	struct stat st;

	if (stat(MK_CONFIG_FILE, &st) == -1 && errno == ENOENT)
		return NULL;
	return MK_CONFIG_FILE;
}

int
mk_options_parse(struct mk_options *opt, int argc, char *argv[],
    const struct mk_program *program)
{
	struct parser p = { .program = program, .opt = opt, .argv = argv };
	int status;

	*opt = (struct mk_options){ .progress = -1 };
	mk_diag_open(program->name, MK_NORMAL);
	if (argc > 0)
		opt->args = argv + 1;
	if (parser_init(&p) == -1)
		status = fail_memory();
	else
		status = take_all(&p, argc);
	parser_free(&p);
	if (status != -1) {
		mk_options_free(opt);
		return status;
	}
	if (!opt->file_given)
		opt->file = default_file();
	mk_diag_open(program->name, opt->verbosity);
	return -1;
}

void
mk_options_free(struct mk_options *opt)
{
	free(opt->overrides);
	*opt = (struct mk_options){ .progress = -1 };
}
