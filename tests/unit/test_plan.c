/* mail/plan: where messages lie, and in which order they go. */
#include <string.h>

#include "mail/plan.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static const struct {
	const char *path;
	enum mk_sub sub;
	bool plain;
	const char *file;
} paths[] = {
	{ "", MK_SUB_CUR, false, "cur/n" },
	{ "org/al/.Trash", MK_SUB_NEW, false, "org/al/.Trash/new/n" },
	{ "org/al", MK_SUB_TMP, false, "org/al/tmp/n" },
	{ "new", MK_SUB_SELF, true, "new/n" },
	{ "new/x", MK_SUB_SELF, true, "new/x/n" },
};

START_TEST(file_has_this_path)
{
	struct mk_group *group = mk_group_new("", "", paths[_i].path, MK_FS,
	    paths[_i].plain);
	struct mk_buf buf = { 0 };

	ck_assert_int_eq(mk_group_path(group, paths[_i].sub, "n", &buf), 0);
	ck_assert_str_eq(buf.data, paths[_i].file);
	mk_buf_free(&buf);
	mk_group_free(group);
	mk_group_free(NULL);
}
END_TEST

START_TEST(sorted_by_mailbox_place_and_file)
{
	static const char *const order[] = { "a:", "a:.Junk", "a:.Trash",
	    "b:" };
	struct mk_item cur = { .sub = MK_SUB_CUR }, new = { .sub =
	    MK_SUB_NEW };
	struct mk_group *group;
	struct mk_plan plan;
	char box[2] = "";
	size_t i;

	mk_plan_open(&plan);
	for (i = 4; i-- > 0;) {
		box[0] = order[i][0];
		group = mk_group_new(box, order[i] + 2, "", MK_MAILDIRPP,
		    false);
		ck_assert_int_eq(mk_group_add(group, &new, "1"), 0);
		ck_assert_int_eq(mk_group_add(group, &cur, "3"), 0);
		ck_assert_int_eq(mk_group_add(group, &cur, "2"), 0);
		ck_assert_int_eq(mk_plan_add(&plan, group), 0);
	}
	mk_plan_sort(&plan);
	ck_assert_uint_eq(plan.items, 12);
	for (i = 0; i < 4; i++) {
		group = plan.groups[i];
		ck_assert_int_eq(group->mailbox[0], order[i][0]);
		ck_assert_str_eq(group->place, order[i] + 2);
		ck_assert_str_eq(mk_item_name(group, &group->items[0]), "2");
		ck_assert_str_eq(mk_item_name(group, &group->items[1]), "3");
		ck_assert_str_eq(mk_item_name(group, &group->items[2]), "1");
		ck_assert_uint_eq(group->items[2].sub, MK_SUB_NEW);
	}
	mk_plan_close(&plan);
}
END_TEST

static const struct {
	const char *name;
	int64_t since_s;
	bool by_cap;
} order[] = {				/* as they are to go */
	{ "1", 9, false }, { "4", 2, false }, { "9", 1, true },
	{ "2", 5, true }, { "3", 5, true },
};

START_TEST(what_goes_by_a_cap_goes_last_and_oldest_first)
{
	struct mk_group *group = mk_group_new("", "", "", MK_FS, false);
	struct mk_plan plan;
	struct mk_item item = { 0 };
	size_t i;

	mk_plan_open(&plan);
	for (i = (size_t)COUNT(order); i-- > 0;) {
		item.by_cap = order[i].by_cap;
		item.since_s = order[i].since_s;
		ck_assert_int_eq(mk_group_add(group, &item, order[i].name),
		    0);
	}
	ck_assert_int_eq(mk_plan_add(&plan, group), 0);
	ck_assert_int_eq(mk_plan_sort(&plan), 0);
	for (i = 0; i < (size_t)COUNT(order); i++)
		ck_assert_str_eq(mk_item_name(group, &group->items[i]),
		    order[i].name);
	mk_plan_close(&plan);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/plan");
	TCase *tc = tcase_create("plan");

	tcase_add_loop_test(tc, file_has_this_path, 0, COUNT(paths));
	tcase_add_test(tc, sorted_by_mailbox_place_and_file);
	tcase_add_test(tc, what_goes_by_a_cap_goes_last_and_oldest_first);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
