/* base/terminal - how wide a terminal is. */
#include "base/terminal.h"

#include <sys/ioctl.h>

#include <termios.h>

#define COLUMNS	80			/* of a terminal that does not tell */

unsigned
mk_terminal_columns(int fd, unsigned least, unsigned most)
{
	struct winsize ws;

	if (ioctl(fd, TIOCGWINSZ, &ws) == -1 || ws.ws_col == 0)
		return COLUMNS;
	return ws.ws_col < least ? least : ws.ws_col > most ? most : ws.ws_col;
}
