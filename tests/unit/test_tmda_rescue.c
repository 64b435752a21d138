/* tmda/scan, rescue, release and remove: what goes, and what stays. */
#ifdef __linux__
#define _GNU_SOURCE			/* scratch.h: unshare(2) */
#endif

#include "scratch.h"

#include "tmda/release.h"
#include "tmda/remove.h"
#include "tmda/rescue.h"
#include "tmda/scan.h"

#define NOW	INT64_C(1700000000)
#define OLD	"1690000000"		/* 115 days */
#define YOUNG	"1699999000"
#define FUTURE	"2100000000"
#define DAY	INT64_C(86400)

static struct mk_tmda t;
static struct mk_tmda_conf conf;
static struct mk_tmda_queue *q;
static struct mk_error err;
static struct mk_list nobody, users;
static char title[] = "shared", empty[] = "", fortnight[] = "14d",
    confirmed[] = "lists/confirmed", white[] = "lists/whitelist",
    gone[] = "lists/deleted";
static char *lists[] = { confirmed, white, NULL };
static char *pattern[] = { NULL, NULL };
static char dir[256];

static void
setup(void)
{
	scratch_setup();
	make_dir(".tmda/pending/new");
	make_dir(".tmda/pending/cur");
	make_dir(".tmda/pending/tmp");
	make_dir(".tmda/responses");
	make_dir(".tmda/lists");
	snprintf(dir, sizeof dir, "%s/.tmda", scratch);
	mk_tmda_open(&t);
	conf = (struct mk_tmda_conf){ .name = title, .dir = dir,
	    .mailbox_dir = empty, .config = empty,
	    .pending_lifetime = fortnight, .responses_lifetime_s = 14 * DAY,
	    .rescue_lists = { lists, 2 }, .delete_append = empty,
	    .archive = empty };
	t.conf = &conf;
	t.users = &nobody;
	t.now_s = NOW;
	t.threads = 1;
	t.roots[MK_TMDA_ROOT].path = strdup(dir);
	t.roots[MK_TMDA_ROOT].fd = open(dir, O_RDONLY | O_DIRECTORY);
	t.report = mk_report_new("tmda", mk_tmda_columns, MK_TMDA_COLUMNS,
	    &err);
	ck_assert_ptr_nonnull(t.report);
}

static void
teardown(void)
{
	mk_tmda_close(&t);
	mk_report_free(t.report);
	scratch_teardown();
}

static void
hold(const char *name, const char *sender, const char *recipient)
{
	char path[512], text[512];

	snprintf(path, sizeof path, ".tmda/pending/%s", name);
	snprintf(text, sizeof text, "Subject: x\nReturn-Path: <%s>\n"
	    "X-TMDA-Recipient: %s\n\nReturn-Path: <body@example.net>\n",
	    sender, recipient);
	put(path, text);
}

static bool
is_held(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, ".tmda/pending/%s", name);
	return there(path);
}

static uint64_t
total(unsigned column)
{
	return mk_report_total(t.report, column);
}

static void
scan(void)
{
	bool found = false;

	q = mk_tmda_queue_new(&t, "", &err);
	ck_assert_msg(q != NULL, "%s", err.text);
	ck_assert_int_eq(mk_tmda_add_queue(&t, q), 0);
	mk_tmda_scan(&t, q, &found);
	ck_assert(found);
	mk_tmda_sort_out(&t, q);
}

static void
run(void)
{
	scan();
	ck_assert_msg(mk_tmda_remove(&t, &err) == 0, "%s", err.text);
}

static const struct { const char *name; bool goes, counts, strange; }
names[] = {
	{ OLD ".1.msg", true, true, false },
	{ OLD ".1.msg:3,C", true, true, false },
	{ OLD ".1.msg:3,R", true, true, false },
	{ "new/" OLD ".1.host", true, true, false },
	{ "cur/" OLD ".1.host:2,S", true, true, false },
	{ "1698790400.1.msg", true, true, false },	/* 14 days, exactly */
	{ "1698790401.1.msg", false, true, false },
	{ YOUNG ".1.msg", false, true, false },
	{ FUTURE ".1.msg", false, true, false },
	{ "new/" FUTURE ".1.host", false, true, false },
	{ "cur/" YOUNG ".1.host:2,", false, true, false },
	{ "new/" YOUNG ".1.msg:3,C", false, true, false },
	{ ".msgcache", false, false, false },
	{ "tmpA_b3xZ", false, false, false },
	{ "README", false, false, true },
	{ OLD ".1.msg.bak", false, false, true },
	{ OLD ".1.host", false, false, true },	/* not in new or cur */
	{ OLD ".1.msgx", false, false, true },
	{ OLD ".1.msgx:3,C", false, false, true },
	{ OLD ".msg", false, false, true },
	{ "new/foreign", false, false, true },
	{ "tmp/" OLD ".1.host", false, false, false },
};

START_TEST(names_decide)
{
	hold(names[_i].name, "a@b.c", "d@e.f");
	run();
	ck_assert_int_eq(is_held(names[_i].name), !names[_i].goes);
	ck_assert_uint_eq(total(MK_TMDA_WATCHED), names[_i].counts);
	ck_assert_uint_eq(total(MK_TMDA_REMOVED), names[_i].goes);
	ck_assert_uint_eq(total(MK_TMDA_STRANGE), names[_i].strange);
	ck_assert_int_eq(t.problems.status, EX_OK);
}
END_TEST

START_TEST(what_is_no_file_stays)
{
	ck_assert_int_eq(symlinkat("/etc/passwd", root,
	    ".tmda/pending/" OLD ".1.msg"), 0);
	ck_assert_int_eq(mkfifoat(root, ".tmda/pending/" OLD ".2.msg", 0600),
	    0);
	make_dir(".tmda/pending/" OLD ".3.msg");
	conf.age = MK_TMDA_BY_CTIME;
	t.now_s = time(NULL) + 100 * DAY;
	run();
	ck_assert(is_held(OLD ".1.msg"));
	ck_assert(is_held(OLD ".2.msg"));
	ck_assert(is_held(OLD ".3.msg"));
	ck_assert_uint_eq(total(MK_TMDA_REMOVED), 0);
}
END_TEST

START_TEST(saved_goes_by_the_file)
{
	hold(OLD ".1.msg", "a@b.c", "d@e.f");
	hold(FUTURE ".1.msg", "a@b.c", "d@e.f");
	conf.age = MK_TMDA_BY_CTIME;
	t.now_s = time(NULL) + 13 * DAY;
	scan();
	ck_assert_uint_eq(total(MK_TMDA_DUE), 0);
	t.now_s = time(NULL) + 15 * DAY;
	run();
	ck_assert(!is_held(OLD ".1.msg"));
	ck_assert(!is_held(FUTURE ".1.msg"));
}
END_TEST

START_TEST(a_linked_queue_is_not_entered)
{
	make_dir("away");
	put("away/" OLD ".1.msg", "\n");
	scratch_run("rm -r", ".tmda/pending");
	ck_assert_int_eq(symlinkat("../away", root, ".tmda/pending"), 0);
	run();
	ck_assert(there("away/" OLD ".1.msg"));
	ck_assert_int_ne(t.problems.status, EX_OK);
}
END_TEST

/* Files of this test are of today, whatever their names say. */
START_TEST(responses_of_today_stay)
{
	put(".tmda/responses/" OLD ".1.a@b.c", "");
	put(".tmda/responses/" OLD ".2.full@b.c", "x");
	put(".tmda/responses/" FUTURE ".1.a@b.c", "");
	put(".tmda/responses/foreign", "");
	t.now_s = time(NULL) + 60;
	run();
	ck_assert(there(".tmda/responses/" OLD ".1.a@b.c"));
	t.now_s = time(NULL) + 2 * DAY;
	run();
	ck_assert(!there(".tmda/responses/" OLD ".1.a@b.c"));
	ck_assert(there(".tmda/responses/" OLD ".2.full@b.c"));
	ck_assert(there(".tmda/responses/" FUTURE ".1.a@b.c"));
	ck_assert(there(".tmda/responses/foreign"));
}
END_TEST

static void
three(void)
{
	hold(OLD ".1.msg", "Friend@Example.Net", "alice@example.org");
	hold(OLD ".2.msg", "spam@example.net", "bob@example.org");
	hold(OLD ".3.msg", "", "alice@example.org");
	put(".tmda/lists/confirmed", "friend@example.net\n");
}

START_TEST(a_sender_confirmed_since_is_rescued)
{
	three();
	run();
	ck_assert(is_held(OLD ".1.msg"));
	ck_assert(!is_held(OLD ".2.msg"));
	ck_assert(!is_held(OLD ".3.msg"));
	ck_assert_uint_eq(total(MK_TMDA_RESCUED), 1);
	ck_assert_uint_eq(q->rescued_n, 1);
	ck_assert_int_eq(t.problems.status, EX_OK);
}
END_TEST

START_TEST(without_rescue_nobody_is)
{
	three();
	conf.rescue = MK_TMDA_NO_RESCUE;
	run();
	ck_assert_uint_eq(total(MK_TMDA_REMOVED), 3);
}
END_TEST

START_TEST(leftovers_are_nobodys)
{
	hold(OLD ".1.msg:3,C", "friend@example.net", "alice@example.org");
	put(".tmda/lists/whitelist", "*@example.net\n");
	run();
	ck_assert_uint_eq(total(MK_TMDA_REMOVED), 1);
}
END_TEST

START_TEST(a_list_that_cannot_be_read_keeps_all_that_is_pending)
{
	three();
	put(".tmda/responses/" OLD ".1.a@b.c", "");
	ck_assert_int_eq(unlinkat(root, ".tmda/lists/confirmed", 0), 0);
	make_dir(".tmda/lists/confirmed");
	t.now_s = time(NULL) + 2 * DAY;
	run();
	ck_assert(is_held(OLD ".1.msg"));
	ck_assert(is_held(OLD ".2.msg"));
	ck_assert(!there(".tmda/responses/" OLD ".1.a@b.c"));
	ck_assert_uint_eq(total(MK_TMDA_FAILED), 3);
	ck_assert_int_eq(t.problems.status, EX_DATAERR);
}
END_TEST

START_TEST(a_linked_list_keeps_all_that_is_pending)
{
	three();
	put("list", "friend@example.net\n");
	ck_assert_int_eq(unlinkat(root, ".tmda/lists/confirmed", 0), 0);
	ck_assert_int_eq(symlinkat("../../list", root,
	    ".tmda/lists/confirmed"), 0);
	run();
	ck_assert_uint_eq(total(MK_TMDA_REMOVED), 0);
	ck_assert_int_ne(t.problems.status, EX_OK);
}
END_TEST

START_TEST(user_is_the_recipient)
{
	three();
	put(".tmda/responses/" OLD ".1.a@b.c", "");
	pattern[0] = strdup("alice@*");
	users = (struct mk_list){ pattern, 1 };
	t.users = &users;
	t.now_s = time(NULL) + 2 * DAY;
	run();
	free(pattern[0]);
	ck_assert(is_held(OLD ".1.msg"));
	ck_assert(is_held(OLD ".2.msg"));
	ck_assert(!is_held(OLD ".3.msg"));
	/* Nobody knows for whom that is. */
	ck_assert(there(".tmda/responses/" OLD ".1.a@b.c"));
}
END_TEST

START_TEST(senders_are_appended_before_they_go)
{
	three();
	hold(OLD ".4.msg", "*@example.com", "bob@example.org");
	hold(YOUNG ".1.msg", "young@example.net", "bob@example.org");
	hold(OLD ".5.msg:3,R", "left@example.net", "bob@example.org");
	conf.append_deleted = true;
	conf.delete_append = gone;
	run();
	holds(".tmda/lists/deleted", "spam@example.net\n");
	ck_assert(!is_held(OLD ".2.msg"));
	ck_assert(!is_held(OLD ".4.msg"));
	ck_assert(is_held(YOUNG ".1.msg"));
}
END_TEST

START_TEST(what_cannot_be_appended_stays)
{
	three();
	make_dir(".tmda/lists/deleted");
	conf.append_deleted = true;
	conf.delete_append = gone;
	run();
	ck_assert(is_held(OLD ".2.msg"));
	ck_assert_uint_eq(total(MK_TMDA_REMOVED), 0);
	ck_assert_int_ne(t.problems.status, EX_OK);
}
END_TEST

/* TMDA's command, as far as this program knows it. */
static void
put_command(const char *does)
{
	char text[1024];

	snprintf(text, sizeof text, "#!/bin/sh\necho \"$HOME: $*\" >>%s/log\n"
	    "for id; do case $id in -*) ;; *) %s ;; esac; done\n", scratch,
	    does);
	put("command", text);
	ck_assert_int_eq(fchmodat(root, "command", 0755, 0), 0);
}

static void
release_by(const char *does)
{
	char command[256];
	struct mk_release_duty duty = { .command = command, .root = dir,
	    .mailbox_dir = "", .config = "" };

	snprintf(command, sizeof command, "%s/command", scratch);
	put_command(does);
	if (geteuid() == 0)		/* as root nothing is released */
		scratch_run("chown -R nobody", "");
	t.release = mk_release_start(&duty, 1, &err);
	ck_assert_msg(t.release != NULL, "%s", err.text);
	conf.rescue = MK_TMDA_RELEASE;
	scan();
	mk_tmda_release(&t);
	ck_assert_int_eq(mk_tmda_remove(&t, &err), 0);
	mk_release_stop(t.release);
	t.release = NULL;
}

START_TEST(tmda_releases_by_id)
{
	char line[512];

	three();
	release_by("rm -f \"$HOME/.tmda/pending/$id.msg\"");
	snprintf(line, sizeof line, "%s: -b -q -r " OLD ".1\n", scratch);
	holds("log", line);
	ck_assert_uint_eq(total(MK_TMDA_RELEASED), 1);
	ck_assert_uint_eq(total(MK_TMDA_REMOVED), 2);
	ck_assert_uint_eq(total(MK_TMDA_FAILED), 0);
	ck_assert_int_eq(t.problems.status, EX_OK);
}
END_TEST

START_TEST(what_is_not_released_stays)
{
	three();
	release_by("exit 3");
	ck_assert(is_held(OLD ".1.msg"));
	ck_assert(!is_held(OLD ".2.msg"));
	ck_assert_uint_eq(total(MK_TMDA_RELEASED), 0);
	ck_assert_uint_eq(total(MK_TMDA_FAILED), 1);
	ck_assert_int_eq(t.problems.status, EX_TEMPFAIL);
}
END_TEST

START_TEST(nothing_is_released_as_root)
{
	const struct mk_release_duty duty = { .command = "/bin/true",
	    .root = dir, .mailbox_dir = "", .config = "" };
	const char *id = OLD ".1";
	struct mk_release *release;

	if (geteuid() != 0)
		return;
	release = mk_release_start(&duty, 1, &err);
	ck_assert_ptr_nonnull(release);
	ck_assert_int_eq(mk_release_ask(release, 0, "", &id, 1, &err), -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
	/* Nor as nobody whom an account tells of. */
	scratch_run("chown -R 4000000", "");
	ck_assert_int_eq(mk_release_ask(release, 0, "", &id, 1, &err), -1);
	ck_assert_int_eq(err.status, EX_NOUSER);
	mk_release_stop(release);
}
END_TEST

static const struct { uint32_t duty; const char *mailbox, *id; } lies[] = {
	{ 1, "", OLD ".1" }, { 0, "x", OLD ".1" }, { 0, "", "-d" },
	{ 0, "", OLD ".1;id" }, { 0, "", OLD ".1.msg" }, { 0, "", "" },
};

START_TEST(the_child_believes_nothing)
{
	const struct mk_release_duty duty = { .command = "/bin/true",
	    .root = dir, .mailbox_dir = "", .config = "" };
	struct mk_release *release = mk_release_start(&duty, 1, &err);

	ck_assert_ptr_nonnull(release);
	ck_assert_int_eq(mk_release_ask(release, lies[_i].duty,
	    lies[_i].mailbox, &lies[_i].id, 1, &err), -1);
	mk_release_stop(release);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tmda/rescue");
	TCase *tc = tcase_create("rescue");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, names_decide, 0, COUNT(names));
	tcase_add_test(tc, what_is_no_file_stays);
	tcase_add_test(tc, saved_goes_by_the_file);
	tcase_add_test(tc, a_linked_queue_is_not_entered);
	tcase_add_test(tc, responses_of_today_stay);
	tcase_add_test(tc, a_sender_confirmed_since_is_rescued);
	tcase_add_test(tc, without_rescue_nobody_is);
	tcase_add_test(tc, leftovers_are_nobodys);
	tcase_add_test(tc,
	    a_list_that_cannot_be_read_keeps_all_that_is_pending);
	tcase_add_test(tc, a_linked_list_keeps_all_that_is_pending);
	tcase_add_test(tc, user_is_the_recipient);
	tcase_add_test(tc, senders_are_appended_before_they_go);
	tcase_add_test(tc, what_cannot_be_appended_stays);
	tcase_add_test(tc, tmda_releases_by_id);
	tcase_add_test(tc, what_is_not_released_stays);
	tcase_add_test(tc, nothing_is_released_as_root);
	tcase_add_loop_test(tc, the_child_believes_nothing, 0, COUNT(lies));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
