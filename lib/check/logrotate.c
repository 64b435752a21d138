/* check/logrotate - which logs logrotate rotates. */
#include "check/logrotate.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

/* Whether the line at TEXT begins with WORD. */
static bool
begins(const char *text, const char *word)
{
	size_t len = strlen(word);

	text += strspn(text, " \t");
	return strncmp(text, word, len) == 0 &&
	    strchr(" \t\n", text[len]) != NULL;
}

static bool
is_script(const char *line)
{
	static const char *const words[] = {
		"prerotate", "postrotate", "firstaction", "lastaction",
		"preremove"
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (begins(line, words[i]))
			return true;
	return false;
}

static bool
word_matches(const char *at, size_t len, const char *log)
{
	char word[PATH_MAX];

	if (len == 0 || *at != '/' || len >= sizeof word)
		return false;
	memcpy(word, at, len);
	word[len] = '\0';
	return fnmatch(word, log, FNM_PATHNAME) == 0;
}

/* Whether a word of the LEN bytes at LINE, outside of { }, matches LOG.
 * *DEPTH counts braces. */
static bool
line_names(const char *line, size_t len, const char *log, int *depth)
{
	const char *end = line + len, *stop;
	size_t n;

	for (; line < end; line += n) {
		stop = *line == '"' ? "\"\n" : *line == '\'' ? "'\n" :
		    " \t\n\"'{}";
		if (stop[1] == '\n')		/* quoted: up to the other one */
			line++;
		n = strcspn(line, stop);
		if (*depth == 0 && word_matches(line, n, log))
			return true;
		if (n == 0 && stop[1] != '\n')
			*depth += *line == '{' ? 1 : *line == '}' ? -1 : 0;
		n += n == 0 || stop[1] == '\n';
	}
	return false;
}

unsigned
mk_logrotate_names(const char *text, const char *log)
{
	bool script = false;
	unsigned number = 0;
	int depth = 0;
	size_t len;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		number++;
		len = strcspn(text, "\n");
		if (text[strspn(text, " \t")] == '#')
			continue;
		if (script || is_script(text))
			script = !begins(text, "endscript");
		else if (line_names(text, len, log, &depth))
			return number;
	}
	return 0;
}
