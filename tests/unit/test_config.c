/* base/config: what it reads, what it refuses, and in which words. */
#include "base/config.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

/* -- the tables under test ---------------------------------------------- */

struct conf {
	char *mail_root, *owner, *motto;
	int64_t max_percent, slack_s, limit_bytes, count, points;
	bool armed, loud;
	int mode, colour;
	struct mk_list keep, also;
};

struct rule {
	char *title;
	struct mk_list folders;
	int64_t older_than_s;
	char *archive;
};

struct other {
	int64_t keep;
};

static unsigned checks;			/* calls of check_conf */

static int
check_conf(void *data, struct mk_error *err)
{
	const struct conf *c = data;

	checks++;
	if (c->count == 7)
		return mk_fail(err, EX_DATAERR, "count and its twin differ");
	return 0;
}

static int
check_top(void *data, struct mk_error *err)
{
	const struct conf *c = data;

	if (c->motto != NULL && strcmp(c->motto, "no") == 0)
		return mk_fail(err, EX_DATAERR, "the motto is no motto");
	return 0;
}

static int
check_rule(void *data, struct mk_error *err)
{
	const struct rule *r = data;

	if (r->older_than_s == MK_UNSET_INT)
		return mk_fail(err, EX_DATAERR, "older-than is missing");
	return 0;
}

static int
check_other(void *data, struct mk_error *err)
{
	const struct other *o = data;

	if (o->keep == MK_UNSET_INT)
		return mk_fail(err, EX_DATAERR, "keep is missing");
	return 0;
}

#define CONF(field)	offsetof(struct conf, field)
#define RULE(field)	offsetof(struct rule, field)

static const struct mk_key top_keys[] = {
	{ "mail-root", MK_PATH, NULL, NULL, NULL, NULL, CONF(mail_root) },
	{ "owner", MK_STRING, "vmail", NULL, NULL, NULL, CONF(owner) },
	{ "motto", MK_STRING, NULL, NULL, NULL, NULL, CONF(motto) },
	MK_KEY_END
};
static const struct mk_key safety_keys[] = {
	{ "max-percent", MK_PERCENT, "50%", NULL, "90%", NULL,
	    CONF(max_percent) },
	{ "clock-slack", MK_DURATION, NULL, "1m", "10d", NULL,
	    CONF(slack_s) },
	{ "limit", MK_SIZE, NULL, "1KiB", NULL, NULL, CONF(limit_bytes) },
	{ "count", MK_INT, NULL, "-5", "10", NULL, CONF(count) },
	{ "points", MK_DECIMAL, NULL, "-0.5", "99.9", NULL, CONF(points) },
	{ "armed", MK_BOOL, "yes", NULL, NULL, NULL, CONF(armed) },
	{ "loud", MK_BOOL, NULL, NULL, NULL, NULL, CONF(loud) },
	{ "mode", MK_ENUM, "stop", NULL, NULL, "off|warn|stop", CONF(mode) },
	{ "colour", MK_ENUM, NULL, NULL, NULL, "red|blue", CONF(colour) },
	{ "keep", MK_LIST, "flagged, new", NULL, NULL, NULL, CONF(keep) },
	{ "also", MK_LIST, NULL, NULL, NULL, NULL, CONF(also) },
	MK_KEY_END
};
static const struct mk_key rule_keys[] = {
	{ "folder", MK_LIST, NULL, NULL, NULL, NULL, RULE(folders) },
	{ "older-than", MK_DURATION, NULL, "1h", "3650d", NULL,
	    RULE(older_than_s) },
	{ "archive", MK_PATH, NULL, NULL, NULL, NULL, RULE(archive) },
	MK_KEY_END
};
static const struct mk_key other_keys[] = {
	{ "generations", MK_INT, NULL, "1", "99", NULL,
	    offsetof(struct other, keep) },
	MK_KEY_END
};
static const struct mk_key other_top_keys[] = {
	{ "spool", MK_INT, NULL, NULL, NULL, NULL,
	    offsetof(struct other, keep) },
	MK_KEY_END
};

static const struct mk_section top = {
	"", top_keys, false, sizeof(struct conf), 0, check_top
};
static const struct mk_section safety = {
	"safety", safety_keys, false, sizeof(struct conf), 0, check_conf
};
static const struct mk_section expire = {
	"expire", rule_keys, true, sizeof(struct rule), RULE(title),
	check_rule
};
static const struct mk_section rotate = {
	"rotate", other_keys, false, sizeof(struct other), 0, check_other
};
static const struct mk_section other_top = {
	"", other_top_keys, false, sizeof(struct other), 0, NULL
};
static const struct mk_section *const known[] = {
	&expire, &rotate, &other_top, NULL
};

static struct conf conf;
static struct mk_binding bindings[] = {
	{ .section = &top, .base = &conf },
	{ .section = &safety, .base = &conf },
	{ .section = &expire },
	{ .section = NULL }
};
static struct mk_error err;

/* -- helpers ------------------------------------------------------------ */

static char dir[] = "/tmp/test_config.XXXXXX";

static void
setup(void)
{
	strcpy(dir + sizeof dir - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(mkdir("sub", 0700), 0);
	ck_assert_int_eq(mkdir("folder", 0700), 0);
}

static void
teardown(void)
{
	static const char *const files[] = {
		"conf", "inc", "sub/inc", "sub/more", "loop", "big"
	};
	int i;

	for (i = 0; i < COUNT(files); i++)
		unlink(files[i]);
	rmdir("sub");
	rmdir("folder");
	rmdir(dir);
}

static void
put_bytes(const char *name, const char *text, size_t len)
{
	FILE *file = fopen(name, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

static void
put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

static int
load_with(const char *file, const char *const *texts)
{
	struct mk_override overrides[8];
	size_t n = 0;

	for (; texts != NULL && texts[n] != NULL; n++)
		overrides[n].text = texts[n];
	memset(&conf, 0x5a, sizeof conf);
	bindings[2].array = &conf;
	bindings[2].n = 99;
	memset(&err, 0x5a, sizeof err);
	checks = 0;
	return mk_config_load(file, overrides, n, bindings, known, &err);
}

static int
load(const char *text)
{
	put("conf", text);
	return load_with("conf", NULL);
}

static void
ck_loaded(int rv)
{
	ck_assert_msg(rv == 0, "%.*s", (int)sizeof err.text - 1, err.text);
}

/* A failed load leaves nothing behind. */
static void
ck_refused(int rv, int status, const char *text)
{
	static const struct conf nothing;

	ck_assert_int_eq(rv, -1);
	ck_assert_str_eq(err.text, text);
	ck_assert_int_eq(err.status, status);
	ck_assert_mem_eq(&conf, &nothing, sizeof conf);
	ck_assert_ptr_null(bindings[2].array);
	ck_assert_uint_eq(bindings[2].n, 0);
}

static void
ck_list(const struct mk_list *list, const char *words)
{
	char text[256] = "";
	size_t i;

	for (i = 0; i < list->n; i++) {
		strcat(text, i == 0 ? "" : "|");
		strcat(text, list->v[i]);
	}
	ck_assert_str_eq(text, words);
	if (list->n > 0)
		ck_assert_ptr_null(list->v[list->n]);
	else
		ck_assert_ptr_null(list->v);
}

static const struct rule *
rule(size_t i)
{
	const struct rule *rules = bindings[2].array;

	ck_assert_uint_lt(i, bindings[2].n);
	return &rules[i];
}

/* -- what is read ------------------------------------------------------- */

START_TEST(has_defaults_without_a_file)
{
	ck_loaded(load_with(NULL, NULL));
	ck_assert_ptr_null(conf.mail_root);
	ck_assert_str_eq(conf.owner, "vmail");
	ck_assert_int_eq(conf.max_percent, 50);
	ck_assert_int_eq(conf.slack_s, MK_UNSET_INT);
	ck_assert_int_eq(conf.limit_bytes, MK_UNSET_INT);
	ck_assert_int_eq(conf.count, MK_UNSET_INT);
	ck_assert_int_eq(conf.points, MK_UNSET_INT);
	ck_assert(conf.armed);
	ck_assert(!conf.loud);
	ck_assert_int_eq(conf.mode, 2);
	ck_assert_int_eq(conf.colour, 0);
	ck_list(&conf.keep, "flagged|new");
	ck_list(&conf.also, "");
	ck_assert_uint_eq(bindings[2].n, 0);
	ck_assert_uint_eq(checks, 1);
	mk_config_free(bindings);
	ck_assert_ptr_null(conf.owner);
}
END_TEST

START_TEST(has_defaults_with_an_empty_file)
{
	ck_loaded(load(_i == 0 ? "" : "# nothing\n/* at all */"));
	ck_assert_str_eq(conf.owner, "vmail");
	ck_assert_int_eq(conf.max_percent, 50);
	ck_list(&conf.keep, "flagged|new");
	mk_config_free(bindings);
}
END_TEST

START_TEST(reads_all_kinds)
{
	ck_loaded(load(
	    "# a comment\n"
	    "mail-root = /srv/mail // another\n"
	    "owner = 'v\\'m'\n"
	    "motto = \"a \\\"b\\\" \\\\ \\x41\\102 \\${HOME}\"\n"
	    "safety { max-percent = 25%\n"
	    "  clock-slack=1d12h limit = 64MiB count = -3\r\n"
	    "  points = 6.5\n"
	    "  armed = no loud = \"on\" mode = warn colour = blue\n"
	    "  keep = { \"a b\", c, /* not d */ 'e,f', # or g\n"
	    "    h, } also = single\n"
	    "}\n"
	    "expire \"trash\" { folder = {Trash} older-than = 10d\n"
	    "  archive = '/var/${X}*' }\n"
	    "rotate { generations = 5 } spool = 1\n"
	    "expire junk { older-than = 1w }\n"));
	ck_assert_str_eq(conf.mail_root, "/srv/mail");
	ck_assert_str_eq(conf.owner, "v'm");
	ck_assert_str_eq(conf.motto, "a \"b\" \\ AB ${HOME}");
	ck_assert_int_eq(conf.max_percent, 25);
	ck_assert_int_eq(conf.slack_s, 129600);
	ck_assert_int_eq(conf.limit_bytes, 67108864);
	ck_assert_int_eq(conf.count, -3);
	ck_assert_int_eq(conf.points, 650);
	ck_assert(!conf.armed);
	ck_assert(conf.loud);
	ck_assert_int_eq(conf.mode, 1);
	ck_assert_int_eq(conf.colour, 1);
	ck_list(&conf.keep, "a b|c|e,f|h");
	ck_list(&conf.also, "single");
	ck_assert_uint_eq(bindings[2].n, 2);
	ck_assert_str_eq(rule(0)->title, "trash");
	ck_list(&rule(0)->folders, "Trash");
	ck_assert_int_eq(rule(0)->older_than_s, 864000);
	ck_assert_str_eq(rule(0)->archive, "/var/${X}*");
	ck_assert_str_eq(rule(1)->title, "junk");
	ck_list(&rule(1)->folders, "");
	ck_assert_int_eq(rule(1)->older_than_s, 604800);
	ck_assert_ptr_null(rule(1)->archive);
	mk_config_free(bindings);
	ck_assert_ptr_null(conf.mail_root);
	ck_assert_ptr_null(conf.keep.v);
	ck_assert_int_eq(conf.max_percent, 0);
	ck_assert_ptr_null(bindings[2].array);
	ck_assert_uint_eq(bindings[2].n, 0);
	mk_config_free(bindings);	/* twice does no harm */
}
END_TEST

START_TEST(empties_a_default_list)
{
	ck_loaded(load("safety { keep = { } }"));
	ck_list(&conf.keep, "");
	mk_config_free(bindings);
}
END_TEST

static const struct { const char *word; bool value; } bools[] = {
	{ "yes", true }, { "true", true }, { "on", true },
	{ "no", false }, { "false", false }, { "off", false },
};

START_TEST(reads_booleans)
{
	char text[64];

	snprintf(text, sizeof text, "safety { armed = %s loud = %s }",
	    bools[_i].word, bools[_i].word);
	ck_loaded(load(text));
	ck_assert_int_eq(conf.armed, bools[_i].value);
	ck_assert_int_eq(conf.loud, bools[_i].value);
	mk_config_free(bindings);
}
END_TEST

static const struct { const char *word; int64_t hundredths; } decimals[] = {
	{ "7", 700 }, { "6.5", 650 }, { "6.50", 650 }, { "0", 0 },
	{ "-0.5", -50 }, { "-0.49", -49 }, { "0.01", 1 }, { "99.9", 9990 },
	{ "007", 700 }, { "\"6.5\"", 650 },
};

START_TEST(reads_decimals)
{
	char text[64];

	snprintf(text, sizeof text, "safety { points = %s }",
	    decimals[_i].word);
	ck_loaded(load(text));
	ck_assert_int_eq(conf.points, decimals[_i].hundredths);
	mk_config_free(bindings);
}
END_TEST

START_TEST(includes_by_the_including_file)
{
	put("sub/inc", "older-than = 2d include(\"more\")");
	put("sub/more", "folder = { A,\nB }");
	ck_loaded(load("expire \"a\" { include(\"sub/inc\") }\n"
	    "expire \"b\" { older-than = 3d }"));
	ck_assert_uint_eq(bindings[2].n, 2);
	ck_assert_int_eq(rule(0)->older_than_s, 172800);
	ck_list(&rule(0)->folders, "A|B");
	ck_assert_int_eq(rule(1)->older_than_s, 259200);
	mk_config_free(bindings);
}
END_TEST

/* Nothing outside the file may change what is deleted. */
START_TEST(ignores_the_environment)
{
	setenv("AGE", "1h", 1);
	ck_refused(load("expire \"a\" { older-than = \"${AGE}\" }"),
	    EX_CONFIG, "conf:1: ${AGE} would be taken from the environment, "
	    "which a configuration must not depend on; in single quotes it is "
	    "text");
	ck_refused(load("\nexpire a { older-than = ${AGE} }"),
	    EX_CONFIG, "conf:2: ${AGE} would be taken from the environment, "
	    "which a configuration must not depend on; in single quotes it is "
	    "text");
}
END_TEST

/* -- what is refused ---------------------------------------------------- */

static const struct { const char *text, *why; } bad[] = {
	/* values */
	{ "\n\nexpire \"t\" {\n\nolder-than = 10 }",
	    "conf:5: older-than: \"10\" has no unit; write it as 10d, 36h, "
	    "30m or 45s" },
	{ "safety { max-percent = 150% }",
	    "conf:1: max-percent: \"150%\" is more than 100%" },
	{ "safety {\nmax-percent = 95% }",
	    "conf:2: max-percent: \"95%\" is more than 90%" },
	{ "safety { clock-slack = 30s }",
	    "conf:1: clock-slack: \"30s\" is less than 1m" },
	{ "safety { limit = 1B }",
	    "conf:1: limit: \"1B\" is less than 1KiB" },
	{ "safety { count = -6 }", "conf:1: count: \"-6\" is less than -5" },
	{ "safety { count = 11 }", "conf:1: count: \"11\" is more than 10" },
	{ "safety { count = 1x }",
	    "conf:1: count: \"1x\" is no whole number" },
	{ "safety { count = '' }", "conf:1: count: \"\" is no whole number" },
	{ "safety { count = ' 1' }",
	    "conf:1: count: \" 1\" is no whole number" },
	{ "safety { count = 9223372036854775808 }",
	    "conf:1: count: \"9223372036854775808\" is too large" },
	{ "safety { count = -9223372036854775808 }",
	    "conf:1: count: \"-9223372036854775808\" is too small" },
	{ "safety { points = -0.51 }",
	    "conf:1: points: \"-0.51\" is less than -0.5" },
	{ "safety { points = 99.91 }",
	    "conf:1: points: \"99.91\" is more than 99.9" },
	{ "\nsafety { points = 6.555 }",
	    "conf:2: points: \"6.555\" has more than two decimals" },
	{ "safety { points = 6.500 }",
	    "conf:1: points: \"6.500\" has more than two decimals" },
	{ "safety { points = '6,5' }", "conf:1: points: \"6,5\" is no number; "
	    "write it as 7 or 6.5" },
	{ "safety { points = 7. }", "conf:1: points: \"7.\" is no number; "
	    "write it as 7 or 6.5" },
	{ "safety { points = .5 }", "conf:1: points: \".5\" is no number; "
	    "write it as 7 or 6.5" },
	{ "safety { points = 1e2 }", "conf:1: points: \"1e2\" is no number; "
	    "write it as 7 or 6.5" },
	{ "safety { points = '' }", "conf:1: points: \"\" is no number; "
	    "write it as 7 or 6.5" },
	{ "safety { points = -- }", "conf:1: points: \"--\" is no number; "
	    "write it as 7 or 6.5" },
	{ "safety { points = 1000001 }",
	    "conf:1: points: \"1000001\" is too large" },
	{ "safety { points = -1000001 }",
	    "conf:1: points: \"-1000001\" is too small" },
	{ "safety { armed = maybe }",
	    "conf:1: armed: \"maybe\" is neither yes nor no (nor true, false, "
	    "on or off)" },
	{ "safety { mode = wrn }",
	    "conf:1: mode: \"wrn\" is none of off|warn|stop; did you mean "
	    "\"warn\"?" },
	{ "safety { mode = loudest }",
	    "conf:1: mode: \"loudest\" is none of off|warn|stop" },
	{ "safety { mode = 'off|warn' }",
	    "conf:1: mode: \"off|warn\" is none of off|warn|stop" },
	{ "mail-root = \"\"", "conf:1: mail-root: the path is empty" },
	{ "mail-root = \"a\\nb\"",
	    "conf:1: mail-root: \"a\nb\" holds a control byte" },
	{ "safety { also = {a, ''} }",
	    "conf:1: also: a word of the list is empty" },
	{ "expire '' { older-than = 1d }",
	    "conf:1: the title \"\" is empty" },
	{ "expire \"a\\tb\" { older-than = 1d }",
	    "conf:1: the title \"a\tb\" holds a control byte" },

	/* keys and sections */
	{ "expire \"trash\" {\n older-then = 1d }",
	    "conf:2: unknown key \"older-then\" in expire \"trash\"; did you "
	    "mean \"older-than\"?" },
	{ "safety { zzzzz = 1 }", "conf:1: unknown key \"zzzzz\" in safety" },
	{ "mailroot = x", "conf:1: unknown key or section \"mailroot\"; did "
	    "you mean \"mail-root\"?" },
	{ "expir \"x\" { }", "conf:1: unknown key or section \"expir\"; did "
	    "you mean \"expire\"?" },
	{ "older-than = 1d", "conf:1: unknown key or section \"older-than\"; "
	    "it belongs into expire \"TITLE\" { }" },
	{ "safety { count = 1\n\nmail-root = x }",
	    "conf:3: unknown key \"mail-root\" in safety; it belongs outside "
	    "of all sections: is a } missing above?" },
	{ "safety { count = 1\nexpire \"x\" { } }",
	    "conf:2: unknown key \"expire\" in safety; it belongs outside of "
	    "all sections: is a } missing above?" },
	{ "owner = a\n\nowner = b",
	    "conf:3: \"owner\" is given twice; the first is at conf:1" },
	{ "safety { also = {} also = {a} }",
	    "conf:1: \"also\" is given twice; the first is at conf:1" },
	{ "safety { also = {a} also = {} }",
	    "conf:1: \"also\" is given twice; the first is at conf:1" },
	{ "safety { }\nowner = a\nsafety { }",
	    "conf:3: section \"safety\" is given twice; the first is at "
	    "conf:1" },
	{ "expire \"a\" { older-than = 1d }\n"
	    "expire a { older-than = 1d }",
	    "conf:2: a section with the title \"a\" is there already" },
	{ "expire { older-than = 1d }", "conf:1: \"expire\" is a section with "
	    "a title: it wants one before the {" },
	{ "safety \"x\" { }", "conf:1: \"safety\" is a section without a "
	    "title: it wants a { now" },
	{ "safety = x", "conf:1: \"safety\" is a section without a title: it "
	    "wants a { now" },
	{ "owner { }",
	    "conf:1: \"owner\" is a key, no section: it wants a =" },
	{ "owner = { a }",
	    "conf:1: \"{\" does not belong here: one value is wanted" },
	{ "rotate { generations = 100 }",
	    "conf:1: generations: \"100\" is more than 99" },
	{ "rotate { }", "conf:1: rotate: keep is missing" },
	{ "spool = x", "conf:1: spool: \"x\" is no whole number" },

	/* what does not fit together */
	{ "\nexpire \"a\" { }",
	    "conf:2: expire \"a\": older-than is missing" },
	{ "\nsafety { count = 7 }",
	    "conf:2: safety: count and its twin differ" },
	{ "\nmotto = no", "conf: the motto is no motto" },

	/* what libconfuse takes without a word */
	{ "expire \"a\" {\nolder-than = 1d\n",
	    "conf:1: the section \"expire\" that begins here has no }" },
	{ "\nowner = \"a\nb\"", "conf:2: a string that begins on this line "
	    "has no closing \"" },
	{ "owner = 'a", "conf:1: a string that begins on this line has no "
	    "closing '" },
	{ "owner = \"a\\\nb\"", "conf:1: \\ is no escape in a string; write "
	    "\\\\ for a backslash" },
	{ "owner = a\n/* b\n\nc", "conf:2: the comment that begins here has "
	    "no end" },
	{ "safety { also = {\na,\n", "conf:1: the list that begins here has "
	    "no }" },
	{ "owner =\n", "conf:2: the file ends in the middle of \"owner\"" },
	{ "owner", "conf:1: the file ends in the middle of \"owner\"" },
	{ "expire \"x\"", "conf:1: the file ends in the middle of "
	    "\"expire\"" },
	{ "safety { also = *a }", "conf:1: * stands outside a string; put the "
	    "word in quotes" },
	{ "safety { also = a* }", "conf:1: * stands outside a string; put the "
	    "word in quotes" },
	{ "safety { also += a }", "conf:1: + stands outside a string; put the "
	    "word in quotes" },
	{ "owner = a#b", "conf:1: # without a blank before it; put the word "
	    "in quotes, or a blank before a comment" },
	{ "mail-root = //srv", "conf:1: // begins a comment; put the path in "
	    "quotes" },
	{ "owner = \"a\\0b\"", "conf:1: \\0 is no escape in a string; write "
	    "\\\\ for a backslash" },
	{ "owner = \"a\\x00b\"", "conf:1: \\x is no escape in a string; write "
	    "\\\\ for a backslash" },
	{ "owner = \"a\\.b\"", "conf:1: \\. is no escape in a string; write "
	    "\\\\ for a backslash" },
	{ "owner = \"\\777\"", "conf:1: \\7 is no escape in a string; write "
	    "\\\\ for a backslash" },
	{ "owner = \"\\18\"", "conf:1: \\1 is no escape in a string; write "
	    "\\\\ for a backslash" },
	{ "safety { }\nsafety|count = 1",
	    "conf:2: safety|count stands where a key should" },
	{ "\"owner\" = a", "conf:1: \"owner\" stands where a key should" },
	{ "\001end = met",
	    "conf:1: \001end stands where a key should" },

	/* plain mistakes */
	{ "}", "conf:1: this } closes nothing" },
	{ "safety { } }", "conf:1: this } closes nothing" },
	{ "safety { count = }", "conf:1: there is no value before }" },
	{ "safety { count }", "conf:1: there is no = after \"count\"" },
	{ "{ }", "conf:1: there is no name before {" },
	{ "= a", "conf:1: = does not belong here" },
	{ "owner = = a", "conf:1: = does not belong here" },
	{ "owner = a, b", "conf:1: , does not belong here" },
	{ "owner = a \"b\"", "conf:1: \"b\" stands where a key should" },
	{ "safety { also = {a b} }", "conf:1: there is no comma before b" },
	{ "safety { also = {a,,b} }", "conf:1: , does not belong here" },
	{ "expire a b { }", "conf:1: there is no { before b" },
	{ "owner(x)", "conf:1: ( does not belong here" },
	{ "owner = include(\"x\")", "conf:1: ( does not belong here" },
	{ "include(x)", "conf:1: write include(\"FILE\")" },
	{ "include(\"x\"", "conf:1: write include(\"FILE\")" },
	{ "include(\"\")", "conf:1: write include(\"FILE\")" },
	{ "\ninclude(\"absent\")",
	    "conf:2: include absent: No such file or directory" },
	{ "include(\"folder\")",
	    "conf:1: include folder: this is a directory" },
	{ "include(\"conf\")", "conf:1: include conf: the files include each "
	    "other without an end" },

	/* lines are counted over comments, which libconfuse does not */
	{ "/* a */ /* b */ # c\n/*\n*/\ncount = 1",
	    "conf:4: unknown key or section \"count\"; it belongs into "
	    "safety { }" },
};

START_TEST(refuses_with_file_and_line)
{
	ck_refused(load(bad[_i].text), EX_CONFIG, bad[_i].why);
}
END_TEST

static const struct { const char *conf, *inc, *why; } bad_includes[] = {
	{ "\n include(\"sub/inc\")", "\nowner = \n",
	    "sub/inc:3: the file ends in the middle of \"owner\"" },
	{ "include(\"sub/inc\")\nolder-than = 1d }",
	    "expire \"a\" {\n", "sub/inc:1: the section \"expire\" that begins "
	    "here has no }" },
	{ "safety {\ninclude(\"sub/inc\")", "count = 1 }",
	    "sub/inc:1: this } closes nothing" },
	{ "include(\"sub/inc\") b\"", "owner = \"a",
	    "sub/inc:1: a string that begins on this line has no closing \"" },
	{ "include(\"sub/inc\") */", "/*",
	    "sub/inc:1: the comment that begins here has no end" },
	{ "include(\"sub/inc\")\n\nowner = b", "\nowner = a\n",
	    "conf:3: \"owner\" is given twice; the first is at sub/inc:2" },
	{ "include(\"sub/inc\") safety { count = 70 }", "\n\n",
	    "conf:1: count: \"70\" is more than 10" },
	{ "include(\"sub/inc\")\n\n\nfoo = b", "\n\n",
	    "conf:4: unknown key or section \"foo\"" },
	{ "owner = a\n\ninclude(\"sub/inc\")", "\nfoo = b\n\n",
	    "sub/inc:2: unknown key or section \"foo\"" },
	{ "safety { include(\"sub/inc\") }", "\nfoo = b",
	    "sub/inc:2: unknown key \"foo\" in safety" },
	{ "include(\"sub/inc\")", "\ninclude(\"../conf\")",
	    "sub/inc:2: include sub/../conf: the files include each other "
	    "without an end" },
	{ "include(\"sub/inc\") = a", "owner", "sub/inc:1: the file ends in "
	    "the middle of \"owner\"" },
	{ "include(\"sub/inc\") = a", "", "conf:1: = does not belong here" },
	{ "include(\"sub/inc\")\nexpire b { }", "expire a { older-than = 1d }",
	    "conf:2: expire \"b\": older-than is missing" },
};

START_TEST(refuses_in_includes)
{
	put("sub/inc", bad_includes[_i].inc);
	ck_refused(load(bad_includes[_i].conf), EX_CONFIG,
	    bad_includes[_i].why);
}
END_TEST

START_TEST(includes_a_file_twice_but_not_16_deep)
{
	int i;
	char name[16], text[32];

	put("inc", "# nothing\n");
	ck_loaded(load("include(\"inc\") include(\"inc\")"));
	mk_config_free(bindings);
	for (i = 1; i <= 20; i++) {
		snprintf(name, sizeof name, "f%d", i);
		snprintf(text, sizeof text, "include('f%d')", i + 1);
		put(name, text);
	}
	ck_refused(load_with("f1", NULL), EX_CONFIG, "f17:1: include f18: the "
	    "files include each other without an end");
	for (i = 1; i <= 20; i++) {
		snprintf(name, sizeof name, "f%d", i);
		unlink(name);
	}
}
END_TEST

START_TEST(refuses_what_is_no_configuration)
{
	static char big[(4 << 20) + 1];

	ck_refused(load_with("absent", NULL), EX_NOINPUT,
	    "absent: No such file or directory");
	ck_refused(load_with("folder", NULL), EX_CONFIG,
	    "folder: this is a directory");
	put_bytes("conf", "owner = a\0b", 11);
	ck_refused(load_with("conf", NULL), EX_CONFIG,
	    "conf: this is no text: it holds a NUL byte");
	memset(big, '\n', sizeof big);
	put_bytes("big", big, sizeof big);
	ck_refused(load_with("big", NULL), EX_CONFIG,
	    "big: more than 4 MiB, which is no configuration");
	put_bytes("big", big, sizeof big - 1);
	ck_loaded(load_with("big", NULL));
	mk_config_free(bindings);
}
END_TEST

/* A refused file must not leave libconfuse's lexer in the middle of it. */
START_TEST(reads_on_after_a_refusal)
{
	ck_assert_int_eq(load("safety { nonsense = 1 }"), -1);
	ck_loaded(load("owner = a"));
	ck_assert_str_eq(conf.owner, "a");
	mk_config_free(bindings);
}
END_TEST

/* All cuts of a good file: either refused, or the same as far as it goes. */
START_TEST(never_half_reads)
{
	static const char text[] =
	    "expire \"a\" { folder = {\"A\"} older-than = \"10d\" } # c\n";
	char cut[sizeof text];
	size_t len, end = (size_t)(strchr(text, '#') - text) - 1;

	for (len = 0; len < sizeof text; len++) {
		memcpy(cut, text, len);
		cut[len] = '\0';
		if (len > 0 && len < end && strspn(cut, " ") < len)
			ck_assert_int_eq(load(cut), -1);
		else {
			ck_loaded(load(cut));
			ck_assert_uint_eq(bindings[2].n, len < end ? 0 : 1);
			mk_config_free(bindings);
		}
	}
}
END_TEST

/* -- overrides ---------------------------------------------------------- */

#define BASE	"owner = a safety { max-percent = 10% also = {x, y} }\n" \
    "expire \"a.b\" { older-than = 1d } expire \"c\" { older-than = 2d }"

START_TEST(overrides_replace)
{
	static const char *const texts[] = {
		"owner=b=c", "safety.max-percent=20%", "safety.also= p ,q r",
		"expire.a.b.older-than=5d", "expire.c.archive=/x",
		"safety.max-percent=30%", "safety.keep=", NULL
	};

	put("conf", BASE);
	ck_loaded(load_with("conf", texts));
	ck_assert_str_eq(conf.owner, "b=c");
	ck_assert_int_eq(conf.max_percent, 30);
	ck_list(&conf.also, "p|q r");
	ck_list(&conf.keep, "");
	ck_assert_int_eq(rule(0)->older_than_s, 432000);
	ck_assert_ptr_null(rule(0)->archive);
	ck_assert_int_eq(rule(1)->older_than_s, 172800);
	ck_assert_str_eq(rule(1)->archive, "/x");
	mk_config_free(bindings);
}
END_TEST

START_TEST(overrides_without_a_file)
{
	static const char *const texts[] = {
		"mail-root=/srv", "safety.count=3", NULL
	};

	ck_loaded(load_with(NULL, texts));
	ck_assert_str_eq(conf.mail_root, "/srv");
	ck_assert_int_eq(conf.count, 3);
	mk_config_free(bindings);
}
END_TEST

/* What the override makes good, check() must see as good. */
START_TEST(overrides_before_the_check)
{
	static const char *const good[] = { "expire.x.older-than=1d", NULL };
	static const char *const worse[] = { "safety.count=7", NULL };

	put("conf", "expire x { }");
	ck_loaded(load_with("conf", good));
	ck_assert_int_eq(rule(0)->older_than_s, 86400);
	mk_config_free(bindings);
	put("conf", "\nsafety { count = 1 }");
	ck_refused(load_with("conf", worse), EX_CONFIG,
	    "conf:2: safety: count and its twin differ");
	ck_refused(load_with(NULL, worse), EX_CONFIG,
	    "safety: count and its twin differ");
}
END_TEST

static const struct { const char *text, *why; } bad_overrides[] = {
	{ "owner", "-o owner: write it as KEY=VALUE" },
	{ "=a", "-o =a: write it as KEY=VALUE" },
	{ "", "-o : write it as KEY=VALUE" },
	{ "ownr=a", "-o ownr: unknown key \"ownr\"; did you mean \"owner\"?" },
	{ "safty.count=1", "-o safty.count: unknown section \"safty\"; did "
	    "you mean \"safety\"?" },
	{ "safety.cuont=1", "-o safety.cuont: unknown key \"cuont\"; did you "
	    "mean \"count\"?" },
	{ "safety.x.count=1", "-o safety.x.count: the section has no title; "
	    "write safety.count=VALUE" },
	{ "expire.older-than=1d", "-o expire.older-than: the section has "
	    "titles; write expire.TITLE.older-than=VALUE" },
	{ "expire.ab.older-than=1d", "-o expire.ab.older-than: the "
	    "configuration has no expire \"ab\"; did you mean \"a.b\"?" },
	{ "expire.zz.older-than=1d", "-o expire.zz.older-than: the "
	    "configuration has no expire \"zz\"" },
	{ "expire.c.older-than=5", "-o expire.c.older-than: \"5\" has no unit; "
	    "write it as 10d, 36h, 30m or 45s" },
	{ "expire.c.older-than=1m",
	    "-o expire.c.older-than: \"1m\" is less than 1h" },
	{ "safety.max-percent=",
	    "-o safety.max-percent: \"\" is no share; write a whole number "
	    "from 0% to 100%" },
	{ "mail-root=", "-o mail-root: the path is empty" },
	{ "safety.also=a,,b", "-o safety.also: a word of the list is empty" },
	{ "rotate.generations=0",
	    "-o rotate.generations: \"0\" is less than 1" },
};

START_TEST(refuses_overrides)
{
	const char *const texts[] = { bad_overrides[_i].text, NULL };

	put("conf", BASE);
	ck_refused(load_with("conf", texts), EX_USAGE, bad_overrides[_i].why);
}
END_TEST

START_TEST(overrides_need_the_title_in_a_file)
{
	static const char *const texts[] = { "expire.c.older-than=1d", NULL };

	ck_refused(load_with(NULL, texts), EX_USAGE, "-o expire.c.older-than: "
	    "the configuration has no expire \"c\"");
}
END_TEST

/* The file is checked where it is overridden, too. */
START_TEST(overrides_hide_no_mistake)
{
	static const char *const texts[] = { "safety.count=1", NULL };

	put("conf", "safety { count = x }");
	ck_refused(load_with("conf", texts), EX_CONFIG,
	    "conf:1: count: \"x\" is no whole number");
}
END_TEST

/* -- the nearest word --------------------------------------------------- */

static const struct { const char *word, *nearest; } near_words[] = {
	{ "older-then", "older-than" },
	{ "odler-than", "older-than" },		/* one swap */
	{ "OLDER_THAN", "older-than" },
	{ "olderthan", "older-than" },
	{ "older", "folder" },
	{ "fold", "folder" },
	{ "flder", "folder" },
	{ "xyz", "xy" },
	{ "yx", NULL },				/* near, but all differs */
	{ "x", NULL },
	{ "nothing", NULL },
	{ "", NULL },
	{ "folderfolderfolderfolderfolderfolderfolderfolderfolderfolderfolder",
	    NULL },
};

START_TEST(finds_the_nearest)
{
	static const char *const candidates[] = {
		"older-than", "folder", "xy", NULL
	};

	ck_assert_pstr_eq(mk_nearest(near_words[_i].word, candidates),
	    near_words[_i].nearest);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("config");
	TCase *tc = tcase_create("config");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, has_defaults_without_a_file);
	tcase_add_loop_test(tc, has_defaults_with_an_empty_file, 0, 2);
	tcase_add_test(tc, reads_all_kinds);
	tcase_add_test(tc, empties_a_default_list);
	tcase_add_loop_test(tc, reads_booleans, 0, COUNT(bools));
	tcase_add_loop_test(tc, reads_decimals, 0, COUNT(decimals));
	tcase_add_test(tc, includes_by_the_including_file);
	tcase_add_test(tc, ignores_the_environment);
	tcase_add_loop_test(tc, refuses_with_file_and_line, 0, COUNT(bad));
	tcase_add_loop_test(tc, refuses_in_includes, 0, COUNT(bad_includes));
	tcase_add_test(tc, includes_a_file_twice_but_not_16_deep);
	tcase_add_test(tc, refuses_what_is_no_configuration);
	tcase_add_test(tc, reads_on_after_a_refusal);
	tcase_add_test(tc, never_half_reads);
	tcase_add_test(tc, overrides_replace);
	tcase_add_test(tc, overrides_without_a_file);
	tcase_add_test(tc, overrides_before_the_check);
	tcase_add_loop_test(tc, refuses_overrides, 0, COUNT(bad_overrides));
	tcase_add_test(tc, overrides_need_the_title_in_a_file);
	tcase_add_test(tc, overrides_hide_no_mistake);
	tcase_add_loop_test(tc, finds_the_nearest, 0, COUNT(near_words));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
