/*
 * rotate/writers - does any process have a file open for writing?
 */
#ifndef MK_ROTATE_WRITERS_H
#define MK_ROTATE_WRITERS_H

#include <sys/types.h>

/*
 * 1: one has (*PID, may be NULL, is one of them, or 0 where it is not known);
 * 0: none has; -1: that can't be told here.  FD is open for reading alone.
 *
 * Linux: a read lease, which the kernel gives only where nobody writes
 * (fcntl(2), F_SETLEASE), given back at once; where leases can't be had, /proc
 * is looked through.  That takes the right to look into every process, which
 * a confined one has not (-1), and misses a file that is only mapped, or on its
 * way through a socket.  A writer of our own counts as any other.
 */
int mk_writers(int fd, pid_t *pid);

#endif
