/*
 * blacklist/line - what one line of a feed says.
 *
 * Pure: no file, no memory, no clock.  A line is without its newline; a CR
 * before that, blanks around, and a UTF-8 BOM at .first are skipped.
 */
#ifndef MK_BLACKLIST_LINE_H
#define MK_BLACKLIST_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "blacklist/net.h"

/* In the order of the words of the key "format". */
enum mk_format {
	MK_FORMAT_AUTO,
	MK_FORMAT_TEXT,			/* address, then words: the reason */
	MK_FORMAT_NETSET,		/* address, and nothing beside */
	MK_FORMAT_DROP,			/* "CIDR ; SBL1", ends with "; EOF" */
	MK_FORMAT_DROP_JSON,		/* {"cidr":...,"sblid":...} a line */
	MK_FORMAT_COUNTED,		/* address, blanks, number */
	MK_FORMAT_CSV,
	MK_FORMAT_RANGES		/* "first - last" */
};
#define MK_FORMAT_WORDS "auto|text|netset|drop|drop-json|counted|csv|ranges"

enum mk_line_kind {
	MK_LINE_NOTHING,		/* blank, comment, header */
	MK_LINE_NET,			/* .net */
	MK_LINE_RANGE,			/* .net.first to .last */
	MK_LINE_RECORDS,		/* .number of them are in this feed */
	MK_LINE_END,			/* "; EOF" */
	MK_LINE_BAD			/* .why */
};

struct mk_line {
	enum mk_line_kind kind;
	struct mk_net net;
	struct mk_addr last;
	bool host_bits;			/* .net (CIDR) had some; not masked */
	const char *reason;		/* in the line; not ended by a NUL */
	size_t reason_len;		/* 0: none */
	int64_t until_s;		/* listed until then; 0: for good */
	int64_t number;			/* MK_FORMAT_COUNTED: its count, else
					 * 0; MK_LINE_RECORDS: how many */
	const char *why;		/* a lasting string */
};

/* How to read the lines of a feed; one at a time, in order. */
struct mk_reader {
	enum mk_format format;		/* not MK_FORMAT_AUTO */
	const char *column;		/* CSV: its name, or its number from
					 * 1; NULL or "": what mk_line_detect
					 * found, or the first */
	const char *reason_column;	/* CSV; NULL or "": none */
	char separator;			/* CSV: ',' ';' '\t'; 0: by the first
					 * record, which sets it */
	/* the reader's own; zero before mk_line_detect or the first line */
	bool started, headed;		/* a line was read, a CSV record */
	unsigned column_n, reason_n;	/* from 1; 0: not yet known */
	unsigned rival_n;		/* mk_line_detect: as good as .column_n;
					 * 0: none is */
	char scratch[512];		/* a quoted field, unquoted */
};

/*
 * Take LEN bytes at TEXT (may hold any byte) apart.
 *
 * All formats but CSV and JSON: "#" and ";" begin a comment, at the beginning
 * or after a blank or an address; the first field is an address, a prefix
 * (also with a dotted mask) or a range, "a-b" or "a - b", of addresses or
 * prefixes (without host bits) of one family, the first not above the last;
 * .net.len is then that of an address.  In MK_FORMAT_TEXT a "-" between
 * blanks is dropped where no address follows.  In what follows, a
 * word "until=YYYY-MM-DD" is the last day (UTC) on the list: .until_s is the
 * midnight that ends it, in seconds since the Epoch.  The other words are the
 * reason (MK_FORMAT_TEXT; its controls are as they are, but for a NUL, which
 * is bad, as is a second address where the reason begins, or there behind
 * "--", an en dash or "to"), or bad.  In MK_FORMAT_DROP the reason is what
 * follows the ";".
 * MK_FORMAT_DROP_JSON: "cidr", "sblid" (the reason); {"type":"metadata",
 * "records":N} is MK_LINE_RECORDS; other members are skipped, whatever their
 * value; what is no JSON object is bad.  Escapes are resolved, so the reason
 * may hold any byte.
 * MK_FORMAT_CSV (RFC 4180, a record a line; blanks around fields are skipped):
 * the first record names the columns if one of them has the name that is
 * looked for, or if the column with the number does not begin as an address.
 * Lines that begin with "#" are comments; before the first record one may name
 * the columns, too ("# Firstseen,DstIP").  A column holds an address, a prefix
 * or a range, and no "until=".
 * .reason and .why last until the next call with this reader.
 */
void mk_line_read(struct mk_reader *reader, const char *text, size_t len,
    struct mk_line *line);

/*
 * Set .format of a READER that has read nothing yet to what the first LEN
 * bytes of a feed look like (the last line, if it has no newline, counts only
 * where there is nothing else), never MK_FORMAT_AUTO, MK_FORMAT_TEXT when in
 * doubt.  Where that is MK_FORMAT_CSV and neither .column nor .separator is
 * given, both are set: the column of the first 64 that has an address in the
 * most records; where others have as many, .rival_n is the next of them, and
 * the feed is better refused, for nothing tells which one is meant.
 * It is MK_FORMAT_DROP only where a comment before the first record has the
 * word "Spamhaus", or each reason begins with "SBL": own lists have notes
 * behind a ";", too.
 */
void mk_line_detect(struct mk_reader *reader, const char *data, size_t len);

/* Whether they look like HTML or XML: "<" is the first byte that is no blank
 * nor BOM. */
bool mk_line_is_html(const char *data, size_t len);

/* The midnight that ends the day "YYYY-MM-DD" (LEN bytes; Gregorian, UTC; from
 * 1970 on), in seconds since the Epoch, above 0.  0 or -1. */
int mk_line_until(const char *text, size_t len, int64_t *until_s);

#endif
