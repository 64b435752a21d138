/* base/utf8 - tell UTF-8 from other bytes.  Source: RFC 3629. */
#ifndef MK_BASE_UTF8_H
#define MK_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The length, 1 to 4, of the well-formed UTF-8 sequence that TEXT (ended by a
 * NUL) begins with; 0 where it begins with none, or is empty.
 */
size_t mk_utf8_sequence(const char *text);

/* CODE (a Unicode scalar value) as UTF-8 in OUT; returns the length, 1 to 4. */
size_t mk_utf8_encode(uint32_t code, char out[4]);

#endif
