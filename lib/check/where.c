/* check/where - where in the configuration something is said. */
#include "check/where.h"

#include <string.h>

#include "check/look.h"

void
mk_where_open(struct mk_where *where, const struct mk_check *check)
{
	struct mk_error err;

	where->file = check->conf->file;
	if (where->file != NULL)	/* what can be read of it will do */
		(void)mk_config_text_read(&where->text, where->file, &err);
}

void
mk_where_close(struct mk_where *where)
{
	mk_config_text_free(&where->text);
}

bool
mk_where_has(const struct mk_where *where, const char *name)
{
	return mk_config_text_scope(&where->text, MK_CONFIG_TOP, name, 0) !=
	    MK_CONFIG_NOWHERE;
}

static size_t
scope_of(const struct mk_config_text *text, const char *section, size_t nth)
{
	const char *dot = strchr(section, '.');
	char outer[32];
	size_t around;

	if (section[0] == '\0')
		return MK_CONFIG_TOP;
	if (dot == NULL || (size_t)(dot - section) >= sizeof outer)
		return mk_config_text_scope(text, MK_CONFIG_TOP, section, nth);
	memcpy(outer, section, (size_t)(dot - section));
	outer[dot - section] = '\0';
	around = mk_config_text_scope(text, MK_CONFIG_TOP, outer, 0);
	return around == MK_CONFIG_NOWHERE ? around :
	    mk_config_text_scope(text, around, dot + 1, nth);
}

char *
mk_where_key(const struct mk_where *where, struct mk_check *check,
    const char *section, size_t nth, const char *key)
{
	size_t scope = scope_of(&where->text, section, nth), line = 0;
	struct mk_error err;

	if (where->file != NULL && scope != MK_CONFIG_NOWHERE) {
		line = mk_config_text_key(&where->text, scope, key);
		if (line == 0)
			line = mk_config_text_line(&where->text, scope);
	}
	if (line == 0)
		return mk_look_text(check, "%s", where->file == NULL ? "" :
		    where->file);
	mk_config_text_fail(&where->text, line, &err, "%s", "");
	return mk_look_text(check, "%.*s", (int)mk_look_place(err.text),
	    err.text);
}
