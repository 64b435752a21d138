/*
 * base/buf - a growing array of bytes, always ended by a NUL that .len does
 * not count.  { 0 } is an empty one.
 */
#ifndef MK_BASE_BUF_H
#define MK_BASE_BUF_H

#include <stddef.h>

struct mk_buf {
	char *data;			/* NULL while nothing was put in */
	size_t len, cap;
};

/* Room for MORE bytes after len and a NUL.  0, or -1 (ENOMEM). */
int mk_buf_reserve(struct mk_buf *buf, size_t more);

/* Append LEN bytes.  0, or -1 with errno ENOMEM and *BUF as it was. */
int mk_buf_add(struct mk_buf *buf, const void *data, size_t len);
int mk_buf_addf(struct mk_buf *buf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Cut back to LEN bytes, at most what it holds. */
void mk_buf_cut(struct mk_buf *buf, size_t len);

void mk_buf_free(struct mk_buf *buf);

#endif
