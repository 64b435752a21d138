/* tmda/queue: what a section and TMDA's settings make of a TMDA directory. */
#ifdef __linux__
#define _GNU_SOURCE			/* scratch.h: unshare(2) */
#endif

#include "scratch.h"

#include "base/sys.h"
#include "tmda/tmda.h"

#define DAY	INT64_C(86400)

static struct mk_tmda t;
static struct mk_tmda_conf conf;
static struct mk_tmda_queue *q;
static struct mk_error err;
static const struct mk_list nobody;
static char title[] = "shared", empty[] = "", tmda[] = "tmda",
    fortnight[] = "14d", dot[] = ".tmda", black[] = "lists/black",
    confirmed[] = "lists/confirmed";
static char *lists[] = { confirmed, NULL };
static char dir[256], other[256];

/* HOME is the scratch directory's "home", or its mailbox "mail/a". */
static void
start(bool mailbox)
{
	snprintf(dir, sizeof dir, "%s/%s", scratch, mailbox ? "mail" :
	    "home/.tmda");
	snprintf(other, sizeof other, "%s/other", scratch);
	make_dir("home/.tmda/pending");
	make_dir("mail/a/.tmda/pending");
	make_dir("mail/b");
	make_dir("other/held");
	mk_tmda_open(&t);
	conf = (struct mk_tmda_conf){ .name = title, .dir = mailbox ? NULL :
	    dir, .mailbox_dir = mailbox ? dot : empty, .config = empty,
	    .pending_lifetime = tmda, .delete_append = empty,
	    .global_config = empty,
	    .rescue_lists = { lists, 1 }, .archive = empty };
	t.conf = &conf;
	t.users = &nobody;
	t.roots[MK_TMDA_ROOT].path = strdup(dir);
	t.roots[MK_TMDA_ROOT].fd = open(dir, O_RDONLY | O_DIRECTORY);
	ck_assert_int_ne(t.roots[MK_TMDA_ROOT].fd, -1);
}

static void
setup(void)
{
	scratch_setup();
	start(false);
}

static void
teardown(void)
{
	mk_tmda_queue_free(q);
	q = NULL;
	mk_tmda_close(&t);
	scratch_teardown();
}

/* The queue, with TEXT as TMDA's configuration; %s in it is SCRATCH. */
static bool
make(const char *text)
{
	struct mk_buf config = { 0 };
	const char *at;

	if (text != NULL) {
		mk_buf_addf(&config, "import os\n");
		for (; (at = strstr(text, "%s")) != NULL; text = at + 2)
			mk_buf_addf(&config, "%.*s%s", (int)(at - text), text,
			    scratch);
		mk_buf_addf(&config, "%s", text);
		put(conf.dir == NULL ? "mail/a/.tmda/config" :
		    "home/.tmda/config", config.data);
		mk_buf_free(&config);
	}
	q = mk_tmda_queue_new(&t, conf.dir == NULL ? "a" : "", &err);
	return q != NULL;
}

START_TEST(a_section_alone_asks_nobody)
{
	conf.pending_lifetime = fortnight;
	ck_assert_msg(make("PENDING_DIR = 1/0\n"), "%s", err.text);
	ck_assert_int_eq(q->lifetime_s, 14 * DAY);
	ck_assert_str_eq(q->pending.path, "pending");
	ck_assert_str_eq(q->responses.path, "responses");
	ck_assert_uint_eq(q->lists_n, 1);
	ck_assert_str_eq(q->lists[0].path, "lists/confirmed");
	ck_assert_ptr_null(q->append.path);
	ck_assert_uint_eq(q->uid, stat_of("home/.tmda").st_uid);
}
END_TEST

START_TEST(an_empty_configuration_is_all_defaults)
{
	ck_assert_msg(make(""), "%s", err.text);
	ck_assert_int_eq(q->lifetime_s, 14 * DAY);
	ck_assert_str_eq(q->pending.path, "pending");
	ck_assert_str_eq(q->responses.path, "responses");
}
END_TEST

static const struct { const char *text, *pending; unsigned root; } dirs[] = {
	{ "PENDING_DIR = os.path.expanduser('~/.tmda/held')\n", "held", 0 },
	{ "PENDING_DIR = '%s/home/.tmda//held/'\n", "held", 0 },
	{ "DATADIR = '%s/home/.tmda/data/'\n", "data/pending", 0 },
	{ "DATADIR = '%s/home/.tmda'\nPENDING_DIR = 'q'\n", "q", 0 },
	{ "PENDING_DIR = '%s/other/held'\n", "held", MK_TMDA_PENDING_ROOT },
	{ "PENDING_DIR = '%s/other/none'\n", NULL, 0 },
	{ "PENDING_DIR = '%s/home/.tmdas'\n", NULL, 0 },
};

START_TEST(pending_is_where_tmda_has_it)
{
	ck_assert_msg(make(dirs[_i].text), "%s", err.text);
	ck_assert_uint_eq(q->pending.root, dirs[_i].root);
	if (dirs[_i].pending == NULL)
		ck_assert_ptr_null(q->pending.path);
	else
		ck_assert_str_eq(q->pending.path, dirs[_i].pending);
	if (dirs[_i].root != 0)
		ck_assert_str_eq(t.roots[dirs[_i].root].path, other);
}
END_TEST

static const struct { const char *text, *says; } unknowns[] = {
	{ "PENDING_DIR = 1/0\n", ":2: PENDING_DIR" },
	{ "if 1:\n  PENDING_LIFETIME = '1d'\n", ":3: PENDING_LIFETIME" },
	{ "PENDING_LIFETIME = '2 days'\n", ":2: PENDING_LIFETIME" },
	{ "PENDING_LIFETIME = None\n", ":2: PENDING_LIFETIME is None" },
	{ "RESPONSE_DIR = x()\n", ":2: RESPONSE_DIR" },
	{ "CONFIRM_APPEND = x()\n", ":2: CONFIRM_APPEND" },
	{ "PENDING_DELETE_APPEND = x()\n", ":2: PENDING_DELETE_APPEND" },
	{ "PENDING_DIR = '%s/home/../x'\n", ".. in it" },
	{ "PENDING_DIR = os.path.expanduser('~bob/x')\n", "PENDING_DIR" },
};

START_TEST(what_cannot_be_known_stops_the_section)
{
	conf.append_deleted = true;
	ck_assert(!make(unknowns[_i].text));
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert_msg(strstr(err.text, unknowns[_i].says) != NULL, "%s",
	    err.text);
}
END_TEST

START_TEST(what_is_not_needed_may_be_unknown)
{
	conf.rescue = MK_TMDA_NO_RESCUE;
	ck_assert_msg(make("CONFIRM_APPEND = x()\nBARE_APPEND = y()\n"
	    "PENDING_DELETE_APPEND = z()\nPENDING_CACHE = x()\n"
	    "RESPONSE_DIR = None\n"), "%s", err.text);
	ck_assert_uint_eq(q->lists_n, 0);
	ck_assert_ptr_null(q->append.path);
	ck_assert_ptr_null(q->responses.path);
}
END_TEST

START_TEST(a_home_is_only_known_around_dot_tmda)
{
	ck_assert_int_eq(renameat(root, "home/.tmda", root, "home/tmda"), 0);
	make_dir("home/.tmda");
	put("home/tmda/config", "PENDING_DIR = '~/.tmda/pending'\n");
	snprintf(dir, sizeof dir, "%s/home/tmda", scratch);
	free(t.roots[0].path);
	t.roots[0].path = strdup(dir);
	q = mk_tmda_queue_new(&t, "", &err);
	ck_assert_ptr_null(q);
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "config:1: PENDING_DIR"));
}
END_TEST

START_TEST(lists_are_those_of_both)
{
	conf.append_deleted = true;
	ck_assert_msg(make("CONFIRM_APPEND = '%s/home/.tmda/ok'\n"
	    "BARE_APPEND = '%s/other/white'\n"
	    "PENDING_DELETE_APPEND = os.path.expanduser('~/.tmda/b')\n"),
	    "%s", err.text);
	ck_assert_uint_eq(q->lists_n, 3);
	ck_assert_str_eq(q->lists[1].path, "ok");
	ck_assert(!q->lists[1].own);
	ck_assert_str_eq(q->lists[2].path, "white");
	ck_assert(q->lists[2].own);
	ck_assert_str_eq(q->append.path, "b");
}
END_TEST

START_TEST(our_own_list_goes_before_tmdas)
{
	conf.append_deleted = true;
	conf.delete_append = black;
	ck_assert_msg(make("PENDING_DELETE_APPEND = x()\n"), "%s", err.text);
	ck_assert_str_eq(q->append.path, "lists/black");
}
END_TEST

START_TEST(no_configuration_is_an_error_that_says_so)
{
	ck_assert(!make(NULL));
	ck_assert_int_eq(err.status, EX_NOINPUT);
	ck_assert_ptr_nonnull(strstr(err.text, "home/.tmda/config"));
}
END_TEST

START_TEST(a_linked_configuration_is_not_read)
{
	put("elsewhere", "PENDING_LIFETIME = '1d'\n");
	ck_assert_int_eq(symlinkat("../../elsewhere", root,
	    "home/.tmda/config"), 0);
	q = mk_tmda_queue_new(&t, "", &err);
	ck_assert_ptr_null(q);
}
END_TEST

static void
setup_mailbox(void)
{
	scratch_setup();
	start(true);
}

static const struct { const char *text, *pending; } boxes[] = {
	{ "", "a/.tmda/pending" },
	{ "PENDING_DIR = os.path.expanduser('~/held')\n", "a/held" },
	{ "PENDING_DIR = '%s/mail/a/x'\n", "a/x" },
	{ "PENDING_DIR = '%s/mail/b/x'\n", NULL },
	{ "PENDING_DIR = '%s/other/held'\n", NULL },
	{ "PENDING_DIR = '/etc'\n", NULL },
	{ "CONFIRM_APPEND = '/etc/passwd'\n", NULL },
	{ "RESPONSE_DIR = '%s/mail/ab'\n", NULL },
};

START_TEST(a_user_names_only_what_lies_in_the_mailbox)
{
	if (boxes[_i].pending != NULL) {
		ck_assert_msg(make(boxes[_i].text), "%s", err.text);
		ck_assert_str_eq(q->pending.path, boxes[_i].pending);
		ck_assert_uint_eq(q->pending.root, MK_TMDA_ROOT);
		ck_assert_str_eq(q->mailbox, "a");
	} else {
		ck_assert(!make(boxes[_i].text));
		ck_assert_int_eq(err.status, EX_CONFIG);
	}
	ck_assert_int_eq(t.roots[MK_TMDA_PENDING_ROOT].fd, -1);
}
END_TEST

START_TEST(a_linked_directory_in_a_mailbox_is_refused)
{
	scratch_run("rm -r", "mail/a/.tmda");
	ck_assert_int_eq(symlinkat("../../home/.tmda", root, "mail/a/.tmda"),
	    0);
	q = mk_tmda_queue_new(&t, "a", &err);
	ck_assert_ptr_null(q);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tmda/queue");
	TCase *tc = tcase_create("directory");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_section_alone_asks_nobody);
	tcase_add_test(tc, an_empty_configuration_is_all_defaults);
	tcase_add_loop_test(tc, pending_is_where_tmda_has_it, 0, COUNT(dirs));
	tcase_add_loop_test(tc, what_cannot_be_known_stops_the_section, 0,
	    COUNT(unknowns));
	tcase_add_test(tc, what_is_not_needed_may_be_unknown);
	tcase_add_test(tc, a_home_is_only_known_around_dot_tmda);
	tcase_add_test(tc, lists_are_those_of_both);
	tcase_add_test(tc, our_own_list_goes_before_tmdas);
	tcase_add_test(tc, no_configuration_is_an_error_that_says_so);
	tcase_add_test(tc, a_linked_configuration_is_not_read);
	suite_add_tcase(suite, tc);
	tc = tcase_create("mailbox");
	tcase_add_checked_fixture(tc, setup_mailbox, teardown);
	tcase_add_loop_test(tc, a_user_names_only_what_lies_in_the_mailbox,
	    0, COUNT(boxes));
	tcase_add_test(tc, a_linked_directory_in_a_mailbox_is_refused);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
