/* expire/rule: the decision, and whose it is. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "expire/rule.h"
#include "mail/msgname.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define DAY		86400
#define NOW		1700000000
#define UNSET		MK_UNSET_INT

static char name[] = "rule", path[] = "new", trash[] = "Trash";

static struct mk_rule
rule_of(int age, int64_t older_than_s)
{
	return (struct mk_rule){ .name = name, .age = age, .unread = true,
	    .subfolders = true, .older_than_s = older_than_s,
	    .max_messages = UNSET, .max_bytes = UNSET };
}

/* Facts of which SINCE counts for AGE; all others would say "due at once". */
static struct mk_facts
facts_of(int age, int64_t since_s)
{
	struct mk_facts facts = { .in_folder_s = 0, .mtime_s = 0,
	    .ctime_s = 0, .name_s = 0, .size_bytes = 9,
	    .flags = MK_FLAG_SEEN };
	int64_t *const times[] = { &facts.in_folder_s, &facts.mtime_s,
	    &facts.ctime_s, &facts.name_s };

	*times[age] = since_s;
	return facts;
}

static const struct {
	int64_t since_s, older_than_s, now_s;
	enum mk_verdict verdict;
	int64_t due_s;
} times[] = {
	/* reached exactly: due */
	{ NOW - 10 * DAY, 10 * DAY, NOW, MK_DUE, NOW },
	{ NOW - 10 * DAY + 1, 10 * DAY, NOW, MK_KEEP_YOUNG, NOW + 1 },
	{ NOW - 10 * DAY - 1, 10 * DAY, NOW, MK_DUE, NOW - 1 },
	{ NOW, 0, NOW, MK_DUE, NOW },
	{ NOW - 1, 0, NOW, MK_DUE, NOW - 1 },
	{ NOW - 1, 1, NOW, MK_DUE, NOW },
	{ NOW, 1, NOW, MK_KEEP_YOUNG, NOW + 1 },
	/* the future */
	{ NOW + 1, 0, NOW, MK_KEEP_YOUNG, NOW + 1 },
	{ NOW + 365 * DAY, 10 * DAY, NOW, MK_KEEP_YOUNG, NOW + 375 * DAY },
	{ INT64_MAX - 1, 0, NOW, MK_KEEP_YOUNG, INT64_MAX - 1 },
	{ INT64_MAX - 1, 1, NOW, MK_KEEP_YOUNG, MK_NEVER },
	{ INT64_MAX - 1, 2, NOW, MK_KEEP_YOUNG, MK_NEVER },
	{ INT64_MAX - 1, INT64_MAX, NOW, MK_KEEP_YOUNG, MK_NEVER },
	{ NOW, INT64_MAX, NOW, MK_KEEP_YOUNG, MK_NEVER },
	{ INT64_MAX - NOW, NOW, NOW, MK_KEEP_YOUNG, INT64_MAX },
	/* long ago */
	{ 0, 10 * DAY, NOW, MK_DUE, 10 * DAY },
	{ -2, 10 * DAY, NOW, MK_DUE, 10 * DAY - 2 },
	{ -NOW, 10 * DAY, NOW, MK_DUE, 10 * DAY - NOW },
	{ INT64_MIN, 0, NOW, MK_DUE, INT64_MIN },
	{ INT64_MIN, INT64_MAX, NOW, MK_DUE, -1 },
	/* a clock before all of it */
	{ NOW - 20 * DAY, 10 * DAY, 0, MK_KEEP_YOUNG, NOW - 10 * DAY },
	{ NOW, 10 * DAY, -NOW, MK_KEEP_YOUNG, NOW + 10 * DAY },
	/* no age limit, or no age */
	{ 0, UNSET, NOW, MK_KEEP_YOUNG, MK_NEVER },
	{ MK_NEVER, 0, NOW, MK_KEEP_UNKNOWN, MK_NEVER },
	{ MK_NEVER, UNSET, NOW, MK_KEEP_UNKNOWN, MK_NEVER },
};

/* The same for each kind of age, whatever the other times say. */
START_TEST(due_when_the_age_is_reached)
{
	struct mk_rule rule;
	struct mk_facts facts;
	int64_t due_s;
	int age;

	for (age = MK_AGE_IN_FOLDER; age <= MK_AGE_NAME; age++) {
		rule = rule_of(age, times[_i].older_than_s);
		facts = facts_of(age, times[_i].since_s);
		due_s = 5;		/* poison */
		ck_assert_int_eq(mk_rule_since(&rule, &facts),
		    times[_i].since_s);
		ck_assert_int_eq(mk_rule_due(&rule, &facts, times[_i].now_s,
		    &due_s), times[_i].verdict);
		ck_assert_int_eq(due_s, times[_i].due_s);
	}
}
END_TEST

START_TEST(no_time_in_the_name_is_no_age)
{
	struct mk_rule rule = rule_of(MK_AGE_NAME, 0);
	struct mk_facts facts = facts_of(MK_AGE_NAME, -1);
	int64_t due_s = 5;

	ck_assert_int_eq(mk_rule_due(&rule, &facts, NOW, &due_s),
	    MK_KEEP_UNKNOWN);
	ck_assert_int_eq(due_s, MK_NEVER);
	rule.age = MK_AGE_RECEIVED;	/* -1 s is a time there */
	facts.mtime_s = -1;
	ck_assert_int_eq(mk_rule_due(&rule, &facts, NOW, &due_s), MK_DUE);
	ck_assert_int_eq(due_s, -1);
}
END_TEST

#define SEEN		MK_FLAG_SEEN
#define STARRED		MK_FLAG_FLAGGED
static const struct {
	bool flagged, unread;		/* keys: take such, too */
	unsigned flags;
	bool in_new;
	enum mk_verdict verdict;
} spared[] = {
	/* the defaults: starred mail stays, unread goes */
	{ false, true, 0,		false, MK_DUE },
	{ false, true, 0,		true,  MK_DUE },
	{ false, true, SEEN,		false, MK_DUE },
	{ false, true, STARRED,		false, MK_KEEP_FLAGGED },
	{ false, true, STARRED | SEEN,	false, MK_KEEP_FLAGGED },
	{ false, true, STARRED,		true,  MK_KEEP_FLAGGED },
	{ true,  true, STARRED,		false, MK_DUE },
	{ true,  true, STARRED | SEEN,	true,  MK_DUE },
	/* unread = no */
	{ false, false, 0,		false, MK_KEEP_UNREAD },
	{ false, false, SEEN,		false, MK_DUE },
	{ false, false, SEEN,		true,  MK_KEEP_UNREAD },
	{ false, false, 0,		true,  MK_KEEP_UNREAD },
	{ false, false, STARRED | SEEN,	false, MK_KEEP_FLAGGED },
	{ true,  false, STARRED,	false, MK_KEEP_UNREAD },
	{ true,  false, STARRED | SEEN,	false, MK_DUE },
	/* other letters spare nothing */
	{ false, true, MK_FLAG_DRAFT | MK_FLAG_PASSED | MK_FLAG_REPLIED |
	    MK_FLAG_TRASHED | SEEN, false, MK_DUE },
	{ false, false, MK_FLAG_REPLIED, false, MK_KEEP_UNREAD },
};

START_TEST(starred_and_unread_are_spared_as_the_rule_says)
{
	struct mk_rule rule = rule_of(MK_AGE_RECEIVED, DAY);
	struct mk_facts facts = facts_of(MK_AGE_RECEIVED, NOW - 100 * DAY);
	int64_t due_s = 5;

	rule.flagged = spared[_i].flagged;
	rule.unread = spared[_i].unread;
	facts.flags = spared[_i].flags;
	facts.in_new = spared[_i].in_new;
	ck_assert_int_eq(mk_rule_eligible(&rule, &facts), spared[_i].verdict);
	ck_assert_int_eq(mk_rule_due(&rule, &facts, NOW, &due_s),
	    spared[_i].verdict);
	if (spared[_i].verdict != MK_DUE)
		ck_assert_int_eq(due_s, MK_NEVER);

	/* A file in tmp or in a plain directory has no flags. */
	rule.tmp = true;
	ck_assert_int_eq(mk_rule_due(&rule, &facts, NOW, &due_s), MK_DUE);
	rule.tmp = false;
	rule.path = path;
	ck_assert_int_eq(mk_rule_due(&rule, &facts, NOW, &due_s), MK_DUE);
	/* ... and is young as any other. */
	facts.mtime_s = NOW - DAY + 1;
	ck_assert_int_eq(mk_rule_due(&rule, &facts, NOW, &due_s),
	    MK_KEEP_YOUNG);
}
END_TEST

START_TEST(cap_is_messages_or_bytes)
{
	struct mk_rule rule = rule_of(MK_AGE_IN_FOLDER, DAY);

	ck_assert(!mk_rule_has_cap(&rule));
	rule.max_messages = 0;
	ck_assert(mk_rule_has_cap(&rule));
	rule.max_messages = UNSET;
	rule.max_bytes = 0;
	ck_assert(mk_rule_has_cap(&rule));
}
END_TEST

/* One word each; NULL: no such key. */
static const struct {
	const char *folder, *exclude, *account, *path;
	bool subfolders, tmp;
	enum mk_layout layout;
	const char *name, *mailbox;
	bool matched;
} matches[] = {
	{ "Trash", NULL, NULL, NULL, true, false, MK_MAILDIRPP,
	    "Trash", "org/al", true },
	{ "Trash", NULL, NULL, NULL, true, false, MK_MAILDIRPP,
	    "Trash/2025", "org/al", true },
	{ "Trash", NULL, NULL, NULL, false, false, MK_MAILDIRPP,
	    "Trash/2025", "org/al", false },
	{ "Trash", NULL, NULL, NULL, true, false, MK_MAILDIRPP,
	    "INBOX", "org/Trash", false },
	{ "A.B", NULL, NULL, NULL, true, false, MK_MAILDIRPP,
	    "A/B", "org/al", true },
	{ "A.B", NULL, NULL, NULL, true, false, MK_FS,
	    "A/B", "org/al", false },
	/* exclude takes what lies below along, whatever subfolders says */
	{ "*", "Trash", NULL, NULL, true, false, MK_FS,
	    "Trash", "org/al", false },
	{ "*", "Trash", NULL, NULL, false, false, MK_FS,
	    "Trash/2025", "org/al", false },
	{ "Trash", "Trash/keep", NULL, NULL, true, false, MK_FS,
	    "Trash/keep/a", "org/al", false },
	{ "Trash", "Trash/keep", NULL, NULL, true, false, MK_FS,
	    "Trash/keeper", "org/al", true },
	{ "Trash", "*", NULL, NULL, true, false, MK_FS,
	    "Trash", "org/al", false },
	/* account narrows */
	{ "Trash", NULL, "org/*", NULL, true, false, MK_FS,
	    "Trash", "org/al", true },
	{ "Trash", NULL, "al@org", NULL, true, false, MK_FS,
	    "Trash", "org/al", true },
	{ "Trash", NULL, "bob@org", NULL, true, false, MK_FS,
	    "Trash", "org/al", false },
	{ "Trash", NULL, "*", NULL, true, false, MK_FS,
	    "INBOX", "org/al", false },
	/* tmp: of all folders, or of those named */
	{ NULL, NULL, NULL, NULL, true, true, MK_FS,
	    "INBOX", "org/al", true },
	{ NULL, NULL, "bob@org", NULL, true, true, MK_FS,
	    "INBOX", "org/al", false },
	{ NULL, "INBOX", NULL, NULL, true, true, MK_FS,
	    "INBOX", "org/al", false },
	{ "Trash", NULL, NULL, NULL, true, true, MK_FS,
	    "INBOX", "org/al", false },
	{ "Trash", NULL, NULL, NULL, true, true, MK_FS,
	    "Trash", "org/al", true },
	/* a path is no folder's, and nothing else is it either */
	{ NULL, NULL, NULL, "new", true, false, MK_FS,
	    "new", "org/al", false },
	{ NULL, NULL, NULL, "org/al", true, false, MK_FS,
	    "INBOX", "org/al", false },
};

static struct mk_list
list_of(const char *word, char buf[40], char *words[2])
{
	snprintf(buf, 40, "%s", word == NULL ? "" : word);
	words[0] = buf;
	words[1] = NULL;
	return (struct mk_list){ .v = words, .n = word != NULL };
}

START_TEST(rule_watches_its_folders)
{
	char text[4][40], *words[3][2];
	const struct mk_folder folder = { .mailbox = matches[_i].mailbox,
	    .place = "", .path = "", .name = matches[_i].name,
	    .layout = matches[_i].layout };
	struct mk_rule rules[MK_RULES_MAX];
	mk_rule_set messages = 5, tmp = 5, bits;
	size_t i;

	/* The others have a path: they watch nothing. */
	for (i = 0; i < MK_RULES_MAX; i++) {
		rules[i] = rule_of(MK_AGE_RECEIVED, DAY);
		rules[i].path = path;
	}
	for (i = 0; i < MK_RULES_MAX; i += MK_RULES_MAX - 1) {
		rules[i].folders = list_of(matches[_i].folder, text[0],
		    words[0]);
		rules[i].exclude = list_of(matches[_i].exclude, text[1],
		    words[1]);
		rules[i].accounts = list_of(matches[_i].account, text[2],
		    words[2]);
		snprintf(text[3], sizeof text[3], "%s",
		    matches[_i].path == NULL ? "" : matches[_i].path);
		rules[i].path = matches[_i].path == NULL ? NULL : text[3];
		rules[i].subfolders = matches[_i].subfolders;
		rules[i].tmp = matches[_i].tmp;
	}
	bits = matches[_i].matched ? 1 | (mk_rule_set)1 << 63 : 0;
	ck_assert_int_eq(mk_rule_match(rules, MK_RULES_MAX, &folder,
	    &messages, &tmp), 0);
	ck_assert_uint_eq(messages, matches[_i].tmp ? 0 : bits);
	ck_assert_uint_eq(tmp, matches[_i].tmp ? bits : 0);
	ck_assert_int_eq(mk_rule_match(rules, 0, &folder, &messages, &tmp),
	    0);
	ck_assert_uint_eq(messages | tmp, 0);
}
END_TEST

/* Each field changed alone: no two fingerprints are the same. */
START_TEST(fingerprint_changes_with_every_field)
{
	static char *one[] = { trash, NULL }, *two[] = { trash, name, NULL };
	struct mk_rule rules[30], pair[2];
	uint64_t prints[COUNT(rules) + 4];
	size_t n = 0, i, j;

	for (i = 0; i < (size_t)COUNT(rules); i++)
		rules[i] = rule_of(MK_AGE_IN_FOLDER, DAY);
	n++;				/* the first one stays as it is */
	rules[n++].name = trash;
	rules[n++].folders = (struct mk_list){ one, 1 };
	rules[n++].folders = (struct mk_list){ two, 2 };
	rules[n++].exclude = (struct mk_list){ one, 1 };
	rules[n++].accounts = (struct mk_list){ one, 1 };
	rules[n++].path = trash;
	rules[n++].archive = trash;
	rules[n++].subfolders = false;
	rules[n++].tmp = true;
	rules[n++].unread = false;
	rules[n++].flagged = true;
	rules[n++].older_than_s++;
	rules[n++].older_than_s = 0;
	rules[n++].older_than_s = UNSET;
	rules[n++].age = MK_AGE_RECEIVED;
	rules[n++].age = MK_AGE_SAVED;
	rules[n++].age = MK_AGE_NAME;
	rules[n++].max_messages = 0;
	rules[n++].max_messages = DAY;
	rules[n++].max_bytes = 0;
	rules[n++].max_bytes = DAY;
	for (i = 0; i < n; i++) {
		prints[i] = mk_rule_fingerprint(&rules[i], 1);
		ck_assert_uint_eq(prints[i],
		    mk_rule_fingerprint(&rules[i], 1));
	}
	pair[0] = rules[0];
	pair[1] = rules[2];
	prints[n++] = mk_rule_fingerprint(pair, 3);
	/* The bit's place is of no matter, the rules in the set are. */
	ck_assert_uint_eq(mk_rule_fingerprint(pair, 2), prints[2]);
	pair[0] = rules[2];
	pair[1] = rules[0];
	prints[n++] = mk_rule_fingerprint(pair, 3);
	pair[0] = rules[0];
	prints[n++] = mk_rule_fingerprint(pair, 3);
	prints[n++] = mk_rule_fingerprint(pair, 0);
	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			ck_assert_msg(prints[i] != prints[j], "%zu and %zu",
			    i, j);
}
END_TEST

static const struct { const char *word; int age; } words[] = {
	{ "in-folder", MK_AGE_IN_FOLDER }, { "received", MK_AGE_RECEIVED },
	{ "saved", MK_AGE_SAVED }, { "name", MK_AGE_NAME }, { "", -1 },
	{ "Name", -1 }, { "names", -1 }, { "in-folder ", -1 },
};

START_TEST(age_has_these_words)
{
	ck_assert_int_eq(mk_rule_age(words[_i].word), words[_i].age);
}
END_TEST

static const struct { int age; int64_t since_s; const char *text; }
reasons[] = {
	{ MK_AGE_IN_FOLDER, NOW - 12 * DAY, "12d in the folder" },
	{ MK_AGE_IN_FOLDER, NOW - 12 * DAY - 7777, "12d in the folder" },
	{ MK_AGE_RECEIVED, NOW - 5 * 3600, "5h since received" },
	{ MK_AGE_SAVED, NOW - 119, "119s since saved" },
	{ MK_AGE_NAME, NOW, "0s by its name" },
	{ MK_AGE_NAME, NOW + 1, "over the cap" },
	{ MK_AGE_NAME, MK_NEVER, "over the cap" },
};

START_TEST(reason_is_said_in_words)
{
	struct mk_rule rule = rule_of(reasons[_i].age, DAY);
	char buf[80];

	mk_rule_reason(buf, sizeof buf, &rule, reasons[_i].since_s, NOW);
	if (_i != 3)			/* 119s or 1m59s */
		ck_assert_str_eq(buf, reasons[_i].text);
	else
		ck_assert_ptr_nonnull(strstr(buf, " since saved"));
}
END_TEST

#define NO_DAYS	MK_ACCOUNT_UNSET
#define DAYS(n)	((n) * INT64_C(86400))

static const struct {
	const char *rule;
	bool tmp, path, keep;
	int32_t junk_days, trash_days;
	int64_t older_than_s;		/* of ten days, and a cap of five */
	bool removes, capped;
} adjusted[] = {
	{ "junk", false, false, false, NO_DAYS, NO_DAYS, DAYS(10), true, true },
	{ "junk", false, false, false, 3, NO_DAYS, DAYS(3), true, true },
	{ "junk", false, false, false, NO_DAYS, 3, DAYS(10), true, true },
	{ "junk", false, false, false, 30, 3, DAYS(30), true, true },
	{ "junk", false, false, false, INT32_MAX, 3, DAYS(INT32_MAX), true,
	    true },
	{ "junk", false, false, false, 0, 3, MK_UNSET_INT, false, false },
	{ "junk", false, false, false, -5, 3, MK_UNSET_INT, false, false },
	{ "junk", false, false, true, 3, 3, MK_UNSET_INT, false, false },
	{ "trash", false, false, false, 3, NO_DAYS, DAYS(10), true, true },
	{ "trash", false, false, false, NO_DAYS, 1, DAYS(1), true, true },
	{ "trash", false, false, false, 3, 0, MK_UNSET_INT, false, false },
	{ "trash", false, false, true, NO_DAYS, NO_DAYS, MK_UNSET_INT, false,
	    false },
	{ "Junk", false, false, false, 3, 3, DAYS(10), true, true },
	{ "other", false, false, false, 0, 0, DAYS(10), true, true },
	{ "other", false, false, true, 3, 3, MK_UNSET_INT, false, false },
	/* Where mail is being delivered 36h are the least. */
	{ "junk", true, false, false, 1, 1, DAYS(10), true, true },
	{ "junk", true, false, true, 1, 1, MK_UNSET_INT, false, false },
	{ "trash", false, true, false, 1, 1, DAYS(10), true, true },
};

START_TEST(account_has_its_own_days)
{
	char title[16];
	const struct mk_account account = { .limit = NO_DAYS,
	    .junk_days = adjusted[_i].junk_days,
	    .trash_days = adjusted[_i].trash_days,
	    .keep = adjusted[_i].keep };
	struct mk_rule rule = { .name = title, .tmp = adjusted[_i].tmp,
	    .path = adjusted[_i].path ? path : NULL,
	    .older_than_s = DAYS(10), .max_messages = 5,
	    .max_bytes = MK_UNSET_INT };
	struct mk_facts facts = { .flags = MK_FLAG_SEEN, .name_s = -1 };
	uint64_t before;
	int64_t due_s;

	snprintf(title, sizeof title, "%s", adjusted[_i].rule);
	before = mk_rule_fingerprint(&rule, 1);
	mk_rule_adjust(&rule, &account);
	ck_assert_int_eq(rule.older_than_s, adjusted[_i].older_than_s);
	ck_assert_int_eq(mk_rule_removes(&rule), adjusted[_i].removes);
	ck_assert_int_eq(mk_rule_has_cap(&rule), adjusted[_i].capped);
	/* The ledgers notice. */
	ck_assert_int_eq(mk_rule_fingerprint(&rule, 1) != before,
	    adjusted[_i].older_than_s != DAYS(10));
	if (!adjusted[_i].removes) {
		ck_assert_int_eq(mk_rule_due(&rule, &facts, INT64_MAX,
		    &due_s), MK_KEEP_YOUNG);
		ck_assert_int_eq(due_s, MK_NEVER);
	}
}
END_TEST

static const struct {
	int64_t own_s;
	int32_t days;
	int64_t older_than_s;
} gentler[] = {
	{ DAYS(10), 5, DAYS(10) },
	{ DAYS(10), 10, DAYS(10) },
	{ DAYS(10), 15, DAYS(15) },
	{ DAYS(10), 0, MK_UNSET_INT },
	{ DAYS(10), NO_DAYS, DAYS(10) },
	{ MK_UNSET_INT, 5, MK_UNSET_INT },	/* has a cap alone */
	{ 0, 5, DAYS(5) },
};

START_TEST(the_gentler_of_two_rows_may_be_the_rule)
{
	static char junk[] = "junk", bin[] = "trash";
	struct mk_account account = { .limit = NO_DAYS,
	    .junk_days = gentler[_i].days, .trash_days = NO_DAYS,
	    .junk_or_default = true };
	struct mk_rule rule = { .name = junk, .max_messages = 5,
	    .older_than_s = gentler[_i].own_s, .max_bytes = MK_UNSET_INT };

	mk_rule_adjust(&rule, &account);
	ck_assert_int_eq(rule.older_than_s, gentler[_i].older_than_s);
	account = (struct mk_account){ .limit = NO_DAYS, .junk_days = NO_DAYS,
	    .trash_days = gentler[_i].days, .trash_or_default = true };
	rule.name = bin;
	rule.older_than_s = gentler[_i].own_s;
	rule.max_messages = 5;
	mk_rule_adjust(&rule, &account);
	ck_assert_int_eq(rule.older_than_s, gentler[_i].older_than_s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("expire/rule");
	TCase *tc = tcase_create("rule");

	tcase_add_loop_test(tc, due_when_the_age_is_reached, 0, COUNT(times));
	tcase_add_test(tc, no_time_in_the_name_is_no_age);
	tcase_add_loop_test(tc, starred_and_unread_are_spared_as_the_rule_says,
	    0, COUNT(spared));
	tcase_add_test(tc, cap_is_messages_or_bytes);
	tcase_add_loop_test(tc, rule_watches_its_folders, 0, COUNT(matches));
	tcase_add_test(tc, fingerprint_changes_with_every_field);
	tcase_add_loop_test(tc, age_has_these_words, 0, COUNT(words));
	tcase_add_loop_test(tc, reason_is_said_in_words, 0, COUNT(reasons));
	tcase_add_loop_test(tc, account_has_its_own_days, 0, COUNT(adjusted));
	tcase_add_loop_test(tc, the_gentler_of_two_rows_may_be_the_rule, 0,
	    COUNT(gentler));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
