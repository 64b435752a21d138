/* mail/removal: an engine's plan is carried out, and nothing else goes. */
#ifdef __linux__
#define _GNU_SOURCE			/* scratch.h: unshare(2) */
#endif

#include "scratch.h"

#include "mail/archname.h"
#include "mail/opened.h"
#include "mail/removal.h"
#include "mail/store.h"

#define NOW	1700000000
#define RUN	"20231114T221320Z-1"
#define BOX	"example.org/alice"

/* The smallest engine that there can be. */
static struct engine {
	uint64_t kinds;			/* that may go */
	const char *keep;		/* a name that must stay */
	void (*meanwhile)(void);	/* what others do while it is asked */
	unsigned asked;
	struct mk_removed counts[2];
} engine;

static struct mk_plan plan;
static struct mk_problems problems;
static struct mk_removal_kind kinds[2];
static struct mk_list ignored;
static struct mk_error err;

static uint64_t
kinds_of(void *data, const struct mk_group *group)
{
	ck_assert_str_eq(group->mailbox, BOX);
	return ((struct engine *)data)->kinds;
}

static bool
confirm(void *data, struct mk_opened *o, const struct mk_item *item,
    const struct mk_message *msg)
{
	struct engine *e = data;

	ck_assert_int_eq(o->group->layout, MK_MAILDIRPP);
	ck_assert_uint_lt(item->kind, 2);
	ck_assert_int_ge(msg->size_bytes, 0);
	e->asked++;
	if (e->meanwhile != NULL)
		e->meanwhile();
	return e->keep == NULL || strcmp(msg->name, e->keep) != 0;
}

static void
count(void *data, unsigned kind, const struct mk_group *group,
    const struct mk_removed *counts)
{
	struct mk_removed *sum = &((struct engine *)data)->counts[kind];

	(void)group;
	sum->removed += counts->removed;
	sum->bytes += counts->bytes;
	sum->archived += counts->archived;
	sum->vanished += counts->vanished;
	sum->failed += counts->failed;
}

static void
setup(void)
{
	scratch_setup();
	mk_plan_open(&plan);
	engine = (struct engine){ .kinds = 3 };
	kinds[0] = kinds[1] = (struct mk_removal_kind){ .archive_fd = -1 };
	make_dir("mail/" BOX "/cur");
	make_dir("mail/" BOX "/new");
	make_dir("mail/" BOX "/tmp");
	make_dir("archive");
	put("mail/" BOX "/cur/1.a,S=5:2,S", "12345");
	put("mail/" BOX "/cur/2.b:2,S", "1234567");
	put("mail/" BOX "/new/3.c", "123");
	put("mail/" BOX "/maildirsize", "1000S\n15 3\n");
}

static void
teardown(void)
{
	if (kinds[0].archive_fd != -1)
		close(kinds[0].archive_fd);
	mk_plan_close(&plan);
	scratch_teardown();
}

/* All three; the one in new is of kind 1. */
static struct mk_group *
fill(void)
{
	struct mk_group *group = mk_group_new(BOX, "", BOX, MK_MAILDIRPP,
	    false);
	struct mk_item item = { .size_bytes = -1, .sub = MK_SUB_CUR };

	ck_assert_int_eq(mk_group_add(group, &item, "1.a,S=5:2,S"), 0);
	ck_assert_int_eq(mk_group_add(group, &item, "2.b:2,S"), 0);
	item.kind = 1;
	item.sub = MK_SUB_NEW;
	ck_assert_int_eq(mk_group_add(group, &item, "3.c"), 0);
	group->ino[MK_SUB_CUR] = stat_of("mail/" BOX "/cur").st_ino;
	ck_assert_int_eq(mk_plan_add(&plan, group), 0);
	return group;
}

static void
archive_into(const char *dir)
{
	kinds[0].archive = kinds[1].archive = dir;
	kinds[0].archive_fd = kinds[1].archive_fd = openat(root, dir,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(kinds[0].archive_fd, -1);
}

static void
go(void)
{
	static const struct mk_removal_ops ops = {
		.kinds = kinds_of, .confirm = confirm, .count = count,
	};
	struct mk_removal removal = {
		.root = "mail", .quota_ignore = &ignored, .now_s = NOW,
		.threads = 1, .run_name = RUN, .kinds = kinds, .kinds_n = 2,
		.problems = &problems, .ops = &ops, .data = &engine,
	};

	removal.rootfd = openat(root, "mail", O_RDONLY | O_DIRECTORY);
	ck_assert_msg(mk_removal_run(&removal, &plan, &err) == 0, "%s",
	    err.text);
	close(removal.rootfd);
}

static bool
archived(void)
{
	struct mk_buf path = { 0 };
	bool found;

	ck_assert_int_eq(mk_buf_addf(&path, "archive/" RUN "/"), 0);
	ck_assert_int_eq(mk_archname_encode(BOX, &path), 0);
	found = there(path.data);
	mk_buf_free(&path);
	return found;
}

START_TEST(what_is_confirmed_goes_and_is_counted)
{
	fill();
	engine.keep = "2.b:2,S";
	go();
	ck_assert(!there("mail/" BOX "/cur/1.a,S=5:2,S"));
	ck_assert(there("mail/" BOX "/cur/2.b:2,S"));
	ck_assert(!there("mail/" BOX "/new/3.c"));
	ck_assert_uint_eq(engine.asked, 3);
	ck_assert_uint_eq(engine.counts[0].removed, 1);
	ck_assert_uint_eq(engine.counts[0].bytes, 5);
	ck_assert_uint_eq(engine.counts[0].vanished, 1);
	ck_assert_uint_eq(engine.counts[1].removed, 1);
	ck_assert_uint_eq(engine.counts[1].archived, 0);
	ck_assert_int_eq(problems.status, EX_OK);
	holds("mail/" BOX "/maildirsize", "1000S\n15 3\n-8 -2\n");
}
END_TEST

START_TEST(kinds_that_may_not_go_stay_unasked)
{
	fill();
	engine.kinds = 2;
	go();
	ck_assert(there("mail/" BOX "/cur/1.a,S=5:2,S"));
	ck_assert(there("mail/" BOX "/cur/2.b:2,S"));
	ck_assert(!there("mail/" BOX "/new/3.c"));
	ck_assert_uint_eq(engine.asked, 1);
	ck_assert_uint_eq(engine.counts[0].vanished, 2);
}
END_TEST

static void
flag(void)
{
	renameat(root, "mail/" BOX "/new/3.c", root, "mail/" BOX
	    "/cur/3.c:2,S");
}

START_TEST(message_renamed_meanwhile_goes_once)
{
	fill();
	engine.meanwhile = flag;
	go();
	ck_assert(!there("mail/" BOX "/cur/3.c:2,S"));
	ck_assert_uint_eq(engine.counts[1].removed, 1);
	ck_assert_uint_eq(engine.counts[1].vanished, 0);
	holds("mail/" BOX "/maildirsize", "1000S\n15 3\n-15 -3\n");
}
END_TEST

START_TEST(message_moved_out_survives)
{
	fill();
	make_dir("mail/" BOX "/.Kept/cur");
	ck_assert_int_eq(renameat(root, "mail/" BOX "/cur/2.b:2,S", root,
	    "mail/" BOX "/.Kept/cur/2.b:2,S"), 0);
	go();
	ck_assert(there("mail/" BOX "/.Kept/cur/2.b:2,S"));
	ck_assert_uint_eq(engine.counts[0].removed, 1);
	ck_assert_uint_eq(engine.counts[0].vanished, 1);
	ck_assert_uint_eq(engine.counts[0].failed, 0);
}
END_TEST

START_TEST(folder_put_in_its_place_is_left_alone)
{
	fill();
	ck_assert_int_eq(renameat(root, "mail/" BOX "/cur", root, "old"), 0);
	make_dir("mail/" BOX "/cur");
	put("mail/" BOX "/cur/1.a,S=5:2,S", "other");
	go();
	ck_assert(there("mail/" BOX "/cur/1.a,S=5:2,S"));
	ck_assert_uint_eq(engine.counts[0].failed, 2);
	ck_assert_uint_eq(engine.counts[1].removed, 1);
	ck_assert_int_ne(problems.status, EX_OK);
}
END_TEST

static bool archived_first;

static void
look(void)
{
	if (engine.asked == 4)		/* three for the archive */
		archived_first = archived();
}

START_TEST(archived_before_the_first_goes)
{
	fill();
	archive_into("archive");
	engine.meanwhile = look;
	go();
	ck_assert(archived_first);
	ck_assert_uint_eq(engine.asked, 6);
	ck_assert_uint_eq(engine.counts[0].archived, 2);
	ck_assert_uint_eq(engine.counts[1].archived, 1);
	ck_assert(!there("mail/" BOX "/new/3.c"));
}
END_TEST

/* A kind of the plan that has the directory of one that the plan has not. */
START_TEST(kinds_share_an_archive)
{
	struct mk_group *group = fill();

	group->items[0] = group->items[2];
	group->n = 1;
	plan.items = 1;
	archive_into("archive");
	go();
	ck_assert(archived());
	ck_assert_uint_eq(engine.counts[1].archived, 1);
	ck_assert(there("mail/" BOX "/cur/1.a,S=5:2,S"));
}
END_TEST

START_TEST(no_archive_no_removal)
{
	struct mk_buf path = { 0 };

	fill();
	make_dir("archive/" RUN);
	ck_assert_int_eq(mk_buf_addf(&path, "archive/" RUN "/"), 0);
	ck_assert_int_eq(mk_archname_encode(BOX, &path), 0);
	put(path.data, "another's");
	mk_buf_free(&path);
	archive_into("archive");
	go();
	ck_assert(there("mail/" BOX "/cur/1.a,S=5:2,S"));
	ck_assert(there("mail/" BOX "/new/3.c"));
	ck_assert_uint_eq(engine.counts[0].failed, 2);
	ck_assert_uint_eq(engine.counts[1].failed, 1);
	ck_assert_int_eq(problems.status, EX_CANTCREAT);
	holds("mail/" BOX "/maildirsize", "1000S\n15 3\n");
}
END_TEST

static void
replace(void)
{
	if (engine.asked == 3)		/* the archive has the first */
		put("mail/" BOX "/cur/1.a,S=5:2,S", "longer than it was");
}

START_TEST(another_file_than_the_archived_stays)
{
	fill();
	archive_into("archive");
	engine.meanwhile = replace;
	go();
	ck_assert(there("mail/" BOX "/cur/1.a,S=5:2,S"));
	ck_assert(!there("mail/" BOX "/cur/2.b:2,S"));
	ck_assert_uint_eq(engine.counts[0].failed, 1);
	ck_assert_uint_eq(engine.counts[0].removed, 1);
	ck_assert_int_eq(problems.status, EX_TEMPFAIL);
}
END_TEST

START_TEST(mailbox_gone_is_told)
{
	fill();
	scratch_run("rm -rf", "mail/example.org");
	go();
	ck_assert_int_eq(problems.count, 1);
}
END_TEST

START_TEST(empty_plan_does_nothing)
{
	go();
	ck_assert_uint_eq(engine.asked, 0);
	ck_assert(there("mail/" BOX "/cur/1.a,S=5:2,S"));
}
END_TEST

START_TEST(run_has_a_name)
{
	char name[MK_RUN_NAME_MAX], want[MK_RUN_NAME_MAX];

	mk_store_run_name(name, NOW);
	snprintf(want, sizeof want, "20231114T221320Z-%ld", (long)getpid());
	ck_assert_str_eq(name, want);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/removal");
	TCase *tc = tcase_create("removal");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_confirmed_goes_and_is_counted);
	tcase_add_test(tc, kinds_that_may_not_go_stay_unasked);
	tcase_add_test(tc, message_renamed_meanwhile_goes_once);
	tcase_add_test(tc, message_moved_out_survives);
	tcase_add_test(tc, folder_put_in_its_place_is_left_alone);
	tcase_add_test(tc, archived_before_the_first_goes);
	tcase_add_test(tc, kinds_share_an_archive);
	tcase_add_test(tc, no_archive_no_removal);
	tcase_add_test(tc, another_file_than_the_archived_stays);
	tcase_add_test(tc, mailbox_gone_is_told);
	tcase_add_test(tc, empty_plan_does_nothing);
	tcase_add_test(tc, run_has_a_name);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
