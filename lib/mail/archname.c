/* mail/archname - the name of a mailbox's archive. */
#include "mail/archname.h"

#include <string.h>

#include "mail/msgname.h"

#define NAME_MAX_BYTES	200		/* without the suffix */
#define HASH_BYTES	17		/* '%' and 16 digits */

static const char digits[] = "0123456789ABCDEF";

int
mk_archname_encode(const char *mailbox, struct mk_buf *name)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789@+_-.";
	size_t start = name->len;
	const char *p;
	int rv = 0;

	if (mailbox[0] == '\0')
		rv = mk_buf_add(name, "%", 1);
	for (p = mailbox; rv == 0 && *p != '\0'; p++)
		if (strchr(plain, *p) != NULL && (p > mailbox || *p != '.'))
			rv = mk_buf_add(name, p, 1);
		else
			rv = mk_buf_addf(name, "%%%02X", (unsigned char)*p);
	/* One of just this length could not be told from a cut one. */
	if (rv == 0 && name->len - start >= NAME_MAX_BYTES) {
		mk_buf_cut(name, start + NAME_MAX_BYTES - HASH_BYTES);
		rv = mk_buf_addf(name, "%%%016llX", (unsigned long long)
		    mk_msgname_hash(mailbox, strlen(mailbox)));
	}
	return rv == 0 ? mk_buf_add(name, MK_ARCHIVE_SUFFIX,
	    strlen(MK_ARCHIVE_SUFFIX)) : -1;
}

static int
hex(char c)
{
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

bool
mk_archname_decode(const char *file, struct mk_buf *mailbox)
{
	size_t len = strlen(file), n = strlen(MK_ARCHIVE_SUFFIX), i;
	int high, low;
	char c;

	if (len <= n || strcmp(file + len - n, MK_ARCHIVE_SUFFIX) != 0 ||
	    mk_buf_add(mailbox, "", 0) == -1)
		return false;
	len -= n;
	if (len == 1 && file[0] == '%')
		return true;		/* the mail root */
	for (i = 0; i < len; i++) {
		c = file[i];
		if (c == '%') {
			if (len == NAME_MAX_BYTES && len - i == HASH_BYTES)
				return false;
			high = hex(file[i + 1]);
			low = high == -1 ? -1 : hex(file[i + 2]);
			if (low == -1)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (mk_buf_add(mailbox, &c, 1) == -1)
			return false;
	}
	return true;
}
