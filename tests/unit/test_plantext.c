/* expire/plantext: what is written is read again; anything else is refused. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "expire/plantext.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define NOW		1700000000
#define ROOT		"/srv/ma\til"

static char junk[] = "junk", odd[] = "o\tdd\n\\", tmp[] = "tmp";
static char stray[] = "stray", below[] = "new/so\nmewhere";
static const struct mk_rule rules[] = {
	{ .name = junk }, { .name = odd },	/* of all folders */
	{ .name = tmp, .tmp = true }, { .name = stray, .path = below },
};
#define RULES	((size_t)COUNT(rules))

static struct mk_plan plan;
static struct mk_error err;
static char *text;
static size_t text_len;

static void
setup(void)
{
	mk_plan_open(&plan);
	text = NULL;
}

static void
teardown(void)
{
	mk_plan_close(&plan);
	free(text);
}

static const char *const hostile[] = {
	"1700000000.M1P2.mx,S=9:2,FS", "-rf", " ", "a\tb", "a\nb", "\n", "\t",
	"\\", "\\t", "\\x41", "a\\", "\x01\x1f\x7f", "\r", "\x1b[31m",
	"\xff\xfe\x80", "\xc3\xb6", "%s%n", "'\"$(x)`", "..", "...", "*",
};

static void
add(const char *mailbox, const char *place, enum mk_layout layout,
    bool plain, const struct mk_item *item)
{
	struct mk_buf path = { 0 };
	struct mk_group *group;
	struct mk_item copy = *item;
	int i;

	ck_assert_int_eq(mk_buf_addf(&path, "%s%s%s", mailbox,
	    mailbox[0] != '\0' && place[0] != '\0' ? "/" : "", place), 0);
	group = mk_group_new(mailbox, plain ? "" : place, path.data, layout,
	    plain);
	ck_assert_ptr_nonnull(group);
	for (i = 0; i < COUNT(hostile); i++) {
		copy.kind = (uint8_t)(item->sub == MK_SUB_TMP ? 2 :
		    item->sub == MK_SUB_SELF ? 3 : i % 2);
		ck_assert_int_eq(mk_group_add(group, &copy, hostile[i]), 0);
		copy.since_s++;
	}
	ck_assert_int_eq(mk_plan_add(&plan, group), 0);
	mk_buf_free(&path);
}

static void
fill(void)
{
	add("org/al", ".Trash", MK_MAILDIRPP, false, &(struct mk_item){
	    .since_s = NOW, .size_bytes = 9, .sub = MK_SUB_CUR });
	add("org/al", "", MK_MAILDIRPP, false, &(struct mk_item){
	    .since_s = -5, .size_bytes = -1, .sub = MK_SUB_TMP });
	add("", "", MK_MAILDIRPP, false, &(struct mk_item){
	    .since_s = 0, .size_bytes = 0, .sub = MK_SUB_NEW });
	add("o\tr\ng/\xff", "Tr\\ash/20 25", MK_FS, false, &(struct mk_item){
	    .since_s = INT64_MIN, .size_bytes = INT64_MAX,
	    .sub = MK_SUB_NEW, .by_cap = true });
	add("", "new/so\nmewhere", MK_FS, true, &(struct mk_item){
	    .since_s = INT64_MAX - 100, .size_bytes = 1,
	    .sub = MK_SUB_SELF });
}

static void
write_text(const struct mk_plan *from)
{
	FILE *out = open_memstream(&text, &text_len);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(mk_plantext_write(from, ROOT, rules, NOW, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

static int
parse(struct mk_plan *into, const char *bytes, size_t len)
{
	mk_plan_open(into);
	return mk_plantext_parse(into, "FILE", bytes, len, ROOT, rules, RULES,
	    &err);
}

static void
same(const struct mk_plan *x, const struct mk_plan *y)
{
	const struct mk_group *g, *h;
	size_t i, j;

	ck_assert_uint_eq(x->items, y->items);
	ck_assert_uint_eq(x->n, y->n);
	for (i = 0; i < x->n; i++) {
		g = x->groups[i];
		h = y->groups[i];
		ck_assert_str_eq(g->mailbox, h->mailbox);
		ck_assert_str_eq(g->place, h->place);
		ck_assert_str_eq(g->path, h->path);
		ck_assert_int_eq(g->layout, h->layout);
		ck_assert_int_eq(g->plain, h->plain);
		ck_assert_uint_eq(g->n, h->n);
		for (j = 0; j < g->n; j++) {
			ck_assert_str_eq(mk_item_name(g, &g->items[j]),
			    mk_item_name(h, &h->items[j]));
			ck_assert_int_eq(g->items[j].since_s,
			    h->items[j].since_s);
			ck_assert_int_eq(g->items[j].size_bytes,
			    h->items[j].size_bytes);
			ck_assert_uint_eq(g->items[j].kind,
			    h->items[j].kind);
			ck_assert_uint_eq(g->items[j].sub, h->items[j].sub);
			ck_assert_int_eq(g->items[j].by_cap,
			    h->items[j].by_cap);
			ck_assert(!h->items[j].archived);
		}
	}
}

START_TEST(what_is_written_is_read)
{
	struct mk_plan again;
	size_t lines = 0, i;

	fill();
	write_text(&plan);
	/* Whatever is in it: a line a message, nothing a terminal obeys. */
	for (i = 0; i < text_len; i++) {
		lines += text[i] == '\n';
		ck_assert((unsigned char)text[i] >= 0x20 || text[i] == '\n' ||
		    text[i] == '\t');
		ck_assert_int_ne(text[i], 0x7f);
	}
	ck_assert_uint_eq(lines, 1 + plan.items);
	ck_assert_msg(parse(&again, text, text_len) == 0, "%s", err.text);
	same(&plan, &again);
	mk_plan_sort(&plan);
	mk_plan_sort(&again);
	same(&plan, &again);
	mk_plan_close(&again);
}
END_TEST

START_TEST(empty_plan_is_read)
{
	struct mk_plan again;

	write_text(&plan);
	ck_assert_int_eq(parse(&again, text, text_len), 0);
	ck_assert_uint_eq(again.n, 0);
	ck_assert_uint_eq(again.items, 0);
	mk_plan_close(&again);
}
END_TEST

START_TEST(cut_anywhere_is_refused)
{
	struct mk_plan again;
	size_t len, lines = 0;
	char place[40];

	fill();
	write_text(&plan);
	for (len = 0; len < text_len; len++) {
		if (len > 0 && text[len - 1] == '\n') {
			/* Lines may be taken out by hand. */
			ck_assert_int_eq(parse(&again, text, len), 0);
			ck_assert_uint_eq(again.items, lines++);
		} else {
			ck_assert_int_eq(parse(&again, text, len), -1);
			ck_assert_int_eq(err.status, EX_DATAERR);
			snprintf(place, sizeof place, "FILE:%zu: ", lines + 1);
			if (len == 0)
				snprintf(place, sizeof place, "FILE: ");
			ck_assert_msg(strncmp(err.text, place,
			    strlen(place)) == 0, "%zu: %s", len, err.text);
			ck_assert_uint_eq(again.n, 0);
			ck_assert_uint_eq(again.items, 0);
		}
		mk_plan_close(&again);
	}
}
END_TEST

#define TITLE	"mailkeep-expire plan 1\t/srv/ma\\til\t1700000000\n"
#define GOOD	"junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n"

static const struct { const char *text; int line; } bad[] = {
	/* the header */
	{ "\n", 1 },
	{ GOOD, 1 },
	{ "mailkeep-expire plan 2\t/srv/ma\\til\t1700000000\n", 1 },
	{ "mailkeep-expire plan 1\t/srv/mail\t1700000000\n", 1 },
	{ "mailkeep-expire plan 1\t/srv/ma\\til/\t1700000000\n", 1 },
	{ "mailkeep-expire plan 1\t\t1700000000\n", 1 },
	{ "mailkeep-expire plan 1\t/srv/ma\\til\t\n", 1 },
	{ "mailkeep-expire plan 1\t/srv/ma\\til\tx\n", 1 },
	{ "mailkeep-expire plan 1\t/srv/ma\\til\t1x\n", 1 },
	{ "mailkeep-expire plan 1\t/srv/ma\\til\n", 1 },
	{ "mailkeep-expire plan 1\t/srv/ma\\til\t1\t2\n", 1 },
	{ "mailkeep-expire plan 1\t/srv/ma\\til\t9223372036854775808\n", 1 },
	{ TITLE TITLE, 2 },
	/* fields: too few, too many */
	{ TITLE "\n", 2 },
	{ TITLE GOOD "\n", 3 },
	{ TITLE GOOD GOOD "junk\n" GOOD, 4 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\t\n",
	    2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\tx\n",
	    2 },
	{ TITLE "\t" GOOD, 2 },
	{ TITLE " " GOOD, 2 },
	{ TITLE "# " GOOD, 2 },
	/* what is in them */
	{ TITLE "none\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "Junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\told\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\t\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\tx\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t1 \t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n",
	    2 },
	{ TITLE "junk\tage\t 1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n",
	    2 },
	{ TITLE "junk\tage\t+1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n",
	    2 },
	{ TITLE "junk\tage\t-\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t--1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n",
	    2 },
	{ TITLE "junk\tage\t\\n1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n",
	    2 },
	{ TITLE "junk\tage\t0x1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n",
	    2 },
	{ TITLE "junk\tage\t1.5\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n",
	    2 },
	{ TITLE "junk\tage\t9223372036854775808\t2\torg/al\tmaildir++\t"
	    ".Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t-9223372036854775809\t2\torg/al\tmaildir++\t"
	    ".Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t\torg/al\tmaildir++\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2B\torg/al\tmaildir++\t.Trash\tcur\t1.a\n",
	    2 },
	{ TITLE "junk\tage\t1\t-2\torg/al\tmaildir++\t.Trash\tcur\t1.a\n",
	    2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\t\t.Trash\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tCur\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\t\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur/x\t1.a\n",
	    2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\t.\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tfs\tTrash\t.\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2\t\tplain\tnew\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\ta/b\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t/a\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t../a\n",
	    2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t\\x2F\n",
	    2 },
	/* not what the rule watches */
	{ TITLE GOOD "junk\tage\t1\t2\ta\tmaildir++\t.Trash\ttmp\t1.a\n", 3 },
	{ TITLE GOOD "tmp\tage\t1\t2\ta\tmaildir++\t.Trash\tcur\t1.a\n", 3 },
	{ TITLE "junk\tage\t1\t2\t\tplain\tnew\t.\t1.a\n", 2 },
	{ TITLE "stray\tage\t1\t2\t\tplain\tnew\t.\t1.a\n", 2 },
	{ TITLE "stray\tage\t1\t2\t\tfs\tnew\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2\ta\tmaildir++\tTrash\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2\ta\tmaildir++\t..\tcur\t1.a\n", 2 },
	{ TITLE "junk\tage\t1\t2\ta\tfs\t/etc\tcur\t1.a\n", 2 },
	/* escapes that are none */
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t\\a\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\ta\\\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\\\tmaildir++\t.Trash\tcur\ta\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t\\x\n", 2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t\\x4\n",
	    2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t\\x4g\n",
	    2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\ta\\x00\n",
	    2 },
	{ TITLE "junk\tage\t1\t2\torg/al\tmaildir++\t.Trash\tcur\t1.a\r\n"
	    "\n", 3 },
	{ TITLE GOOD "junk", 3 },
};

START_TEST(malformed_line_is_refused_by_its_number)
{
	struct mk_plan again;
	char place[40];

	ck_assert_int_eq(parse(&again, bad[_i].text, strlen(bad[_i].text)),
	    -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	snprintf(place, sizeof place, "FILE:%d: ", bad[_i].line);
	ck_assert_msg(strncmp(err.text, place, strlen(place)) == 0, "%s",
	    err.text);
	ck_assert_uint_eq(again.n, 0);	/* nothing of it is carried out */
	ck_assert_uint_eq(again.items, 0);
	mk_plan_close(&again);
}
END_TEST

START_TEST(nul_byte_is_refused_anywhere)
{
	char copy[200];
	size_t len = strlen(TITLE GOOD GOOD), i;
	struct mk_plan again;

	ck_assert_uint_lt(len, sizeof copy);
	ck_assert_int_eq(parse(&again, TITLE GOOD GOOD, len), 0);
	ck_assert_uint_eq(again.items, 2);
	ck_assert_uint_eq(again.n, 1);
	mk_plan_close(&again);
	for (i = 0; i < len; i++) {
		memcpy(copy, TITLE GOOD GOOD, len);
		copy[i] = '\0';
		ck_assert_msg(parse(&again, copy, len) == -1, "at %zu", i);
		ck_assert_uint_eq(again.n, 0);
		mk_plan_close(&again);
	}
}
END_TEST

START_TEST(full_disk_is_told)
{
	FILE *full = fopen("/dev/full", "w");

	if (full == NULL)
		return;			/* Linux has it */
	fill();
	ck_assert_int_eq(mk_plantext_write(&plan, ROOT, rules, NOW, full), -1);
	fclose(full);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("expire/plantext");
	TCase *tc = tcase_create("plantext");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, what_is_written_is_read);
	tcase_add_test(tc, empty_plan_is_read);
	tcase_add_test(tc, cut_anywhere_is_refused);
	tcase_add_loop_test(tc, malformed_line_is_refused_by_its_number, 0,
	    COUNT(bad));
	tcase_add_test(tc, nul_byte_is_refused_anywhere);
	tcase_add_test(tc, full_disk_is_told);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
