/* mail/problems - what goes wrong in a run that goes on. */
#include "mail/problems.h"

#include "base/diag.h"

void
mk_problems_tell(struct mk_problems *problems, const struct mk_error *err)
{
	int none = EX_OK, status = err->status;

	if (atomic_fetch_add(&problems->count, 1) < MK_PROBLEMS_SHOWN ||
	    mk_diag_verbose())
		status = mk_diag_error(err);
	atomic_compare_exchange_strong(&problems->status, &none, status);
}

void
mk_problems_end(const struct mk_problems *problems)
{
	unsigned n = problems->count;

	if (n > MK_PROBLEMS_SHOWN && !mk_diag_verbose())
		mk_diag_warn("and %u more problems; -v tells them all",
		    n - MK_PROBLEMS_SHOWN);
}
