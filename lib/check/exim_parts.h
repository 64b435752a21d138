/* check/exim_parts - the parts of mk_check_exim(). */
#ifndef MK_CHECK_EXIM_PARTS_H
#define MK_CHECK_EXIM_PARTS_H

#include "check/check.h"
#include "check/eximask.h"

#define MK_AREA_EXIM	"exim"

/* Does Exim look into the lists that mailkeep-blacklist makes? */
void mk_exim_check_lists(struct mk_check *check, const struct mk_exim *exim);

/* The list ID at PATH, which LIST looks into (NULL: no host list does): can
 * Exim read it, and does it find what is in it? */
void mk_exim_check_file(struct mk_check *check, const struct mk_exim *exim,
    enum mk_output_id id, const char *path, const char *list);

/* Its logs, its mail root, its questions to the database. */
void mk_exim_check_log(struct mk_check *check, const struct mk_exim *exim);
void mk_exim_check_root(struct mk_check *check, const struct mk_exim *exim);
void mk_exim_check_tables(struct mk_check *check,
    const struct mk_exim *exim);

/* Whether both name one file, be it by links. */
bool mk_exim_same_file(const char *a, const char *b);

#endif
