/*
 * base/sandbox - give up what the rest of the run does not need.
 *
 * Open first, then confine, then work: after mk_sandbox_enter() the process,
 * its threads to come and its children reach only the trees named before,
 * and no new network peer but those named before.  Linux: Landlock, as much
 * of it as the running kernel's ABI has (2: files; 3: truncation; 4: TCP;
 * 5: ioctl of devices; 6: abstract unix sockets and signals).  ABI 1 forbids
 * all moving between directories, which the work needs: it counts as none.
 * OpenBSD: unveil and pledge.  Elsewhere nothing, which the level tells.
 *
 * Best effort: a kernel without it is no error.  A tree that cannot be opened
 * is, since the work to come would fail on it.
 * Source: landlock(7), unveil(2); Landlock does not rule unix sockets that
 * have a path, which stay reachable by the file permissions alone.
 */
#ifndef MK_BASE_SANDBOX_H
#define MK_BASE_SANDBOX_H

#include <stddef.h>

#include "base/error.h"

enum mk_sandbox_access {
	MK_SANDBOX_READ,		/* list and read */
	MK_SANDBOX_WRITE		/* and create, write, rename, remove */
};

struct mk_sandbox;			/* trees named so far */

/* NULL on failure. */
struct mk_sandbox *mk_sandbox_new(struct mk_error *err);

/*
 * Allow the directory (or file) PATH, open as FD, and all below it; FD may be
 * closed afterwards.  Open all that is needed before the first call, since
 * unveil hides the rest at once; and name a path once, since it never widens.
 * Symbolic links, devices, FIFOs and sockets can be made nowhere.  0 or -1.
 */
int mk_sandbox_allow(struct mk_sandbox *sb, int fd, const char *path,
    enum mk_sandbox_access access, struct mk_error *err);

/*
 * Allow TCP connections to PORT: of any host, as Landlock rules ports alone
 * (and nothing of the network before ABI 4); pledge allows every port then.
 * Names must have been looked up before.  0 or -1.
 */
int mk_sandbox_allow_connect(struct mk_sandbox *sb, unsigned port,
    struct mk_error *err);

/*
 * Allow connections to the unix socket PATH.  Needed where unveil hides it;
 * Linux allows that one and all others anyway.  0 or -1.
 */
int mk_sandbox_allow_socket(struct mk_sandbox *sb, const char *path,
    struct mk_error *err);

/*
 * Confine the process.  Returns the level reached (Landlock's ABI version, at
 * most the last we know, 7; 1 on OpenBSD; 0 where there is nothing to confine
 * with), or -1.  Only a single-threaded process may call it: Landlock rules
 * the calling thread and its offspring.
 */
int mk_sandbox_enter(struct mk_sandbox *sb, struct mk_error *err);

/* NULL is fine; the confinement stays. */
void mk_sandbox_free(struct mk_sandbox *sb);

#endif
