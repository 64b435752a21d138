/* base/buf - a growing array of bytes. */
#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
mk_buf_reserve(struct mk_buf *buf, size_t more)
{
	size_t cap;
	char *data;

	if (more >= SIZE_MAX / 2 - buf->len) {
		errno = ENOMEM;
		return -1;
	}
	if (buf->cap > buf->len + more)
		return 0;
	cap = buf->cap + buf->cap / 2;
	if (cap <= buf->len + more)
		cap = buf->len + more + 1;
	if (cap < 64)
		cap = 64;
	data = realloc(buf->data, cap);
	if (data == NULL)
		return -1;
	if (buf->data == NULL)
		data[0] = '\0';
	buf->data = data;
	buf->cap = cap;
	return 0;
}

int
mk_buf_add(struct mk_buf *buf, const void *data, size_t len)
{
	if (mk_buf_reserve(buf, len) == -1)
		return -1;
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return 0;
}

int
mk_buf_addf(struct mk_buf *buf, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0 || mk_buf_reserve(buf, (size_t)len) == -1)
		return -1;
	va_start(ap, fmt);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	buf->len += (size_t)len;
	return 0;
}

void
mk_buf_cut(struct mk_buf *buf, size_t len)
{
	if (len < buf->len) {
		buf->len = len;
		buf->data[len] = '\0';
	}
}

void
mk_buf_free(struct mk_buf *buf)
{
	free(buf->data);
	*buf = (struct mk_buf){ 0 };
}
