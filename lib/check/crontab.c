/* check/crontab - what crontabs start. */
#include "check/crontab.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/list.h"

#define EXPANDED_MAX	((size_t)64 * 1024)
#define ROUNDS		8		/* a value may have a $NAME, too */

static bool
is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool
is_word(char c)
{
	return is_name(c) || c == '-' || c == '.';
}

/* "NAME = 'value'" as NAME, NUL, value in one word of VARS.  1, 0, -1. */
static int
take_variable(const char *line, size_t len, struct mk_list *vars)
{
	size_t name, at, end = len;
	char *word;
	int rv;

	for (name = 0; name < len && is_name(line[name]); name++)
		;
	at = name + strspn(line + name, " \t");
	if (name == 0 || isdigit((unsigned char)line[0]) || at >= len ||
	    line[at] != '=')
		return 0;
	at++;
	while (at < len && (line[at] == ' ' || line[at] == '\t'))
		at++;
	while (end > at && (line[end - 1] == ' ' || line[end - 1] == '\t'))
		end--;
	if (end >= at + 2 && (line[at] == '"' || line[at] == '\'') &&
	    line[end - 1] == line[at]) {
		at++;
		end--;
	}
	word = calloc(1, name + end - at + 2);
	if (word == NULL)
		return -1;
	memcpy(word, line, name);
	memcpy(word + name + 1, line + at, end - at);
	word[name] = '=';
	rv = mk_list_add(vars, word, name + 1 + end - at);
	free(word);
	return rv == -1 ? -1 : 1;
}

/* The value of the LEN bytes at NAME, by the last line; NULL: none. */
static const char *
value_of(const struct mk_list *vars, const char *name, size_t len)
{
	size_t i;

	for (i = vars->n; i-- > 0;)
		if (strncmp(vars->v[i], name, len) == 0 &&
		    vars->v[i][len] == '=')
			return vars->v[i] + len + 1;
	return NULL;
}

/* One round: *TEXT anew.  1: something was put in; 0; -1. */
static int
expand_once(const struct mk_list *vars, struct mk_buf *text)
{
	struct mk_buf out = { 0 };
	const char *p = text->data, *name, *value;
	size_t len;
	int rv = 0;

	while (*p != '\0' && rv != -1) {
		name = p[0] == '$' ? p + 1 + (p[1] == '{') : NULL;
		for (len = 0; name != NULL && is_name(name[len]); len++)
			;
		value = len == 0 || (p[1] == '{' && name[len] != '}') ? NULL :
		    value_of(vars, name, len);
		if (value == NULL) {
			rv = mk_buf_add(&out, p++, 1) == -1 ? -1 : rv;
			continue;
		}
		rv = out.len > EXPANDED_MAX ? 0 : mk_buf_addf(&out, "%s",
		    value) == -1 ? -1 : 1;
		p = name + len + (p[1] == '{');
	}
	if (rv == -1 || out.len == 0) {
		mk_buf_free(&out);
		return rv;
	}
	mk_buf_free(text);
	*text = out;
	return rv;
}

/* What follows the five fields of the time, or "@daily". */
static const char *
skip_time(const char *line, const char *end)
{
	int left = *line == '@' ? 1 : 5;

	for (; left > 0 && line < end; left--) {
		while (line < end && *line != ' ' && *line != '\t')
			line++;
		while (line < end && (*line == ' ' || *line == '\t'))
			line++;
	}
	return line;
}

static int
take_command(const char *line, size_t len, const struct mk_list *vars,
    unsigned number, mk_crontab_fn *each, void *data)
{
	const char *command = skip_time(line, line + len);
	struct mk_buf text = { 0 };
	int rounds = ROUNDS, rv = -1;

	if (mk_buf_add(&text, command, (size_t)(line + len - command)) == -1)
		return -1;
	do
		rv = expand_once(vars, &text);
	while (rv == 1 && text.len < EXPANDED_MAX && --rounds > 0);
	if (rv != -1)
		each(data, number, text.data);
	mk_buf_free(&text);
	return rv == -1 ? -1 : 0;
}

int
mk_crontab_each(const char *text, mk_crontab_fn *each, void *data)
{
	struct mk_list vars = { 0 };
	unsigned number = 0;
	size_t len;
	int rv = 0;

	for (; *text != '\0' && rv != -1; text += len + (text[len] == '\n')) {
		number++;
		text += strspn(text, " \t");
		len = strcspn(text, "\n");
		if (len == 0 || *text == '#')
			continue;
		rv = take_variable(text, len, &vars);
		if (rv == 0)
			rv = take_command(text, len, &vars, number, each,
			    data);
	}
	mk_list_free(&vars);
	return rv == -1 ? -1 : 0;
}

/* The next place in TEXT where WORD stands by itself, behind a "/" at most. */
static const char *
find_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *at;

	for (at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
		if ((at == text || !is_word(at[-1])) && !is_word(at[len]))
			return at;
	return NULL;
}

/* Of the arguments at TEXT, up to the end of the command. */
static bool
has_arg(const char *text, const char *arg)
{
	size_t end = strcspn(text, ";|&"), len = strlen(arg);
	const char *at;

	for (at = strstr(text, arg); at != NULL && (size_t)(at - text) < end;
	    at = strstr(at + 1, arg))
		if (at > text && (at[-1] == ' ' || at[-1] == '\t') &&
		    (at[len] == '\0' || strchr(" \t;|&", at[len]) != NULL))
			return true;
	return false;
}

bool
mk_crontab_calls(const char *command, const char *program, bool stray)
{
	char name[64] = "mailkeep-";
	const char *at, *last = NULL;

	/* The last one: "test ! -x PROGRAM || nice PROGRAM". */
	strncat(name, program, sizeof name - strlen(name) - 1);
	for (at = find_word(command, name); at != NULL;
	    at = find_word(at + 1, name))
		last = at + strlen(name);
	if (last == NULL || has_arg(last, "-n") || has_arg(last, "--dry-run"))
		return false;
	return stray == (has_arg(last, "--rule stray") ||
	    has_arg(last, "--rule=stray"));
}

bool
mk_crontab_asks_timer(const char *command)
{
	return strstr(command, "timers.target.wants/mailkeep-") != NULL;
}

/* find ... -delete, find ... -exec rm, find ... | xargs rm */
static bool
removes(const char *command)
{
	const char *at = find_word(command, "find");

	return at != NULL && (strstr(at, "-delete") != NULL ||
	    find_word(at, "rm") != NULL);
}

const char *
mk_crontab_old(const char *command, const char *mail_root)
{
	bool mail = strstr(command, mail_root) != NULL ||
	    strstr(command, "Maildir") != NULL;
	bool tmda = strstr(command, "/.tmda") != NULL;

	if (strstr(command, "scanmailboxes") != NULL)
		return "spamscan";
	if (strstr(command, "applyblacklist") != NULL ||
	    find_word(command, "exim_dbmbuild") != NULL)
		return "blacklist";
	if (find_word(command, "newsyslog") != NULL || (tmda &&
	    strstr(command, "/dev/null") != NULL &&
	    strstr(command, "/logs/") != NULL &&
	    strchr(command, '>') != NULL && !removes(command)))
		return "rotate";
	if (removes(command) && (mail || tmda))
		return tmda && (strstr(command, "pending") != NULL ||
		    strstr(command, "responses") != NULL) ? "tmda" : "expire";
	return NULL;
}
