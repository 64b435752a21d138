/*
 * base/terminal - how wide a terminal is.
 */
#ifndef MK_BASE_TERMINAL_H
#define MK_BASE_TERMINAL_H

/*
 * The columns of the terminal FD, at least LEAST and at most MOST; 80, which
 * must be between them, where FD is no terminal, or one that does not tell.
 */
unsigned mk_terminal_columns(int fd, unsigned least, unsigned most);

#endif
