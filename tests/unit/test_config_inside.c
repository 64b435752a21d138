/* base/config: sections that stand inside a section. */
#include "base/config.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

/* -- the tables under test ---------------------------------------------- */

struct list {				/* a section around others */
	char *cdb;
	int64_t keep;
};

struct feed {				/* titled, inside it */
	char *title;
	char *file;
	int format;
	int64_t min_count;
	struct mk_list words;
};

struct daemon {				/* untitled, in one without a table */
	char *socket;
	int64_t timeout_s;
};

static int
check_list(void *data, struct mk_error *err)
{
	const struct list *l = data;

	if (l->keep == 7)
		return mk_fail(err, EX_DATAERR, "keep is odd");
	return 0;
}

static int
check_feed(void *data, struct mk_error *err)
{
	const struct feed *f = data;

	if (f->file == NULL)
		return mk_fail(err, EX_DATAERR, "file is missing");
	return 0;
}

static int
check_daemon(void *data, struct mk_error *err)
{
	const struct daemon *d = data;

	if (d->timeout_s == 13)
		return mk_fail(err, EX_DATAERR, "bad luck");
	return 0;
}

#define LIST(field)	offsetof(struct list, field)
#define FEED(field)	offsetof(struct feed, field)
#define DAEMON(field)	offsetof(struct daemon, field)

static const struct mk_key top_keys[] = {
	{ "owner", MK_INT, NULL, NULL, NULL, NULL, LIST(keep) },
	MK_KEY_END
};
static const struct mk_key list_keys[] = {
	{ "cdb", MK_PATH, "/cdb", NULL, NULL, NULL, LIST(cdb) },
	{ "keep", MK_INT, "3", NULL, "9", NULL, LIST(keep) },
	MK_KEY_END
};
static const struct mk_key feed_keys[] = {
	{ "file", MK_PATH, NULL, NULL, NULL, NULL, FEED(file) },
	{ "format", MK_ENUM, "plain", NULL, NULL, "plain|drop-json",
	    FEED(format) },
	{ "min-count", MK_INT, "0", NULL, "9", NULL, FEED(min_count) },
	{ "words", MK_LIST, NULL, NULL, NULL, NULL, FEED(words) },
	MK_KEY_END
};
static const struct mk_key daemon_keys[] = {
	{ "socket", MK_PATH, "/run/d", NULL, NULL, NULL, DAEMON(socket) },
	{ "timeout", MK_DURATION, "30s", NULL, "1h", NULL,
	    DAEMON(timeout_s) },
	MK_KEY_END
};

static const struct mk_key rule_keys[] = {
	{ "age", MK_INT, NULL, NULL, NULL, NULL, FEED(min_count) },
	MK_KEY_END
};

static const struct mk_section top = {
	"", top_keys, false, sizeof(struct list), 0, NULL
};
static const struct mk_section list = {
	"list", list_keys, false, sizeof(struct list), 0, check_list
};
static const struct mk_section feed = {
	"list.feed", feed_keys, true, sizeof(struct feed), FEED(title),
	check_feed
};
static const struct mk_section daemon_section = {
	"scan.daemon", daemon_keys, false, sizeof(struct daemon), 0,
	check_daemon
};
static const struct mk_section scan_feed = {	/* of the same name */
	"scan.feed", feed_keys, true, sizeof(struct feed), FEED(title), NULL
};
static const struct mk_section rule = {
	"rule", rule_keys, true, sizeof(struct feed), FEED(title), NULL
};

static struct list conf;
static struct daemon scan;
static struct mk_binding bindings[] = {
	{ .section = &feed },		/* before what is around it */
	{ .section = &list, .base = &conf },
	{ .section = &daemon_section, .base = &scan },
	{ .section = NULL }
};
static struct mk_binding others[] = {	/* those of another program */
	{ .section = &rule },
	{ .section = NULL }
};
static const struct mk_section *const known[] = {
	&top, &rule, &list, &feed, &daemon_section, &scan_feed, NULL
};
static struct mk_error err;

/* -- helpers ------------------------------------------------------------ */

static char dir[] = "/tmp/test_inside.XXXXXX";

static void
setup(void)
{
	strcpy(dir + sizeof dir - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
}

static void
teardown(void)
{
	unlink("conf");
	unlink("inc");
	rmdir(dir);
}

static void
put(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ne(fputs(text, file), EOF);
	ck_assert_int_eq(fclose(file), 0);
}

static int
load_with(const char *file, const char *const *texts)
{
	struct mk_override overrides[8];
	size_t n = 0;

	for (; texts != NULL && texts[n] != NULL; n++)
		overrides[n].text = texts[n];
	memset(&conf, 0x5a, sizeof conf);
	memset(&scan, 0x5a, sizeof scan);
	memset(&err, 0x5a, sizeof err);
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

static void
ck_refused(int rv, int status, const char *text)
{
	ck_assert_int_eq(rv, -1);
	ck_assert_str_eq(err.text, text);
	ck_assert_int_eq(err.status, status);
	ck_assert_ptr_null(bindings[0].array);
	ck_assert_uint_eq(bindings[0].n, 0);
	ck_assert_ptr_null(conf.cdb);
	ck_assert_ptr_null(scan.socket);
}

static const struct feed *
nth(size_t i)
{
	const struct feed *feeds = bindings[0].array;

	ck_assert_uint_lt(i, bindings[0].n);
	return &feeds[i];
}

/* -- what is read ------------------------------------------------------- */

#define BASE	"list { feed \"a.b\" { file = /a }\n" \
    "keep = 4 feed \"drop\" { file = '/d' format = drop-json\n" \
    "min-count = 2 words = {x, 'y,z'} } cdb = /x }\n" \
    "scan { feed \"drop\" { min-count = 8 }\n" \
    "daemon { timeout = 5s } feed \"mx\" { } }\nowner = 1\n"

START_TEST(reads_sections_inside)
{
	ck_loaded(load(BASE));
	ck_assert_uint_eq(bindings[0].n, 2);
	ck_assert_str_eq(nth(0)->title, "a.b");
	ck_assert_str_eq(nth(0)->file, "/a");
	ck_assert_int_eq(nth(0)->format, 0);
	ck_assert_int_eq(nth(0)->min_count, 0);
	ck_assert_uint_eq(nth(0)->words.n, 0);
	ck_assert_str_eq(nth(1)->title, "drop");
	ck_assert_str_eq(nth(1)->file, "/d");
	ck_assert_int_eq(nth(1)->format, 1);
	ck_assert_int_eq(nth(1)->min_count, 2);
	ck_assert_uint_eq(nth(1)->words.n, 2);
	ck_assert_str_eq(nth(1)->words.v[1], "y,z");
	ck_assert_int_eq(conf.keep, 4);
	ck_assert_str_eq(conf.cdb, "/x");
	ck_assert_str_eq(scan.socket, "/run/d");
	ck_assert_int_eq(scan.timeout_s, 5);
	mk_config_free(bindings);
	ck_assert_ptr_null(bindings[0].array);
	ck_assert_ptr_null(conf.cdb);
	ck_assert_ptr_null(scan.socket);
}
END_TEST

/* The file, and how many feeds it has. */
static const struct { const char *text; size_t n; } bare[] = {
	{ NULL, 0 }, { "", 0 }, { "list { } scan { }", 0 },
	{ "scan { daemon { } }", 0 }, { "list { feed a { file = /f } }", 1 },
	{ "scan { feed a { } feed b { } } rule r { }", 0 },
};

START_TEST(has_defaults_inside)
{
	ck_loaded(bare[_i].text == NULL ? load_with(NULL, NULL) :
	    load(bare[_i].text));
	ck_assert_uint_eq(bindings[0].n, bare[_i].n);
	ck_assert_str_eq(conf.cdb, "/cdb");
	ck_assert_int_eq(conf.keep, 3);
	ck_assert_str_eq(scan.socket, "/run/d");
	ck_assert_int_eq(scan.timeout_s, 30);
	mk_config_free(bindings);
}
END_TEST

START_TEST(includes_inside)
{
	put("inc", "feed \"b\" {\nfile = /b }\nkeep = 5");
	ck_loaded(load("list { feed \"a\" { file = /a } include(\"inc\")\n"
	    "feed \"c\" { file = /c } }"));
	ck_assert_uint_eq(bindings[0].n, 3);
	ck_assert_str_eq(nth(1)->title, "b");
	ck_assert_str_eq(nth(2)->file, "/c");
	ck_assert_int_eq(conf.keep, 5);
	mk_config_free(bindings);
	put("inc", "feed \"b\" {\nfile = /b");
	ck_refused(load("list { include(\"inc\") } }"), EX_CONFIG,
	    "inc:1: the section \"feed\" that begins here has no }");
	put("inc", "file = /b }");
	ck_refused(load("list { feed \"b\" { include(\"inc\") }"), EX_CONFIG,
	    "inc:1: this } closes nothing");
}
END_TEST

/* -- what is refused ---------------------------------------------------- */

static const struct { const char *text, *why; } bad[] = {
	/* keys and sections that are not known there */
	{ "list {\nfeed \"drop\" { file = /f\nformt = plain } }",
	    "conf:3: unknown key \"formt\" in list feed \"drop\"; did you "
	    "mean \"format\"?" },
	{ "scan {\ndaemon { sockt = /f } }", "conf:2: unknown key \"sockt\" "
	    "in scan daemon; did you mean \"socket\"?" },
	{ "scan { feed a { } feed b { zzz = 1 } feed c { } }",
	    "conf:1: unknown key \"zzz\" in scan feed \"b\"" },
	{ "list { fed \"drop\" { } }",
	    "conf:1: unknown key \"fed\" in list; did you mean \"feed\"?" },
	{ "scan { deamon { } }",
	    "conf:1: unknown key \"deamon\" in scan; did you mean "
	    "\"daemon\"?" },
	{ "scn { daemon { } }", "conf:1: unknown key or section \"scn\"; did "
	    "you mean \"scan\"?" },
	{ "list { feed a { file = /f }\nnothing { } }",
	    "conf:2: unknown key \"nothing\" in list" },

	/* what stands one level too high or too deep */
	{ "feed \"a\" { }", "conf:1: unknown key or section \"feed\"; it "
	    "belongs into list { }" },
	{ "daemon { }", "conf:1: unknown key or section \"daemon\"; it "
	    "belongs into scan { }" },
	{ "socket = /f", "conf:1: unknown key or section \"socket\"; it "
	    "belongs into scan { daemon { } }" },
	{ "format = plain", "conf:1: unknown key or section \"format\"; it "
	    "belongs into list { feed \"TITLE\" { } }" },
	{ "list { file = /f }", "conf:1: unknown key \"file\" in list; it "
	    "belongs into list { feed \"TITLE\" { } }" },
	{ "list { feed \"a\" { file = /f\ncdb = /x } }",
	    "conf:2: unknown key \"cdb\" in list feed \"a\"; it belongs into "
	    "list { }: is a } missing above?" },
	{ "list { feed \"a\" { file = /f\nfeed \"b\" { file = /f } }",
	    "conf:1: the section \"list\" that begins here has no }" },
	{ "list { feed \"a\" { file = /f\nfeed \"b\" { file = /f } } }",
	    "conf:2: unknown key \"feed\" in list feed \"a\"; it belongs into "
	    "list { }: is a } missing above?" },
	{ "list { feed \"a\" { file = /f }\nrule \"b\" { } }",
	    "conf:2: unknown key \"rule\" in list; it belongs outside of all "
	    "sections: is a } missing above?" },
	{ "list { feed \"a\" { file = /f\nowner = 1 } }",
	    "conf:2: unknown key \"owner\" in list feed \"a\"; it belongs "
	    "outside of all sections: is a } missing above?" },
	{ "list { feed \"a\" { file = /f\nscan { } } }",
	    "conf:2: unknown key \"scan\" in list feed \"a\"; it belongs "
	    "outside of all sections: is a } missing above?" },
	{ "rule \"a\" {\nfeed \"b\" { } }",
	    "conf:2: unknown key \"feed\" in rule \"a\"" },
	{ "list.feed \"a\" { }",
	    "conf:1: list.feed stands where a key should" },

	/* twice */
	{ "list { feed \"a\" { file = /f }\nfeed a { file = /g } }",
	    "conf:2: a section with the title \"a\" is there already" },
	{ "scan { daemon { }\ndaemon { } }", "conf:2: section \"daemon\" is "
	    "given twice; the first is at conf:1" },
	{ "list { feed \"a\" { file = /f } }\nlist { }", "conf:2: section "
	    "\"list\" is given twice; the first is at conf:1" },
	{ "scan { }\nscan { }", "conf:2: section \"scan\" is given twice; the "
	    "first is at conf:1" },
	{ "list { feed a { file = /f\n\nfile = /g } }",
	    "conf:3: \"file\" is given twice; the first is at conf:1" },

	/* titles, braces, ends */
	{ "list { feed { } }", "conf:1: \"feed\" is a section with a title: "
	    "it wants one before the {" },
	{ "scan { daemon \"d\" { } }", "conf:1: \"daemon\" is a section "
	    "without a title: it wants a { now" },
	{ "scan \"d\" { }", "conf:1: \"scan\" is a section without a title: "
	    "it wants a { now" },
	{ "list { feed = /f }", "conf:1: \"feed\" is a section with a title: "
	    "it wants one before the {" },
	{ "list { feed \"\" { file = /f } }",
	    "conf:1: the title \"\" is empty" },
	{ "list {\nfeed \"a\" {\nfile = /f\n",
	    "conf:2: the section \"feed\" that begins here has no }" },
	{ "list {\nfeed \"a\" {\nfile = /f }\n",
	    "conf:1: the section \"list\" that begins here has no }" },
	{ "list { feed \"a\"\n", "conf:2: the file ends in the middle of "
	    "\"feed\"" },
	{ "list { feed \"a\" { } } }", "conf:1: this } closes nothing" },

	/* values, and what does not fit together */
	{ "list { feed a { file = /f } feed b {\nformat = plani } }",
	    "conf:2: format: \"plani\" is none of plain|drop-json; did you "
	    "mean \"plain\"?" },
	{ "list { feed a { file = /f min-count = 1 }\n"
	    "feed b { file = /f min-count = 10 } }",
	    "conf:2: min-count: \"10\" is more than 9" },
	{ "scan { feed a { }\nfeed b { min-count = 11 } }",
	    "conf:2: min-count: \"11\" is more than 9" },
	{ "scan { feed a { } daemon {\n\ntimeout = 2h } }",
	    "conf:3: timeout: \"2h\" is more than 1h" },
	{ "list { feed a { file = /f }\nfeed b { } }",
	    "conf:2: list feed \"b\": file is missing" },
	{ "\nlist { feed a { file = /f }\nkeep = 7 }",
	    "conf:2: list: keep is odd" },
	{ "scan {\ndaemon { timeout = 13s } }",
	    "conf:2: scan daemon: bad luck" },
};

START_TEST(refuses_with_file_and_line)
{
	ck_refused(load(bad[_i].text), EX_CONFIG, bad[_i].why);
}
END_TEST

/* The same by a program that knows them only as another's. */
START_TEST(checks_what_others_have)
{
	ck_loaded(load(BASE));
	mk_config_free(bindings);
	ck_assert_int_eq(mk_config_load("conf", NULL, 0, others, known, &err),
	    0);
	ck_assert_uint_eq(others[0].n, 0);
	mk_config_free(others);
	put("conf", bad[_i].text);
	ck_assert_int_eq(mk_config_load("conf", NULL, 0, others, known, &err),
	    -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert_str_eq(err.text, bad[_i].why);
}
END_TEST

/* All cuts of a good file: either refused, or the same as far as it goes. */
START_TEST(never_half_reads)
{
	static const char text[] = "list { feed \"a\" { file = \"/f\" }\n"
	    "feed \"b\" { file = \"/f\" } }\n";
	char cut[sizeof text];
	size_t len, end = sizeof text - 2;

	for (len = 0; len < sizeof text; len++) {
		memcpy(cut, text, len);
		cut[len] = '\0';
		if (len > 0 && len < end) {
			ck_assert_int_eq(load(cut), -1);
			continue;
		}
		ck_loaded(load(cut));
		ck_assert_uint_eq(bindings[0].n, len < end ? 0 : 2);
		mk_config_free(bindings);
	}
}
END_TEST

/* -- overrides ---------------------------------------------------------- */

START_TEST(overrides_replace)
{
	static const char *const texts[] = {
		"list.cdb=/y", "list.keep=5", "list.feed.a.b.min-count=6",
		"list.feed.drop.file=/e=f", "list.feed.drop.words=p, q",
		"scan.daemon.timeout=7s", "scan.feed.mx.format=drop-json",
		NULL
	};

	put("conf", BASE);
	ck_loaded(load_with("conf", texts));
	ck_assert_str_eq(conf.cdb, "/y");
	ck_assert_int_eq(conf.keep, 5);
	ck_assert_int_eq(nth(0)->min_count, 6);
	ck_assert_str_eq(nth(0)->file, "/a");
	ck_assert_int_eq(nth(1)->min_count, 2);
	ck_assert_str_eq(nth(1)->file, "/e=f");
	ck_assert_str_eq(nth(1)->words.v[1], "q");
	ck_assert_int_eq(scan.timeout_s, 7);
	mk_config_free(bindings);
}
END_TEST

START_TEST(overrides_without_a_file)
{
	static const char *const texts[] = {
		"scan.daemon.socket=/s", "list.keep=1", NULL
	};

	ck_loaded(load_with(NULL, texts));
	ck_assert_str_eq(scan.socket, "/s");
	ck_assert_int_eq(scan.timeout_s, 30);
	ck_assert_int_eq(conf.keep, 1);
	mk_config_free(bindings);
}
END_TEST

static const struct { const char *text, *why; } bad_overrides[] = {
	{ "list.fed.drop.format=plain", "-o list.fed.drop.format: unknown "
	    "section \"fed\" in list; did you mean \"feed\"?" },
	{ "lst.feed.drop.format=plain", "-o lst.feed.drop.format: unknown "
	    "section \"lst\"; did you mean \"list\"?" },
	{ "feed.drop.format=plain", "-o feed.drop.format: unknown section "
	    "\"feed\"; it belongs into list { }" },
	{ "list.feed.drop.formt=plain", "-o list.feed.drop.formt: unknown key "
	    "\"formt\"; did you mean \"format\"?" },
	{ "list.feed.drop.cdb=/x", "-o list.feed.drop.cdb: unknown key "
	    "\"cdb\"; it belongs into list { }" },
	{ "list.format=plain", "-o list.format: unknown key \"format\"; it "
	    "belongs into list { feed \"TITLE\" { } }" },
	{ "list.feed.format=plain", "-o list.feed.format: the section has "
	    "titles; write list.feed.TITLE.format=VALUE" },
	{ "list.feed.dorp.format=plain", "-o list.feed.dorp.format: the "
	    "configuration has no list feed \"dorp\"; did you mean \"drop\"?" },
	{ "list.feed.mx.format=plain", "-o list.feed.mx.format: the "
	    "configuration has no list feed \"mx\"" },
	{ "list.drop.cdb=/x", "-o list.drop.cdb: the section has no title; "
	    "write list.cdb=VALUE" },
	{ "scan.daemon.x.timeout=1s", "-o scan.daemon.x.timeout: the section "
	    "has no title; write scan.daemon.timeout=VALUE" },
	{ "scan.feed=1", "-o scan.feed: this is a section; write "
	    "scan.feed.TITLE.KEY=VALUE" },
	{ "scan.daemon=1", "-o scan.daemon: this is a section; write "
	    "scan.daemon.KEY=VALUE" },
	{ "scan=1", "-o scan: this is a section; write scan.KEY=VALUE" },
	{ "scan.x=1", "-o scan.x: unknown key \"x\"" },
	{ ".owner=1", "-o .owner: unknown section \"\"" },
	{ "scan.daemon.timeout=9", "-o scan.daemon.timeout: \"9\" has no "
	    "unit; write it as 10d, 36h, 30m or 45s" },
	{ "scan.feed.mx.min-count=x",
	    "-o scan.feed.mx.min-count: \"x\" is no whole number" },
};

START_TEST(refuses_overrides)
{
	const char *const texts[] = { bad_overrides[_i].text, NULL };

	put("conf", BASE);
	ck_refused(load_with("conf", texts), EX_USAGE, bad_overrides[_i].why);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("config/inside");
	TCase *tc = tcase_create("inside");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, reads_sections_inside);
	tcase_add_loop_test(tc, has_defaults_inside, 0, COUNT(bare));
	tcase_add_test(tc, includes_inside);
	tcase_add_loop_test(tc, refuses_with_file_and_line, 0, COUNT(bad));
	tcase_add_loop_test(tc, checks_what_others_have, 0, COUNT(bad));
	tcase_add_test(tc, never_half_reads);
	tcase_add_test(tc, overrides_replace);
	tcase_add_test(tc, overrides_without_a_file);
	tcase_add_loop_test(tc, refuses_overrides, 0, COUNT(bad_overrides));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
