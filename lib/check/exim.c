/* check/exim - does Exim work, and with what Mailkeep makes? */
#include "check/exim_parts.h"

#include <sys/stat.h>

#include "check/look.h"

/* There is none, or it can't be asked. */
static void
tell_no_exim(struct mk_check *check, const struct mk_exim *exim, int opened,
    const struct mk_error *err)
{
	const char *wanted = check->conf->check.exim;
	const char *place = exim->file != NULL && exim->file[0] != '\0' ?
	    exim->file : exim->program != NULL ? exim->program :
	    wanted[0] != '\0' ? wanted : "exim4";

	if (opened == 0)
		mk_check_add(check, MK_NOTE, MK_AREA_EXIM, place, "name it in "
		    "check { exim = \"...\" } if it is elsewhere",
		    "there is no Exim: not looked at");
	else if (err->status == EX_CONFIG || (err->status == EX_NOPERM &&
	    check->root))
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, place, "mend it; "
		    "exim4 -bV tells when it is sound", "%s", err->text);
	else if (err->status == EX_NOPERM && !check->root)
		mk_check_add(check, MK_NOTE, MK_AREA_EXIM, place,
		    "run mailkeep-check as root", "its configuration is "
		    "closed to this account: %s", err->text);
	else
		mk_check_add(check, MK_ERROR, MK_AREA_EXIM, place,
		    wanted[0] != '\0' ? "see exim in the section check of "
		    "mailkeep.conf" : "run exim4 -bV and see",
		    "it can't be asked: %s", err->text);
}

/* Whether nobody but root decides what we would run as root. */
static bool
is_guarded(struct mk_check *check)
{
	const char *const paths[] = {
		check->conf->check.exim, check->conf->check.exim_config
	};
	struct stat st;
	size_t i;

	for (i = 0; check->root && i < 2; i++)
		if (paths[i][0] == '/' && stat(paths[i], &st) == 0 &&
		    mk_look_guarded(check, MK_AREA_EXIM, paths[i], paths[i],
		    &st, "can run what they like as root: not run"))
			return false;
	return true;
}

void
mk_check_exim(struct mk_check *check)
{
	struct mk_exim exim = { .config = "" };
	struct mk_error err;
	int opened;

	if (!is_guarded(check))
		return;
	opened = mk_exim_open(&exim, &check->conf->check, &err);
	if (opened == 1) {
		mk_check_add(check, MK_FINE, MK_AREA_EXIM, exim.file, "",
		    "Exim finds it sound");
		mk_exim_check_lists(check, &exim);
		mk_exim_check_root(check, &exim);
		mk_exim_check_tables(check, &exim);
		mk_exim_check_log(check, &exim);
	} else
		tell_no_exim(check, &exim, opened, &err);
	mk_exim_close(&exim);
}
