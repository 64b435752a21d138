/* base/options: the command line, its help and its complaints. */
#include "base/options.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define ARGS_MAX	12

static const struct mk_option own[] = {
	{ 't', "threads", "N", "use N threads" },
	{ 0, "force", NULL, "go on in spite of the brake" },
	{ 0, "format", "WORD", "a word" },
	{ 0, "restore-everything-from", "DIRECTORY", "a long one" },
	MK_OPTION_END
};
static const char *const synopsis[] = {
	"[options] [MAILDIR ...]", "[options] --force", NULL
};
static const char *const examples[] = { "mailkeep-unit -n", NULL };

static struct taken {
	size_t index;
	const char *arg;
	unsigned times;
} taken;

static int
take(void *data, size_t index, const char *arg, struct mk_error *err)
{
	struct taken *t = data;

	t->index = index;
	t->arg = arg;
	t->times++;
	if (arg != NULL && strcmp(arg, "bad") == 0)
		return mk_fail(err, EX_DATAERR, "\"bad\" is no number");
	if (arg != NULL && strcmp(arg, "noperm") == 0)
		return mk_fail(err, EX_NOPERM, "keep off");
	return 0;
}

static const struct mk_program program = {
	.name = "mailkeep-unit", .purpose = "try the options",
	.synopsis = synopsis, .options = own, .examples = examples,
	.status = "68 of its own", .take = take, .data = &taken
};

static struct mk_options opt;
static char said[8192];			/* what the call printed to FD */

/* Parse WORDS (ended by NULL), keeping what is printed to FD in said. */
static int
parse(const char *const *words, int fd)
{
	static char copies[ARGS_MAX][128];
	static char *argv[ARGS_MAX + 1];
	FILE *file = tmpfile();
	int argc = 1, kept = dup(fd), status;
	size_t len;

	ck_assert_ptr_nonnull(file);
	strcpy(copies[0], "mailkeep-unit");
	argv[0] = copies[0];
	for (; words[argc - 1] != NULL; argc++) {
		ck_assert_int_lt(argc, ARGS_MAX);
		strcpy(copies[argc], words[argc - 1]);
		argv[argc] = copies[argc];
	}
	argv[argc] = NULL;
	memset(&opt, 0x5a, sizeof opt);
	memset(&taken, 0, sizeof taken);
	fflush(stdout);
	dup2(fileno(file), fd);
	status = mk_options_parse(&opt, argc, argv, &program);
	fflush(stdout);
	dup2(kept, fd);
	close(kept);
	rewind(file);
	len = fread(said, 1, sizeof said - 1, file);
	said[len] = '\0';
	fclose(file);
	return status;
}

START_TEST(starts_from_nothing)
{
	const char *const words[] = { NULL };

	ck_assert_int_eq(parse(words, STDERR_FILENO), -1);
	ck_assert_str_eq(said, "");
	ck_assert(!opt.file_given);
	if (access(MK_CONFIG_FILE, F_OK) == 0)
		ck_assert_str_eq(opt.file, MK_CONFIG_FILE);
	else
		ck_assert_ptr_null(opt.file);
	ck_assert_ptr_null(opt.overrides);
	ck_assert_uint_eq(opt.overrides_n, 0);
	ck_assert(!opt.dry_run);
	ck_assert_int_eq(opt.verbosity, MK_NORMAL);
	ck_assert(!opt.json);
	ck_assert_int_eq(opt.progress, -1);
	ck_assert_ptr_null(opt.metrics);
	ck_assert_uint_eq(opt.args_n, 0);
	ck_assert_uint_eq(taken.times, 0);
	mk_options_free(&opt);
}
END_TEST

START_TEST(takes_letters)
{
	const char *const words[] = {
		"-nv", "-cfile", "-o", "a=b", "-oc.d=e", "x", NULL
	};

	ck_assert_int_eq(parse(words, STDERR_FILENO), -1);
	ck_assert(opt.dry_run);
	ck_assert_int_eq(opt.verbosity, MK_VERBOSE);
	ck_assert(mk_diag_verbose());
	ck_assert_str_eq(opt.file, "file");
	ck_assert(opt.file_given);
	ck_assert_uint_eq(opt.overrides_n, 2);
	ck_assert_str_eq(opt.overrides[0].text, "a=b");
	ck_assert_str_eq(opt.overrides[1].text, "c.d=e");
	ck_assert_uint_eq(opt.args_n, 1);
	ck_assert_str_eq(opt.args[0], "x");
	mk_options_free(&opt);
	ck_assert_ptr_null(opt.overrides);
}
END_TEST

START_TEST(takes_long_ones)
{
	const char *const words[] = {
		"--config=file", "--option", "a=b", "--dry-run", "--quiet",
		"--json", "--progress", "--metrics", "m", NULL
	};

	ck_assert_int_eq(parse(words, STDERR_FILENO), -1);
	ck_assert_str_eq(opt.file, "file");
	ck_assert_uint_eq(opt.overrides_n, 1);
	ck_assert_str_eq(opt.overrides[0].text, "a=b");
	ck_assert(opt.dry_run);
	ck_assert_int_eq(opt.verbosity, MK_QUIET);
	ck_assert(opt.json);
	ck_assert_int_eq(opt.progress, 1);
	ck_assert_str_eq(opt.metrics, "m");
	ck_assert_uint_eq(opt.args_n, 0);
	mk_options_free(&opt);
}
END_TEST

/* POSIXLY_CORRECT must not turn a -n behind an argument into an argument. */
START_TEST(mixes_options_and_arguments)
{
	const char *const words[] = {
		"a", "-n", "b", "--threads", "7", "--", "-q", "c", NULL
	};

	if (_i == 1)
		setenv("POSIXLY_CORRECT", "1", 1);
	ck_assert_int_eq(parse(words, STDERR_FILENO), -1);
	ck_assert(opt.dry_run);
	ck_assert_int_eq(opt.verbosity, MK_NORMAL);
	ck_assert_uint_eq(taken.times, 1);
	ck_assert_uint_eq(taken.index, 0);
	ck_assert_str_eq(taken.arg, "7");
	ck_assert_uint_eq(opt.args_n, 4);
	ck_assert_str_eq(opt.args[0], "a");
	ck_assert_str_eq(opt.args[1], "b");
	ck_assert_str_eq(opt.args[2], "-q");
	ck_assert_str_eq(opt.args[3], "c");
	mk_options_free(&opt);
}
END_TEST

START_TEST(lets_the_last_one_count)
{
	const char *const words[] = {
		"-v", "-q", "-c", "a", "-c", "b", "--progress",
		"--no-progress", NULL
	};

	ck_assert_int_eq(parse(words, STDERR_FILENO), -1);
	ck_assert_int_eq(opt.verbosity, MK_QUIET);
	ck_assert_str_eq(opt.file, "b");
	ck_assert_int_eq(opt.progress, 0);
	mk_options_free(&opt);
}
END_TEST

static const struct {
	const char *words[4];
	size_t index;
	const char *arg;
} owns[] = {
	{ { "-t", "7", NULL }, 0, "7" },
	{ { "-t7", NULL }, 0, "7" },
	{ { "--threads=7", NULL }, 0, "7" },
	{ { "--thr", "7", NULL }, 0, "7" },
	{ { "--threads", "", NULL }, 0, "" },
	{ { "--force", NULL }, 1, NULL },
	{ { "--format", "x", NULL }, 2, "x" },
};

START_TEST(hands_on_its_own)
{
	ck_assert_int_eq(parse(owns[_i].words, STDERR_FILENO), -1);
	ck_assert_uint_eq(taken.times, 1);
	ck_assert_uint_eq(taken.index, owns[_i].index);
	ck_assert_pstr_eq(taken.arg, owns[_i].arg);
	ck_assert_uint_eq(opt.args_n, 0);
	mk_options_free(&opt);
}
END_TEST

static const struct {
	const char *words[4];
	int status;
	const char *said;
} wrong[] = {
	{ { "--dryrun", NULL }, EX_USAGE, "unknown option --dryrun; did you "
	    "mean --dry-run? (--help lists all)" },
	{ { "--zzz", NULL }, EX_USAGE,
	    "unknown option --zzz (--help lists all)" },
	{ { "--zzz=1", NULL }, EX_USAGE,
	    "unknown option --zzz (--help lists all)" },
	{ { "a", "--thread-s=1", NULL }, EX_USAGE, "unknown option "
	    "--thread-s; did you mean --threads? (--help lists all)" },
	{ { "-x", NULL }, EX_USAGE, "unknown option -x (--help lists all)" },
	{ { "-nx", NULL }, EX_USAGE, "unknown option -x (--help lists all)" },
	{ { "-\xff", NULL }, EX_USAGE,
	    "unknown option -\\xFF (--help lists all)" },
	{ { "--fo", NULL }, EX_USAGE,
	    "option --fo is ambiguous: --force, --format" },
	{ { "--fo=x", NULL }, EX_USAGE,
	    "option --fo is ambiguous: --force, --format" },
	{ { "--config", NULL }, EX_USAGE,
	    "option --config needs an argument: --config FILE" },
	{ { "-nc", NULL }, EX_USAGE,
	    "option --config needs an argument: --config FILE" },
	{ { "-t", NULL }, EX_USAGE,
	    "option --threads needs an argument: --threads N" },
	{ { "--json=yes", NULL }, EX_USAGE,
	    "option --json takes no argument" },
	{ { "--threads", "bad", NULL }, EX_USAGE,
	    "option --threads: \"bad\" is no number" },
	{ { "--threads", "noperm", NULL }, EX_NOPERM,
	    "option --threads: keep off" },
};

START_TEST(refuses_in_one_line)
{
	char line[512];

	ck_assert_int_eq(parse(wrong[_i].words, STDERR_FILENO),
	    wrong[_i].status);
	snprintf(line, sizeof line, "mailkeep-unit: %s\n", wrong[_i].said);
	ck_assert_str_eq(said, line);
	ck_assert_ptr_null(opt.overrides);
}
END_TEST

/* Overrides taken before the mistake must not leak. */
START_TEST(frees_on_a_mistake)
{
	const char *const words[] = { "-o", "a=b", "--zzz", NULL };

	ck_assert_int_eq(parse(words, STDERR_FILENO), EX_USAGE);
	ck_assert_ptr_null(opt.overrides);
	ck_assert_uint_eq(opt.overrides_n, 0);
}
END_TEST

START_TEST(prints_the_version)
{
	const char *const words[] = { "--version", NULL };

	ck_assert_int_eq(parse(words, STDOUT_FILENO), EX_OK);
	ck_assert_str_eq(said, "mailkeep-unit " MK_VERSION "\n");
}
END_TEST

START_TEST(prints_help_in_80_columns)
{
	const char *const words[] = { _i == 0 ? "--help" : "-h", NULL };
	const struct mk_option *o;
	const char *line, *end;

	ck_assert_int_eq(parse(words, STDOUT_FILENO), EX_OK);
	ck_assert_int_eq(strncmp(said,
	    "usage: mailkeep-unit [options] [MAILDIR ...]\n"
	    "       mailkeep-unit [options] --force\n"
	    "\n"
	    "try the options\n", 88), 0);
	for (line = said; (end = strchr(line, '\n')) != NULL; line = end + 1)
		ck_assert_int_le(end - line, 80);
	ck_assert_str_eq(line, "");
	for (o = own; o->name != NULL; o++) {
		ck_assert_ptr_nonnull(strstr(said, o->name));
		ck_assert_ptr_nonnull(strstr(said, o->help));
	}
	ck_assert_ptr_nonnull(strstr(said, "\n  68 of its own\n"));
	ck_assert_ptr_nonnull(strstr(said,
	    "  -t, --threads N               use N threads\n"));
	ck_assert_ptr_nonnull(strstr(said,
	    "      --json                    "));
	ck_assert_ptr_nonnull(strstr(said,
	    "  -o, --option KEY=VALUE        "));
	ck_assert_ptr_nonnull(strstr(said, "\n  mailkeep-unit -n\n"));
	ck_assert_ptr_nonnull(strstr(said, "mailkeep-unit(8)"));
	ck_assert(strstr(said, "--threads") < strstr(said, "--config"));
}
END_TEST

START_TEST(tells_of_a_full_disk)
{
	const char *const words[] = { "--help", NULL };
	int kept;

	kept = dup(STDOUT_FILENO);
	fflush(stdout);
	ck_assert_ptr_nonnull(freopen("/dev/full", "w", stdout));
	ck_assert_int_eq(parse(words, STDERR_FILENO), EX_IOERR);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	ck_assert_str_eq(said, "mailkeep-unit: write to standard output: "
	    "No space left on device\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("options");
	TCase *tc = tcase_create("options");

	tcase_add_test(tc, starts_from_nothing);
	tcase_add_test(tc, takes_letters);
	tcase_add_test(tc, takes_long_ones);
	tcase_add_loop_test(tc, mixes_options_and_arguments, 0, 2);
	tcase_add_test(tc, lets_the_last_one_count);
	tcase_add_loop_test(tc, hands_on_its_own, 0, COUNT(owns));
	tcase_add_loop_test(tc, refuses_in_one_line, 0, COUNT(wrong));
	tcase_add_test(tc, frees_on_a_mistake);
	tcase_add_test(tc, prints_the_version);
	tcase_add_loop_test(tc, prints_help_in_80_columns, 0, 2);
	tcase_add_test(tc, tells_of_a_full_disk);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
