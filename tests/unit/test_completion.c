/* base/completion: whatever a help text says, a shell reads it as text. */
#include "base/completion.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const struct mk_option options[] = {
	{ 'x', "odd", "FILE", "the user's [own] \\ $HOME `id`" },
	{ 0, "pick", "WHAT:all,account", "choose: one" },
	{ 'y', "flag", NULL, "a flag" },
	{ 0, "to", "DIR", "there" },
	{ 0, "name", "NAME", "free" },
};
#define OPTIONS_N	(sizeof options / sizeof options[0])

static const struct {
	const char *synopsis, *bash, *zsh, *fish;
} arguments[] = {
	{ "[options] [MAILDIR ...]", "kind='directory'\n",
	    "'*:MAILDIR:_files -/'\n",
	    "complete -c a-b -f -a '(__fish_complete_directories)'\n" },
	{ "[options] [LOG ...]", "kind='file'\n", "'*:LOG:_files'\n", NULL },
	{ "[options]", "kind='none'\n", NULL, "complete -c a-b -f\n" },
};

static char *
script(const char *shell, const char *synopsis_line)
{
	const char *const synopsis[] = { synopsis_line, NULL };
	const struct mk_program program = { .name = "a-b",
	    .synopsis = synopsis };
	const struct mk_option *all[OPTIONS_N];
	char *text = NULL;
	size_t len, i;
	FILE *out = open_memstream(&text, &len);

	for (i = 0; i < OPTIONS_N; i++)
		all[i] = &options[i];
	ck_assert_int_eq(mk_completion_print(shell, &program, all, OPTIONS_N,
	    out), 0);
	fclose(out);
	return text;
}

static void
assert_has(const char *shell, const char *synopsis, const char *line)
{
	char *text = script(shell, synopsis);

	ck_assert_msg(strstr(text, line) != NULL, "%s has no %s in:\n%s",
	    shell, line, text);
	free(text);
}

static const struct {
	const char *shell, *line;
} lines[] = {
	{ "zsh", "    '*-x+[the user'\\''s [own\\] \\\\ $HOME `id`]"
	    ":FILE:_files' \\\n" },
	{ "zsh", "    '*--odd=[the user'\\''s [own\\] \\\\ $HOME `id`]"
	    ":FILE:_files' \\\n" },
	{ "zsh", "    '*--pick=[choose: one]:WHAT:(all account)' \\\n" },
	{ "zsh", "    '*-y[a flag]' \\\n    '*--flag[a flag]' \\\n" },
	{ "zsh", "    '*--to=[there]:DIR:_files -/' \\\n" },
	{ "zsh", "    '*--name=[free]:NAME: '\n" },
	{ "fish", "complete -c a-b -s x -l odd -r -F "
	    "-d 'the user\\'s [own] \\\\ $HOME `id`'\n" },
	{ "fish", "complete -c a-b -l pick -x -a 'all account' "
	    "-d 'choose: one'\n" },
	{ "fish", "complete -c a-b -s y -l flag -d 'a flag'\n" },
	{ "fish", "complete -c a-b -l name -x -d 'free'\n" },
	{ "bash", "\t-x | --odd) kind='file' ;;\n" },
	{ "bash", "\t--pick) words='all account' ;;\n" },
	{ "bash", "\t--to) kind='directory' ;;\n\t--name) return ;;\n" },
	{ "bash", "=~ ^-[y]*([x])$ ]]" },
	{ "bash", "complete -F _a_b a-b\n" },
};

START_TEST(an_option_is_written_so)
{
	assert_has(lines[_i].shell, "[options]", lines[_i].line);
}
END_TEST

START_TEST(arguments_go_by_the_synopsis)
{
	assert_has("bash", arguments[_i].synopsis, arguments[_i].bash);
	if (arguments[_i].zsh != NULL)
		assert_has("zsh", arguments[_i].synopsis, arguments[_i].zsh);
	if (arguments[_i].fish != NULL)
		assert_has("fish", arguments[_i].synopsis,
		    arguments[_i].fish);
}
END_TEST

START_TEST(other_shells_are_none)
{
	const struct mk_program program = { .name = "a-b" };

	ck_assert_int_eq(mk_completion_print("tcsh", &program, NULL, 0,
	    stdout), -1);
	ck_assert_int_eq(mk_completion_print("", &program, NULL, 0,
	    stdout), -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("completion");
	TCase *tc = tcase_create("completion");

	tcase_add_loop_test(tc, an_option_is_written_so, 0,
	    (int)(sizeof lines / sizeof *lines));
	tcase_add_loop_test(tc, arguments_go_by_the_synopsis, 0,
	    (int)(sizeof arguments / sizeof *arguments));
	tcase_add_test(tc, other_shells_are_none);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
