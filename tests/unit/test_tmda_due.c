/* tmda/due, and what of tmda/conf and tmda/message is pure. */
#include "tmda/conf.h"
#include "tmda/due.h"
#include "tmda/message.h"
#include "tmda/place.h"
#include "tmda/rescue.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define NOW	INT64_C(1700000000)
#define DAY	INT64_C(86400)

static const struct { int64_t since_s, lifetime_s; bool due; } ages[] = {
	{ NOW - 14 * DAY, 14 * DAY, true },	/* TMDA's own "<=" */
	{ NOW - 14 * DAY + 1, 14 * DAY, false },
	{ NOW - 14 * DAY - 1, 14 * DAY, true },
	{ 0, 14 * DAY, true },
	{ NOW, 0, true },
	{ NOW + 1, 0, false },			/* of the future */
	{ NOW + 400 * DAY, 14 * DAY, false },
	{ INT64_MAX, 14 * DAY, false },
};

START_TEST(age_decides)
{
	ck_assert_int_eq(mk_tmda_due(ages[_i].since_s, ages[_i].lifetime_s,
	    NOW), ages[_i].due);
}
END_TEST

#define EMPTY	S_IFREG | 0600
static const struct {
	int64_t name_s, mtime_s, ctime_s, lifetime_s;
	mode_t mode;
	off_t size;
	bool due;
} responses[] = {
	{ NOW - 14 * DAY, NOW - 14 * DAY, NOW - 14 * DAY, 14 * DAY, EMPTY, 0,
	    true },
	{ NOW - 14 * DAY + 1, 0, 0, 14 * DAY, EMPTY, 0, false },
	/* Restored today: TMDA may have replied today. */
	{ NOW - 30 * DAY, NOW - 30 * DAY, NOW - DAY + 1, 14 * DAY, EMPTY, 0,
	    false },
	{ NOW - 30 * DAY, NOW - DAY + 1, NOW - 30 * DAY, 14 * DAY, EMPTY, 0,
	    false },
	{ NOW - 30 * DAY, NOW - DAY, NOW - DAY, 14 * DAY, EMPTY, 0, true },
	{ NOW - 30 * DAY, NOW + DAY, NOW - DAY, 14 * DAY, EMPTY, 0, false },
	/* Whatever a lifetime says. */
	{ NOW - DAY + 1, NOW - DAY, NOW - DAY, 0, EMPTY, 0, false },
	{ NOW - DAY, NOW - DAY, NOW - DAY, 3600, EMPTY, 0, true },
	/* None of TMDA's making. */
	{ 0, 0, 0, 14 * DAY, EMPTY, 1, false },
	{ 0, 0, 0, 14 * DAY, S_IFLNK | 0777, 0, false },
	{ 0, 0, 0, 14 * DAY, S_IFIFO | 0600, 0, false },
};

START_TEST(a_response_lives_a_day_by_all_its_times)
{
	const struct stat st = {
		.st_mode = responses[_i].mode, .st_size = responses[_i].size,
		.st_mtim.tv_sec = responses[_i].mtime_s,
		.st_ctim.tv_sec = responses[_i].ctime_s,
	};

	ck_assert_int_eq(mk_tmda_response_due(responses[_i].name_s, &st,
	    responses[_i].lifetime_s, NOW), responses[_i].due);
}
END_TEST

static const struct { int64_t seconds; const char *text; } formats[] = {
	{ 0, "0s" }, { 119, "119s" }, { 120, "2m" }, { 7199, "119m" },
	{ 7200, "2h" }, { 2 * DAY - 1, "47h" }, { 2 * DAY, "2d" },
	{ 400 * DAY, "400d" }, { -3 * 3600, "-3h" },
};

START_TEST(ages_are_short)
{
	char buf[32];

	ck_assert_str_eq(mk_tmda_age_format(buf, sizeof buf,
	    formats[_i].seconds), formats[_i].text);
}
END_TEST

/* What became due since the last run is news, and no more the next time. */
START_TEST(news_is_what_the_last_run_has_not_seen)
{
	int64_t since_s = NOW - 15 * DAY;

	ck_assert(mk_tmda_is_news(since_s, 14 * DAY, 0));
	ck_assert(mk_tmda_is_news(since_s, 14 * DAY, NOW - DAY - 1));
	ck_assert(!mk_tmda_is_news(since_s, 14 * DAY, NOW - DAY));
	ck_assert(!mk_tmda_is_news(since_s, 14 * DAY, NOW));
}
END_TEST

static const struct { const char *address; bool listable; } senders[] = {
	{ "alice@example.org", true },
	{ "alice+tag=x@example.org", true },
	{ "root", true },
	{ "", false },
	{ "*@example.org", false },
	{ "a?@example.org", false },
	{ "[ab]@example.org", false },
	{ "@=example.org", false },
	{ "a b@example.org", false },
	{ "a@example.org\nb@example.org", false },
	{ "a\t@example.org", false },
	{ "#a@example.org", false },
	{ "a\x80@example.org", false },
	{ "a\x7f@example.org", false },
	{ "\"a\"@example.org", false },
	{ "a<b@example.org", false },
};

START_TEST(only_what_means_itself_is_appended)
{
	ck_assert_int_eq(mk_tmda_is_listable(senders[_i].address,
	    strlen(senders[_i].address)), senders[_i].listable);
}
END_TEST

START_TEST(no_sender_is_too_long_for_smtp)
{
	char address[400];

	memset(address, 'a', sizeof address);
	ck_assert(mk_tmda_is_listable(address, 320));
	ck_assert(!mk_tmda_is_listable(address, 321));
}
END_TEST

static const struct { const char *path, *normal; } paths[] = {
	{ "/", "/" }, { "//a//b/", "/a/b" }, { "a", "a" }, { "./a/.", "a" },
	{ ".", "." }, { "", "." }, { "/a/.b", "/a/.b" }, { "/a/..b", "/a/..b" },
	{ "/a/../b", NULL }, { "..", NULL }, { "a/..", NULL },
};

START_TEST(paths_are_made_normal_by_their_letters)
{
	char *normal = mk_tmda_normal(paths[_i].path);

	if (paths[_i].normal == NULL) {
		ck_assert_ptr_null(normal);
		ck_assert_int_eq(errno, EINVAL);
	} else
		ck_assert_str_eq(normal, paths[_i].normal);
	free(normal);
}
END_TEST

static const struct { const char *base, *path, *below; } belows[] = {
	{ "/a", "/a/b", "b" }, { "/a", "/a", "." }, { "/a", "/ab", NULL },
	{ "/a", "/", NULL }, { "/", "/a", "a" }, { "/", "/", "." },
	{ "/a/b", "/a", NULL }, { "/", "a", NULL },
};

START_TEST(below_is_a_matter_of_whole_names)
{
	const char *below = mk_tmda_below(belows[_i].base, belows[_i].path);

	if (belows[_i].below == NULL)
		ck_assert_ptr_null(below);
	else
		ck_assert_str_eq(below, belows[_i].below);
}
END_TEST

static char empty[] = "", tmda[] = "tmda", fortnight[] = "14d",
    bare[] = "14", here[] = "/d", box[] = ".tmda", up[] = "../x",
    list[] = "lists/x", absolute[] = "/x", command[] = "tmda-pending";
static char *lists[] = { absolute, NULL };

#define G		.global_config = empty
#define SECTION	.name = tmda, .mailbox_dir = empty, .config = empty,	\
	    .pending_lifetime = fortnight, .release_command = absolute,	\
	    .delete_append = empty, G, .archive = empty

static const struct { struct mk_tmda_conf conf; const char *says; } confs[] = {
	{ { SECTION, .dir = here }, NULL },
	{ { SECTION }, "neither dir nor mailbox-dir" },
	{ { .name = tmda, .dir = here, .mailbox_dir = box },
	    "both dir and mailbox-dir" },
	{ { .name = tmda, .mailbox_dir = up }, "no path below a mailbox" },
	{ { .name = tmda, .mailbox_dir = absolute }, "no path below" },
	{ { .name = tmda, .mailbox_dir = box, .rescue_lists = { lists, 1 } },
	    "rescue-lists" },
	{ { .name = tmda, .dir = here, .mailbox_dir = empty,
	    .pending_lifetime = bare, .delete_append = empty, G }, "no unit" },
	{ { .name = tmda, .dir = here, .mailbox_dir = empty,
	    .pending_lifetime = fortnight, .delete_append = empty, G,
	    .append_deleted = true }, "no list" },
	{ { .name = tmda, .dir = here, .mailbox_dir = empty,
	    .pending_lifetime = tmda, .delete_append = empty, G,
	    .append_deleted = true }, NULL },
	{ { .name = tmda, .dir = here, .mailbox_dir = empty,
	    .pending_lifetime = tmda, .delete_append = list, G },
	    "append-deleted = yes" },
	{ { .name = tmda, .dir = here, .mailbox_dir = empty,
	    .pending_lifetime = tmda, .delete_append = empty, G,
	    .rescue = MK_TMDA_RELEASE, .release_command = command },
	    "whole path" },
};

START_TEST(what_does_not_fit_together_is_refused)
{
	struct mk_tmda_conf conf = confs[_i].conf;
	struct mk_error err;
	int rv = mk_tmda_section.check(&conf, &err);

	ck_assert_int_eq(rv, confs[_i].says == NULL ? 0 : -1);
	if (rv == -1) {
		ck_assert_int_eq(err.status, EX_CONFIG);
		ck_assert_msg(strstr(err.text, confs[_i].says) != NULL, "%s",
		    err.text);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tmda/due");
	TCase *tc = tcase_create("due");

	tcase_add_loop_test(tc, age_decides, 0, COUNT(ages));
	tcase_add_loop_test(tc, a_response_lives_a_day_by_all_its_times, 0,
	    COUNT(responses));
	tcase_add_loop_test(tc, ages_are_short, 0, COUNT(formats));
	tcase_add_test(tc, news_is_what_the_last_run_has_not_seen);
	tcase_add_loop_test(tc, only_what_means_itself_is_appended, 0,
	    COUNT(senders));
	tcase_add_test(tc, no_sender_is_too_long_for_smtp);
	tcase_add_loop_test(tc, paths_are_made_normal_by_their_letters, 0,
	    COUNT(paths));
	tcase_add_loop_test(tc, below_is_a_matter_of_whole_names, 0,
	    COUNT(belows));
	tcase_add_loop_test(tc, what_does_not_fit_together_is_refused, 0,
	    COUNT(confs));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
