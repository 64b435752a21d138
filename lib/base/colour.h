/*
 * base/colour - whether escape codes for colours are fine.
 *
 * Source:	https://no-color.org: NO_COLOR in the environment, when it is
 *		there and not empty, means none, whatever its value.
 */
#ifndef MK_BASE_COLOUR_H
#define MK_BASE_COLOUR_H

#include <stdbool.h>

/* What to write before and after a word; ECMA-48's SGR. */
#define MK_COLOUR_BAD	"\033[1;31m"	/* failed, error: bold red */
#define MK_COLOUR_WARN	"\033[33m"	/* a warning: yellow */
#define MK_COLOUR_GOOD	"\033[32m"	/* fine: green */
#define MK_COLOUR_DIM	"\033[2m"
#define MK_COLOUR_BOLD	"\033[1m"
#define MK_COLOUR_END	"\033[0m"

/*
 * Whether escape codes for colours are fine on FD: it is a terminal, NO_COLOR
 * is not set or empty, and TERM is set and neither empty nor "dumb".  Reads
 * the environment.
 */
bool mk_colour_wanted(int fd);

#endif
