/* mailkeep.conf: what any program reads is shipped, documented and sound. */
#include "base/buf.h"
#include "base/config.h"
#include "base/fs.h"
#include "conf/sections.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static const char *const texts[] = { "etc/mailkeep.conf",
	"man/mailkeep.conf.5" };

static const char in_words[] = "abcdefghijklmnopqrstuvwxyz-";

/* Where WORD stands in TEXT by itself; NULL. */
static const char *
find_word(const char *text, const char *word)
{
	const char *at = text;
	size_t len = strlen(word);

	for (; (at = strstr(at, word)) != NULL; at++)
		if ((at == text || strchr(in_words, at[-1]) == NULL) &&
		    (at[len] == '\0' || strchr(in_words, at[len]) == NULL))
			return at;
	return NULL;
}

/* Cut from TEXT, the configuration, what stands between the braces of the
 * section WORD, if it is in it. */
static char *
braces(char *text, const char *word)
{
	char *at = text, *from = NULL;
	size_t len = strlen(word);
	int depth = 0;

	while (from == NULL && (at = strstr(at, word)) != NULL) {
		if (strchr("\n#\t", at == text ? '\n' : at[-1]) != NULL &&
		    at[len] == ' ' && strchr("{\"", at[len + 1]) != NULL)
			from = at;
		at += len;
	}
	for (at = from; at != NULL && *at != '\0'; at++)
		if (*at == '{')
			depth++;
		else if (*at == '}' && --depth == 0)
			*at-- = '\0';
	return from;
}

/* Cut from TEXT, the manual, what it says of the section WORD ("": the host)
 * before it comes to something else. */
static char *
chapter(char *text, const char *word)
{
	char head[64], *from, *end;

	if (*word == '\0')
		snprintf(head, sizeof head, "\n.Sh THE HOST\n");
	else
		snprintf(head, sizeof head, "\n.Ic %s ", word);
	from = strstr(text, head);
	if (from != NULL && (end = strstr(from + strlen(head), "\n.Sh ")) !=
	    NULL)
		*end = '\0';
	return from;
}

/* That SECTION, of which TEXT has what is said of it, has all its keys. */
static void
check_keys(const struct mk_section *section, const char *text, bool manual)
{
	const struct mk_key *key;
	char item[64];

	ck_assert_msg(text != NULL, "%s says nothing of the section %s",
	    texts[manual], section->name);
	for (key = section->keys; key->name != NULL; key++) {
		snprintf(item, sizeof item, "\n.It Ic %s Pq ", key->name);
		ck_assert_msg(manual ? strstr(text, item) != NULL :
		    find_word(text, key->name) != NULL,
		    "%s says nothing of %s in \"%s\"", texts[manual],
		    key->name, section->name);
	}
}

/* Run from the top of the tree, as make check does. */
START_TEST(every_key_is_documented)
{
	const struct mk_section *const *s;
	struct mk_buf buf = { 0 };
	const char *word;
	char *copy;
	int fd = open(texts[_i], O_RDONLY);

	ck_assert_msg(fd != -1, "%s: %s", texts[_i], strerror(errno));
	ck_assert_int_eq(mk_fs_read_all(fd, &buf, 1 << 20), 0);
	for (s = mk_all_sections; *s != NULL; s++) {
		word = strrchr((*s)->name, '.');
		word = word == NULL ? (*s)->name : word + 1;
		copy = strdup(buf.data);
		ck_assert_ptr_nonnull(copy);
		check_keys(*s, _i == 1 ? chapter(copy, word) :
		    *word == '\0' ? copy : braces(copy, word), _i == 1);
		free(copy);
	}
	mk_buf_free(&buf);
	close(fd);
}
END_TEST

/* What is shipped can be used as it is: all programs take it. */
START_TEST(shipped_file_is_sound)
{
	struct mk_binding none[] = { { .section = NULL } };
	struct mk_error err;

	ck_assert_msg(mk_config_load(texts[0], NULL, 0, none,
	    mk_all_sections, &err) == 0, "%s", err.text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("conf");
	TCase *tc = tcase_create("documented");

	tcase_add_loop_test(tc, every_key_is_documented, 0, COUNT(texts));
	tcase_add_test(tc, shipped_file_is_sound);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
