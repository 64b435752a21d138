/* tmda/conf - the configuration of mailkeep-tmda. */
#include "tmda/conf.h"

#include <string.h>

#include "base/duration.h"

#define FIELD(f)	offsetof(struct mk_tmda_conf, f)
static const struct mk_key keys[] = {
	{ "dir", MK_PATH, NULL, NULL, NULL, NULL, FIELD(dir) },
	{ "mailbox-dir", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(mailbox_dir) },
	{ "config", MK_STRING, "", NULL, NULL, NULL, FIELD(config) },
	{ "global-config", MK_STRING, MK_TMDA_GLOBAL, NULL, NULL, NULL,
	    FIELD(global_config) },
	{ "pending-lifetime", MK_STRING, "14d", NULL, NULL, NULL,
	    FIELD(pending_lifetime) },
	{ "responses-lifetime", MK_DURATION, "14d", "24h", "36500d", NULL,
	    FIELD(responses_lifetime_s) },
	{ "age", MK_ENUM, "name", NULL, NULL, "name|saved", FIELD(age) },
	{ "rescue", MK_ENUM, "report", NULL, NULL, "report|release|no",
	    FIELD(rescue) },
	{ "rescue-lists", MK_LIST, "lists/confirmed,lists/whitelist", NULL,
	    NULL, NULL, FIELD(rescue_lists) },
	{ "release-command", MK_PATH, MK_TMDA_COMMAND, NULL, NULL, NULL,
	    FIELD(release_command) },
	{ "append-deleted", MK_BOOL, "no", NULL, NULL, NULL,
	    FIELD(append_deleted) },
	{ "delete-append", MK_STRING, "", NULL, NULL, NULL,
	    FIELD(delete_append) },
	{ "archive", MK_STRING, "", NULL, NULL, NULL, FIELD(archive) },
	MK_KEY_END
};
#undef FIELD

bool
mk_tmda_asks_tmda(const struct mk_tmda_conf *conf)
{
	return strcmp(conf->pending_lifetime, "tmda") == 0;
}

bool
mk_tmda_is_below(const char *path)
{
	size_t len;

	if (path[0] == '/' || path[0] == '\0')
		return false;
	for (;; path += len + 1) {
		len = strcspn(path, "/");
		if (len == 2 && path[0] == '.' && path[1] == '.')
			return false;
		if (path[len] == '\0')
			return true;
	}
}

static int
check_places(const struct mk_tmda_conf *conf, struct mk_error *err)
{
	bool in_mailboxes = conf->mailbox_dir[0] != '\0';
	size_t i;

	if ((conf->dir != NULL) == in_mailboxes)
		return mk_fail(err, EX_CONFIG, "has %s dir %s mailbox-dir: "
		    "write one of them, dir = \"/var/mail/.tmda\" or "
		    "mailbox-dir = \".tmda\"", in_mailboxes ? "both" :
		    "neither", in_mailboxes ? "and" : "nor");
	if (in_mailboxes && !mk_tmda_is_below(conf->mailbox_dir))
		return mk_fail(err, EX_CONFIG, "has mailbox-dir = \"%s\", "
		    "which is no path below a mailbox: write it without .. "
		    "and without a / at its front", conf->mailbox_dir);
	for (i = 0; in_mailboxes && i < conf->rescue_lists.n; i++)
		if (!mk_tmda_is_below(conf->rescue_lists.v[i]))
			return mk_fail(err, EX_CONFIG, "has \"%s\" in "
			    "rescue-lists, which with mailbox-dir must lie "
			    "below it", conf->rescue_lists.v[i]);
	if (in_mailboxes && conf->delete_append[0] != '\0' &&
	    !mk_tmda_is_below(conf->delete_append))
		return mk_fail(err, EX_CONFIG, "has delete-append = \"%s\", "
		    "which with mailbox-dir must lie below it",
		    conf->delete_append);
	if (in_mailboxes && conf->config[0] != '\0' &&
	    !mk_tmda_is_below(conf->config))
		return mk_fail(err, EX_CONFIG, "has config = \"%s\", which "
		    "with mailbox-dir must lie below it", conf->config);
	return 0;
}

static int
check(void *data, struct mk_error *err)
{
	const struct mk_tmda_conf *conf = data;
	struct mk_error why;
	int64_t seconds = 0;

	if (check_places(conf, err) == -1)
		return -1;
	if (!mk_tmda_asks_tmda(conf) && mk_duration_parse(
	    conf->pending_lifetime, &seconds, &why) == -1)
		return mk_fail(err, EX_CONFIG, "pending-lifetime: %s; or "
		    "\"tmda\", for PENDING_LIFETIME of TMDA's own "
		    "configuration", why.text);
	if (!mk_tmda_asks_tmda(conf) && seconds > MK_TMDA_LIFETIME_MAX_S)
		return mk_fail(err, EX_CONFIG, "has pending-lifetime = "
		    "\"%s\": at most 36500d", conf->pending_lifetime);
	if (conf->global_config[0] != '\0' && conf->global_config[0] != '/')
		return mk_fail(err, EX_CONFIG, "has global-config = \"%s\": "
		    "write its whole path, or \"\" for none",
		    conf->global_config);
	if (conf->rescue == MK_TMDA_RELEASE && conf->release_command[0] != '/')
		return mk_fail(err, EX_CONFIG, "has release-command = \"%s\": "
		    "write its whole path", conf->release_command);
	if (conf->append_deleted && conf->delete_append[0] == '\0' &&
	    !mk_tmda_asks_tmda(conf))
		return mk_fail(err, EX_CONFIG, "has append-deleted, and no "
		    "list: add delete-append = \"lists/...\", or "
		    "pending-lifetime = \"tmda\" for PENDING_DELETE_APPEND");
	if (!conf->append_deleted && conf->delete_append[0] != '\0')
		return mk_fail(err, EX_CONFIG, "has delete-append, which is "
		    "for append-deleted = yes: add that, too");
	return 0;
}

const struct mk_section mk_tmda_section = {
	.name = "tmda", .keys = keys, .titled = true,
	.size = sizeof(struct mk_tmda_conf),
	.title_offset = offsetof(struct mk_tmda_conf, name), .check = check,
};
