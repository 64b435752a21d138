/*
 * check/eximtext - read what "exim -bP config" says: a setting a line, without
 * comments; the definitions of macros stand there, too, though they do nothing.
 */
#ifndef MK_CHECK_EXIMTEXT_H
#define MK_CHECK_EXIMTEXT_H

#include "check/eximask.h"

/* Fill .uses from .text.  0 or -1 (ENOMEM). */
int mk_eximtext_uses(struct mk_exim *exim);

#endif
