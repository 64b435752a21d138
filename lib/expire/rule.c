/* expire/rule - what is to go: the rules, and the pure decision. */
#include "expire/rule.h"

#include <stdio.h>
#include <string.h>

#include "base/duration.h"
#include "mail/msgname.h"

#define TMP_LEAST_S	(36 * 3600)	/* maildir(5) */

static const char *const ages[] = {
	"in-folder", "received", "saved", "name"
};

/* A path that could only lead out of the mail root is a mistake. */
static bool
is_below(const char *path)
{
	size_t len;

	if (path[0] == '/')
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
check(void *data, struct mk_error *err)
{
	const struct mk_rule *rule = data;
	bool aged = rule->older_than_s != MK_UNSET_INT;
	bool placed = rule->folders.n > 0;

	if (!aged && !mk_rule_has_cap(rule))
		return mk_fail(err, EX_CONFIG, "says of no message when it is "
		    "due: add older-than, max-messages or max-bytes");
	if (rule->path != NULL && !is_below(rule->path))
		return mk_fail(err, EX_CONFIG, "has path = \"%s\", which is "
		    "no path below mail-root: write it without .. and "
		    "without a / at its front", rule->path);
	if (rule->path != NULL && (placed || rule->tmp ||
	    rule->accounts.n > 0 || rule->exclude.n > 0))
		return mk_fail(err, EX_CONFIG, "has path, which goes with "
		    "none of folder, exclude, account and tmp");
	if (rule->path == NULL && !placed && !rule->tmp)
		return mk_fail(err, EX_CONFIG, "names no place: add folder, "
		    "path or tmp = yes");
	if ((rule->tmp || rule->path != NULL) && mk_rule_has_cap(rule))
		return mk_fail(err, EX_CONFIG, "has a cap, max-messages or "
		    "max-bytes, which only folders can have");
	if (rule->tmp && (!aged || rule->older_than_s < TMP_LEAST_S))
		return mk_fail(err, EX_CONFIG, "has tmp, where mail is being "
		    "delivered: older-than must be at least 36h");
	return 0;
}

#define FIELD(f)	offsetof(struct mk_rule, f)
static const struct mk_key keys[] = {
	{ "folder", MK_LIST, NULL, NULL, NULL, NULL, FIELD(folders) },
	{ "subfolders", MK_BOOL, "yes", NULL, NULL, NULL, FIELD(subfolders) },
	{ "exclude", MK_LIST, NULL, NULL, NULL, NULL, FIELD(exclude) },
	{ "account", MK_LIST, NULL, NULL, NULL, NULL, FIELD(accounts) },
	{ "path", MK_PATH, NULL, NULL, NULL, NULL, FIELD(path) },
	{ "tmp", MK_BOOL, "no", NULL, NULL, NULL, FIELD(tmp) },
	{ "older-than", MK_DURATION, NULL, "0s", "36500d", NULL,
	    FIELD(older_than_s) },
	{ "age", MK_ENUM, "in-folder", NULL, NULL,
	    "in-folder|received|saved|name", FIELD(age) },
	{ "unread", MK_BOOL, "yes", NULL, NULL, NULL, FIELD(unread) },
	{ "flagged", MK_BOOL, "no", NULL, NULL, NULL, FIELD(flagged) },
	{ "max-messages", MK_INT, NULL, "0", NULL, NULL,
	    FIELD(max_messages) },
	{ "max-bytes", MK_SIZE, NULL, NULL, NULL, NULL, FIELD(max_bytes) },
	{ "archive", MK_PATH, NULL, NULL, NULL, NULL, FIELD(archive) },
	MK_KEY_END
};
#undef FIELD

const struct mk_section mk_rule_section = {
	.name = "expire", .keys = keys, .titled = true,
	.size = sizeof(struct mk_rule),
	.title_offset = offsetof(struct mk_rule, name), .check = check,
};

int
mk_rule_age(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof ages / sizeof ages[0]; i++)
		if (strcmp(text, ages[i]) == 0)
			return (int)i;
	return -1;
}

void
mk_rule_adjust(struct mk_rule *rule, const struct mk_account *account)
{
	int64_t own_s = rule->older_than_s;
	int32_t days = MK_ACCOUNT_UNSET;
	bool or_own = false;

	/* A Maildir's tmp, and a plain directory, have no such folders. */
	if (!rule->tmp && rule->path == NULL) {
		if (strcmp(rule->name, "junk") == 0) {
			days = account->junk_days;
			or_own = account->junk_or_default;
		} else if (strcmp(rule->name, "trash") == 0) {
			days = account->trash_days;
			or_own = account->trash_or_default;
		}
	}
	if (account->keep || (days != MK_ACCOUNT_UNSET && days <= 0)) {
		rule->older_than_s = MK_UNSET_INT;
		rule->max_messages = rule->max_bytes = MK_UNSET_INT;
	} else if (days != MK_ACCOUNT_UNSET) {
		rule->older_than_s = days * INT64_C(86400);
		if (or_own && (own_s == MK_UNSET_INT ||
		    own_s > rule->older_than_s))
			rule->older_than_s = own_s;
	}
}

bool
mk_rule_removes(const struct mk_rule *rule)
{
	return rule->older_than_s != MK_UNSET_INT || mk_rule_has_cap(rule);
}

/* 1, 0, -1 as mk_folder_match. */
static int
match_one(const struct mk_rule *rule, const struct mk_folder *folder)
{
	struct mk_patterns patterns = { .subfolders = rule->subfolders };
	int rv = 1;

	if (rule->path != NULL)
		return 0;
	if (rule->folders.n > 0) {
		patterns.list = &rule->folders;
		rv = mk_folder_match(&patterns, folder->layout, folder->name);
	}
	if (rv == 1 && rule->exclude.n > 0) {
		patterns.list = &rule->exclude;
		patterns.subfolders = true;
		rv = mk_folder_match(&patterns, folder->layout, folder->name);
		rv = rv == -1 ? -1 : !rv;
	}
	if (rv == 1 && rule->accounts.n > 0)
		rv = mk_account_match(&rule->accounts, folder->mailbox);
	return rv;
}

int
mk_rule_match(const struct mk_rule *rules, size_t n,
    const struct mk_folder *folder, mk_rule_set *messages, mk_rule_set *tmp)
{
	size_t i;
	int matched;

	*messages = *tmp = 0;
	for (i = 0; i < n; i++) {
		matched = match_one(&rules[i], folder);
		if (matched == -1) {
			*messages = *tmp = 0;
			return -1;
		}
		if (matched == 1)
			*(rules[i].tmp ? tmp : messages) |=
			    (mk_rule_set)1 << i;
	}
	return 0;
}

int
mk_rule_match_group(const struct mk_rule *rules, size_t n,
    const struct mk_group *group, mk_rule_set *messages, mk_rule_set *tmp)
{
	struct mk_folder folder = { .mailbox = group->mailbox,
	    .place = group->place, .path = group->path,
	    .layout = group->layout };
	struct mk_buf name = { 0 };
	size_t r;
	int rv;

	*messages = *tmp = 0;
	if (group->plain) {
		for (r = 0; r < n; r++)
			if (rules[r].path != NULL &&
			    strcmp(rules[r].path, group->path) == 0)
				*messages |= (mk_rule_set)1 << r;
		return 0;
	}
	rv = mk_folder_name(group->layout, group->place, &name);
	if (rv == 0) {
		folder.name = name.data;
		rv = mk_rule_match(rules, n, &folder, messages, tmp);
	}
	mk_buf_free(&name);
	return rv;
}

static void
mix(uint64_t *hash, const void *data, size_t len)
{
	*hash ^= mk_msgname_hash(data, len);
	*hash *= 0x100000001b3;
}

static void
mix_text(uint64_t *hash, const char *text)
{
	if (text == NULL)
		text = "";
	mix(hash, text, strlen(text) + 1);
}

static void
mix_list(uint64_t *hash, const struct mk_list *list)
{
	size_t i;

	mix(hash, &list->n, sizeof list->n);
	for (i = 0; i < list->n; i++)
		mix_text(hash, list->v[i]);
}

uint64_t
mk_rule_fingerprint(const struct mk_rule *rules, mk_rule_set set)
{
	uint64_t hash = 0xcbf29ce484222325;
	const struct mk_rule *rule;
	size_t i;

	for (i = 0; i < MK_RULES_MAX; i++) {
		if ((set >> i & 1) == 0)
			continue;
		rule = &rules[i];
		mix_text(&hash, rule->name);
		mix_list(&hash, &rule->folders);
		mix_list(&hash, &rule->exclude);
		mix_list(&hash, &rule->accounts);
		mix_text(&hash, rule->path);
		mix(&hash, (const bool[]){ rule->subfolders, rule->tmp,
		    rule->unread, rule->flagged }, 4 * sizeof(bool));
		mix(&hash, (const int64_t[]){ rule->older_than_s, rule->age,
		    rule->max_messages, rule->max_bytes },
		    4 * sizeof(int64_t));
		mix_text(&hash, rule->archive);
	}
	return hash;
}

enum mk_verdict
mk_rule_eligible(const struct mk_rule *rule, const struct mk_facts *facts)
{
	/* Leftovers in tmp and files in a plain directory have no flags. */
	if (rule->tmp || rule->path != NULL)
		return MK_DUE;
	if (!rule->flagged && (facts->flags & MK_FLAG_FLAGGED) != 0)
		return MK_KEEP_FLAGGED;
	if (!rule->unread && (facts->in_new ||
	    (facts->flags & MK_FLAG_SEEN) == 0))
		return MK_KEEP_UNREAD;
	return MK_DUE;
}

int64_t
mk_rule_since(const struct mk_rule *rule, const struct mk_facts *facts)
{
	switch (rule->age) {
	case MK_AGE_RECEIVED:
		return facts->mtime_s;
	case MK_AGE_SAVED:
		return facts->ctime_s;
	case MK_AGE_NAME:
		return facts->name_s == -1 ? MK_NEVER : facts->name_s;
	default:
		return facts->in_folder_s;
	}
}

enum mk_verdict
mk_rule_due(const struct mk_rule *rule, const struct mk_facts *facts,
    int64_t now_s, int64_t *due_s)
{
	enum mk_verdict verdict = mk_rule_eligible(rule, facts);
	int64_t since = mk_rule_since(rule, facts);

	*due_s = MK_NEVER;
	if (verdict != MK_DUE)
		return verdict;
	if (since == MK_NEVER)
		return MK_KEEP_UNKNOWN;
	if (rule->older_than_s == MK_UNSET_INT)
		return MK_KEEP_YOUNG;
	if (since > MK_NEVER - rule->older_than_s)
		return MK_KEEP_YOUNG;
	*due_s = since + rule->older_than_s;
	return *due_s <= now_s ? MK_DUE : MK_KEEP_YOUNG;
}

bool
mk_rule_has_cap(const struct mk_rule *rule)
{
	return rule->max_messages != MK_UNSET_INT ||
	    rule->max_bytes != MK_UNSET_INT;
}

char *
mk_rule_reason(char *buf, size_t size, const struct mk_rule *rule,
    int64_t since_s, int64_t now_s)
{
	static const char *const words[] = {
		"in the folder", "since received", "since saved",
		"by its name"
	};
	int64_t age_s, unit;
	char age[32];

	if (since_s == MK_NEVER || since_s > now_s) {
		snprintf(buf, size, "over the cap");
		return buf;
	}
	age_s = now_s - since_s;
	unit = age_s >= 2 * 86400 ? 86400 : age_s >= 2 * 3600 ? 3600 :
	    age_s >= 2 * 60 ? 60 : 1;
	snprintf(buf, size, "%s %s", mk_duration_format(age, sizeof age,
	    age_s - age_s % unit), words[rule->age]);
	return buf;
}
