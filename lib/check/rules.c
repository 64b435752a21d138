/* check/rules - what of the configuration does nothing, or fights itself. */
#include "check/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check/look.h"
#include "mail/folder.h"

#define AREA	"configuration"

const char *const mk_program_names[MK_PROGRAMS] = {
	"expire", "blacklist", "spamscan", "tmda", "rotate"
};

/* Whether a line of the newsyslog.conf FILE names a log, or another file; who
 * is not let in to see takes it that one does. */
static bool
names_logs(const char *file)
{
	struct mk_buf text = { 0 };
	bool found = false;
	const char *line;

	if (mk_look_read(file, (size_t)1024 * 1024, &text) == -1) {
		mk_buf_free(&text);
		return errno != ENOENT;
	}
	for (line = text.data; *line != '\0' && !found;) {
		line += strspn(line, " \t");
		found = *line == '/' || *line == '<';
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	mk_buf_free(&text);
	return found;
}

static bool
has_logs(const struct mk_list *files)
{
	size_t i;

	for (i = 0; i < files->n; i++)
		if (names_logs(files->v[i]))
			return true;
	return files->n == 0 && names_logs(MK_NEWSYSLOG_CONF);
}

bool
mk_program_active(const struct mk_check_conf *conf, enum mk_program_id id)
{
	switch (id) {
	case MK_PROGRAM_EXPIRE:
		return conf->rules_n > 0;
	case MK_PROGRAM_BLACKLIST:
		return conf->feeds_n > 0;
	case MK_PROGRAM_SPAMSCAN:
		return conf->trust_n > 0 || (conf->spamd.socket != NULL &&
		    conf->spamd.socket[0] != '\0');
	case MK_PROGRAM_TMDA:
		return conf->queues_n > 0;
	default:
		return has_logs(&conf->rotate.files);
	}
}

bool
mk_program_any(const struct mk_check_conf *conf)
{
	int id;

	for (id = 0; id < MK_PROGRAMS; id++)
		if (mk_program_active(conf, (enum mk_program_id)id))
			return true;
	return false;
}

/* Whether each word of B is one of A. */
static bool
has_all(const struct mk_list *a, const struct mk_list *b)
{
	size_t i, j;

	for (i = 0; i < b->n; i++) {
		for (j = 0; j < a->n; j++)
			if (strcmp(a->v[j], b->v[i]) == 0)
				break;
		if (j == a->n)
			return false;
	}
	return true;
}

static bool
same_place(const struct mk_rule *a, const struct mk_rule *b)
{
	if (a->path != NULL || b->path != NULL)
		return a->path != NULL && b->path != NULL &&
		    strcmp(a->path, b->path) == 0;
	/* Of no folder: the tmp of all. */
	return a->tmp == b->tmp && (a->folders.n == 0 || (b->folders.n > 0 &&
	    has_all(&a->folders, &b->folders))) &&
	    has_all(&b->exclude, &a->exclude) &&
	    (a->subfolders || !b->subfolders) &&
	    (a->accounts.n == 0 || (b->accounts.n > 0 &&
	    has_all(&a->accounts, &b->accounts)));
}

static bool
has_own_days(const struct mk_rule *rule)
{
	return rule->path == NULL && !rule->tmp &&
	    (strcmp(rule->name, "junk") == 0 ||
	    strcmp(rule->name, "trash") == 0);
}

bool
mk_rules_covers(const struct mk_rule *a, const struct mk_rule *b,
    bool own_days)
{
	return a->older_than_s != MK_UNSET_INT &&
	    b->older_than_s != MK_UNSET_INT && !mk_rule_has_cap(b) &&
	    a->age == b->age && a->older_than_s <= b->older_than_s &&
	    (a->unread || !b->unread) && (a->flagged || !b->flagged) &&
	    !(own_days && (has_own_days(a) || has_own_days(b))) &&
	    same_place(a, b);
}

bool
mk_rules_excludes_all(const struct mk_rule *rule)
{
	struct mk_patterns out = { .list = &rule->exclude,
	    .subfolders = true };
	struct mk_list one;
	size_t i;

	/* What a pattern matches is excluded for sure by the same one alone. */
	for (i = 0; i < rule->folders.n; i++) {
		one = (struct mk_list){ .v = &rule->folders.v[i], .n = 1 };
		if (strpbrk(one.v[0], "*?[") != NULL ? !has_all(&rule->exclude,
		    &one) : mk_folder_match(&out, MK_FS, one.v[0]) != 1)
			return false;
	}
	return rule->folders.n > 0;
}

static void
look_rule(struct mk_check *check, const struct mk_where *where, size_t i)
{
	const struct mk_rule *rules = check->conf->rules;
	bool own = check->conf->accounts.source == MK_ACCOUNTS_PGSQL;
	char *place = mk_where_key(where, check, "expire", i, "");
	size_t j;

	if (mk_rules_excludes_all(&rules[i]))
		mk_check_add(check, MK_WARNING, AREA, place, "shorten exclude",
		    "expire \"%s\" never removes anything: it excludes all "
		    "its own folders", rules[i].name);
	for (j = 0; j < check->conf->rules_n; j++)
		if (j != i && mk_rules_covers(&rules[j], &rules[i], own) &&
		    (j < i || !mk_rules_covers(&rules[i], &rules[j], own)))
			break;
	if (j < check->conf->rules_n)
		mk_check_add(check, MK_WARNING, AREA, place, "take one of "
		    "them out, or name other folders", "expire \"%s\" never "
		    "removes anything: \"%s\" has removed the same mail "
		    "before", rules[i].name, rules[j].name);
	free(place);
}

/* Spam is moved there, and by which rule does it go? */
static void
look_junk(struct mk_check *check, const struct mk_where *where)
{
	const struct mk_check_conf *conf = check->conf;
	struct mk_folder folder = { .mailbox = "", .place = "", .path = "",
	    .layout = MK_FS, .name = conf->spamscan.junk_folder };
	mk_rule_set messages, tmp;
	char *place;
	size_t i;

	if (!mk_program_active(conf, MK_PROGRAM_SPAMSCAN) ||
	    conf->spamscan.action != MK_ACTION_JUNK)
		return;
	for (i = 0; i < conf->rules_n; i++)	/* those of an account, too */
		if (conf->rules[i].accounts.n > 0 || mk_rule_match(
		    &conf->rules[i], 1, &folder, &messages, &tmp) == -1 ||
		    messages != 0)
			return;
	place = mk_where_key(where, check, "spamscan", 0, "junk-folder");
	mk_check_add(check, MK_NOTE, AREA, place, "add a rule, expire "
	    "\"junk\" { folder = {...} older-than = \"30d\" }, if it is not "
	    "kept for good", "spam goes to the folder %s, from which no rule "
	    "ever removes anything", conf->spamscan.junk_folder);
	free(place);
}

static void
look_spamscan(struct mk_check *check, const struct mk_where *where)
{
	const struct mk_check_conf *conf = check->conf;
	const struct mk_spamscan_conf spamscan = {
		.keys = conf->spamscan, .spamd = conf->spamd,
		.trust = conf->trust, .trust_n = conf->trust_n,
	};
	struct mk_error err;
	char *place;

	if (!mk_where_has(where, "spamscan") ||
	    mk_spamscan_check(&spamscan, &err) == 0)
		return;
	place = mk_where_key(where, check, "spamscan", 0, "source");
	mk_check_add(check, MK_ERROR, AREA, place, "until then "
	    "mailkeep-spamscan ends with status 78", "%s", err.text);
	free(place);
}

static void
look_blacklist(struct mk_check *check, const struct mk_where *where)
{
	const struct mk_check_conf *conf = check->conf;
	const char *const *outputs =
	    (const char *const *)conf->blacklist.outputs;
	char *place;
	size_t i, n = 0;

	for (i = 0; i < MK_OUTPUTS; i++)
		n += outputs[i][0] != '\0';
	place = mk_where_key(where, check, "blacklist", 0, "");
	if (conf->feeds_n > 0 && n == 0)
		mk_check_add(check, MK_ERROR, AREA, place, "set cdb = "
		    "\"/var/lib/mailkeep/blacklist.cdb\", or another output",
		    "blacklist has feeds, but no output to publish them in");
	if (conf->feeds_n == 0 && n > 0)
		mk_check_add(check, MK_ERROR, AREA, place, "add feed \"own\" "
		    "{ file = \"/etc/mailkeep/blacklist\" }", "blacklist has "
		    "an output, but no feed to make it of");
	if (outputs[MK_OUT_DBM][0] != '\0' && !mk_dbm_built_in())
		mk_check_add(check, MK_ERROR, AREA, place, "use cdb",
		    "blacklist.dbm: mailkeep-blacklist was built without "
		    "Berkeley DB");
	free(place);
}

void
mk_rules_look(struct mk_check *check, const struct mk_where *where)
{
	const struct mk_check_conf *conf = check->conf;
	size_t i;

	for (i = 0; i < conf->rules_n; i++)
		look_rule(check, where, i);
	look_spamscan(check, where);
	look_junk(check, where);
	look_blacklist(check, where);
	if (!mk_program_any(conf))
		mk_check_add(check, MK_NOTE, AREA, conf->file, "add what is "
		    "to be done: expire \"trash\" { folder = {\"Trash\"} "
		    "older-than = \"30d\" }, say; mailkeep.conf(5) has the "
		    "rest", "nothing is active: no rule, no feed, no trusted "
		    "scanner, no queue, no log");
}
