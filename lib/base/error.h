/*
 * base/error - what went wrong, in words for the administrator.
 *
 * Every function that can fail fills a struct mk_error and returns -1
 * (iterators and constructors: see their headers).  The text names the call's
 * object and the reason, "rename a to b: No space left on device"; it has no
 * program name and no newline, those are base/diag's.  It may hold bytes of a
 * hostile file name: only base/diag, which escapes them, may print it.
 */
#ifndef MK_BASE_ERROR_H
#define MK_BASE_ERROR_H

#include <stdarg.h>
#include <sysexits.h>

#define MK_ERROR_MAX	2048

struct mk_error {
	int status;			/* the exit status that it deserves */
	char text[MK_ERROR_MAX];
};

/* Fill *ERR (may be NULL) with STATUS, of sysexits(3), and a text.  -1. */
int mk_fail(struct mk_error *err, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The same for a failed system call: ": " and errno's text are appended, the
 * status comes from errno by mk_error_status().  errno is kept.  -1.
 */
int mk_fail_sys(struct mk_error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The sysexits(3) status for ERRNUM: EX_NOPERM for a missing right,
 * EX_TEMPFAIL for what goes away by itself or by making room (ENOSPC, EDQUOT,
 * EAGAIN, ENOMEM, EMFILE, ...), EX_NOINPUT for what is not there, EX_DATAERR
 * for a link or another type than wanted, EX_IOERR for the rest.
 */
int mk_error_status(int errnum);

#endif
