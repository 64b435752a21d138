/* mail/msgname - the name of a message's file. */
#include "mail/msgname.h"

#include <string.h>

#define SIZE_LIMIT	((int64_t)1 << 50)	/* so that sums can't overflow */
#define TIME_DIGITS	11		/* until the year 5138 */

size_t
mk_msgname_split(const char *name, unsigned *flags)
{
	static const char letters[] = "DFPRST";	/* in the order of the bits */
	const char *colon = strchr(name, ':'), *p, *at;

	if (flags != NULL)
		*flags = 0;
	if (colon == NULL)
		return strlen(name);
	if (flags != NULL && colon[1] == '2' && colon[2] == ',')
		for (p = colon + 3; *p != '\0'; p++)
			if ((at = strchr(letters, *p)) != NULL)
				*flags |= 1U << (at - letters);
	return (size_t)(colon - name);
}

int64_t
mk_msgname_size(const char *name, size_t uniq_len)
{
	const char *p, *end = name + uniq_len;
	int64_t size;

	for (p = name; end - p > 3; p++) {
		if (p[0] != ',' || p[1] != 'S' || p[2] != '=')
			continue;
		size = 0;
		for (p += 3; p < end && *p >= '0' && *p <= '9'; p++) {
			size = size * 10 + (*p - '0');
			if (size > SIZE_LIMIT)
				return -1;
		}
		/* ",S=" without a number, or with more, tells nothing */
		return p[-1] != '=' && (p == end || *p == ',') ? size : -1;
	}
	return -1;
}

int64_t
mk_msgname_time(const char *name)
{
	int64_t seconds = 0;
	unsigned digits;

	for (digits = 0; name[digits] >= '0' && name[digits] <= '9'; digits++) {
		if (digits == TIME_DIGITS)
			return -1;
		seconds = seconds * 10 + (name[digits] - '0');
	}
	return digits > 0 && name[digits] == '.' ? seconds : -1;
}

uint64_t
mk_msgname_hash(const char *name, size_t uniq_len)
{
	uint64_t hash = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < uniq_len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 0x100000001b3;
	return hash;
}

bool
mk_msgname_fits(const char *name)
{
	static const struct { const char *text; bool whole; } never[] = {
		{ ".", false }, { "dovecot", false }, { "courier", false },
		{ "mailkeep.", false }, { "maildirsize", true },
		{ "maildirfolder", true }, { "subscriptions", true },
	};
	size_t i;

	/* Nearly all names begin with the time of delivery. */
	if (name[0] >= '0' && name[0] <= '9')
		return true;
	for (i = 0; i < sizeof never / sizeof never[0]; i++)
		if (never[i].whole ? strcmp(name, never[i].text) == 0 :
		    strncmp(name, never[i].text, strlen(never[i].text)) == 0)
			return false;
	return name[0] != '\0';
}
