/* mail/folder: a folder is called what its user calls it, or not at all. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "mail/folder.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))

static const struct {
	enum mk_layout layout;
	const char *place, *name;	/* NULL: no folder */
} names[] = {
	{ MK_MAILDIRPP, "", "INBOX" },
	{ MK_FS, "", "INBOX" },
	{ MK_MAILDIRPP, ".Trash", "Trash" },
	{ MK_MAILDIRPP, ".Trash.2025", "Trash/2025" },
	{ MK_MAILDIRPP, ".Trash.2025.June", "Trash/2025/June" },
	{ MK_MAILDIRPP, ".Deleted Messages", "Deleted Messages" },
	{ MK_MAILDIRPP, ".INBOX.Trash", "INBOX/Trash" },
	{ MK_MAILDIRPP, ".a\nb", "a\nb" },
	{ MK_MAILDIRPP, ".\xff\xfe", "\xff\xfe" },
	{ MK_MAILDIRPP, ".Gel\xc3\xb6scht", "Gel\xc3\xb6scht" },
	{ MK_MAILDIRPP, ".", NULL },
	{ MK_MAILDIRPP, "..", NULL },
	{ MK_MAILDIRPP, "..a", NULL },
	{ MK_MAILDIRPP, ".a..b", NULL },
	{ MK_MAILDIRPP, ".a.", NULL },
	{ MK_MAILDIRPP, "Trash", NULL },
	{ MK_FS, "Trash", "Trash" },
	{ MK_FS, "Trash/2025", "Trash/2025" },
	{ MK_FS, "Trash.2025", "Trash.2025" },
	{ MK_FS, "v1.0/b", "v1.0/b" },
	{ MK_FS, "/", NULL },
	{ MK_FS, "/a", NULL },
	{ MK_FS, "a/", NULL },
	{ MK_FS, "a//b", NULL },
	/* modified UTF-7: the vectors of RFC 3501 5.1.3, and RFC 2152's */
	{ MK_FS, "~peter/mail/&U,BTFw-/&ZeVnLIqe-",
	    "~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
	{ MK_FS, "&U,BTF2XlZyyKng-", "\xe5\x8f\xb0\xe5\x8c\x97"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
	{ MK_FS, "Hi Mom &Jjo-!", "Hi Mom \xe2\x98\xba!" },
	{ MK_MAILDIRPP, ".Gel&APY-scht", "Gel\xc3\xb6scht" },
	{ MK_MAILDIRPP, ".Gel&APY-scht.&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-",
	    "Gel\xc3\xb6scht/\xd0\x9e\xd1\x82\xd0\xbf\xd1\x80\xd0\xb0"
	    "\xd0\xb2\xd0\xbb\xd0\xb5\xd0\xbd\xd0\xbd\xd1\x8b\xd0\xb5" },
	{ MK_MAILDIRPP, ".a&-b", "a&b" },
	{ MK_MAILDIRPP, ".&-", "&" },
	{ MK_MAILDIRPP, ".&-&-", "&&" },
	{ MK_MAILDIRPP, ".&APY-&-", "\xc3\xb6&" },
	{ MK_MAILDIRPP, ".&-&APY-", "&\xc3\xb6" },
	{ MK_MAILDIRPP, ".&IKw-", "\xe2\x82\xac" },
	{ MK_MAILDIRPP, ".&AIA-", "\xc2\x80" },
	{ MK_MAILDIRPP, ".&,,8-", "\xef\xbf\xbf" },
	/* surrogate pairs: U+1F5D1, U+10000, U+10FFFF */
	{ MK_MAILDIRPP, ".&2D3d0Q-", "\xf0\x9f\x97\x91" },
	{ MK_MAILDIRPP, ".&2ADcAA-", "\xf0\x90\x80\x80" },
	{ MK_MAILDIRPP, ".&2,,f,w-", "\xf4\x8f\xbf\xbf" },
	{ MK_MAILDIRPP, ".&AGEAYgBj2D3d0QBh-",
	    "&AGEAYgBj2D3d0QBh-" },	/* holds ASCII; see below */
	{ MK_MAILDIRPP, ".&APbYPd3RAPY-", "\xc3\xb6\xf0\x9f\x97\x91\xc3\xb6" },
	/* not well formed: as it stands */
	{ MK_MAILDIRPP, ".&Jjo!", "&Jjo!" },		/* RFC 3501 */
	{ MK_FS, "&U,BTFw-&ZeVnLIqe-", "&U,BTFw-&ZeVnLIqe-" },	/* dito */
	{ MK_MAILDIRPP, ".&", "&" },
	{ MK_MAILDIRPP, ".a&", "a&" },
	{ MK_MAILDIRPP, ".R&D", "R&D" },
	{ MK_MAILDIRPP, ".R&D.x", "R&D/x" },
	{ MK_MAILDIRPP, ".&A-", "&A-" },
	{ MK_MAILDIRPP, ".&AP-", "&AP-" },
	{ MK_MAILDIRPP, ".&APY", "&APY" },
	{ MK_MAILDIRPP, ".&APZ-", "&APZ-" },		/* stray bits */
	{ MK_MAILDIRPP, ".&APYA-", "&APYA-" },
	{ MK_MAILDIRPP, ".&AP/-", "&AP/-" },		/* base 64's own '/' */
	{ MK_MAILDIRPP, ".&AP Y-", "&AP Y-" },
	{ MK_MAILDIRPP, ".&AP=-", "&AP=-" },
	{ MK_MAILDIRPP, ".&2D0-", "&2D0-" },		/* half a pair */
	{ MK_MAILDIRPP, ".&3dE-", "&3dE-" },
	{ MK_MAILDIRPP, ".&2D3YPQ-", "&2D3YPQ-" },
	{ MK_MAILDIRPP, ".&3dHYPQ-", "&3dHYPQ-" },
	{ MK_MAILDIRPP, ".&2D0AYQ-", "&2D0AYQ-" },
	/* ASCII in disguise, which the RFC forbids: "Trash", '/', '.', '&' */
	{ MK_MAILDIRPP, ".&AFQAcgBhAHMAaA-", "&AFQAcgBhAHMAaA-" },
	{ MK_MAILDIRPP, ".&AFQ-rash", "&AFQ-rash" },
	{ MK_MAILDIRPP, ".Trash&AC8-a", "Trash&AC8-a" },
	{ MK_MAILDIRPP, ".Trash&AC4-a", "Trash&AC4-a" },
	{ MK_FS, "Trash&AC8-a", "Trash&AC8-a" },
	{ MK_MAILDIRPP, ".&ACY-", "&ACY-" },
	{ MK_MAILDIRPP, ".a&AAA-b", "a&AAA-b" },	/* NUL */
	{ MK_MAILDIRPP, ".a&AAo-b", "a&AAo-b" },
	{ MK_MAILDIRPP, ".a&AH8-b", "a&AH8-b" },
};

START_TEST(place_has_this_name)
{
	struct mk_buf name = { 0 };
	int rv;

	ck_assert_int_eq(mk_buf_add(&name, "what was", 8), 0);
	rv = mk_folder_name(names[_i].layout, names[_i].place, &name);
	if (names[_i].name == NULL)
		ck_assert_int_eq(rv, -1);
	else {
		ck_assert_int_eq(rv, 0);
		ck_assert_str_eq(name.data, names[_i].name);
		ck_assert_uint_eq(name.len, strlen(name.data));
	}
	mk_buf_free(&name);
}
END_TEST

/* Whatever bytes: no name without a level, none with an empty one. */
START_TEST(any_bytes_make_a_sound_name)
{
	static const char bytes[] = "&-.A/,~ \xff" "9";
	struct mk_buf name = { 0 };
	char place[6];
	unsigned code, rest;
	size_t i, n = sizeof bytes - 1;

	for (code = 0; code < 100000; code++) {
		for (rest = code, i = 0; i < 5; i++, rest /= 10)
			place[i] = bytes[rest % n];
		place[5] = '\0';
		if (mk_folder_name(_i == 0 ? MK_MAILDIRPP : MK_FS, place,
		    &name) == -1)
			continue;
		ck_assert_uint_gt(name.len, 0);
		ck_assert_uint_eq(name.len, strlen(name.data));
		if (_i == 0)
			ck_assert_ptr_null(strchr(name.data, '.'));
		else
			ck_assert(name.data[0] != '/' &&
			    name.data[name.len - 1] != '/' &&
			    strstr(name.data, "//") == NULL);
	}
	mk_buf_free(&name);
}
END_TEST

#define L50	"12345678901234567890123456789012345678901234567890"
#define L250	L50 L50 L50 L50 L50

static const struct {
	enum mk_layout layout;
	const char *name, *place;	/* NULL: no folder can be called that */
} places[] = {
	{ MK_MAILDIRPP, "Junk", ".Junk" },
	{ MK_FS, "Junk", "Junk" },
	{ MK_MAILDIRPP, "Spam/Auto", ".Spam.Auto" },
	{ MK_FS, "Spam/Auto", "Spam/Auto" },
	{ MK_MAILDIRPP, "INBOX", "" },
	{ MK_FS, "INBOX", "" },
	{ MK_MAILDIRPP, "INBOX/Junk", ".INBOX.Junk" },
	{ MK_FS, "INBOX/Junk", "INBOX/Junk" },
	{ MK_MAILDIRPP, "Junk E-mail", ".Junk E-mail" },
	{ MK_MAILDIRPP, "R&D", ".R&-D" },
	{ MK_MAILDIRPP, "&", ".&-" },
	{ MK_MAILDIRPP, "&&", ".&-&-" },
	{ MK_MAILDIRPP, "\xc3\xb6&\xc3\xb6", ".&APY-&-&APY-" },
	{ MK_MAILDIRPP, "&Jjo-", ".&-Jjo-" },
	{ MK_MAILDIRPP, "Gel\xc3\xb6scht", ".Gel&APY-scht" },
	{ MK_MAILDIRPP, "\xd0\xa1\xd0\xbf\xd0\xb0\xd0\xbc/\xc3\xb6",
	    ".&BCEEPwQwBDw-.&APY-" },
	{ MK_FS, "~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
	    "~peter/mail/&U,BTFw-/&ZeVnLIqe-" },
	{ MK_FS, "Hi Mom \xe2\x98\xba!", "Hi Mom &Jjo-!" },
	{ MK_MAILDIRPP, "\xc2\xa0", ".&AKA-" },
	{ MK_MAILDIRPP, "\xef\xbf\xbf", ".&,,8-" },
	{ MK_MAILDIRPP, "\xf0\x9f\x97\x91", ".&2D3d0Q-" },
	{ MK_MAILDIRPP, "\xf0\x90\x80\x80", ".&2ADcAA-" },
	{ MK_MAILDIRPP, "\xf4\x8f\xbf\xbf", ".&2,,f,w-" },
	{ MK_MAILDIRPP, "\xc3\xb6\xf0\x9f\x97\x91\xc3\xb6",
	    ".&APbYPd3RAPY-" },
	{ MK_FS, "v1.0", "v1.0" },
	{ MK_FS, "a./b..", "a./b.." },
	{ MK_FS, "current/newer/tmp2", "current/newer/tmp2" },
	{ MK_MAILDIRPP, "cur/new/tmp", ".cur.new.tmp" },
	{ MK_FS, L250 "12345", L250 "12345" },
	{ MK_FS, L250 "/" L250, L250 "/" L250 },
	{ MK_MAILDIRPP, L250 "1234", "." L250 "1234" },
	/* no folder's */
	{ MK_MAILDIRPP, "", NULL },
	{ MK_FS, "", NULL },
	{ MK_MAILDIRPP, "/", NULL },
	{ MK_FS, "/", NULL },
	{ MK_FS, "/Junk", NULL },
	{ MK_MAILDIRPP, "/Junk", NULL },
	{ MK_FS, "Junk/", NULL },
	{ MK_MAILDIRPP, "Junk/", NULL },
	{ MK_FS, "a//b", NULL },
	{ MK_MAILDIRPP, "a//b", NULL },
	{ MK_MAILDIRPP, ".", NULL },
	{ MK_MAILDIRPP, "..", NULL },
	{ MK_MAILDIRPP, ".Junk", NULL },
	{ MK_MAILDIRPP, "Junk.", NULL },
	{ MK_MAILDIRPP, "Spam.Auto", NULL },
	{ MK_FS, ".", NULL },
	{ MK_FS, "..", NULL },
	{ MK_FS, "../x", NULL },
	{ MK_FS, "a/..", NULL },
	{ MK_FS, "a/../b", NULL },
	{ MK_FS, "a/.", NULL },
	{ MK_FS, ".Junk", NULL },	/* the mailbox would be Maildir++ */
	{ MK_FS, "a/.Junk", NULL },
	{ MK_FS, "cur", NULL },
	{ MK_FS, "new", NULL },
	{ MK_FS, "tmp", NULL },
	{ MK_FS, "cur/a", NULL },
	{ MK_FS, "a/tmp", NULL },
	{ MK_FS, "a/new/b", NULL },
	{ MK_MAILDIRPP, "Inbox", NULL },
	{ MK_FS, "inbox", NULL },
	{ MK_MAILDIRPP, "a\nb", NULL },
	{ MK_FS, "\x01", NULL },
	{ MK_FS, "a\x7f", NULL },
	{ MK_FS, "a\x1f", NULL },
	{ MK_FS, "a\xc2\x80", NULL },
	{ MK_FS, "a\xc2\x9f", NULL },
	{ MK_FS, "a\xff", NULL },
	{ MK_FS, "a\xc3", NULL },
	{ MK_FS, "a\xc3/b", NULL },
	{ MK_FS, "\xc0\xaf", NULL },		/* '/', too long */
	{ MK_FS, "\xed\xa0\x80", NULL },	/* half a pair */
	{ MK_FS, "\xf4\x90\x80\x80", NULL },
	{ MK_FS, L250 "123456", NULL },
	{ MK_FS, "a/" L250 "123456/b", NULL },
	{ MK_MAILDIRPP, L250 "12345", NULL },
	{ MK_MAILDIRPP, L50 L50 "/" L50 L50 "/" L50 L50, NULL },
	{ MK_FS, L250 "6\xc3\xb6", NULL },	/* "&APY-" is longer */
};

START_TEST(name_has_this_place)
{
	struct mk_buf place = { 0 }, name = { 0 };
	int rv;

	ck_assert_int_eq(mk_buf_add(&place, "what was", 8), 0);
	errno = 0;
	rv = mk_folder_place(places[_i].layout, places[_i].name, &place);
	if (places[_i].place == NULL) {
		ck_assert_int_eq(rv, -1);
		ck_assert_int_eq(errno, EINVAL);
	} else {
		ck_assert_int_eq(rv, 0);
		ck_assert_str_eq(place.data, places[_i].place);
		ck_assert_uint_eq(place.len, strlen(place.data));
		ck_assert_int_eq(mk_folder_name(places[_i].layout, place.data,
		    &name), 0);
		ck_assert_str_eq(name.data, places[_i].name);
	}
	mk_buf_free(&place);
	mk_buf_free(&name);
}
END_TEST

/* Whatever is given a place has that name there, and no way leads out. */
START_TEST(any_name_comes_back)
{
	static const char *const parts[] = { "a", "&", "-", "/", ".", "~",
	    "\xc3\xb6", "\xe2\x82\xac", "\xf0\x9f\x97\x91", "\xff" };
	enum mk_layout layout = _i == 0 ? MK_MAILDIRPP : MK_FS;
	struct mk_buf place = { 0 }, back = { 0 };
	char name[40];
	unsigned code, rest, placed = 0;
	bool good;
	size_t i;

	for (code = 0; code < 1000000; code++) {
		name[0] = '\0';
		for (rest = code, i = 0; i < 6; i++, rest /= 10)
			strcat(name, parts[rest % 10]);
		if (mk_folder_place(layout, name, &place) == -1)
			continue;
		placed++;
		good = mk_folder_name(layout, place.data, &back) == 0 &&
		    strcmp(back.data, name) == 0 &&
		    (place.data[0] == '.') == (_i == 0) &&
		    strstr(place.data, _i == 0 ? ".." : "/.") == NULL;
		for (i = 0; i < place.len; i++)
			good = good && place.data[i] >= ' ' &&
			    place.data[i] <= '~';
		if (!good)		/* ck_assert is slow */
			ck_abort_msg("%s: %s", name, place.data);
	}
	ck_assert_uint_gt(placed, 100000);
	mk_buf_free(&place);
	mk_buf_free(&back);
}
END_TEST

/* Each character by itself, and beside others. */
START_TEST(any_character_comes_back)
{
	struct mk_buf place = { 0 }, back = { 0 };
	char name[16];
	uint32_t code;
	size_t len;

	for (code = 0xa0; code <= 0x10ffff; code++) {
		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		len = mk_utf8_encode(code, name);
		len += mk_utf8_encode(code, name + len);
		name[len++] = 'x';
		len += mk_utf8_encode(code, name + len);
		name[len] = '\0';
		if (mk_folder_place(MK_FS, name, &place) == -1 ||
		    mk_folder_name(MK_FS, place.data, &back) == -1 ||
		    strcmp(back.data, name) != 0)
			ck_abort_msg("U+%04X", (unsigned)code);
	}
	mk_buf_free(&place);
	mk_buf_free(&back);
}
END_TEST

static const struct {
	const char *pattern;
	enum mk_layout layout;
	bool subfolders;
	const char *name;
	int matched;
} matches[] = {
	{ "Trash",	MK_MAILDIRPP,	true,	"Trash",	1 },
	{ "Trash",	MK_MAILDIRPP,	true,	"Trash/2025",	1 },
	{ "Trash",	MK_MAILDIRPP,	true,	"Trash/a/b",	1 },
	{ "Trash",	MK_MAILDIRPP,	false,	"Trash/2025",	0 },
	{ "Trash",	MK_FS,		true,	"Trash/2025",	1 },
	{ "Trash",	MK_FS,		false,	"Trash/2025",	0 },
	/* what -path '*Trash/cur*' takes as well */
	{ "Trash",	MK_MAILDIRPP,	true,	"NotTrash",	0 },
	{ "Trash",	MK_MAILDIRPP,	true,	"Trash2",	0 },
	{ "Trash",	MK_MAILDIRPP,	true,	"Old/Trash",	0 },
	{ "Trash",	MK_MAILDIRPP,	true,	"INBOX/Trash",	0 },
	{ "Trash",	MK_MAILDIRPP,	true,	"trash",	0 },
	{ "Trash",	MK_MAILDIRPP,	true,	"INBOX",	0 },
	{ "Trash",	MK_FS,		true,	"NotTrash",	0 },
	{ "Trash",	MK_FS,		true,	"Trash.old",	0 },
	{ "Trash",	MK_FS,		true,	"Old.Trash",	0 },
	{ "Trash",	MK_FS,		true,	"Old/Trash",	0 },
	{ "Trash/cur",	MK_FS,		true,	"Trash/curious", 0 },
	{ "Trash",	MK_FS,		false,	"Trash/curious", 0 },
	/* a dot is a separator in Maildir++ alone */
	{ "A/B",	MK_MAILDIRPP,	false,	"A/B",		1 },
	{ "A.B",	MK_MAILDIRPP,	false,	"A/B",		1 },
	{ "A/B",	MK_FS,		false,	"A/B",		1 },
	{ "A.B",	MK_FS,		false,	"A/B",		0 },
	{ "A.B",	MK_FS,		false,	"A.B",		1 },
	{ "A.B",	MK_FS,		true,	"A.B/C",	1 },
	{ "A.B",	MK_MAILDIRPP,	false,	"A",		0 },
	{ "A.B",	MK_MAILDIRPP,	true,	"A/B/C",	1 },
	{ "A.B",	MK_MAILDIRPP,	true,	"A/C",		0 },
	{ "A.B.C",	MK_MAILDIRPP,	true,	"A/B",		0 },
	{ "INBOX.Trash", MK_MAILDIRPP,	true,	"INBOX/Trash",	1 },
	/* a level is matched by itself */
	{ "*",		MK_MAILDIRPP,	false,	"Trash",	1 },
	{ "*",		MK_MAILDIRPP,	false,	"Trash/2025",	0 },
	{ "*",		MK_MAILDIRPP,	true,	"Trash/2025",	1 },
	{ "*",		MK_MAILDIRPP,	false,	"INBOX",	1 },
	{ "Tr*",	MK_FS,		false,	"Trash/2025",	0 },
	{ "Tr*",	MK_FS,		true,	"Trash/2025",	1 },
	{ "*Trash",	MK_FS,		false,	"Old/Trash",	0 },
	{ "*Trash",	MK_FS,		false,	"NotTrash",	1 },
	{ "*/Trash",	MK_FS,		false,	"Old/Trash",	1 },
	{ "*/Trash",	MK_FS,		false,	"a/Old/Trash",	0 },
	{ "*.Trash",	MK_MAILDIRPP,	false,	"Old/Trash",	1 },
	{ "Trash/*",	MK_FS,		false,	"Trash",	0 },
	{ "Trash/*",	MK_FS,		false,	"Trash/a",	1 },
	{ "Trash/*",	MK_FS,		false,	"Trash/a/b",	0 },
	{ "Trash/*",	MK_FS,		true,	"Trash/a/b",	1 },
	{ "[JS]*",	MK_FS,		true,	"Spam",		1 },
	{ "[JS]*",	MK_FS,		true,	"Trash",	0 },
	{ "Tra?h",	MK_FS,		true,	"Trash",	1 },
	{ "Tra?h",	MK_FS,		true,	"Tra/h",	0 },
	{ "Gel\xc3\xb6scht", MK_FS,	true,	"Gel\xc3\xb6scht", 1 },
	{ "*",		MK_FS,		true,	"\xff\xfe",	1 },
	{ "*",		MK_FS,		true,	"a\nb",		1 },
};

START_TEST(pattern_matches_or_not)
{
	char word[40], none[] = "none of them";
	char *words[] = { none, word, NULL };
	struct mk_list list = { .v = words, .n = 2 };
	struct mk_patterns patterns = { .list = &list,
	    .subfolders = matches[_i].subfolders };

	snprintf(word, sizeof word, "%s", matches[_i].pattern);
	ck_assert_int_eq(mk_folder_match(&patterns, matches[_i].layout,
	    matches[_i].name), matches[_i].matched);
	ck_assert_str_eq(word, matches[_i].pattern);
	list.n = 1;
	ck_assert_int_eq(mk_folder_match(&patterns, matches[_i].layout,
	    matches[_i].name), 0);
	list.n = 0;
	ck_assert_int_eq(mk_folder_match(&patterns, matches[_i].layout,
	    matches[_i].name), 0);
}
END_TEST

static const struct { const char *pattern, *mailbox; int matched; }
accounts[] = {
	{ "example.org/alice",	"example.org/alice",	1 },
	{ "example.org/alice",	"example.org/alice2",	0 },
	{ "example.org/alice",	"example.org",		0 },
	{ "example.org/alice",	"x/example.org/alice",	0 },
	{ "example.org/*",	"example.org/alice",	1 },
	{ "example.org/*",	"example.org/a/alice",	1 },
	{ "example.org/*",	"example.orga/alice",	0 },
	{ "*",			"example.org/a/alice",	1 },
	{ "*",			"",			1 },
	{ "alice",		"alice",		1 },
	{ "alice",		"example.org/alice",	0 },
	{ "*/Maildir",		"example.org/u/Maildir", 1 },
	/* addresses */
	{ "alice@example.org",	"example.org/alice",	1 },
	{ "alice@example.org",	"example.org/a/alice",	1 },
	{ "alice@example.org",	"example.org/a/l/alice", 1 },
	{ "alice@example.org",	"example.org/alice/Maildir", 1 },
	{ "alice@example.org",	"example.org/a/alice/Maildir", 1 },
	{ "alice@example.org",	"example.org/alice/mail", 0 },
	{ "alice@example.org",	"example.org/alice2",	0 },
	{ "alice@example.org",	"example.com/alice",	0 },
	{ "alice@example.org",	"alice",		0 },
	{ "alice@example.org",	"alice/Maildir",	0 },
	{ "*@example.org",	"example.org/bob",	1 },
	{ "*@example.org",	"sub.example.org/bob",	0 },
	{ "*@*example.org",	"sub.example.org/bob",	1 },
	{ "a*@*",		"example.org/alice",	1 },
	{ "a*@*",		"example.org/bob",	0 },
	{ "Maildir@example.org", "example.org/Maildir",	0 },
	{ "*@*",		"example.org",		0 },
	{ "*@*",		"Maildir",		0 },
	{ "*@*",		"",			0 },
	/* a mailbox that is called an address spells it no second time */
	{ "alice@example.org",	"alice@example.org",	0 },
};

START_TEST(account_matches_or_not)
{
	char word[40], none[] = "none@of.them";
	char *words[] = { none, word, NULL };
	struct mk_list list = { .v = words, .n = 2 };

	snprintf(word, sizeof word, "%s", accounts[_i].pattern);
	ck_assert_int_eq(mk_account_match(&list, accounts[_i].mailbox),
	    accounts[_i].matched);
	list.n = 0;
	ck_assert_int_eq(mk_account_match(&list, accounts[_i].mailbox), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/folder");
	TCase *tc = tcase_create("folder");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, place_has_this_name, 0, COUNT(names));
	tcase_add_loop_test(tc, any_bytes_make_a_sound_name, 0, 2);
	tcase_add_loop_test(tc, name_has_this_place, 0, COUNT(places));
	tcase_add_loop_test(tc, any_name_comes_back, 0, 2);
	tcase_add_test(tc, any_character_comes_back);
	tcase_add_loop_test(tc, pattern_matches_or_not, 0, COUNT(matches));
	tcase_add_loop_test(tc, account_matches_or_not, 0, COUNT(accounts));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
