/* base/error - what went wrong, in words for the administrator. */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int
mk_error_status(int errnum)
{
	switch (errnum) {
	case EACCES:
	case EPERM:
	case EROFS:
		return EX_NOPERM;
	case EAGAIN:
	case EBUSY:
	case EDQUOT:
	case EINTR:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOSPC:
	case ESTALE:
	case ETIMEDOUT:
		return EX_TEMPFAIL;
	case ENOENT:
		return EX_NOINPUT;
	case EISDIR:
	case ELOOP:
	case ENAMETOOLONG:
	case ENOTDIR:
	case EXDEV:
		return EX_DATAERR;
	default:
		return EX_IOERR;
	}
}

int
mk_fail(struct mk_error *err, int status, const char *fmt, ...)
{
	va_list ap;

	if (err != NULL) {
		err->status = status;
		va_start(ap, fmt);
		vsnprintf(err->text, sizeof err->text, fmt, ap);
		va_end(ap);
	}
	return -1;
}

int
mk_fail_sys(struct mk_error *err, const char *fmt, ...)
{
	int errnum = errno;
	size_t len;
	va_list ap;

	if (err != NULL) {
		err->status = mk_error_status(errnum);
		va_start(ap, fmt);
		vsnprintf(err->text, sizeof err->text, fmt, ap);
		va_end(ap);
		len = strlen(err->text);
		snprintf(err->text + len, sizeof err->text - len, ": %s",
		    strerror(errnum));
	}
	errno = errnum;
	return -1;
}
