/* mailkeep-expire's configuration: taken whole, or refused by its place. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include "base/config.h"
#include "expire/rule.h"
#include "mail/host.h"
#include "scratch.h"

#define DAY	86400

static struct mk_host host;
static struct mk_safety safety;
static struct mk_binding bindings[] = {	/* as bin/mailkeep-expire.c has it */
	{ .section = &mk_host_section, .base = &host },
	{ .section = &mk_safety_section, .base = &safety },
	{ .section = &mk_rule_section },
	{ .section = NULL }
};
static struct mk_error err;

static int
load(const char *text)
{
	char file[PATH_MAX];

	put("conf", text);
	snprintf(file, sizeof file, "%s/conf", scratch);
	return mk_config_load(file, NULL, 0, bindings, NULL, &err);
}

static const struct mk_rule *
rule(size_t i)
{
	ck_assert_uint_lt(i, bindings[2].n);
	return &((const struct mk_rule *)bindings[2].array)[i];
}

/* As in the README. */
START_TEST(the_sample_is_taken)
{
	ck_assert_msg(load("mail-root = \"/var/mail\"\n"
	    "owner     = \"vmail:vmail\"\n"
	    "state-dir = \"/var/lib/mailkeep\"\n"
	    "lock-dir  = \"/run/mailkeep\"\n"
	    "safety { max-percent = \"50%\"  min-messages = 1000  "
	    "clock-slack = \"30d\" }\n"
	    "expire \"junk\"  { folder = {\"Junk\", \"Spam\"} "
	    "older-than = \"10d\" }\n"
	    "expire \"trash\" { folder = {\"Trash\", \"Deleted Messages\"} "
	    "older-than = \"10d\" }\n"
	    "expire \"stray\" { path = \"new\"  older-than = \"0s\"  "
	    "age = \"received\" }\n"
	    "expire \"tmp\"   { tmp = yes  older-than = \"36h\" }\n") == 0,
	    "%s", err.text);
	ck_assert_str_eq(host.mail_root, "/var/mail");
	ck_assert_str_eq(host.owner, "vmail:vmail");
	ck_assert_str_eq(host.state_dir, "/var/lib/mailkeep");
	ck_assert_str_eq(host.lock_dir, "/run/mailkeep");
	ck_assert_int_eq(safety.max_percent, 50);
	ck_assert_int_eq(safety.min_messages, 1000);
	ck_assert_int_eq(safety.clock_slack_s, 30 * DAY);
	ck_assert_uint_eq(bindings[2].n, 4);
	ck_assert_str_eq(rule(0)->name, "junk");
	ck_assert_uint_eq(rule(0)->folders.n, 2);
	ck_assert_str_eq(rule(0)->folders.v[1], "Spam");
	ck_assert_int_eq(rule(0)->older_than_s, 10 * DAY);
	ck_assert_str_eq(rule(1)->folders.v[1], "Deleted Messages");
	ck_assert_str_eq(rule(2)->path, "new");
	ck_assert_int_eq(rule(2)->older_than_s, 0);
	ck_assert_int_eq(rule(2)->age, MK_AGE_RECEIVED);
	ck_assert(rule(3)->tmp);
	ck_assert_int_eq(rule(3)->older_than_s, 36 * 3600);
	mk_config_free(bindings);
}
END_TEST

START_TEST(defaults_are_gentle)
{
	ck_assert_msg(load("expire \"r\" { folder = \"Trash\" "
	    "older-than = \"10d\" }\n") == 0, "%s", err.text);
	ck_assert(rule(0)->subfolders && rule(0)->unread);
	ck_assert(!rule(0)->flagged && !rule(0)->tmp);
	ck_assert_int_eq(rule(0)->age, MK_AGE_IN_FOLDER);
	ck_assert(!mk_rule_has_cap(rule(0)));
	ck_assert_ptr_null(rule(0)->path);
	ck_assert_ptr_null(rule(0)->archive);
	ck_assert_uint_eq(rule(0)->exclude.n + rule(0)->accounts.n, 0);
	ck_assert_str_eq(host.owner, "");
	ck_assert(host.sandbox);
	mk_config_free(bindings);
	ck_assert_int_eq(load(""), 0);	/* no rule, nothing to remove */
	ck_assert_uint_eq(bindings[2].n, 0);
	mk_config_free(bindings);
}
END_TEST

START_TEST(every_key_arrives)
{
	ck_assert_msg(load("expire \"r\" { folder = {\"A\"} "
	    "subfolders = no exclude = {\"B\", \"C\"} account = {\"D\"} "
	    "older-than = \"1w\" age = \"name\" unread = no flagged = yes "
	    "max-messages = 5 max-bytes = \"64MiB\" archive = \"/a\" }\n") ==
	    0, "%s", err.text);
	ck_assert(!rule(0)->subfolders && !rule(0)->unread);
	ck_assert(rule(0)->flagged);
	ck_assert_str_eq(rule(0)->folders.v[0], "A");
	ck_assert_uint_eq(rule(0)->exclude.n, 2);
	ck_assert_str_eq(rule(0)->exclude.v[1], "C");
	ck_assert_str_eq(rule(0)->accounts.v[0], "D");
	ck_assert_int_eq(rule(0)->older_than_s, 7 * DAY);
	ck_assert_int_eq(rule(0)->age, MK_AGE_NAME);
	ck_assert_int_eq(rule(0)->max_messages, 5);
	ck_assert_int_eq(rule(0)->max_bytes, 64 << 20);
	ck_assert_str_eq(rule(0)->archive, "/a");
	mk_config_free(bindings);
}
END_TEST

/* The body of a rule; the words of "age" must be those of enum mk_age. */
static const struct { const char *body; int age; } ages[] = {
	{ "in-folder", MK_AGE_IN_FOLDER }, { "received", MK_AGE_RECEIVED },
	{ "saved", MK_AGE_SAVED }, { "name", MK_AGE_NAME },
};

START_TEST(age_is_what_its_word_says)
{
	char text[200];

	snprintf(text, sizeof text, "expire \"r\" { folder = \"A\" "
	    "older-than = \"1d\" age = \"%s\" }\n", ages[_i].body);
	ck_assert_int_eq(load(text), 0);
	ck_assert_int_eq(rule(0)->age, ages[_i].age);
	ck_assert_int_eq(mk_rule_age(ages[_i].body), ages[_i].age);
	mk_config_free(bindings);
}
END_TEST

static const char *const good[] = {
	"folder = \"A\" max-messages = 0",
	"folder = \"A\" max-bytes = \"0\"",
	"folder = \"A\" older-than = \"36500d\"",
	"folder = \"A\" older-than = \"0s\"",
	"tmp = yes folder = \"A\" older-than = \"2d\"",
	"tmp = yes account = \"a@b\" exclude = \"A\" older-than = \"36h\"",
	"path = \"a/b\" older-than = \"1d\"",
};

START_TEST(rule_is_taken)
{
	char text[200];

	snprintf(text, sizeof text, "expire \"r\" { %s }\n", good[_i]);
	ck_assert_msg(load(text) == 0, "%s", err.text);
	ck_assert_uint_eq(bindings[2].n, 1);
	mk_config_free(bindings);
}
END_TEST

/* Text, and what the message says; the fault is in line 3. */
static const struct { const char *body, *says; } bad[] = {
	{ "folder = \"A\"", "add older-than, max-messages or max-bytes" },
	{ "older-than = \"1d\"", "add folder, path or tmp = yes" },
	{ "exclude = \"A\" older-than = \"1d\"", "add folder, path" },
	{ "account = \"A\" older-than = \"1d\"", "add folder, path" },
	{ "tmp = no older-than = \"1d\"", "add folder, path" },
	{ "path = \"p\" folder = \"A\" older-than = \"1d\"", "has path" },
	{ "path = \"p\" exclude = \"A\" older-than = \"1d\"", "has path" },
	{ "path = \"p\" account = \"A\" older-than = \"1d\"", "has path" },
	{ "path = \"p\" tmp = yes older-than = \"1d\"", "has path" },
	{ "path = \"p\" max-messages = 5", "has a cap" },
	{ "path = \"p\" max-bytes = \"5B\" older-than = \"1d\"",
	    "has a cap" },
	{ "tmp = yes max-messages = 5 older-than = \"1d\"", "has a cap" },
	{ "tmp = yes max-bytes = \"5B\"", "has a cap" },
	{ "tmp = yes", "add older-than" },
	{ "tmp = yes older-than = \"0s\"", "at least 36h" },
	{ "tmp = yes older-than = \"2159m\"", "at least 36h" },
	{ "folder = \"A\" older-than = 10", "older-than" },
	{ "folder = \"A\" older-than = \"10\"", "older-than" },
	{ "folder = \"A\" older-than = \"10x\"", "older-than" },
	{ "folder = \"A\" older-than = \"-1d\"", "older-than" },
	{ "folder = \"A\" older-than = \"\"", "older-than" },
	{ "folder = \"A\" older-than = \"36501d\"", "older-than" },
	{ "folder = \"A\" older-than = \"10d\" age = \"arrived\"", "age" },
	{ "folder = \"A\" older-than = \"10d\" age = \"\"", "age" },
	{ "folder = \"A\" older-then = \"10d\"", "older-than" },
	{ "folders = \"A\" older-than = \"10d\"", "folder" },
	{ "folder = {} older-than = \"1d\"", "add folder, path" },
	{ "folder = \"\" older-than = \"1d\"", "folder" },
	{ "folder = \"A\" max-messages = -1", "max-messages" },
	{ "folder = \"A\" max-messages = \"5\"x", "" },
	{ "folder = \"A\" max-bytes = 5", "max-bytes" },
	{ "folder = \"A\" max-bytes = \"5 MiB\"", "max-bytes" },
	{ "folder = \"A\" older-than = \"1d\" unread = maybe", "unread" },
	{ "folder = \"A\" older-than = \"1d\" archive = \"\"", "archive" },
	{ "folder = \"A\" older-than = \"1d\" older-than = \"2d\"",
	    "older-than" },
	{ "folder = \"A\" older-than = \"1d\" }\nexpire \"ok\" { "
	    "folder = \"B\" older-than = \"1d\"", "ok" },
};

START_TEST(rule_is_refused_by_its_place)
{
	char text[300], place[PATH_MAX];

	snprintf(text, sizeof text, "mail-root = \"/m\"\nexpire \"ok\" { "
	    "folder = \"A\" older-than = \"1d\" }\nexpire \"r\" { %s }\n",
	    bad[_i].body);
	ck_assert_msg(load(text) == -1, "taken: %s", bad[_i].body);
	ck_assert_int_eq(err.status, EX_CONFIG);
	snprintf(place, sizeof place, "%s/conf:%d:", scratch,
	    _i == COUNT(bad) - 1 ? 4 : 3);
	ck_assert_msg(strncmp(err.text, place, strlen(place)) == 0 &&
	    strstr(err.text, bad[_i].says) != NULL, "%s", err.text);
	ck_assert_uint_eq(bindings[2].n, 0);	/* nothing is half taken */
	ck_assert_ptr_null(bindings[2].array);
	ck_assert_ptr_null(host.mail_root);
}
END_TEST

/* A file that is half written. */
START_TEST(cut_anywhere_is_refused_or_has_whole_rules)
{
	static const char text[] = "mail-root = \"/m\"\n"
	    "expire \"a\" { folder = \"A\" older-than = \"10d\" }\n"
	    "expire \"b\" { folder = \"B\" older-than = \"20d\" }\n";
	char part[sizeof text];
	size_t len, i;

	for (len = 0; len < sizeof text; len++) {
		memcpy(part, text, len);
		part[len] = '\0';
		if (load(part) == -1)
			continue;
		for (i = 0; i < bindings[2].n; i++)
			ck_assert_int_eq(rule(i)->older_than_s,
			    (i == 0 ? 10 : 20) * DAY);
		mk_config_free(bindings);
	}
	ck_assert_int_eq(load(text), 0);
	ck_assert_uint_eq(bindings[2].n, 2);
	mk_config_free(bindings);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("expire/conf");
	TCase *tc = tcase_create("conf");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_sample_is_taken);
	tcase_add_test(tc, defaults_are_gentle);
	tcase_add_test(tc, every_key_arrives);
	tcase_add_loop_test(tc, age_is_what_its_word_says, 0, COUNT(ages));
	tcase_add_loop_test(tc, rule_is_taken, 0, COUNT(good));
	tcase_add_loop_test(tc, rule_is_refused_by_its_place, 0, COUNT(bad));
	tcase_add_test(tc, cut_anywhere_is_refused_or_has_whole_rules);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
