/*
 * base/colour - whether escape codes for colours are fine.
 */
#include "base/colour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
mk_colour_wanted(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (no == NULL || *no == '\0') && term != NULL && *term != '\0' &&
	    strcmp(term, "dumb") != 0 && isatty(fd) == 1;
}
