/* base/owner - be the mail account, not root. */
#include "base/owner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
number(const char *text, unsigned long *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoul(text, &end, 10);
	return *end == '\0' && errno == 0 && *value < (uid_t)-1;
}

int
mk_owner_parse(const char *text, struct mk_owner *owner, struct mk_error *err)
{
	const struct passwd *pw;
	const struct group *gr;
	unsigned long id;
	char *colon;
	int len;

	*owner = (struct mk_owner){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
	if (text == NULL || text[0] == '\0')
		return 0;
	len = snprintf(owner->name, sizeof owner->name, "%s", text);
	if (len < 0 || (size_t)len >= sizeof owner->name)
		return mk_fail(err, EX_CONFIG, "owner: \"%s\" is too long",
		    text);
	colon = strchr(owner->name, ':');
	if (colon != NULL)
		*colon = '\0';
	pw = getpwnam(owner->name);
	if (pw != NULL) {
		owner->uid = pw->pw_uid;
		owner->gid = pw->pw_gid;
	} else if (number(owner->name, &id) && (colon != NULL ||
	    (pw = getpwuid((uid_t)id)) != NULL)) {
		owner->uid = (uid_t)id;
		owner->gid = pw != NULL ? pw->pw_gid : (gid_t)-1;
	} else
		return mk_fail(err, EX_NOUSER, "owner: there is no user %s; "
		    "make it (adduser --system --group %s) or change the key",
		    owner->name, owner->name);
	if (colon == NULL)
		return 0;
	gr = getgrnam(colon + 1);
	if (gr != NULL)
		owner->gid = gr->gr_gid;
	else if (number(colon + 1, &id))
		owner->gid = (gid_t)id;
	else
		return mk_fail(err, EX_NOUSER, "owner: there is no group %s",
		    colon + 1);
	*colon = ':';
	return 0;
}

int
mk_owner_become(const struct mk_owner *owner, struct mk_error *err)
{
	if (owner->uid == (uid_t)-1 || geteuid() != 0 || owner->uid == 0)
		return 0;
	if (setgroups(1, &owner->gid) == -1 || setgid(owner->gid) == -1 ||
	    setuid(owner->uid) == -1)
		return mk_fail_sys(err, "become %s", owner->name);
	/* Trust no return value with this: root must be out of reach. */
	if (setuid(0) != -1)
		return mk_fail(err, EX_SOFTWARE,
		    "become %s: root's rights did not go", owner->name);
	return 0;
}
