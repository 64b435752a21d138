/* check/rules, check/crontab, check/logrotate: what texts come to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "check/crontab.h"
#include "check/logrotate.h"
#include "check/rules.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define DAYS(n)		((n) * INT64_C(86400))

static char trash[] = "Trash", junk[] = "Junk", both[] = "Trash/*";
static char alice[] = "alice@example.org", new[] = "new";

/* A rule of one folder, exclude and account (NULL: none). */
static struct mk_rule
rule(char **folder, char **exclude, char **account, int64_t age_s)
{
	static char name[] = "r";

	return (struct mk_rule){ .name = name, .subfolders = true,
	    .unread = true, .older_than_s = age_s,
	    .max_messages = MK_UNSET_INT, .max_bytes = MK_UNSET_INT,
	    .folders = { .v = folder, .n = *folder != NULL },
	    .exclude = { .v = exclude, .n = *exclude != NULL },
	    .accounts = { .v = account, .n = *account != NULL } };
}

static const struct {
	char *folder[2], *exclude[2], *account[2];
	int64_t days[2];
	bool covers;
} pairs[] = {
	{ { trash, trash }, { NULL }, { NULL }, { 10, 30 }, true },
	{ { trash, trash }, { NULL }, { NULL }, { 10, 10 }, true },
	{ { trash, trash }, { NULL }, { NULL }, { 30, 10 }, false },
	{ { trash, junk }, { NULL }, { NULL }, { 10, 30 }, false },
	{ { trash, trash }, { junk, NULL }, { NULL }, { 10, 30 }, false },
	{ { trash, trash }, { NULL, junk }, { NULL }, { 10, 30 }, true },
	{ { trash, trash }, { NULL }, { alice, NULL }, { 10, 30 }, false },
	{ { trash, trash }, { NULL }, { NULL, alice }, { 10, 30 }, true },
	{ { trash, trash }, { NULL }, { alice, alice }, { 10, 30 }, true },
};

START_TEST(tells_which_rule_is_too_late)
{
	char *f[2] = { pairs[_i].folder[0], pairs[_i].folder[1] };
	char *e[2] = { pairs[_i].exclude[0], pairs[_i].exclude[1] };
	char *a[2] = { pairs[_i].account[0], pairs[_i].account[1] };
	struct mk_rule first = rule(&f[0], &e[0], &a[0],
	    DAYS(pairs[_i].days[0]));
	struct mk_rule second = rule(&f[1], &e[1], &a[1],
	    DAYS(pairs[_i].days[1]));

	ck_assert(mk_rules_covers(&first, &second, true) ==
	    pairs[_i].covers);
}
END_TEST

START_TEST(what_makes_rules_different)
{
	char *f[1] = { trash }, *none[1] = { NULL };
	static char name[] = "trash";
	struct mk_rule a = rule(f, none, none, DAYS(10)), b = a;

	b.older_than_s = DAYS(30);
	ck_assert(mk_rules_covers(&a, &b, true));
	b.max_messages = 100;		/* the oldest go sooner */
	ck_assert(!mk_rules_covers(&a, &b, true));
	b.max_messages = MK_UNSET_INT;
	b.age = MK_AGE_RECEIVED;
	ck_assert(!mk_rules_covers(&a, &b, true));
	b.age = a.age;
	b.flagged = true;		/* A leaves the starred ones to it */
	ck_assert(!mk_rules_covers(&a, &b, true));
	b.flagged = false;
	a.unread = false;
	ck_assert(!mk_rules_covers(&a, &b, true));
	a.unread = true;
	a.subfolders = false;
	ck_assert(!mk_rules_covers(&a, &b, true));
	a.subfolders = true;
	a.name = name;
	ck_assert(!mk_rules_covers(&a, &b, true));
	ck_assert(mk_rules_covers(&a, &b, false));
	a.name = b.name;
	b.path = new;
	ck_assert(!mk_rules_covers(&a, &b, true));
	a.path = new;
	ck_assert(mk_rules_covers(&a, &b, true));
}
END_TEST

START_TEST(a_tmp_of_some_folders_is_not_that_of_all)
{
	char *f[1] = { trash }, *none[1] = { NULL };
	struct mk_rule some = rule(f, none, none, DAYS(2));
	struct mk_rule all = rule(none, none, none, DAYS(3));

	some.tmp = all.tmp = true;
	ck_assert(!mk_rules_covers(&some, &all, true));
	all.older_than_s = DAYS(1);
	ck_assert(mk_rules_covers(&all, &some, true));
}
END_TEST

static const struct { char *folder, *exclude; bool all; } excluded[] = {
	{ trash, trash, true }, { trash, junk, false }, { trash, NULL, false },
	{ both, trash, false }, { both, both, true },
};

START_TEST(tells_which_rule_excludes_itself)
{
	char *f[1] = { excluded[_i].folder }, *e[1] = { excluded[_i].exclude };
	char *none[1] = { NULL };
	struct mk_rule r = rule(f, e, none, DAYS(1));

	ck_assert(mk_rules_excludes_all(&r) == excluded[_i].all);
}
END_TEST

static void
note(void *data, unsigned line, const char *command)
{
	mk_buf_addf(data, "%u:%s|", line, command);
}

static const struct { const char *text, *commands; } crontabs[] = {
	{ "", "" },
	{ "# 0 3 * * * root x\n\n", "" },
	{ "0 3 * * *\troot\tx -y  z\n", "1:root\tx -y  z|" },
	{ "@daily x\n  1 2 3 4 5 y", "1:x|2:y|" },
	{ "P=/usr/sbin/m\n0 3 * * * $P-x ${P}y $Q $$P\n",
	    "2:/usr/sbin/m-x /usr/sbin/my $Q $/usr/sbin/m|" },
	{ "A = \"b c\"\nB='$A d'\n* * * * * \"$B\"", "3:\"b c d\"|" },
	{ "* * * * * $A\nA=1\n* * * * * $A\nA=2\n* * * * * $A",
	    "1:$A|3:1|5:2|" },
	{ "A=$A$A\n* * * * * x$A", NULL },	/* ends, whatever it is */
	{ "* * * * * ${A:-b} $1 $", "1:${A:-b} $1 $|" },
	{ "0 3", "1:|" },
};

START_TEST(reads_crontabs_as_cron_does)
{
	struct mk_buf got = { 0 };

	ck_assert_int_eq(mk_crontab_each(crontabs[_i].text, note, &got), 0);
	if (crontabs[_i].commands != NULL)
		ck_assert_str_eq(got.data == NULL ? "" : got.data,
		    crontabs[_i].commands);
	mk_buf_free(&got);
}
END_TEST

static const struct { const char *command; bool nightly, stray; } calls[] = {
	{ "root mailkeep-expire", true, false },
	{ "root test ! -x /usr/sbin/mailkeep-expire || nice -n 18 "
	    "/usr/sbin/mailkeep-expire", true, false },
	{ "mailkeep-expire -n", false, false },
	{ "mailkeep-expire -c a --dry-run >x", false, false },
	{ "mailkeep-expire; mail -n x", true, false },
	{ "mailkeep-expire --rule stray", false, true },
	{ "mailkeep-expire --rule=stray 2>&1", false, true },
	{ "mailkeep-expire --rule junk", true, false },
	{ "mailkeep-expired", false, false },
	{ "x-mailkeep-expire", false, false },
	{ "mailkeep-spamscan", false, false },
};

START_TEST(tells_what_a_line_starts)
{
	ck_assert(mk_crontab_calls(calls[_i].command, "expire", false) ==
	    calls[_i].nightly);
	ck_assert(mk_crontab_calls(calls[_i].command, "expire", true) ==
	    calls[_i].stray);
}
END_TEST

static const struct { const char *command, *program; } old[] = {
	{ "nice -n 17 /usr/local/bin/scanmailboxes.py >> /var/log/s.log",
	    "spamscan" },
	{ "nice -n 18 find /var/mail/.tmda/pending -ctime +14 -exec rm {} ;",
	    "tmda" },
	{ "nice -n 18 find /var/mail/.tmda/responses -ctime +14 -exec rm {} ;",
	    "tmda" },
	{ "nice -n 18 find /var/mail/ -path '*Junk/cur*' -type f -mtime +10 "
	    "-exec rm {} ;", "expire" },
	{ "/usr/bin/find /var/mail/new/. -type f -exec rm {} ;", "expire" },
	{ "find /home -path '*/Maildir/.Trash/*' -delete", "expire" },
	{ "find /var/mail -name x | xargs rm -f", "expire" },
	{ "cat /dev/null > /var/mail/.tmda/logs/incoming", "rotate" },
	{ "/usr/local/bin/applyblacklist", "blacklist" },
	{ "exim_dbmbuild /a /b", "blacklist" },
	{ "root newsyslog", "rotate" },
	{ "find /tmp -delete", NULL },
	{ "find /var/mail -name perm -print", NULL },
	{ "backup /var/mail", NULL },
	{ "tar cf x /var/mail/.tmda", NULL },
};

START_TEST(knows_the_lines_that_it_replaces)
{
	const char *program = mk_crontab_old(old[_i].command, "/var/mail");

	if (old[_i].program == NULL)
		ck_assert_ptr_null(program);
	else
		ck_assert_str_eq(program, old[_i].program);
}
END_TEST

static const struct { const char *text, *log; unsigned line; } rotated[] = {
	{ "/var/log/exim4/mainlog /var/log/exim4/rejectlog {\n\tdaily\n}\n",
	    "/var/log/exim4/rejectlog", 1 },
	{ "# x\n/var/log/exim4/*log\n{\n}\n", "/var/log/exim4/mainlog", 2 },
	{ "/var/log/*log {\n}\n", "/var/log/exim4/mainlog", 0 },
	{ "\"/var/log/a b\" {\n}\n", "/var/log/a", 0 },
	{ "'/var/log/a b' {\n}\n", "/var/log/a b", 1 },
	{ "/a {\n\tpostrotate\n\t\tif x; then { /b; }\n\tendscript\n}\n/b {\n",
	    "/b", 6 },
	{ "/a {\n\tolddir /b\n}\n", "/b", 0 },
	{ "#/b {\n", "/b", 0 },
	{ "include /etc/logrotate.d\n", "/etc/logrotate.d/x", 0 },
	{ "", "/b", 0 },
};

START_TEST(tells_what_logrotate_rotates)
{
	ck_assert_uint_eq(mk_logrotate_names(rotated[_i].text,
	    rotated[_i].log), rotated[_i].line);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("check_rules");
	TCase *tc = tcase_create("check_rules");

	tcase_add_loop_test(tc, tells_which_rule_is_too_late, 0,
	    COUNT(pairs));
	tcase_add_test(tc, what_makes_rules_different);
	tcase_add_test(tc, a_tmp_of_some_folders_is_not_that_of_all);
	tcase_add_loop_test(tc, tells_which_rule_excludes_itself, 0,
	    COUNT(excluded));
	tcase_add_loop_test(tc, reads_crontabs_as_cron_does, 0,
	    COUNT(crontabs));
	tcase_add_loop_test(tc, tells_what_a_line_starts, 0, COUNT(calls));
	tcase_add_loop_test(tc, knows_the_lines_that_it_replaces, 0,
	    COUNT(old));
	tcase_add_loop_test(tc, tells_what_logrotate_rotates, 0,
	    COUNT(rotated));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
