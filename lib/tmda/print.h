/*
 * tmda/print - show what would go.
 */
#ifndef MK_TMDA_PRINT_H
#define MK_TMDA_PRINT_H

#include "tmda/tmda.h"

/* To standard output, sorted, a line a file: its path, the section, its age.
 * 0, or -1 with errno. */
int mk_tmda_print(struct mk_tmda *t);

#endif
