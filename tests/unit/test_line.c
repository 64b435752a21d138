/* blacklist/line: what one line of a feed says, and which format it is. */
#include "blacklist/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define Y2026_END	INT64_C(1798761600)	/* 2027-01-01 00:00 UTC */
#define RANDOM_LINES	1000000

#define TEXT		MK_FORMAT_TEXT
#define NETSET		MK_FORMAT_NETSET
#define DROP		MK_FORMAT_DROP
#define JSON		MK_FORMAT_DROP_JSON
#define COUNTED		MK_FORMAT_COUNTED
#define CSV		MK_FORMAT_CSV
#define RANGES		MK_FORMAT_RANGES

/*
 * Read LEN bytes from a piece of memory that is as long, so that a sanitizer
 * sees who reads on; the reason is copied to REASON (1024 bytes).
 */
static void
read_line(struct mk_reader *reader, const char *text, size_t len,
    struct mk_line *line, char *reason)
{
	char *copy = malloc(len > 0 ? len : 1), *exact = copy;

	if (copy == NULL)
		abort();
	if (len == 0)
		exact++;
	memcpy(exact, text, len);
	memset(line, 0xa5, sizeof *line);
	mk_line_read(reader, exact, len, line);
	if (line->reason_len > 0) {
		if (line->reason_len > 1023)
			ck_abort_msg("a long reason");
		memcpy(reason, line->reason, line->reason_len);
	}
	reason[line->reason_len] = '\0';
	free(copy);
}

static const struct {
	enum mk_format format;
	const char *text, *net, *reason;
	int64_t until_s, number;
	bool host_bits;
} entries[] = {
	{ TEXT, "192.0.2.1", "192.0.2.1", "", 0, 0, false },
	{ TEXT, " \t192.0.2.1\t ", "192.0.2.1", "", 0, 0, false },
	{ TEXT, "192.0.2.1\r", "192.0.2.1", "", 0, 0, false },
	{ TEXT, "192.0.2.1 \r", "192.0.2.1", "", 0, 0, false },
	{ TEXT, "192.0.2.0/24", "192.0.2.0/24", "", 0, 0, false },
	{ TEXT, "192.0.2.0/255.255.255.0", "192.0.2.0/24", "", 0, 0, false },
	{ TEXT, "192.0.2.1/24", "192.0.2.1/24", "", 0, 0, true },
	{ TEXT, "[2001:db8::]/32", "2001:db8::/32", "", 0, 0, false },
	{ TEXT, "2001:db8::1", "2001:db8::1", "", 0, 0, false },
	{ TEXT, "::ffff:192.0.2.1", "192.0.2.1", "", 0, 0, false },
	{ TEXT, "192.0.2.1 spam source", "192.0.2.1", "spam source", 0, 0,
	    false },
	{ TEXT, "192.0.2.1\tspam  source \r", "192.0.2.1", "spam  source", 0,
	    0, false },
	{ TEXT, "192.0.2.1 # comment", "192.0.2.1", "", 0, 0, false },
	{ TEXT, "192.0.2.1#comment", "192.0.2.1", "", 0, 0, false },
	{ TEXT, "192.0.2.1;comment", "192.0.2.1", "", 0, 0, false },
	{ TEXT, "192.0.2.1 ; comment", "192.0.2.1", "", 0, 0, false },
	{ TEXT, "192.0.2.1 spam # comment", "192.0.2.1", "spam", 0, 0,
	    false },
	{ TEXT, "192.0.2.1 spam#1;2 ;comment", "192.0.2.1", "spam#1;2", 0, 0,
	    false },
	{ TEXT, "192.0.2.1 until=2026-12-31", "192.0.2.1", "", Y2026_END, 0,
	    false },
	{ TEXT, "192.0.2.1 until=2026-12-31 a b", "192.0.2.1", "a b",
	    Y2026_END, 0, false },
	{ TEXT, "192.0.2.1 a b until=2026-12-31", "192.0.2.1", "a b",
	    Y2026_END, 0, false },
	{ TEXT, "192.0.2.1 a  b until=2026-12-31 c  d", "192.0.2.1",
	    "a  b c d", Y2026_END, 0, false },
	{ TEXT, "192.0.2.1 a # until=2026-12-31", "192.0.2.1", "a", 0, 0,
	    false },
	{ TEXT, "192.0.2.1 - seen in a trap", "192.0.2.1",
	    "seen in a trap", 0, 0, false },
	{ TEXT, "192.0.2.1 - 10 times", "192.0.2.1", "10 times", 0, 0,
	    false },
	{ TEXT, "192.0.2.1 -", "192.0.2.1", "", 0, 0, false },
	{ TEXT, "192.0.2.1 -x", "192.0.2.1", "-x", 0, 0, false },
	{ TEXT, "192.0.2.1 - -", "192.0.2.1", "-", 0, 0, false },
	{ TEXT, "192.0.2.1 to the office", "192.0.2.1", "to the office", 0,
	    0, false },
	{ TEXT, "192.0.2.1 -- 10 times", "192.0.2.1", "-- 10 times", 0, 0,
	    false },
	{ TEXT, "192.0.2.1 host 192.0.2.2", "192.0.2.1", "host 192.0.2.2", 0,
	    0, false },
	{ TEXT, "192.0.2.1 192.0.2.1.example.com", "192.0.2.1",
	    "192.0.2.1.example.com", 0, 0, false },
	{ TEXT, "192.0.2.1 192.0.2.1-dsl.example", "192.0.2.1",
	    "192.0.2.1-dsl.example", 0, 0, false },
	{ TEXT, "192.0.2.1 :: spam", "192.0.2.1", ":: spam", 0, 0, false },
	{ TEXT, "192.0.2.1 # 192.0.2.2", "192.0.2.1", "", 0, 0, false },
	{ TEXT, "192.0.2.1 m\xc3\xbcll", "192.0.2.1", "m\xc3\xbcll", 0, 0,
	    false },
	{ NETSET, "192.0.2.0/24", "192.0.2.0/24", "", 0, 0, false },
	{ NETSET, "192.0.2.0/24 # a comment", "192.0.2.0/24", "", 0, 0,
	    false },
	{ NETSET, "192.0.2.0/24 until=2026-12-31", "192.0.2.0/24", "",
	    Y2026_END, 0, false },
	{ DROP, "192.0.2.0/24 ; SBL123456", "192.0.2.0/24", "SBL123456", 0,
	    0, false },
	{ DROP, "192.0.2.0/24;SBL1 # 2 ; 3 \r", "192.0.2.0/24",
	    "SBL1 # 2 ; 3", 0, 0, false },
	{ DROP, "192.0.2.0/24 ;", "192.0.2.0/24", "", 0, 0, false },
	{ DROP, "192.0.2.0/24", "192.0.2.0/24", "", 0, 0, false },
	{ DROP, "192.0.2.0/24 until=2026-12-31 ; SBL1", "192.0.2.0/24",
	    "SBL1", Y2026_END, 0, false },
	{ COUNTED, "192.0.2.1\t8", "192.0.2.1", "", 0, 8, false },
	{ COUNTED, "192.0.2.1   0  # x", "192.0.2.1", "", 0, 0, false },
	{ COUNTED, "2001:db8::1 12 until=2026-12-31", "2001:db8::1", "",
	    Y2026_END, 12, false },
	{ RANGES, "192.0.2.1", "192.0.2.1", "", 0, 0, false },
	{ CSV, "192.0.2.1", "192.0.2.1", "", 0, 0, false },
	{ CSV, "192.0.2.1,DE,5", "192.0.2.1", "", 0, 0, false },
	{ CSV, "\"192.0.2.0/24\" , \"DE\"\r", "192.0.2.0/24", "", 0, 0,
	    false },
	{ CSV, " 192.0.2.1 ;DE", "192.0.2.1", "", 0, 0, false },
	{ CSV, "192.0.2.1\tDE", "192.0.2.1", "", 0, 0, false },
	{ CSV, "192.0.2.1/24,", "192.0.2.1/24", "", 0, 0, true },
	{ JSON, "{\"cidr\":\"1.10.16.0/20\",\"sblid\":\"SBL256894\","
	    "\"rir\":\"apnic\"}", "1.10.16.0/20", "SBL256894", 0, 0, false },
	{ JSON, " { \"rir\" : null , \"cidr\" : \"192.0.2.1\" } \r",
	    "192.0.2.1", "", 0, 0, false },
	{ JSON, "{\"cidr\":\"192.0.2.0\\/24\",\"sblid\":null}",
	    "192.0.2.0/24", "", 0, 0, false },
	{ JSON, "{\"\\u0063idr\":\"\\u0031.2.3.4\"}", "1.2.3.4", "", 0, 0,
	    false },
	{ JSON, "{\"cidr\":\"2001:db8::1/32\"}", "2001:db8::1/32", "", 0, 0,
	    true },
	{ JSON, "{\"x\":[1,-2.5e+3,[],{},{\"cidr\":\"x\",\"y\":[true]}],"
	    "\"cidr\":\"1.2.3.4\",\"type\":5,\"z\":0E1}", "1.2.3.4", "", 0,
	    0, false },
	{ JSON, "{\"cidr\":\"1.2.3.4\",\"sblid\":\"a\\\"\\\\\\/\\b\\f\\n\\r"
	    "\\t\\u00e9\\u20AC\\ud83d\\ude00\"}", "1.2.3.4",
	    "a\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 0, 0,
	    false },
};

START_TEST(reads_entries)
{
	struct mk_reader reader = { .format = entries[_i].format };
	struct mk_line line;
	char reason[1024], buf[MK_NET_TEXT];

	read_line(&reader, entries[_i].text, strlen(entries[_i].text), &line,
	    reason);
	ck_assert_msg(line.kind == MK_LINE_NET, "%s: kind %d: %s",
	    entries[_i].text, (int)line.kind, line.kind == MK_LINE_BAD ?
	    line.why : "");
	mk_net_format_short(buf, &line.net);
	ck_assert_str_eq(buf, entries[_i].net);
	ck_assert_str_eq(reason, entries[_i].reason);
	ck_assert_int_eq(line.until_s, entries[_i].until_s);
	ck_assert_int_eq(line.number, entries[_i].number);
	ck_assert_int_eq(line.host_bits, entries[_i].host_bits);
}
END_TEST

static const struct {
	enum mk_format format;
	const char *text, *first, *last, *reason;
} ranges[] = {
	{ RANGES, "192.0.2.1-192.0.2.9", "192.0.2.1", "192.0.2.9", "" },
	{ RANGES, "192.0.2.1 - 192.0.2.9", "192.0.2.1", "192.0.2.9", "" },
	{ RANGES, "192.0.2.1- 192.0.2.9", "192.0.2.1", "192.0.2.9", "" },
	{ RANGES, "192.0.2.1\t-192.0.2.9 # x", "192.0.2.1", "192.0.2.9", "" },
	{ RANGES, "192.0.2.0/24 - 198.51.100.0/24", "192.0.2.0",
	    "198.51.100.255", "" },
	{ RANGES, "192.0.2.0/255.255.255.0-192.0.3.0/255.255.255.0",
	    "192.0.2.0", "192.0.3.255", "" },
	{ RANGES, "192.0.2.1-192.0.2.1", "192.0.2.1", "192.0.2.1", "" },
	{ RANGES, "0.0.0.0-255.255.255.255", "0.0.0.0", "255.255.255.255",
	    "" },
	{ RANGES, "2001:db8::-2001:db8::ffff", "2001:db8::",
	    "2001:db8::ffff", "" },
	{ RANGES, "[::1] - [::2]", "::1", "::2", "" },
	{ RANGES, "::ffff:1.2.3.4-1.2.3.5", "1.2.3.4", "1.2.3.5", "" },
	{ TEXT, "192.0.2.1-192.0.2.9 spam", "192.0.2.1", "192.0.2.9",
	    "spam" },
	{ TEXT, "192.0.2.1 - 192.0.2.9 spam", "192.0.2.1", "192.0.2.9",
	    "spam" },
	{ DROP, "192.0.2.1 - 192.0.2.9 ; SBL1", "192.0.2.1", "192.0.2.9",
	    "SBL1" },
	{ NETSET, "192.0.2.1-192.0.2.9", "192.0.2.1", "192.0.2.9", "" },
	{ COUNTED, "192.0.2.1-192.0.2.9 3", "192.0.2.1", "192.0.2.9", "" },
	{ CSV, "192.0.2.1 - 192.0.2.9,DE", "192.0.2.1", "192.0.2.9", "" },
};

START_TEST(reads_ranges)
{
	struct mk_reader reader = { .format = ranges[_i].format };
	struct mk_line line;
	char reason[1024], buf[MK_NET_TEXT];

	read_line(&reader, ranges[_i].text, strlen(ranges[_i].text), &line,
	    reason);
	ck_assert_msg(line.kind == MK_LINE_RANGE, "%s: kind %d: %s",
	    ranges[_i].text, (int)line.kind, line.kind == MK_LINE_BAD ?
	    line.why : "");
	mk_net_format_short(buf, &line.net);
	ck_assert_str_eq(buf, ranges[_i].first);
	line.net.first = line.last;
	mk_net_format_short(buf, &line.net);
	ck_assert_str_eq(buf, ranges[_i].last);
	ck_assert_str_eq(reason, ranges[_i].reason);
	ck_assert(!line.host_bits);
}
END_TEST

static const struct {
	enum mk_format format;
	const char *text;
	enum mk_line_kind kind;
	int64_t number;
} others[] = {
	{ TEXT, "", MK_LINE_NOTHING, 0 },
	{ TEXT, "\r", MK_LINE_NOTHING, 0 },
	{ TEXT, " \t ", MK_LINE_NOTHING, 0 },
	{ TEXT, "# 1.2.3.4", MK_LINE_NOTHING, 0 },
	{ TEXT, "  ; 1.2.3.4", MK_LINE_NOTHING, 0 },
	{ TEXT, "; EOF", MK_LINE_NOTHING, 0 },
	{ TEXT, "\xef\xbb\xbf", MK_LINE_NOTHING, 0 },
	{ TEXT, "\xef\xbb\xbf# x", MK_LINE_NOTHING, 0 },
	{ NETSET, "; EOF", MK_LINE_NOTHING, 0 },
	{ COUNTED, "", MK_LINE_NOTHING, 0 },
	{ COUNTED, "# x", MK_LINE_NOTHING, 0 },
	{ RANGES, "# x", MK_LINE_NOTHING, 0 },
	{ DROP, "; Spamhaus DROP List", MK_LINE_NOTHING, 0 },
	{ DROP, "; EOF", MK_LINE_END, 0 },
	{ DROP, ";EOF \r", MK_LINE_END, 0 },
	{ DROP, "; EOF of it", MK_LINE_NOTHING, 0 },
	{ DROP, "; eof", MK_LINE_NOTHING, 0 },
	{ DROP, "# EOF", MK_LINE_NOTHING, 0 },
	{ JSON, "", MK_LINE_NOTHING, 0 },
	{ JSON, " \r", MK_LINE_NOTHING, 0 },
	{ JSON, "{\"type\":\"metadata\",\"timestamp\":1,\"size\":9,"
	    "\"records\":1539,\"copyright\":\"(c)\",\"terms\":\"x\"}",
	    MK_LINE_RECORDS, 1539 },
	{ JSON, "{\"records\":0,\"type\":\"metadata\"}", MK_LINE_RECORDS,
	    0 },
	{ JSON, "{\"type\":\"metadata\"}", MK_LINE_NOTHING, 0 },
	{ CSV, "", MK_LINE_NOTHING, 0 },
	{ CSV, "# 1.2.3.4,x", MK_LINE_NOTHING, 0 },
	{ CSV, "ip,country", MK_LINE_NOTHING, 0 },
	{ CSV, ",ip", MK_LINE_NOTHING, 0 },
	{ CSV, "\"first_seen_utc\",\"dst_ip\"", MK_LINE_NOTHING, 0 },
};

START_TEST(reads_what_is_no_entry)
{
	struct mk_reader reader = { .format = others[_i].format };
	struct mk_line line;
	char reason[1024];

	read_line(&reader, others[_i].text, strlen(others[_i].text), &line,
	    reason);
	ck_assert_int_eq(line.kind, others[_i].kind);
	ck_assert_int_eq(line.number, others[_i].number);
	ck_assert_str_eq(reason, "");
}
END_TEST

#define DEEP32	"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define FLAT32	"]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"

static const struct {
	enum mk_format format;
	const char *text, *why;
} bad_lines[] = {
	{ TEXT, "10.1", "not four numbers: an address is written in full" },
	{ TEXT, "1.2.3/24", "not four numbers" },
	{ TEXT, "012.0.0.1", "a leading zero may mean octal" },
	{ TEXT, "1.2.3.0/33", "no prefix length from 0 to 32" },
	{ TEXT, "mail.example.com spam", "a name is no address" },
	{ TEXT, "mail-1.example.com", "a name is no address" },
	{ TEXT, "-1.2.3.4", "no address" },
	{ TEXT, "\"1.2.3.4\"", "a byte that is in no address" },
	{ TEXT, "1.2.3.4,DE", "a comma" },
	{ TEXT, "1.2.3.4\r\r", "a byte that is in no address" },
	{ TEXT, "1.2.3.4\v", "a byte that is in no address" },
	{ TEXT, "1.2.3.4\xc2\xa0", "a byte that is in no address" },
	{ TEXT, "<html>", "a byte that is in no address" },
	{ TEXT, "1.2.3.4 until=2026-02-29", "\"until=\" without a day" },
	{ TEXT, "1.2.3.4 until=", "\"until=\" without a day" },
	{ TEXT, "1.2.3.4 until=tomorrow", "\"until=\" without a day" },
	{ TEXT, "1.2.3.4 until=2026-12-31 until=2026-12-31",
	    "\"until=\" more than once" },
	{ TEXT, "1.2.3.4-", "no address" },
	{ TEXT, "1.2.3.4-foo", "a name is no address" },
	{ TEXT, "1.2.3.4 - 1.2.3", "not four numbers" },
	{ TEXT, "1.2.3.4-1.2.3.5-1.2.3.6", "a range has two ends" },
	{ TEXT, "1.2.3.4 1.2.3.5", "a second address: one a line, or a range, "
	    "a - b" },
	{ TEXT, "1.2.3.4\t::1 spam", "a second address" },
	{ TEXT, "1.2.3.4 1.2.4.0/24", "a second address" },
	{ TEXT, "1.2.3.4 1.2.4.1/24", "a second address" },
	{ TEXT, "1.2.3.4 1.2.3.5-1.2.3.6", "a second address" },
	{ TEXT, "1.2.3.4 1.2.3.5;spam", "a second address" },
	{ TEXT, "1.2.3.4 until=2026-12-31 1.2.3.5", "a second address" },
	{ TEXT, "1.2.3.4 -- 1.2.3.5", "a second address" },
	{ TEXT, "1.2.3.4 \xe2\x80\x93 1.2.3.5", "a second address" },
	{ TEXT, "1.2.3.4 to 1.2.3.5 spam", "a second address" },
	{ TEXT, "1.2.3.4-1.2.3.5 1.2.3.6", "a second address" },
	{ NETSET, "1.2.3.4 spam", "words behind the address" },
	{ NETSET, "1.2.3.4 - spam", "a name is no address" },
	{ RANGES, "1.2.3.4-1.2.3.5 spam", "words behind the address" },
	{ RANGES, "1.2.3.5-1.2.3.4", "the range ends before it begins" },
	{ RANGES, "1.2.4.0/24-1.2.3.0/24", "the range ends before it" },
	{ RANGES, "::2-::1", "the range ends before it begins" },
	{ RANGES, "1.2.3.4-::1", "from one family into the other" },
	{ RANGES, "1.2.3.4/24-1.2.4.0/24", "bits set behind its prefix" },
	{ RANGES, "1.2.3.0/24-1.2.4.1/24", "bits set behind its prefix" },
	{ RANGES, "1.2.3.4 -", "no address" },
	{ RANGES, "1.2.3.4 - ; x", "no address" },
	{ RANGES, "1.2.3.4 - - 1.2.3.5", "no address" },
	{ DROP, "1.2.3.4 SBL1", "words behind the address" },
	{ DROP, "SBL1 ; 1.2.3.4", "a name is no address" },
	{ COUNTED, "1.2.3.4", "no count behind the address" },
	{ COUNTED, "1.2.3.4 ", "no count behind the address" },
	{ COUNTED, "1.2.3.4 # 5", "no count behind the address" },
	{ COUNTED, "1.2.3.4 five", "no count behind the address" },
	{ COUNTED, "1.2.3.4 -5", "not four numbers" },
	{ COUNTED, "1.2.3.4 5x", "no count behind the address" },
	{ COUNTED, "1.2.3.4 99999999999999999999", "no count behind" },
	{ COUNTED, "1.2.3.4 5 6", "words behind the address" },
	{ CSV, "\"1.2.3.4", "a quote that is not closed in its line" },
	{ CSV, "1.2.3.4,\"x", "a quote that is not closed in its line" },
	{ CSV, "\"1.2.3.4\"x,y", "more behind a closing quote" },
	{ CSV, "1.2.3,x", "not four numbers" },		/* is no header */
	{ CSV, "1.2.3.4 x,y", "more than an address in its column" },
	{ CSV, "1.2.3.4#,y", "more than an address in its column" },
	{ CSV, "1.2.3.4 until=2026-12-31,y", "more than an address" },
	{ CSV, "2026-01-01 07:44:46,1.2.3.4", "a number above 255" },
	{ CSV, "fe80::x,y", "groups of one to four" },
	{ JSON, "1.2.3.4", "no JSON object" },
	{ JSON, "# x", "no JSON object" },
	{ JSON, "[]", "no JSON object" },
	{ JSON, "[{\"cidr\":\"1.2.3.4\"}]", "no JSON object" },
	{ JSON, "\"cidr\"", "no JSON object" },
	{ JSON, "{", "JSON: a string is missing" },
	{ JSON, "{}", "an object without \"cidr\"" },
	{ JSON, "{,}", "JSON: a string is missing" },
	{ JSON, "{cidr:1}", "JSON: a string is missing" },
	{ JSON, "{\"cidr\"}", "JSON: a colon is missing" },
	{ JSON, "{\"cidr\":}", "\"cidr\" is no string" },
	{ JSON, "{\"cidr\":5}", "\"cidr\" is no string" },
	{ JSON, "{\"cidr\":null}", "\"cidr\" is no string" },
	{ JSON, "{\"cidr\":\"1.2.3.4\"", "a comma or bracket is missing" },
	{ JSON, "{\"cidr\":\"1.2.3.4\",}", "JSON: a string is missing" },
	{ JSON, "{\"cidr\":\"1.2.3.4\"},", "JSON: more behind the object" },
	{ JSON, "{\"cidr\":\"1.2.3.4\"} x", "JSON: more behind the object" },
	{ JSON, "{\"cidr\":\"1.2.3.4", "JSON: a string is not closed" },
	{ JSON, "{\"cidr\":\"1.2.3.4\\", "a damaged escape in a string" },
	{ JSON, "{\"cidr\":\"1.2.3.4\\u00", "a damaged escape in a string" },
	{ JSON, "{\"cidr\":\"1.2.3.4\",\"x\":\"\t\"}", "a control byte" },
	{ JSON, "{\"cidr\":\"1.2.3.4\",\"x\":\"\\x\"}", "a damaged escape" },
	{ JSON, "{\"x\":\"\\ud800\"}", "a damaged escape" },
	{ JSON, "{\"x\":\"\\ud800\\u0041\"}", "a damaged escape" },
	{ JSON, "{\"x\":\"\\udc00\"}", "a damaged escape" },
	{ JSON, "{\"x\":\"\\u12g4\"}", "a damaged escape" },
	{ JSON, "{\"x\":}", "JSON: a value is missing" },
	{ JSON, "{\"x\":tru}", "JSON: a value is missing" },
	{ JSON, "{\"x\":truex}", "JSON: a comma or bracket is missing" },
	{ JSON, "{\"x\":01}", "JSON: a comma or bracket is missing" },
	{ JSON, "{\"x\":+1}", "JSON: a value is missing" },
	{ JSON, "{\"x\":-}", "JSON: a value is missing" },
	{ JSON, "{\"x\":1.}", "JSON: a damaged number" },
	{ JSON, "{\"x\":1e}", "JSON: a damaged number" },
	{ JSON, "{\"x\":.5}", "JSON: a value is missing" },
	{ JSON, "{\"x\":[1,]}", "JSON: a value is missing" },
	{ JSON, "{\"x\":[1}", "JSON: a comma or bracket is missing" },
	{ JSON, "{\"x\":[1}}", "JSON: a comma or bracket is missing" },
	{ JSON, "{\"x\":{\"y\":1]}", "JSON: a comma or bracket is missing" },
	{ JSON, "{\"x\":{\"y\"}}", "JSON: a colon is missing" },
	{ JSON, "{\"x\":{1:2}}", "JSON: a string is missing" },
	{ JSON, "{\"x\":[" DEEP32 FLAT32 "]}", "JSON: nested too deep" },
	{ JSON, "{\"x\":" DEEP32 FLAT32 "}", "without \"cidr\"" },
	{ JSON, "{\"cidr\":\"1.2.3.4\",\"cidr\":\"1.2.3.5\"}",
	    "\"cidr\" more than once" },
	{ JSON, "{\"cidr\":\"1.2.3\"}", "not four numbers" },
	{ JSON, "{\"cidr\":\"\"}", "no address" },
	{ JSON, "{\"cidr\":\"1.2.3.4\\u0000\"}", "a NUL byte" },
	{ JSON, "{\"cidr\":\"0000000000000000000000000000000000000000000000"
	    "0000000000000000000000000000000000000\"}", "too long" },
	{ JSON, "{\"type\":\"metadata\",\"records\":\"5\"}",
	    "\"records\" is no whole number" },
	{ JSON, "{\"type\":\"metadata\",\"records\":-5}",
	    "\"records\" is no whole number" },
	{ JSON, "{\"type\":\"metadata\",\"records\":5.0}",
	    "\"records\" is no whole number" },
};

START_TEST(refuses_lines)
{
	struct mk_reader reader = { .format = bad_lines[_i].format };
	struct mk_line line;
	char reason[1024];

	read_line(&reader, bad_lines[_i].text, strlen(bad_lines[_i].text),
	    &line, reason);
	ck_assert_int_eq(line.kind, MK_LINE_BAD);
	ck_assert_msg(strstr(line.why, bad_lines[_i].why) != NULL, "%s: %s",
	    bad_lines[_i].text, line.why);
}
END_TEST

START_TEST(refuses_nul_bytes)
{
	struct mk_reader reader = { .format = TEXT };
	struct mk_line line;
	char reason[1024];

	read_line(&reader, "1.2.3.4\0", 8, &line, reason);
	ck_assert_int_eq(line.kind, MK_LINE_BAD);
	ck_assert_str_eq(line.why, "a NUL byte: is it UTF-16?");
	read_line(&reader, "1.2.3.4 a\0b", 11, &line, reason);
	ck_assert_int_eq(line.kind, MK_LINE_BAD);
	ck_assert_str_eq(line.why, "a NUL byte behind the address");
	read_line(&reader, "1.2.3.4 - \0", 11, &line, reason);
	ck_assert_int_eq(line.kind, MK_LINE_BAD);
}
END_TEST

START_TEST(skips_a_bom_at_the_beginning_only)
{
	struct mk_reader reader = { .format = TEXT };
	struct mk_line line;
	char reason[1024];

	read_line(&reader, "\xef\xbb\xbf" "1.2.3.4", 10, &line, reason);
	ck_assert_int_eq(line.kind, MK_LINE_NET);
	read_line(&reader, "\xef\xbb\xbf" "1.2.3.4", 10, &line, reason);
	ck_assert_int_eq(line.kind, MK_LINE_BAD);
}
END_TEST

START_TEST(cuts_a_reason_that_is_put_together)
{
	struct mk_reader reader = { .format = TEXT };
	struct mk_line line;
	char text[2048], reason[1024];
	int first;

	for (first = 505; first < 516; first++) {
		snprintf(text, sizeof text, "1.2.3.4 %0*d until=2026-12-31 "
		    "%0600d x", first, 1, 2);
		read_line(&reader, text, strlen(text), &line, reason);
		ck_assert_int_eq(line.kind, MK_LINE_NET);
		ck_assert_int_eq(line.until_s, Y2026_END);
		ck_assert_uint_le(line.reason_len, sizeof reader.scratch);
		ck_assert_uint_ge(line.reason_len, 505);
	}
}
END_TEST

/* Lines of one feed, and what is made of them: a net and its reason, "-" for
 * nothing, "!" and a piece of what is wrong. */
static const struct {
	const char *column, *reason_column;
	char separator;
	const char *lines[5][2];
} tables[] = {
	{ "2", NULL, 0, { { "a,192.0.2.1,b", "192.0.2.1|" },
	    { "a;b,192.0.2.2", "192.0.2.2|" }, { "a", "!fewer fields" },
	    { "a,", "!no address" } } },
	{ "dst_ip", "malware", 0, {
	    { "# abuse.ch: C2, dst_ips and more", "-" },
	    { "\"seen\",\"dst_ip\",\"malware\"", "-" },
	    { "\"2026-01-01\",\"192.0.2.1\",\"Dridex\"",
		"192.0.2.1|Dridex" },
	    { "\"x,y\",192.0.2.2,\"a \"\"b\"\" c\"",
		"192.0.2.2|a \"b\" c" },
	    { "x,192.0.2.3", "192.0.2.3|" } } },
	{ "DstIP", "Port", 0, { { "# Firstseen,DstIP,Port", "-" },
	    { "2026-01-01,192.0.2.1,443", "192.0.2.1|443" },
	    { "# DstIP,Port", "-" },
	    { "2026-01-01,192.0.2.2,", "192.0.2.2|" } } },
	{ "ip", NULL, 0, { { "a;ip", "-" }, { "x;192.0.2.1", "192.0.2.1|" },
	    { "ip;192.0.2.1", "192.0.2.1|" }, { "192.0.2.1;ip",
		"!a name is no address" } } },
	{ "ip", NULL, 0, { { "a,b", "!does not name the column" },
	    { "192.0.2.1,b", "!does not name the column" } } },
	{ "1", "why", 0, { { "ip,because", "!the name of the reason's" },
	    { "192.0.2.1,b", "192.0.2.1|" } } },
	{ "1", "why", 0, { { "192.0.2.1,b", "192.0.2.1|" },
	    { "ip,why", "!a name is no address" } } },
	{ "", "why", 0, { { "ip,why", "-" },
	    { "192.0.2.1, b  c ", "192.0.2.1|b  c" } } },
	{ "1", "2", ';', { { "192.0.2.1;a,b,c", "192.0.2.1|a,b,c" },
	    { "192.0.2.2;", "192.0.2.2|" } } },
	{ "2", "4", '\t', { { "\t192.0.2.1\t\tx", "192.0.2.1|x" },
	    { "\t \"192.0.2.2\" \t\t\t", "192.0.2.2|" } } },
	{ "0", NULL, 0, { { "192.0.2.1", "!does not name the column" } } },
	{ "99999999999", NULL, 0, {
	    { "192.0.2.1", "!does not name the column" } } },
	{ "3", NULL, 0, { { "192.0.2.1,b", "!fewer fields" } } },
};

START_TEST(reads_tables)
{
	struct mk_reader reader = { .format = CSV,
		.column = tables[_i].column,
		.reason_column = tables[_i].reason_column,
		.separator = tables[_i].separator };
	struct mk_line line;
	char reason[1024], got[2048], net[MK_NET_TEXT];
	const char *text, *expected;
	int i;

	for (i = 0; i < 5 && tables[_i].lines[i][0] != NULL; i++) {
		text = tables[_i].lines[i][0];
		expected = tables[_i].lines[i][1];
		read_line(&reader, text, strlen(text), &line, reason);
		if (line.kind == MK_LINE_BAD) {
			ck_assert_msg(expected[0] == '!' && strstr(line.why,
			    expected + 1) != NULL, "%s: %s", text, line.why);
			continue;
		}
		strcpy(got, "-");
		if (line.kind == MK_LINE_NET) {
			mk_net_format_short(net, &line.net);
			snprintf(got, sizeof got, "%s|%s", net, reason);
		}
		ck_assert_str_eq(got, expected);
	}
}
END_TEST

static const struct { const char *text; enum mk_format format; } feeds[] = {
	{ "", TEXT },
	{ "1.2.3.4", TEXT },
	{ "1.2.3.4\n", TEXT },
	{ "# x\n1.2.3.4\n1.2.3.0/24\n", TEXT },
	{ "# only\n; comments\n", TEXT },
	{ "; Spamhaus EDROP\n; EOF\n", DROP },
	{ "1.2.3.4 spam\n1.2.3.5 5\n", TEXT },
	{ "mail.example.com\n", TEXT },
	{ "<html>\n", TEXT },
	{ "; Spamhaus\n1.2.3.0/24 ; SBL1\n2.0.0.0/8 ; SBL2\n; EOF\n", DROP },
	{ "\xef\xbb\xbf; x\r\n1.2.3.0/24 ; SBL1\r\n", DROP },
	{ "1.2.3.0/24 ; SBL1\n1.2.4.0/24\n", TEXT },
	{ "1.2.3.0/24 ;\n", TEXT },
	{ "1.2.3.4 ; a note\n1.2.3.5 ; another\n", TEXT },
	{ "1.2.3.0/24 ; SBL1\n1.2.4.0/24 ; a note\n", TEXT },
	{ "# From Spamhaus\n1.2.3.0/24 ; a note\n", DROP },
	{ "1.2.3.4 ; a note\n# not Spamhaus\n1.2.3.5 ; another\n", TEXT },
	{ "1.2.3.4;comment\n", TEXT },
	{ "{\"cidr\":\"1.2.3.0/24\"}\n", JSON },
	{ "\n {\"cidr\":\"1.2.3.0/24\"}\n{\"type\":\"metadata\"}\n", JSON },
	{ "{\"cidr\":\"1.2.3.0/24\"", JSON },
	{ "{\n\"cidr\": 1\n}\n", JSON },
	{ "# x\n1.2.3.4\t5\n1.2.3.5\t4\n", COUNTED },
	{ "1.2.3.4 5\n1.2.3.5 4", COUNTED },
	{ "1.2.3.4 5\n1.2.3.5\n", TEXT },
	{ "1.2.3.4 5\n1.2.3.5 4\n1.2.3.6", COUNTED },	/* may be cut */
	{ "1.2.3.4-1.2.3.5\n1.2.3.6 - 1.2.3.9\n", RANGES },
	{ "1.2.3.0/24 - 1.2.4.0/24\n", RANGES },
	{ "1.2.3.4-1.2.3.5\n1.2.3.6\n", TEXT },
	{ "1.2.3.4 - spam\n", TEXT },
	{ "1.2.3.4,foo\n1.2.3.5,bar\n", CSV },
	{ "1.2.3.4, foo\n", CSV },
	{ "ip,country\n1.2.3.4,DE\n", CSV },
	{ "a,b,c\nx,1.2.3.4,y\n", CSV },
	{ "\"seen\",\"ip\"\r\n\"2026\",\"1.2.3.4\"\r\n", CSV },
	{ "# x\n#\n\"2026\",\"::1\"\n", CSV },
	{ "seen;ip\n2026;1.2.3.4\n", CSV },
	{ "1.2.3.4;DE;5\n", CSV },
	{ "1.2.3.4\tDE\t5\n", CSV },
	{ "2026\t1.2.3.4\n", CSV },
	{ "1.2.3.4\tspam\n", TEXT },
	{ "1.2.3.4\tspam\tuntil=2026-12-31\n", TEXT },
	{ "1.2.3.4,spam,until=2026-12-31\n", TEXT },
	{ "1.2.3.4\tspam\tsome\n1.2.3.5\tspam\tuntil=\n", TEXT },
	{ "ip,country\n", TEXT },
	{ "a,b\nc,d\n", TEXT },
	{ "1.2.3.4,foo\n1.2.3.5 bar\n", TEXT },
	{ "1.2.3.4 # foo, bar, baz\n", TEXT },
	{ "1.2.3.4\t# foo\tbar\n", TEXT },
	{ "1.2.3.4 foo, bar, baz\n", TEXT },
	{ "1.2.3.4 foo, 1.2.3.5\n1.2.3.6\n", TEXT },
	{ "2001:db8::1\n2001:db8::2\n", TEXT },
	{ "[::1]/128\n", TEXT },
};

START_TEST(detects_formats)
{
	struct mk_reader reader = { .format = MK_FORMAT_AUTO };
	size_t len = strlen(feeds[_i].text);
	char *copy = malloc(len + 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy + 1, feeds[_i].text, len);
	mk_line_detect(&reader, copy + 1, len);
	ck_assert_int_eq(reader.format, feeds[_i].format);
	free(copy);
}
END_TEST

#define FOUR		"x,x,x,x,"
#define SIXTY		FOUR FOUR FOUR FOUR FOUR FOUR FOUR FOUR FOUR FOUR \
			FOUR FOUR FOUR FOUR FOUR

/* Feeds of CSV, the keys, and what detection and reader make of all lines. */
static const struct {
	const char *text, *column, *reason_column;
	char separator;
	const char *got;
} found[] = {
	{ "1.2.3.4,DE\n1.2.3.5,FR\n", NULL, NULL, 0, "1.2.3.4| 1.2.3.5|" },
	{ "2026,1.2.3.4,443\n2026,::1,25\n", "", "3", 0,
	    "1.2.3.4|443 ::1|25" },
	{ "seen,port,dst\n2026,25,1.2.3.4\n", NULL, "port", 0,
	    "1.2.3.4|25" },
	{ "# seen,dst,port\n2026,1.2.3.4,25\n", NULL, "port", 0,
	    "1.2.3.4|25" },
	{ "\xef\xbb\xbf\"seen\",\"ip\"\r\n\"2026\",\"1.2.3.4\"\r\n", NULL,
	    NULL, 0, "1.2.3.4|" },
	{ "2026\t1.2.3.0/24\n", NULL, NULL, 0, "1.2.3.0/24|" },
	/* the separator that shows addresses, not the more frequent one */
	{ "2026;1.2.3.4;a,b,c,d\n2026;1.2.3.5;e\n", NULL, "3", 0,
	    "1.2.3.4|a,b,c,d 1.2.3.5|e" },
	/* most records, not the first one */
	{ "1.1.1.1,1.2.3.4\nx,1.2.3.5\nx,1.2.3.6\n", NULL, NULL, 0,
	    "1.2.3.4| 1.2.3.5| 1.2.3.6|" },
	{ "x,1.2.3.4\nx,1.2.3.5\n1.1.1.1,x\n", NULL, NULL, 0,
	    "1.2.3.4| 1.2.3.5| !" },
	/* what is given wins */
	{ "a,1.1.1.1,1.2.3.4\n", "3", NULL, 0, "1.2.3.4|" },
	{ "a,old,new\nb,1.1.1.1,1.2.3.4\n", "new", NULL, 0, "1.2.3.4|" },
	{ "a,1.1.1.1\n", "1", NULL, 0, "" },	/* "a" names a column */
	{ "1.1.1.1,b\n", "ip", NULL, 0, "!" },
	{ "1.2.3.4;1.1.1.1,a\n1.1.1.1,b\n", NULL, NULL, ',', "! 1.1.1.1|" },
	/* 64 columns are looked at */
	{ SIXTY "x,x,x,1.2.3.4\n", NULL, NULL, 0, "1.2.3.4|" },
	{ "1." SIXTY "x,x,x,x,1.2.3.4\n", NULL, NULL, 0, "!" },
};

START_TEST(finds_the_column_of_the_addresses)
{
	struct mk_reader reader = { .column = found[_i].column,
		.reason_column = found[_i].reason_column,
		.separator = found[_i].separator };
	const char *p = found[_i].text, *newline;
	char reason[1024], net[MK_NET_TEXT], got[2048] = "";
	struct mk_line line;
	size_t n = 0;

	mk_line_detect(&reader, p, strlen(p));
	ck_assert_int_eq(reader.format, CSV);
	ck_assert_uint_eq(reader.rival_n, 0);
	for (; (newline = strchr(p, '\n')) != NULL; p = newline + 1) {
		read_line(&reader, p, (size_t)(newline - p), &line, reason);
		if (line.kind == MK_LINE_NOTHING)
			continue;
		if (n > 0)
			got[n++] = ' ';
		strcpy(got + n, "!");
		if (line.kind == MK_LINE_NET) {
			mk_net_format_short(net, &line.net);
			snprintf(got + n, sizeof got - n, "%s|%s", net,
			    reason);
		}
		n = strlen(got);
	}
	ck_assert_str_eq(got, found[_i].got);
}
END_TEST

static const struct { const char *text, *column; unsigned first, second; }
rivals[] = {
	{ "1.2.3.4,2.2.2.2\n1.2.3.5,2.2.2.2\n", NULL, 1, 2 },
	{ "seen;src;port;dst\nx;1.2.3.4;5;1.1.1.1\n", "", 2, 4 },
	{ "# start\tend\n1.2.3.0\t1.2.3.255\t24\n", NULL, 1, 2 },
	{ "1.1.1.1,2.2.2.2,3.3.3.3\n", NULL, 1, 2 },
	{ "1.1.1.1,2.2.2.2\n1.1.1.2,-\n", NULL, 1, 0 },
	{ "1.1.1.1,2.2.2.2\n", "2", 0, 0 },
	{ "src,dst\n1.1.1.1,2.2.2.2\n", "dst", 0, 0 },
};

START_TEST(two_columns_of_addresses_are_rivals)
{
	struct mk_reader reader = { .column = rivals[_i].column };

	mk_line_detect(&reader, rivals[_i].text, strlen(rivals[_i].text));
	ck_assert_int_eq(reader.format, CSV);
	ck_assert_uint_eq(reader.column_n, rivals[_i].first);
	ck_assert_uint_eq(reader.rival_n, rivals[_i].second);
}
END_TEST

static const struct { const char *text; bool is_html; } pages[] = {
	{ "", false }, { "1.2.3.4\n", false }, { "# <html>\n", false },
	{ "<", true }, { "<!DOCTYPE html>\n", true }, { "<?xml?>", true },
	{ "\r\n \t<html>", true }, { "\xef\xbb\xbf<html>", true },
	{ "\xef\xbb\xbf", false }, { " \n", false },
};

START_TEST(tells_html)
{
	ck_assert_int_eq(mk_line_is_html(pages[_i].text,
	    strlen(pages[_i].text)), pages[_i].is_html);
}
END_TEST

static const struct { const char *text; int64_t until_s; } days[] = {
	{ "1970-01-01", 86400 },
	{ "1970-12-31", 31536000 },
	{ "2000-02-29", 951868800 },
	{ "2026-12-31", Y2026_END },
	{ "2024-02-28", 1709164800 },
	{ "2024-02-29", 1709251200 },
	{ "2024-03-01", 1709337600 },
	{ "2038-01-19", 2147558400 },
	{ "9999-12-31", INT64_C(253402300800) },
	{ "1969-12-31", -1 },		/* its end would be 0: for good */
	{ "2023-02-29", -1 },
	{ "2100-02-29", -1 },
	{ "2026-00-01", -1 },
	{ "2026-13-01", -1 },
	{ "2026-01-00", -1 },
	{ "2026-01-32", -1 },
	{ "2026-04-31", -1 },
	{ "2026-1-01", -1 },
	{ "2026-01-1", -1 },
	{ "2026/01/01", -1 },
	{ "2026-01-01 ", -1 },
	{ "2026-01-011", -1 },
	{ " 026-01-01", -1 },
	{ "+026-01-01", -1 },
	{ "20260101", -1 },
	{ "", -1 },
};

START_TEST(knows_when_a_day_ends)
{
	int64_t until_s = -4242;

	ck_assert_int_eq(mk_line_until(days[_i].text, strlen(days[_i].text),
	    &until_s), days[_i].until_s == -1 ? -1 : 0);
	ck_assert_int_eq(until_s, days[_i].until_s == -1 ? -4242 :
	    days[_i].until_s);
}
END_TEST

START_TEST(counts_days_one_by_one)
{
	static const int lengths[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
	};
	int year, month, day, n;
	int64_t expected = 0, until_s;
	char text[48];

	for (year = 1970; year < 2410; year++)
		for (month = 1; month <= 12; month++) {
			n = lengths[month - 1];
			if (month == 2 && year % 4 == 0 &&
			    (year % 100 != 0 || year % 400 == 0))
				n++;
			for (day = 1; day <= n + 1; day++) {
				snprintf(text, sizeof text, "%04d-%02d-%02d",
				    year, month, day);
				until_s = 0;
				if ((mk_line_until(text, 10, &until_s) ==
				    -1) != (day > n))
					ck_abort_msg("%s", text);
				if (day > n)
					continue;
				expected += 86400;
				if (until_s != expected)
					ck_abort_msg("%s", text);
			}
		}
}
END_TEST

static uint64_t
random64(void)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* Bytes, or pieces that lead further into the readers. */
static size_t
random_line(char *text, size_t size)
{
	static const char *const pieces[] = {
		"1.2.3.4", "/24", "::1", "2001:db8::", "-", " - ", " ", "\t",
		",", ";", "#", "\"", "\"\"", "until=", "until=2026-12-31",
		"EOF", "{", "}", "[", "]", "\"cidr\"", ":", "\"1.2.3.4\"",
		"\"type\"", "\"metadata\"", "\"records\"", "5", "\\u0041",
		"\\ud800", "\\", "true", "1e5", "\r", "\n", "ip", "\xef\xbb",
	};
	size_t len = 0, n, piece_len;
	const char *piece;

	for (n = random64() % 24; n > 0; n--) {
		if (random64() % 4 == 0) {
			text[len++] = (char)(random64() >> 56);
			continue;
		}
		piece = pieces[random64() % (sizeof pieces /
		    sizeof *pieces)];
		piece_len = strlen(piece);
		if (len + piece_len >= size - 32)
			break;
		memcpy(text + len, piece, piece_len);
		len += piece_len;
	}
	return len;
}

START_TEST(survives_random_lines)
{
	struct mk_reader reader = { .format = TEXT }, detected;
	struct mk_line line;
	char text[512], reason[1024];
	unsigned kinds[MK_LINE_BAD + 1] = { 0 };
	size_t len;
	int i;

	for (i = 0; i < RANDOM_LINES; i++) {
		if (random64() % 8 == 0)
			reader = (struct mk_reader){
				.format = (enum mk_format)(TEXT +
				    random64() % 7),
				.column = random64() % 2 == 0 ? "ip" : "2",
				.reason_column = "3",
			};
		len = random_line(text, sizeof text);
		read_line(&reader, text, len, &line, reason);
		kinds[line.kind]++;
		if ((line.kind == MK_LINE_BAD) != (line.why != NULL))
			ck_abort_msg("bad without saying why");
		if (line.kind == MK_LINE_RANGE &&
		    mk_addr_compare(&line.net.first, &line.last) > 0)
			ck_abort_msg("a range from above");
		if (line.kind == MK_LINE_NET && (line.net.len >
		    mk_family_bits(line.net.family)))
			ck_abort_msg("a length of %d", line.net.len);
		mk_line_is_html(text, len);
		detected = (struct mk_reader){ .format = MK_FORMAT_AUTO };
		mk_line_detect(&detected, text, len);
		if (detected.format == MK_FORMAT_AUTO)
			ck_abort_msg("no format");
		if (detected.column_n > 0 && detected.format != CSV)
			ck_abort_msg("a column of what has none");
	}
	for (i = 0; i <= MK_LINE_BAD; i++)
		if (i != MK_LINE_RECORDS && kinds[i] == 0)
			ck_abort_msg("no line of kind %d", i);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("line");
	TCase *tc = tcase_create("line");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, reads_entries, 0, COUNT(entries));
	tcase_add_loop_test(tc, reads_ranges, 0, COUNT(ranges));
	tcase_add_loop_test(tc, reads_what_is_no_entry, 0, COUNT(others));
	tcase_add_loop_test(tc, refuses_lines, 0, COUNT(bad_lines));
	tcase_add_test(tc, refuses_nul_bytes);
	tcase_add_test(tc, skips_a_bom_at_the_beginning_only);
	tcase_add_test(tc, cuts_a_reason_that_is_put_together);
	tcase_add_loop_test(tc, reads_tables, 0, COUNT(tables));
	tcase_add_loop_test(tc, detects_formats, 0, COUNT(feeds));
	tcase_add_loop_test(tc, two_columns_of_addresses_are_rivals, 0,
	    COUNT(rivals));
	tcase_add_loop_test(tc, finds_the_column_of_the_addresses, 0,
	    COUNT(found));
	tcase_add_loop_test(tc, tells_html, 0, COUNT(pages));
	tcase_add_loop_test(tc, knows_when_a_day_ends, 0, COUNT(days));
	tcase_add_test(tc, counts_days_one_by_one);
	tcase_add_test(tc, survives_random_lines);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
