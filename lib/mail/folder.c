/* mail/folder - the names of a mailbox's folders, and patterns on them. */
#include "mail/folder.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define LEVEL_MAX	255		/* bytes: the longest name everywhere */

/* Modified base 64. */
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789+,";

/* The value of a digit; -1 for another byte. */
static int
base64_digit(char c)
{
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* Append the UTF-16 unit, which may be half a character kept in *HIGH. */
static int
utf16_unit(struct mk_buf *out, uint32_t unit, uint32_t *high)
{
	char utf8[4];
	uint32_t code = unit;

	if (*high != 0) {
		if (unit < 0xdc00 || unit > 0xdfff)
			return -1;
		code = 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00);
		*high = 0;
	} else if (unit >= 0xd800 && unit <= 0xdbff) {
		*high = unit;
		return 0;
	} else if (unit >= 0xdc00 && unit <= 0xdfff)
		return -1;
	/*
	 * ASCII stands for itself (RFC 3501), and no separator or "Trash" in
	 * disguise comes in by this door.
	 */
	if (code < 0x80)
		return -1;
	return mk_buf_add(out, utf8, mk_utf8_encode(code, utf8));
}

/*
 * Decode the shifted part that begins after an '&' at *TEXT; *TEXT is left
 * after its '-'.  -1 where it is not well formed.
 */
static int
shifted(const char **text, struct mk_buf *out)
{
	const char *p = *text;
	uint32_t bits = 0, high = 0;
	unsigned n = 0;
	int digit;

	if (*p == '-') {
		*text = p + 1;
		return mk_buf_add(out, "&", 1);
	}
	for (; (digit = base64_digit(*p)) != -1; p++) {
		bits = (bits << 6 | (uint32_t)digit) & 0xffffff;
		n += 6;
		if (n >= 16) {
			n -= 16;
			if (utf16_unit(out, bits >> n & 0xffff, &high) == -1)
				return -1;
		}
	}
	if (*p != '-' || high != 0 || n >= 6 || (bits & ((1U << n) - 1)) != 0)
		return -1;
	*text = p + 1;
	return 0;
}

static int
utf7_decode(const char *text, struct mk_buf *out)
{
	bool literal;

	while (*text != '\0') {
		if (*text != '&') {
			if (mk_buf_add(out, text++, 1) == -1)
				return -1;
			continue;
		}
		text++;
		literal = *text == '-';
		/* Nor is there a shift right behind another. */
		if (shifted(&text, out) == -1 ||
		    (!literal && text[0] == '&' && text[1] != '-'))
			return -1;
	}
	return 0;
}

int
mk_folder_name(enum mk_layout layout, const char *place, struct mk_buf *name)
{
	char separator = layout == MK_MAILDIRPP ? '.' : '/', *p;
	size_t i;

	mk_buf_cut(name, 0);
	if (place[0] == '\0')
		return mk_buf_add(name, MK_INBOX, strlen(MK_INBOX));
	if (layout == MK_MAILDIRPP && *place++ != '.')
		return -1;
	for (i = 0; place[i] != '\0'; i++)
		if (place[i] == separator &&
		    (i == 0 || place[i + 1] == separator))
			return -1;
	if (i == 0 || place[i - 1] == separator)
		return -1;
	if (utf7_decode(place, name) == -1) {
		mk_buf_cut(name, 0);
		if (mk_buf_add(name, place, strlen(place)) == -1)
			return -1;
	}
	if (layout == MK_MAILDIRPP)
		for (p = name->data; (p = strchr(p, '.')) != NULL; p++)
			*p = '/';
	return 0;
}

/* The character that the LEN bytes of well-formed UTF-8 at TEXT are. */
static uint32_t
utf8_decode(const char *text, size_t len)
{
	uint32_t code = (unsigned char)text[0];
	size_t i;

	if (len > 1)
		code &= 0x7fU >> len;
	for (i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	return code;
}

/* Whether C stands for itself in modified UTF-7. */
static bool
is_direct(char c)
{
	return c >= ' ' && c <= '~';
}

/*
 * Append the characters beyond ASCII that *TEXT begins with, as one shifted
 * part; *TEXT is left behind them.
 */
static int
shift(const char **text, struct mk_buf *out)
{
	uint32_t units[2], bits = 0, code;
	unsigned n = 0, i, units_n;
	size_t len;

	if (mk_buf_add(out, "&", 1) == -1)
		return -1;
	for (; (len = mk_utf8_sequence(*text)) > 1; *text += len) {
		code = utf8_decode(*text, len);
		units[0] = code;
		units_n = 1;
		if (code >= 0x10000) {
			units[0] = 0xd800 + ((code - 0x10000) >> 10);
			units[1] = 0xdc00 + ((code - 0x10000) & 0x3ff);
			units_n = 2;
		}
		for (i = 0; i < units_n; i++) {
			bits = (bits << 16 | units[i]) & 0x3fffff;
			for (n += 16; n >= 6; n -= 6)
				if (mk_buf_add(out, &digits[bits >> (n - 6) &
				    0x3f], 1) == -1)
					return -1;
		}
	}
	if (n > 0 && mk_buf_add(out, &digits[bits << (6 - n) & 0x3f], 1) == -1)
		return -1;
	return mk_buf_add(out, "-", 1);
}

static int
utf7_encode(const char *text, struct mk_buf *out)
{
	int rv = 0;

	while (rv == 0 && *text != '\0')
		if (*text == '&') {
			rv = mk_buf_add(out, "&-", 2);
			text++;
		} else if (is_direct(*text))
			rv = mk_buf_add(out, text++, 1);
		else
			rv = shift(&text, out);
	return rv;
}

/* Whether all of NAME is UTF-8 without control characters (C0, DEL, C1). */
static bool
is_text(const char *name)
{
	size_t len;

	for (; *name != '\0'; name += len) {
		len = mk_utf8_sequence(name);
		if (len == 0 || (len == 1 && !is_direct(*name)) ||
		    (len == 2 && utf8_decode(name, 2) < 0xa0))
			return false;
	}
	return true;
}

/* Whether a folder of LAYOUT can have the level of LEN bytes at LEVEL. */
static bool
level_fits(enum mk_layout layout, const char *level, size_t len)
{
	if (len == 0)
		return false;
	if (layout == MK_MAILDIRPP)
		return memchr(level, '.', len) == NULL;
	return level[0] != '.' && (len != 3 ||
	    (memcmp(level, "cur", 3) != 0 && memcmp(level, "new", 3) != 0 &&
	    memcmp(level, "tmp", 3) != 0));
}

static bool
levels_fit(enum mk_layout layout, const char *name)
{
	size_t len;

	for (;; name += len + 1) {
		len = strcspn(name, "/");
		if (!level_fits(layout, name, len))
			return false;
		if (name[len] == '\0')
			return true;
	}
}

/* Whether each of the names in PATH can be a directory's. */
static bool
lengths_fit(const char *path)
{
	size_t len;

	for (;; path += len + 1) {
		len = strcspn(path, "/");
		if (len > LEVEL_MAX)
			return false;
		if (path[len] == '\0')
			return true;
	}
}

int
mk_folder_place(enum mk_layout layout, const char *name, struct mk_buf *place)
{
	char *p;

	mk_buf_cut(place, 0);
	if (strcmp(name, MK_INBOX) == 0)
		return mk_buf_add(place, "", 0);
	/* To IMAP that would be the inbox, too. */
	if (strcasecmp(name, MK_INBOX) == 0 || !is_text(name) ||
	    !levels_fit(layout, name))
		goto invalid;
	if ((layout == MK_MAILDIRPP && mk_buf_add(place, ".", 1) == -1) ||
	    utf7_encode(name, place) == -1)
		return -1;
	if (layout == MK_MAILDIRPP)
		for (p = place->data; (p = strchr(p, '/')) != NULL; p++)
			*p = '.';
	if (lengths_fit(place->data))
		return 0;
invalid:
	errno = EINVAL;
	return -1;
}

/* PATTERN with the separators of a Maildir++ mailbox, in BUF. */
static const char *
with_slashes(const char *pattern, struct mk_buf *buf)
{
	char *p;

	mk_buf_cut(buf, 0);
	if (mk_buf_add(buf, pattern, strlen(pattern)) == -1)
		return NULL;
	for (p = buf->data; (p = strchr(p, '.')) != NULL; p++)
		*p = '/';
	return buf->data;
}

/* Whether PATTERN matches NAME or, with SUBFOLDERS, a level above it. */
static bool
match_levels(const char *pattern, char *name, bool subfolders)
{
	char *slash;
	bool matched;

	if (fnmatch(pattern, name, FNM_PATHNAME) == 0)
		return true;
	if (!subfolders)
		return false;
	for (slash = strchr(name, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		matched = fnmatch(pattern, name, FNM_PATHNAME) == 0;
		*slash = '/';
		if (matched)
			return true;
	}
	return false;
}

int
mk_folder_match(const struct mk_patterns *patterns, enum mk_layout layout,
    const char *name)
{
	struct mk_buf buf = { 0 }, raw = { 0 };
	const char *pattern;
	int matched = 0;
	size_t i;

	if (mk_buf_add(&raw, name, strlen(name)) == -1)
		return -1;
	for (i = 0; i < patterns->list->n && matched == 0; i++) {
		pattern = patterns->list->v[i];
		if (layout == MK_MAILDIRPP && strchr(pattern, '.') != NULL)
			pattern = with_slashes(pattern, &buf);
		if (pattern == NULL)
			matched = -1;
		else if (match_levels(pattern, raw.data, patterns->subfolders))
			matched = 1;
	}
	mk_buf_free(&buf);
	mk_buf_free(&raw);
	return matched;
}

int
mk_account_address(const char *mailbox, struct mk_buf *buf)
{
	const char *first, *last, *end = mailbox + strlen(mailbox);
	static const char maildir[] = "/Maildir";
	size_t n = sizeof maildir - 1;

	if ((size_t)(end - mailbox) > n && strcmp(end - n, maildir) == 0)
		end -= n;
	mk_buf_cut(buf, 0);
	first = memchr(mailbox, '/', (size_t)(end - mailbox));
	if (first == NULL)
		return mk_buf_add(buf, "", 0);
	for (last = end; last[-1] != '/'; last--)
		;
	/* Not by printf: asked once for each row of a database. */
	return mk_buf_add(buf, last, (size_t)(end - last)) == -1 ||
	    mk_buf_add(buf, "@", 1) == -1 ? -1 :
	    mk_buf_add(buf, mailbox, (size_t)(first - mailbox));
}

int
mk_account_match_as(const struct mk_list *list, const char *mailbox,
    const char *address)
{
	struct mk_buf spelled = { 0 };
	bool with_at;
	int matched = 0;
	size_t i;

	for (i = 0; i < list->n && matched == 0; i++) {
		with_at = strchr(list->v[i], '@') != NULL;
		if (with_at && address == NULL) {
			if (mk_account_address(mailbox, &spelled) == -1) {
				matched = -1;
				break;
			}
			address = spelled.data;
		}
		if (fnmatch(list->v[i], with_at ? address : mailbox, 0) == 0)
			matched = 1;
	}
	mk_buf_free(&spelled);
	return matched;
}

int
mk_account_match(const struct mk_list *list, const char *mailbox)
{
	return mk_account_match_as(list, mailbox, NULL);
}
