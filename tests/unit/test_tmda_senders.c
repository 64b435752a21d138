/* tmda/senders: an address is found that TMDA would find, and no other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tmda/senders.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define MANY		100000

static struct mk_tmda_senders *list;
static struct mk_error err;

static void
setup(void)
{
	list = mk_tmda_senders_new(&err);
	ck_assert_ptr_nonnull(list);
}

static void
teardown(void)
{
	mk_tmda_senders_free(list);
	list = NULL;
}

static void
add_bytes(const char *text, size_t len)
{
	/* Of its own, so that a byte too far is seen by ASan. */
	char *copy = malloc(len == 0 ? 1 : len);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, len);
	ck_assert_int_eq(mk_tmda_senders_add(list, copy, len, &err), 0);
	free(copy);
}

static void
add(const char *text)
{
	add_bytes(text, strlen(text));
}

static bool
has(const char *address)
{
	size_t len = strlen(address);
	char *copy = malloc(len == 0 ? 1 : len);
	bool found;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, address, len);
	found = mk_tmda_senders_has(list, copy, len);
	free(copy);
	return found;
}

static const struct { const char *text, *address; bool has; } rows[] = {
	{ "bob@example.org\n", "bob@example.org", true },
	{ "bob@example.org", "bob@example.org", true },
	{ "bob@example.org", "BOB@Example.ORG", true },
	{ "Bob@EXAMPLE.org", "bob@example.org", true },
	{ "bob@example.org", "bo@example.org", false },
	{ "bob@example.org", "bobb@example.org", false },
	{ "bob@example.org", "bob@example.or", false },
	{ "bob@example.org", "x.bob@example.org", false },
	{ "bob@example.org", "bob@a.example.org", false },
	{ "bob@example.org", "", false },
	{ "", "", false },
	{ "\n\n \n", "", false },
	{ "*\n", "", false },
	{ "<>\n", "", false },

	/* Lines, blanks, comments. */
	{ "a@b\r\nbob@c\r\n", "bob@c", true },
	{ "a@b\rbob@c", "bob@c", true },
	{ " \t bob@c \t\n", "bob@c", true },
	{ "bob@c bob=tag@d\n", "bob@c", true },
	{ "bob@c bob@d\n", "bob@d", false },
	{ "#bob@c\n", "bob@c", false },
	{ "  # bob@c\n", "bob@c", false },
	{ "#bob@c\n", "#bob@c", false },
	{ "bob@c # met in Rome\n", "bob@c", true },
	{ "bob@c\t#x\n", "bob@c", true },
	{ "bob@c#x\n", "bob@c", true },
	{ "a#b@c\n", "a#b@c", true },
	{ "a#b@c\n", "a", false },
	{ "a@b # bob@c\n", "bob@c", false },
	{ "b\xc3\xb6" "b@c\n", "b\xc3\xb6" "b@c", true },
	{ "b\xc3\x96" "b@c\n", "b\xc3\xb6" "b@c", false },	/* not ASCII */

	/* Patterns. */
	{ "*@example.org\n", "bob@example.org", true },
	{ "*@EXAMPLE.org\n", "bob@Example.org", true },
	{ "*@example.org\n", "@example.org", true },
	{ "*@example.org\n", "bob@a.example.org", false },
	{ "*@example.org\n", "bob@example.org.x", false },
	{ "*@example.org\n", "example.org", false },
	{ "*@example.org\n", "a@b@example.org", true },
	{ "@example.org\n", "bob@example.org", false },
	{ "*@*.example.org\n", "bob@a.example.org", true },
	{ "*@*.example.org\n", "bob@example.org", false },
	{ "bob@*\n", "bob@x", true },
	{ "bob@*\n", "rob@x", false },
	{ "b?b@x\n", "bab@x", true },
	{ "b?b@x\n", "bb@x", false },
	{ "b?b@x\n", "b.b@x", true },
	{ "B[A-C]b@x\n", "bbb@x", true },
	{ "b[a-c]b@x\n", "bdb@x", false },
	{ "b[!a-c]b@x\n", "bdb@x", true },
	{ "b[!a-c]b@x\n", "bab@x", false },
	{ "b[]x]b@x\n", "b]b@x", true },
	{ "b[-x]b@x\n", "b-b@x", true },
	{ "b[x-]b@x\n", "b-b@x", true },
	{ "b[x\n", "b[x", true },
	{ "b*[x\n", "bb[x", true },
	{ "b\\*@x\n", "b\\z@x", true },		/* nothing quotes */
	{ "b\\*@x\n", "b*@x", false },
	{ "a*b*c@x\n", "aXbXbXc@x", true },
	{ "a*b*c@x\n", "aXbXbX@x", false },
	{ "a**@x\n", "a@x", true },
	{ "*\n", "anybody", true },
	{ "bob@[192.0.2.1]\n", "bob@[192.0.2.1]", true },
	{ "a*b@c\n", "A*B@c", true },

	/* A domain and all below. */
	{ "@=example.org\n", "bob@example.org", true },
	{ "*@=example.org\n", "bob@example.org", true },
	{ "*@=Example.org\n", "bob@a.b.eXample.org", true },
	{ "*@=example.org\n", "bob@badexample.org", false },
	{ "*@=example.org\n", "bob@org", false },
	{ "*@=example.org\n", "bob@example.org.x", false },
	{ "*@=example.org\n", "x.example.org", false },
	{ "bob@=example.org\n", "bob@a.example.org", true },
	{ "bob@=example.org\n", "bob@example.org", true },
	{ "bob@=example.org\n", "rob@example.org", false },
	{ "b*@=example.org\n", "bob@a.b.example.org", true },
	{ "*@=ex*.org\n", "bob@a.example.org", true },
	{ "*@=ex*.org\n", "bob@a.org", false },
	{ "@=*\n", "a@b", true },
	{ "=@x\n", "=@x", true },
	{ "*@=\n", "a@b", false },
};

START_TEST(lists)
{
	add(rows[_i].text);
	ck_assert_msg(has(rows[_i].address) == rows[_i].has, "%s: %s",
	    rows[_i].text, rows[_i].address);
}
END_TEST

START_TEST(lists_add_up_and_count_each_once)
{
	ck_assert_uint_eq(mk_tmda_senders_count(list), 0);
	add("a@b\nA@B\n# c@d\n*@e\n");
	ck_assert_uint_eq(mk_tmda_senders_count(list), 2);
	add("*@E\na@b\nf@=g\n*@=h\n");
	ck_assert_uint_eq(mk_tmda_senders_count(list), 4);
	ck_assert(has("a@b") && has("x@e") && has("f@x.g") && has("i@j.h"));
	ck_assert(!has("c@d"));
}
END_TEST

START_TEST(many_are_found_and_no_others)
{
	char text[64];
	size_t i;
	int len;

	for (i = 0; i < MANY; i++) {
		len = snprintf(text, sizeof text, "user%zu@Host%zu.example\n",
		    i, i % 100);
		ck_assert_int_eq(mk_tmda_senders_add(list, text, (size_t)len,
		    &err), 0);
	}
	ck_assert_uint_eq(mk_tmda_senders_count(list), MANY);
	for (i = 0; i < 2 * MANY; i++) {
		snprintf(text, sizeof text, "USER%zu@host%zu.example", i,
		    i % 100);
		ck_assert_int_eq(has(text), i < MANY);
	}
}
END_TEST

/* A user writes his list; what it costs is bounded. */
START_TEST(stars_do_not_explode)
{
	char text[1000], address[1001];

	memset(text, '*', sizeof text);
	for (size_t i = 1; i < sizeof text; i += 2)
		text[i] = 'a';
	text[sizeof text - 1] = 'b';
	add_bytes(text, sizeof text);
	memset(address, 'a', sizeof address - 1);
	address[sizeof address - 1] = '\0';
	ck_assert(!has(address));
	address[sizeof address - 2] = 'b';
	ck_assert(has(address));
}
END_TEST

START_TEST(nul_and_endless_words_are_no_addresses)
{
	static const char nul[] = "a@b\0c\nd@e\n";
	char text[5000];

	add_bytes(nul, sizeof nul - 1);
	ck_assert(has("d@e"));
	ck_assert(!has("a@b"));
	memset(text, 'x', sizeof text);
	text[10] = '@';
	add_bytes(text, sizeof text);
	ck_assert_uint_eq(mk_tmda_senders_count(list), 1);
	ck_assert(!mk_tmda_senders_has(list, text, sizeof text));
}
END_TEST

START_TEST(free_takes_null)
{
	mk_tmda_senders_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tmda/senders");
	TCase *tc = tcase_create("senders");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, lists, 0, COUNT(rows));
	tcase_add_test(tc, lists_add_up_and_count_each_once);
	tcase_add_test(tc, many_are_found_and_no_others);
	tcase_add_test(tc, stars_do_not_explode);
	tcase_add_test(tc, nul_and_endless_words_are_no_addresses);
	tcase_add_test(tc, free_takes_null);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
