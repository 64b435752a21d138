/* check/exim_lists - does Exim look into the lists that are made for it? */
#include "check/exim_parts.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/look.h"

/* What is made for Exim, and how it is to be looked into. */
static const struct {
	enum mk_output_id id;
	const char *type, *item;
} outputs[] = {
	{ MK_OUT_CDB, "cdb", "net32-cdb" },
	{ MK_OUT_DBM, "dbm", "net32-dbm" },
	{ MK_OUT_TEXT, "iplsearch", "net-iplsearch" },
};
#define OUTPUTS		(sizeof outputs / sizeof *outputs)

bool
mk_exim_same_file(const char *a, const char *b)
{
	struct stat one, two;

	return strcmp(a, b) == 0 || (stat(a, &one) == 0 &&
	    stat(b, &two) == 0 && one.st_dev == two.st_dev &&
	    one.st_ino == two.st_ino);
}

/* One of the databases that a host list is made of. */
static bool
is_host_database(const struct mk_exim_use *use)
{
	return use->list != NULL && (strcmp(use->type, "cdb") == 0 ||
	    strncmp(use->type, "dbm", 3) == 0 ||
	    strcmp(use->type, "iplsearch") == 0);
}

/* Which of OUTPUTS has PATH; OUTPUTS: none. */
static size_t
output_of(const struct mk_check *check, const char *path)
{
	const char *made;
	size_t i;

	for (i = 0; i < OUTPUTS; i++) {
		made = check->conf->blacklist.outputs[outputs[i].id];
		if (made[0] != '\0' && mk_exim_same_file(made, path))
			break;
	}
	return i;
}

/* Whether USE is of a host list, and the first one of it. */
static bool
is_first(const struct mk_exim *exim, const struct mk_exim_use *use)
{
	const struct mk_exim_use *u;

	for (u = exim->uses; u < use; u++)
		if (u->list != NULL && use->list != NULL &&
		    strcmp(u->list, use->list) == 0)
			return false;
	return use->list != NULL;
}

/* A list that nothing refers to, or one that does its work. */
static void
check_use(struct mk_check *check, const struct mk_exim *exim,
    const struct mk_exim_use *use, size_t i)
{
	const char *path = check->conf->blacklist.outputs[outputs[i].id];

	if (strcmp(use->type, outputs[i].type) != 0) {
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, exim->file,
		    "write netN-TYPE;PATH with the type of the file, as "
		    "mailkeep-blacklist(8) shows",
		    "%s is looked into as %s, and it is made for %s;%s", path,
		    use->type, outputs[i].item, path);
		return;
	}
	if (is_first(exim, use) && !mk_exim_uses_list(exim, use->list))
		mk_check_add(check, MK_WARNING, MK_AREA_EXIM, exim->file,
		    "use it in an ACL, as acl_check_blacklist of exim.conf "
		    "does", "the host list %s is defined, and never used: "
		    "nobody is blacklisted", use->list);
	mk_exim_check_file(check, exim, outputs[i].id, path, use->list);
}

/* A host list looks into PATH, which is not ours. */
static void
check_foreign(struct mk_check *check, const struct mk_exim *exim,
    const struct mk_exim_use *use, const char *made)
{
	if (made == NULL) {
		if (access(use->path, F_OK) == -1)
			mk_check_add(check, MK_WARNING, MK_AREA_EXIM,
			    exim->file, "let mailkeep-blacklist make it: see "
			    "blacklist in mailkeep.conf(5)",
			    "the host list %s looks into %s, which is not "
			    "there, and mailkeep.conf makes no list for Exim",
			    use->list, use->path);
		return;
	}
	mk_check_add(check, MK_ERROR, MK_AREA_EXIM, exim->file,
	    "name the same file in both: the macro BLACKLIST_CDB in site.conf, "
	    "or cdb in mailkeep.conf",
	    "the host list %s looks into %s, and mailkeep-blacklist makes %s",
	    use->list, use->path, made);
}

/* The first file that is made for Exim's host lists; NULL: none. */
static const char *
first_made(const struct mk_check *check)
{
	char *const *made = check->conf->blacklist.outputs;
	size_t i;

	for (i = 0; i < OUTPUTS; i++)
		if (made[outputs[i].id][0] != '\0')
			return made[outputs[i].id];
	return made[MK_OUT_PLAIN][0] != '\0' ? made[MK_OUT_PLAIN] : NULL;
}

/* Exim reads what it includes as root, ${run{...}} and all, and looks at the
 * owner of its own file alone. */
static void
guard_hostlist(struct mk_check *check, const char *list)
{
	char *dir = mk_look_parent(check, list);
	struct stat st;

	if (dir != NULL && (stat(list, &st) == -1 || !mk_look_guarded(check,
	    MK_AREA_EXIM, list, list, &st, "can run commands as root, where "
	    "Exim includes it")) && stat(dir, &st) == 0)
		mk_look_guarded(check, MK_AREA_EXIM, list, dir, &st,
		    "can run commands as root, where Exim includes what lies "
		    "there");
	free(dir);
}

/*
 * The file with the host list is there to be included: an own list that names
 * all lengths does as well, and then nothing is lost.
 */
static void
check_hostlist(struct mk_check *check, const struct mk_exim *exim)
{
	const char *path = check->conf->blacklist.outputs[MK_OUT_HOSTLIST];

	if (path[0] == '\0')
		return;
	if (mk_exim_says(exim, "hostlist blacklisted_hosts")) {
		guard_hostlist(check, path);
		return;
	}
	mk_check_add(check, MK_WARNING, MK_AREA_EXIM, exim->file,
	    "put .include before it, or leave the key hostlist out",
	    "%s is made for it, and it defines no host list "
	    "blacklisted_hosts", path);
}

/* No host list names what is made. */
static void
tell_unused(struct mk_check *check, const struct mk_exim *exim,
    const char *made)
{
	if (strcmp(made,
	    check->conf->blacklist.outputs[MK_OUT_PLAIN]) == 0 &&
	    mk_exim_says(exim, made)) {
		mk_exim_check_file(check, exim, MK_OUT_PLAIN, made, NULL);
		return;
	}
	if (mk_exim_says(exim, made))
		mk_check_add(check, MK_NOTE, MK_AREA_EXIM, exim->file, "",
		    "it names %s, in another way than a netN- item of a list: "
		    "not looked at", made);
	else
		mk_check_add(check, MK_WARNING, MK_AREA_EXIM, exim->file,
		    "see exim.conf of Mailkeep, or EXAMPLES in "
		    "mailkeep-blacklist(8)",
		    "it does not look into %s: nobody is blacklisted", made);
}

void
mk_exim_check_lists(struct mk_check *check, const struct mk_exim *exim)
{
	const char *made = first_made(check);
	const struct mk_exim_use *foreign = NULL, *use = exim->uses;
	bool ours = false;
	size_t i, at;

	for (i = 0; i < exim->n; i++, use++) {
		at = output_of(check, use->path);
		if (at < OUTPUTS) {
			ours = true;
			check_use(check, exim, use, at);
		} else if (is_host_database(use))
			foreign = use;
	}
	if (ours)
		check_hostlist(check, exim);
	else if (foreign != NULL)
		check_foreign(check, exim, foreign, made);
	else if (made != NULL)
		tell_unused(check, exim, made);
}
