/*
 * mail/roots - where a run works: the mail root, or the MAILDIRs of the
 * command line.
 *
 * A MAILDIR below the mail root is a part of it, so that it has its name
 * there ("example.org/alice"); one outside is a root of its own, whose only
 * mailbox has the name "".  Opened with the rights that the program was
 * started with, before it becomes the owner of the mail and confines itself.
 */
#ifndef MK_MAIL_ROOTS_H
#define MK_MAIL_ROOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "mail/host.h"

struct mk_root {
	char *path;			/* for messages, as it was named; no
					 * "/" at its end */
	int fd;
	char **starts;			/* where to walk below it; {""}: all */
	size_t n;
	bool is_mailbox;		/* a MAILDIR outside the mail root */
};

struct mk_roots {			/* { 0 } to begin with */
	struct mk_root *v;
	size_t n;
	const char *advice;		/* what to add where a MAILDIR turns
					 * out to be a folder; NULL: nothing */
};

/*
 * Open the mail root of HOST, or the N directories at MAILDIRS instead.
 * EX_USAGE: a folder of a mailbox, a directory named twice or below another
 * one; else what the system says.  0 or -1; mk_roots_close either way.
 */
int mk_roots_open(struct mk_roots *roots, const struct mk_host *host,
    char *const *maildirs, size_t n, struct mk_error *err);
void mk_roots_close(struct mk_roots *roots);

/*
 * Whether any of the work lies in the mail root (so it does where nothing is
 * open yet), and whether any lies outside.
 */
bool mk_roots_has_rooted(const struct mk_roots *roots);
bool mk_roots_has_outside(const struct mk_roots *roots);

#endif
