/* base/completion - a program's options as a script for shells. */
#include "base/completion.h"

#include <stdbool.h>
#include <string.h>

enum kind { KIND_NONE, KIND_ANY, KIND_WORDS, KIND_FILE, KIND_DIR };

struct script {
	const struct mk_program *program;
	const struct mk_option *const *options;
	size_t n;
	FILE *out;
};

static enum kind
kind_of(const struct mk_option *o)
{
	static const char *const files[] = { "FILE", "ARCHIVE", "DB" };
	size_t i;

	if (o->arg == NULL)
		return KIND_NONE;
	if (mk_option_words(o) != NULL)
		return KIND_WORDS;
	for (i = 0; i < sizeof files / sizeof files[0]; i++)
		if (strcmp(o->arg, files[i]) == 0)
			return KIND_FILE;
	return strcmp(o->arg, "DIR") == 0 ? KIND_DIR : KIND_ANY;
}

/* What the program's own arguments are, and *NAME, of WORD_MAX bytes. */
static enum kind
kind_of_arguments(const struct mk_program *program, const char **name)
{
	static const struct {
		const char *name, *in;
		enum kind kind;
	} known[] = {
		{ "MAILDIR", "MAILDIR ...", KIND_DIR },
		{ "TMDADIR", "TMDADIR ...", KIND_DIR },
		{ "FEED", "FEED ...", KIND_FILE },
		{ "LOG", "LOG ...", KIND_FILE },
		{ "FILE", "FILE ...", KIND_FILE },
	};
	const char *const *line;
	size_t i;

	for (line = program->synopsis; *line != NULL; line++)
		for (i = 0; i < sizeof known / sizeof known[0]; i++)
			if (strstr(*line, known[i].in) != NULL) {
				*name = known[i].name;
				return known[i].kind;
			}
	*name = NULL;
	return KIND_NONE;
}

/* TEXT with a "\" before each byte of SPECIAL, between single quotes, where the
 * shell's way to write one is QUOTE. */
static void
put_text(FILE *out, const char *text, const char *special, const char *quote)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			fputs(quote, out);
			continue;
		}
		if (strchr(special, *text) != NULL)
			putc('\\', out);
		putc(*text, out);
	}
}

/* "all,account" with blanks. */
static void
put_words(FILE *out, const char *words)
{
	for (; *words != '\0'; words++)
		putc(*words == ',' ? ' ' : *words, out);
}

/* A function's name: "_mailkeep_expire". */
static void
put_function(const struct script *s)
{
	const char *p;

	putc('_', s->out);
	for (p = s->program->name; *p != '\0'; p++)
		putc(*p == '-' ? '_' : *p, s->out);
}

/* -- bash ---------------------------------------------------------------- */

/* The letters of the options with an argument, or of those without. */
static void
bash_letters(const struct script *s, bool with_arg)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->options[i]->letter != 0 &&
		    (s->options[i]->arg != NULL) == with_arg)
			putc(s->options[i]->letter, s->out);
}

/* A line of case for the option O. */
static void
bash_argument(const struct script *s, const struct mk_option *o)
{
	if (o->letter != 0)
		fprintf(s->out, "\t-%c | ", o->letter);
	else
		putc('\t', s->out);
	fprintf(s->out, "--%s) ", o->name);
	switch (kind_of(o)) {
	case KIND_WORDS:
		fputs("words='", s->out);
		put_words(s->out, mk_option_words(o));
		fputs("' ;;\n", s->out);
		break;
	case KIND_FILE:
		fputs("kind='file' ;;\n", s->out);
		break;
	case KIND_DIR:
		fputs("kind='directory' ;;\n", s->out);
		break;
	default:
		fputs("return ;;\n", s->out);
	}
}

static void
bash_options(const struct script *s)
{
	size_t i;

	fputs("\t-*)\n\t\tif [ \"$ended\" = no ]; then\n\t\t\twords='",
	    s->out);
	for (i = 0; i < s->n; i++) {
		if (s->options[i]->letter != 0)
			fprintf(s->out, "-%c ", s->options[i]->letter);
		fprintf(s->out, "--%s%s", s->options[i]->name,
		    i + 1 < s->n ? "\n\t\t\t    " : "");
	}
	fputs("'\n\t\tfi ;;\n", s->out);
}

static void
bash(const struct script *s)
{
	const char *name;
	enum kind kind = kind_of_arguments(s->program, &name);
	size_t i;

	fprintf(s->out, "# bash completion for %s, by %s --completion bash\n",
	    s->program->name, s->program->name);
	put_function(s);
	fprintf(s->out, "()\n{\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} ended=no words='' i\n"
	    "\tlocal prev=${COMP_WORDS[COMP_CWORD - 1]} kind='%s'\n"
	    "\n"
	    "\tCOMPREPLY=()\n"
	    "\t# bash takes \"--option=wo\" for three words.\n"
	    "\tif [ \"$cur\" = = ]; then\n"
	    "\t\tcur=''\n"
	    "\telif [ \"$prev\" = = ] && ((COMP_CWORD > 2)); then\n"
	    "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	    "\tfi\n"
	    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	    "\t\t[ \"${COMP_WORDS[i]}\" != -- ] || ended=yes prev=''\n"
	    "\tdone\n"
	    "\t# Letters may stand together: \"-nvc FILE\".\n"
	    "\tif [[ $prev =~ ^-[",
	    kind == KIND_DIR ? "directory" : kind == KIND_FILE ? "file" :
	    "none");
	bash_letters(s, false);
	fputs("]*([", s->out);
	bash_letters(s, true);
	fputs("])$ ]]; then\n"
	    "\t\tprev=-${BASH_REMATCH[1]}\n"
	    "\tfi\n"
	    "\tcase $prev in\n", s->out);
	for (i = 0; i < s->n; i++)
		if (s->options[i]->arg != NULL)
			bash_argument(s, s->options[i]);
	fputs("\t*)\tcase $cur in\n", s->out);
	bash_options(s);
	fputs("\tesac ;;\n"
	    "\tesac\n"
	    "\tif [ -n \"$words\" ]; then\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	    "\telif [ \"$kind\" != none ]; then\n"
	    "\t\tcompopt -o filenames 2>/dev/null\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -A \"$kind\" -- \"$cur\")\n"
	    "\tfi\n"
	    "}\ncomplete -F ", s->out);
	put_function(s);
	fprintf(s->out, " %s\n", s->program->name);
}

/* -- zsh ----------------------------------------------------------------- */

/* One spec of _arguments, for DASHED, which ends in what zsh wants to know of
 * how the argument follows. */
static void
zsh_spec(const struct script *s, const struct mk_option *o,
    const char *dashed)
{
	bool alone = strcmp(o->name, "help") == 0 ||
	    strcmp(o->name, "version") == 0 ||
	    strcmp(o->name, "completion") == 0;

	fprintf(s->out, " \\\n    '%s%s[", alone ? "(- *)" : "*", dashed);
	put_text(s->out, o->help, "]\\", "'\\''");
	putc(']', s->out);
	if (o->arg != NULL)
		fprintf(s->out, ":%.*s:", mk_option_arg_len(o), o->arg);
	switch (kind_of(o)) {
	case KIND_WORDS:
		putc('(', s->out);
		put_words(s->out, mk_option_words(o));
		putc(')', s->out);
		break;
	case KIND_FILE:
		fputs("_files", s->out);
		break;
	case KIND_DIR:
		fputs("_files -/", s->out);
		break;
	case KIND_ANY:
		putc(' ', s->out);
		break;
	case KIND_NONE:
		break;
	}
	putc('\'', s->out);
}

static void
zsh(const struct script *s)
{
	const char *name;
	enum kind kind = kind_of_arguments(s->program, &name);
	const struct mk_option *o;
	char dashed[128];
	size_t i;

	fprintf(s->out, "#compdef %s\n# By %s --completion zsh\n\n"
	    "_arguments -s -S", s->program->name, s->program->name);
	for (i = 0; i < s->n; i++) {
		o = s->options[i];
		if (o->letter != 0) {
			snprintf(dashed, sizeof dashed, "-%c%s", o->letter,
			    o->arg == NULL ? "" : "+");
			zsh_spec(s, o, dashed);
		}
		snprintf(dashed, sizeof dashed, "--%s%s", o->name,
		    o->arg == NULL ? "" : "=");
		zsh_spec(s, o, dashed);
	}
	if (kind != KIND_NONE)
		fprintf(s->out, " \\\n    '*:%s:_files%s'", name,
		    kind == KIND_DIR ? " -/" : "");
	putc('\n', s->out);
}

/* -- fish ---------------------------------------------------------------- */

static void
fish_option(const struct script *s, const struct mk_option *o)
{
	fprintf(s->out, "complete -c %s", s->program->name);
	if (o->letter != 0)
		fprintf(s->out, " -s %c", o->letter);
	fprintf(s->out, " -l %s", o->name);
	switch (kind_of(o)) {
	case KIND_WORDS:
		fputs(" -x -a '", s->out);
		put_words(s->out, mk_option_words(o));
		putc('\'', s->out);
		break;
	case KIND_FILE:
		fputs(" -r -F", s->out);
		break;
	case KIND_DIR:
		fputs(" -x -a '(__fish_complete_directories)'", s->out);
		break;
	case KIND_ANY:
		fputs(" -x", s->out);
		break;
	case KIND_NONE:
		break;
	}
	fputs(" -d '", s->out);
	put_text(s->out, o->help, "\\", "\\'");
	fputs("'\n", s->out);
}

static void
fish(const struct script *s)
{
	const char *name;
	enum kind kind = kind_of_arguments(s->program, &name);
	size_t i;

	fprintf(s->out, "# fish completion for %s, by %s --completion fish\n",
	    s->program->name, s->program->name);
	if (kind != KIND_FILE)
		fprintf(s->out, "complete -c %s -f%s\n", s->program->name,
		    kind == KIND_DIR ? " -a '(__fish_complete_directories)'" :
		    "");
	for (i = 0; i < s->n; i++)
		fish_option(s, s->options[i]);
}

int
mk_completion_print(const char *shell, const struct mk_program *program,
    const struct mk_option *const *options, size_t n, FILE *out)
{
	const struct script s = { .program = program, .options = options,
	    .n = n, .out = out };

	if (strcmp(shell, "bash") == 0)
		bash(&s);
	else if (strcmp(shell, "zsh") == 0)
		zsh(&s);
	else if (strcmp(shell, "fish") == 0)
		fish(&s);
	else
		return -1;
	return 0;
}
