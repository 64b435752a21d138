/*
 * expire/print - show what would go.
 */
#ifndef MK_EXPIRE_PRINT_H
#define MK_EXPIRE_PRINT_H

#include "expire/expire.h"
#include "expire/run.h"

/*
 * To standard output, sorted: with MK_LIST_NONE a line a message with path,
 * rule, reason and size; MK_LIST_PLAIN the path alone (both with the bytes
 * that break lines escaped); MK_LIST_ZERO the path as it is and a NUL.  0, or
 * -1 with errno.
 */
int mk_expire_print(const struct mk_expire *ex, enum mk_listing listing);

#endif
