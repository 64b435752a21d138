/* base/owner: "user:group" is somebody, or nobody at all. */
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/owner.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define NONE		((uid_t)-1)

/* The ids 0, and 54321, which no host should have. */
static const struct {
	const char *text;
	int status;
	uid_t uid;
	gid_t gid;
} owners[] = {
	{ NULL, EX_OK, NONE, (gid_t)-1 },
	{ "", EX_OK, NONE, (gid_t)-1 },
	{ "root", EX_OK, 0, 0 },
	{ "root:root", EX_OK, 0, 0 },
	{ "0", EX_OK, 0, 0 },
	{ "0:0", EX_OK, 0, 0 },
	{ "root:54321", EX_OK, 0, 54321 },
	{ "54321:54321", EX_OK, 54321, 54321 },
	{ "54321:root", EX_OK, 54321, 0 },
	{ "054321:0", EX_OK, 54321, 0 },
	{ "4294967294:4294967294", EX_OK, 4294967294, 4294967294 },
	/* without a group of its own */
	{ "54321", EX_NOUSER, 0, 0 },
	{ "54321:", EX_NOUSER, 0, 0 },
	{ "root:", EX_NOUSER, 0, 0 },
	{ ":root", EX_NOUSER, 0, 0 },
	{ ":", EX_NOUSER, 0, 0 },
	{ "root:root:root", EX_NOUSER, 0, 0 },
	{ "no such user", EX_NOUSER, 0, 0 },
	{ "no such user:root", EX_NOUSER, 0, 0 },
	{ "root:no such group", EX_NOUSER, 0, 0 },
	{ " root", EX_NOUSER, 0, 0 },
	{ "root ", EX_NOUSER, 0, 0 },
	{ "-1:0", EX_NOUSER, 0, 0 },
	{ "0:-1", EX_NOUSER, 0, 0 },
	{ "+0:0", EX_NOUSER, 0, 0 },
	{ "1x:0", EX_NOUSER, 0, 0 },
	{ "0x1:0", EX_NOUSER, 0, 0 },
	/* (uid_t)-1 means "leave it" to chown(2); more would wrap to root */
	{ "4294967295:0", EX_NOUSER, 0, 0 },
	{ "0:4294967295", EX_NOUSER, 0, 0 },
	{ "4294967296:0", EX_NOUSER, 0, 0 },
	{ "0:4294967296", EX_NOUSER, 0, 0 },
	{ "18446744073709551616:0", EX_NOUSER, 0, 0 },
	{ "99999999999999999999:0", EX_NOUSER, 0, 0 },
	{ "a-name-of-sixty-four-bytes-is-more-than-any-system-gives-to-users",
	    EX_CONFIG, 0, 0 },
};

START_TEST(owner_is_looked_up)
{
	const char *text = owners[_i].text;
	struct mk_owner owner;
	struct mk_error err = { 0 };

	memset(&owner, 0x55, sizeof owner);
	ck_assert_int_eq(mk_owner_parse(text, &owner, &err),
	    owners[_i].status == EX_OK ? 0 : -1);
	if (owners[_i].status != EX_OK) {
		ck_assert_int_eq(err.status, owners[_i].status);
		ck_assert_ptr_nonnull(strstr(err.text, "owner: "));
		return;
	}
	ck_assert_uint_eq(owner.uid, owners[_i].uid);
	ck_assert_uint_eq(owner.gid, owners[_i].gid);
	ck_assert_str_eq(owner.name, text == NULL ? "" : text);
}
END_TEST

START_TEST(user_alone_has_the_own_group)
{
	const struct passwd *pw;
	struct mk_owner owner;
	struct mk_error err;
	char name[64];
	uid_t uid;
	gid_t gid;

	setpwent();
	while ((pw = getpwent()) != NULL && (pw->pw_uid == pw->pw_gid ||
	    strlen(pw->pw_name) >= sizeof name))
		;
	if (pw == NULL)
		return;
	snprintf(name, sizeof name, "%s", pw->pw_name);
	uid = pw->pw_uid;
	gid = pw->pw_gid;
	endpwent();
	ck_assert_int_eq(mk_owner_parse(name, &owner, &err), 0);
	ck_assert_uint_eq(owner.uid, uid);
	ck_assert_uint_eq(owner.gid, gid);
	snprintf(name, sizeof name, "%lu", (unsigned long)uid);
	ck_assert_int_eq(mk_owner_parse(name, &owner, &err), 0);
	ck_assert_uint_eq(owner.gid, gid);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/owner");
	TCase *tc = tcase_create("owner");

	tcase_add_loop_test(tc, owner_is_looked_up, 0, COUNT(owners));
	tcase_add_test(tc, user_alone_has_the_own_group);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
