/* mailkeep.conf: what any program reads is shipped, documented and sound. */
#include "base/buf.h"
#include "base/config.h"
#include "base/fs.h"
#include "conf/sections.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static const char *const texts[] = { "etc/mailkeep.conf",
	"man/mailkeep.conf.5" };

/* Whether KEY stands in TEXT as a word of its own. */
static bool
has_word(const char *text, const char *key)
{
	static const char in_words[] = "abcdefghijklmnopqrstuvwxyz-";
	const char *at = text;
	size_t len = strlen(key);

	for (; (at = strstr(at, key)) != NULL; at++)
		if ((at == text || strchr(in_words, at[-1]) == NULL) &&
		    (at[len] == '\0' || strchr(in_words, at[len]) == NULL))
			return true;
	return false;
}

/* Run from the top of the tree, as make check does. */
START_TEST(every_key_is_documented)
{
	const struct mk_section *const *s;
	const struct mk_key *key;
	struct mk_buf buf = { 0 };
	const char *word;
	int fd = open(texts[_i], O_RDONLY);

	ck_assert_msg(fd != -1, "%s: %s", texts[_i], strerror(errno));
	ck_assert_int_eq(mk_fs_read_all(fd, &buf, 1 << 20), 0);
	for (s = mk_all_sections; *s != NULL; s++) {
		word = strrchr((*s)->name, '.');
		word = word == NULL ? (*s)->name : word + 1;
		ck_assert_msg(*word == '\0' || has_word(buf.data, word),
		    "%s says nothing of the section %s", texts[_i],
		    (*s)->name);
		for (key = (*s)->keys; key->name != NULL; key++)
			ck_assert_msg(has_word(buf.data, key->name),
			    "%s says nothing of %s in \"%s\"", texts[_i],
			    key->name, (*s)->name);
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
