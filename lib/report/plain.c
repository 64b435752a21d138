/* report/plain - names of any bytes as text that only prints. */
#include "report/plain.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

#define COUNT(array)	(sizeof (array) / sizeof *(array))

struct range {
	uint32_t first, last;
};

/* Seen as nothing, or as another order of what is around them. */
static const struct range unseen[] = {
	{ 0x80, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c },
	{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff9, 0xfffb }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
};

/* They stand on the character before them. */
static const struct range combining[] = {
	{ 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd },
	{ 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x93c, 0x93c },
	{ 0x941, 0x948 }, { 0xe31, 0xe31 }, { 0xe34, 0xe3a },
	{ 0xe47, 0xe4e }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
	{ 0x20d0, 0x20ff }, { 0x3099, 0x309a }, { 0xfe20, 0xfe2f },
};

/* East Asian Width W and F, with what is not assigned between them. */
static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2329, 0x232a },
	{ 0x23e9, 0x23ec }, { 0x23f0, 0x23f0 }, { 0x23f3, 0x23f3 },
	{ 0x25fd, 0x25fe }, { 0x2600, 0x27bf }, { 0x2b1b, 0x2b1c },
	{ 0x2b50, 0x2b50 }, { 0x2b55, 0x2b55 }, { 0x2e80, 0x303e },
	{ 0x3040, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff }, { 0xfe10, 0xfe19 }, { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x16fe0, 0x1b2ff },
	{ 0x1f000, 0x1faff }, { 0x20000, 0x3fffd },
};

static bool
among(const struct range *ranges, size_t n, uint32_t code)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

static uint32_t
decode(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t code = len == 1 ? p[0] : p[0] & (0x7fU >> len);
	size_t i;

	for (i = 1; i < len; i++)
		code = code << 6 | (p[i] & 0x3f);
	return code;
}

static int
add_code(struct mk_buf *buf, uint32_t code)
{
	char text[4];

	return mk_buf_add(buf, text, mk_utf8_encode(code, text));
}

int
mk_plain_add(struct mk_buf *buf, const char *text)
{
	size_t start = buf->len, len;
	uint32_t code;
	int rv = 0;

	for (; *text != '\0' && rv == 0; text += len) {
		len = mk_utf8_sequence(text);
		code = len == 0 ? 0xfffd : decode(text, len);
		if (len == 0)
			len = 1;
		if (code < 0x20)
			rv = add_code(buf, 0x2400 + code);
		else if (code == 0x7f)
			rv = add_code(buf, 0x2421);
		else if (among(unseen, COUNT(unseen), code))
			rv = mk_buf_addf(buf, "[U+%04X]", (unsigned)code);
		else if ((code & 0xfffe) == 0xfffe ||	/* no characters */
		    (code >= 0xfdd0 && code <= 0xfdef))
			rv = add_code(buf, 0xfffd);
		else
			rv = add_code(buf, code);
	}
	if (rv == -1 && buf->data != NULL)
		mk_buf_cut(buf, start);
	return rv;
}

/* The columns of the character of LEN bytes at TEXT. */
static size_t
cells_of(const char *text, size_t len)
{
	uint32_t code = decode(text, len);

	if (code < 0x300)
		return 1;
	if (among(combining, COUNT(combining), code))
		return 0;
	return among(wide, COUNT(wide), code) ? 2 : 1;
}

static size_t
step(const char *plain)
{
	size_t len = mk_utf8_sequence(plain);

	return len == 0 ? 1 : len;
}

size_t
mk_plain_cells(const char *plain)
{
	size_t cells = 0, len;

	for (; *plain != '\0'; plain += len) {
		len = step(plain);
		cells += cells_of(plain, len);
	}
	return cells;
}

int
mk_plain_cut(struct mk_buf *buf, const char *plain, size_t cells,
    const char *ellipsis)
{
	size_t all = mk_plain_cells(plain), dots = mk_plain_cells(ellipsis);
	size_t start = buf->len, head, from, used = 0, len, wide_now;
	const char *p;

	if (all <= cells)
		return mk_buf_add(buf, plain, strlen(plain));
	if (cells < dots)
		return 0;
	head = (cells - dots + 1) * 2 / 3;
	for (p = plain; *p != '\0'; p += len, used += wide_now) {
		len = step(p);
		wide_now = cells_of(p, len);
		if (used + wide_now > head)
			break;
	}
	if (mk_buf_add(buf, plain, (size_t)(p - plain)) == -1 ||
	    mk_buf_add(buf, ellipsis, strlen(ellipsis)) == -1)
		goto fail;
	/* The tail may take what is left; it begins with no combining one. */
	from = all - (cells - dots - used);
	for (; *p != '\0' && (used < from || cells_of(p, step(p)) == 0);
	    p += len) {
		len = step(p);
		used += cells_of(p, len);
	}
	if (mk_buf_add(buf, p, strlen(p)) == -1)
		goto fail;
	return 0;
fail:
	if (buf->data != NULL)
		mk_buf_cut(buf, start);
	return -1;
}
