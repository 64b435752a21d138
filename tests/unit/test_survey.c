/* report: what is merged, kept and cut on the way into a survey. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/part.h"
#include "report/runs.h"
#include "report/tree.h"
#include "unit.h"

static struct mk_survey survey;

static void
teardown(void)
{
	mk_survey_free(&survey);
}

/* ---- top */

static int dropped;

static int
by_int(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void
drop(void *item)
{
	dropped++;
	free(item);
}

static int *
number(int n)
{
	int *p = malloc(sizeof *p);

	ck_assert_ptr_nonnull(p);
	*p = n;
	return p;
}

START_TEST(top_keeps_the_first_in_order)
{
	struct mk_top top = { .max = 5, .order = by_int, .drop = drop };
	int i;

	for (i = 0; i < 100; i++)
		mk_top_add(&top, number(i * 37 % 101));
	ck_assert_uint_eq(top.n, 5);
	ck_assert_int_eq(dropped, 95);
	for (i = 0; i < 5; i++)
		ck_assert_int_eq(*(int *)top.v[i], i);
	ck_assert(!top.lost);
	mk_top_add(&top, NULL);
	ck_assert(top.lost);
	mk_top_free(&top);
	ck_assert_int_eq(dropped, 100);
}
END_TEST

/* ---- sums */

START_TEST(sums_are_by_name)
{
	struct mk_sums sums = { 0 };

	ck_assert_int_eq(mk_sums_add(&sums, "Junk", 1, 10), 0);
	ck_assert_int_eq(mk_sums_add(&sums, "Trash", 5, 100), 0);
	ck_assert_int_eq(mk_sums_add(&sums, "Junk", 2, 20), 0);
	mk_sums_sort(&sums);
	ck_assert_uint_eq(sums.n, 2);
	ck_assert_str_eq(sums.v[0]->name, "Trash");
	ck_assert_uint_eq(sums.v[1]->messages, 3);
	ck_assert_uint_eq(sums.v[1]->bytes, 30);
	ck_assert(!sums.other);
	mk_sums_free(&sums);
}
END_TEST

/* Who makes folders without end costs no memory without end, and no sum. */
START_TEST(sums_of_many_names_are_bounded)
{
	struct mk_sums sums = { 0 };
	uint64_t messages, bytes;
	char name[40];
	size_t i;

	mk_sums_add(&sums, "INBOX", 7, UINT64_C(1) << 40);
	for (i = 0; i < 3 * MK_SUMS; i++) {
		snprintf(name, sizeof name, "f%zu", i);
		ck_assert_int_eq(mk_sums_add(&sums, name, 1, i), 0);
		ck_assert_uint_le(sums.n, MK_SUMS);
	}
	mk_sums_add(&sums, "INBOX", 1, 1);
	mk_sums_sort(&sums);
	ck_assert_str_eq(sums.v[0]->name, "INBOX");
	ck_assert_uint_eq(sums.v[0]->messages, 8);
	ck_assert(sums.other);
	messages = sums.other_messages;
	bytes = sums.other_bytes;
	for (i = 0; i < sums.n; i++) {
		messages += sums.v[i]->messages;
		bytes += sums.v[i]->bytes;
	}
	ck_assert_uint_eq(messages, 8 + 3 * MK_SUMS);
	ck_assert_uint_eq(bytes, (UINT64_C(1) << 40) + 1 +
	    (uint64_t)3 * MK_SUMS * (3 * MK_SUMS - 1) / 2);
	mk_sums_free(&sums);
}
END_TEST

/* ---- the space */

/* A mailbox with N folders of one message; folder I has I bytes. */
static void
met(struct mk_space_sums *sums, const char *mailbox, size_t n)
{
	struct mk_met box = { .mailbox = mailbox, .n = n };
	char (*names)[24] = calloc(n, sizeof *names);
	size_t i;

	box.folders = calloc(n, sizeof *box.folders);
	for (i = 0; i < n; i++) {
		snprintf(names[i], sizeof names[i], "F%zu", i);
		box.folders[i] = (struct mk_space_folder){ .name = names[i],
		    .messages = 1, .bytes = i };
		box.messages++;
		box.bytes += i;
	}
	mk_space_met(sums, &box);
	free(box.folders);
	free(names);
}

START_TEST(space_has_the_largest_and_the_sum_of_all)
{
	struct mk_space_sums sums = mk_space_sums_none;
	const struct mk_space *s = &survey.space;
	uint64_t messages = 0, bytes = 0;
	char name[20];
	size_t i;

	for (i = 1; i <= 300; i++) {
		snprintf(name, sizeof name, "box%zu", i);
		met(&sums, name, i);
		messages += i;
		bytes += i * (i - 1) / 2;
	}
	mk_space_tell(&sums, &survey);
	mk_space_sums_free(&sums);
	ck_assert_uint_eq(s->messages, messages);
	ck_assert_uint_eq(s->bytes, bytes);
	ck_assert_uint_eq(s->n, MK_SPACE_BOXES);
	ck_assert_str_eq(s->boxes[0].mailbox, "box300");
	ck_assert_str_eq(s->boxes[99].mailbox, "box201");
	ck_assert_uint_eq(s->boxes[0].n, MK_SPACE_FOLDERS + 1);
	ck_assert_str_eq(s->boxes[0].folders[0].name, "F299");
	ck_assert_str_eq(s->boxes[0].folders[12].name, "other");
	for (i = 0; i < s->boxes[0].n; i++)
		messages -= s->boxes[0].folders[i].messages;
	ck_assert_uint_eq(messages, 300 * 301 / 2 - 300);
	ck_assert_uint_eq(s->folders_n, MK_SPACE_FOLDERS + 1);
	ck_assert_str_eq(s->folders[12].name, "other");
	for (i = 0; i < s->folders_n; i++)
		bytes -= s->folders[i].bytes;
	ck_assert_uint_eq(bytes, 0);
}
END_TEST

START_TEST(space_of_few_has_no_other)
{
	struct mk_space_sums sums = mk_space_sums_none;

	met(&sums, "a", MK_SPACE_FOLDERS);
	met(&sums, "", 1);
	mk_space_tell(&sums, &survey);
	mk_space_sums_free(&sums);
	ck_assert_uint_eq(survey.space.n, 2);
	ck_assert_uint_eq(survey.space.boxes[0].n, MK_SPACE_FOLDERS);
	ck_assert_str_eq(survey.space.boxes[1].mailbox, "");
	ck_assert_uint_eq(survey.space.folders_n, MK_SPACE_FOLDERS);
}
END_TEST

/* ---- runs */

static void
ran(struct mk_run_sums *sums, const char *program, int64_t at, int status,
    const char *total)
{
	struct mk_error err;
	struct mk_value *value = mk_jsonread(total, strlen(total), &err);
	const struct mk_history_run run = { .program = program,
	    .started_s = at, .finished_s = at + 5, .took_ms = 5000,
	    .status = status, .note = status == 0 ? NULL : "braked",
	    .total = value };

	ck_assert_ptr_nonnull(value);
	ck_assert_int_eq(mk_run_take(sums, &run), 0);
	mk_jsonread_free(value);
}

static const struct {
	const char *program, *total, *what;
	uint64_t removed, bytes;
} programs[] = {
	{ "expire", "{\"removed\":3,\"removed_bytes\":4,\"due\":9}", "removed",
	    3, 4 },
	{ "blacklist", "{\"added\":3,\"removed\":4,\"prefixes\":9}", "changed",
	    7, 0 },
	{ "spamscan", "{\"junked\":3,\"deleted\":4,\"deleted_bytes\":5}",
	    "moved", 7, 5 },
	{ "tmda", "{\"removed\":3,\"removed_bytes\":4}", "removed", 3, 4 },
	{ "rotate", "{\"rotated\":3,\"removed\":8,\"freed\":4}", "rotated", 3,
	    4 },
	{ "another", "{\"removed\":3}", "removed", 0, 0 },
	{ "expire", "{\"removed\":-3,\"removed_bytes\":\"x\"}", "removed", 0,
	    0 },
	{ "expire", "[]", "removed", 0, 0 },
};

START_TEST(each_program_has_its_own_count)
{
	struct mk_run_sums *sums = mk_run_sums_new(1000);

	ran(sums, programs[_i].program, 100, 0, programs[_i].total);
	mk_runs_tell(sums, &survey);
	mk_run_sums_free(sums);
	ck_assert_uint_eq(survey.runs.n, 1);
	ck_assert_str_eq(survey.runs.programs[0].program,
	    programs[_i].program);
	ck_assert_str_eq(survey.runs.programs[0].what, programs[_i].what);
	ck_assert_uint_eq(survey.runs.programs[0].runs[0].removed,
	    programs[_i].removed);
	ck_assert_uint_eq(survey.runs.programs[0].runs[0].bytes,
	    programs[_i].bytes);
}
END_TEST

/* Of two histories one run after the other, and what failed is counted. */
START_TEST(runs_are_merged)
{
	struct mk_run_sums *sums = mk_run_sums_new(1000);
	const struct mk_run_program *p;

	ran(sums, "rotate", 50, 0, "{}");
	ran(sums, "expire", 300, 75, "{}");
	ran(sums, "expire", 100, 0, "{}");
	ran(sums, "expire", 200, 0, "{}");
	mk_runs_tell(sums, &survey);
	mk_run_sums_free(sums);
	ck_assert_int_eq(survey.runs.part.state, MK_PART_TOLD);
	ck_assert_uint_eq(survey.runs.n, 2);
	p = &survey.runs.programs[0];
	ck_assert_str_eq(p->program, "expire");
	ck_assert_uint_eq(p->n, 3);
	ck_assert_int_eq(p->runs[0].started_s, 100);
	ck_assert_int_eq(p->runs[2].started_s, 300);
	ck_assert_str_eq(p->runs[2].note, "braked");
	ck_assert_ptr_null(p->runs[1].note);
	ck_assert_uint_eq(p->failed, 1);
	ck_assert_int_eq(p->last_success_s, 205);
}
END_TEST

/* What a wrong clock dated is no success to come, nor the only thing told. */
START_TEST(runs_of_the_future_are_left_out)
{
	struct mk_run_sums *sums = mk_run_sums_new(1000);

	ran(sums, "expire", 1000 + 86400, 0, "{}");
	mk_runs_tell(sums, &survey);
	ck_assert_int_eq(survey.runs.part.state, MK_PART_FAILED);
	ck_assert_ptr_nonnull(strstr(survey.runs.part.why, "later than now"));
	ran(sums, "expire", 1000, 0, "{}");	/* while we look */
	mk_runs_tell(sums, &survey);
	mk_run_sums_free(sums);
	ck_assert_int_eq(survey.runs.part.state, MK_PART_TOLD);
	ck_assert_uint_eq(survey.runs.programs[0].n, 1);
	ck_assert_int_eq(survey.runs.programs[0].last_success_s, 1005);
	ck_assert_ptr_nonnull(strstr(survey.runs.part.note, "left out, 1:"));
}
END_TEST

/* Programs that nobody knows do not fill the memory. */
START_TEST(programs_are_bounded)
{
	struct mk_run_sums *sums = mk_run_sums_new(1000);
	char name[40];
	int i;

	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "p%d", i);
		ran(sums, name, 1, 0, "{}");
	}
	mk_runs_tell(sums, &survey);
	mk_run_sums_free(sums);
	ck_assert_uint_eq(survey.runs.n, 16);
	ck_assert_ptr_nonnull(strstr(survey.runs.part.note, "984 runs"));
}
END_TEST

START_TEST(no_run_is_absent_and_no_history_a_failure)
{
	struct mk_run_sums *sums = mk_run_sums_new(1000);
	struct mk_error err;

	mk_runs_tell(sums, &survey);
	ck_assert_int_eq(survey.runs.part.state, MK_PART_ABSENT);
	mk_fail(&err, EX_NOPERM, "one");
	mk_runs_unread(sums, &err);
	mk_fail(&err, EX_NOPERM, "two");
	mk_runs_unread(sums, &err);
	mk_runs_tell(sums, &survey);
	ck_assert_int_eq(survey.runs.part.state, MK_PART_FAILED);
	ck_assert_str_eq(survey.runs.part.why, "one");
	ran(sums, "expire", 1, 0, "{}");
	mk_runs_tell(sums, &survey);
	ck_assert_int_eq(survey.runs.part.state, MK_PART_TOLD);
	ck_assert_str_eq(survey.runs.part.note, "one");
	mk_run_sums_free(sums);
}
END_TEST

/* ---- parts */

START_TEST(notes_are_joined_and_bounded)
{
	struct mk_part part = { .state = MK_PART_TOLD };
	char text[MK_ERROR_MAX + 1];
	int i;

	mk_part_note(&survey, &part, "%s", "one");
	mk_part_note(&survey, &part, "%d", 2);
	ck_assert_str_eq(part.note, "one; 2");
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (i = 0; i < 5; i++)
		mk_part_note(&survey, &part, "%s", text);
	ck_assert_uint_lt(strlen(part.note), MK_ERROR_MAX);
}
END_TEST

/* Whatever lies before it in the arena. */
START_TEST(arrays_are_aligned_and_zeroed)
{
	struct mk_part part = { 0 };
	uint64_t *v;
	size_t i, j;

	for (i = 0; i < 40; i++) {
		mk_survey_text(&survey, "odd" + i % 3);
		v = mk_survey_array(&survey, &part, i * 50, sizeof *v);
		ck_assert_ptr_nonnull(v);
		ck_assert_uint_eq((uintptr_t)v % _Alignof(max_align_t), 0);
		for (j = 0; j < i * 50; j++)
			ck_assert(v[j] == 0);
		memset(v, 0xff, i * 50 * sizeof *v);
	}
	ck_assert_ptr_null(mk_survey_array(&survey, &part, SIZE_MAX / 4, 8));
	ck_assert_int_eq(part.state, MK_PART_FAILED);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("survey");
	TCase *tc = tcase_create("survey");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, top_keeps_the_first_in_order);
	tcase_add_test(tc, sums_are_by_name);
	tcase_add_test(tc, sums_of_many_names_are_bounded);
	tcase_add_test(tc, space_has_the_largest_and_the_sum_of_all);
	tcase_add_test(tc, space_of_few_has_no_other);
	tcase_add_loop_test(tc, each_program_has_its_own_count, 0,
	    (int)(sizeof programs / sizeof *programs));
	tcase_add_test(tc, runs_are_merged);
	tcase_add_test(tc, runs_of_the_future_are_left_out);
	tcase_add_test(tc, programs_are_bounded);
	tcase_add_test(tc, no_run_is_absent_and_no_history_a_failure);
	tcase_add_test(tc, notes_are_joined_and_bounded);
	tcase_add_test(tc, arrays_are_aligned_and_zeroed);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
