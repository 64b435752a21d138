/* spamscan/dialect, spamscan/received: what lines say, and who wrote them. */
#include <locale.h>
#include <string.h>

#include "spamscan/dialect.h"
#include "spamscan/received.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define NONE		(-1000000)	/* no line, or form, of it */
#define BAD		(-2000000)	/* it is, and its score is none */

static struct mk_field
field_of(const char *name, const char *value, size_t len)
{
	return (struct mk_field){ .name = name, .name_len = strlen(name),
	    .value = value, .value_len = len };
}

static const struct { const char *name; enum mk_line line; } names[] = {
	{ "Received", MK_LINE_RECEIVED },
	{ "RECEIVED", MK_LINE_RECEIVED },
	{ "received", MK_LINE_RECEIVED },
	{ "X-Received", MK_LINE_OTHER },
	{ "Received-SPF", MK_LINE_OTHER },
	{ "Receive", MK_LINE_OTHER },
	{ "References", MK_LINE_OTHER },
	{ "X-Spam-Status", MK_LINE_STATUS },
	{ "x-spam-STATUS", MK_LINE_STATUS },
	{ "X-Spam_Status", MK_LINE_OTHER },
	{ "X-Spam-Score", MK_LINE_SCORE },
	{ "X-Spam_score", MK_LINE_EXIM },
	{ "X-SPAM_SCORE", MK_LINE_EXIM },
	{ "X-Spam_score_int", MK_LINE_EXIM_INT },
	{ "X-Spam-Score-Int", MK_LINE_OTHER },
	{ "X-Spamd-Result", MK_LINE_RESULT },
	{ "X-Spam-Checker-Version", MK_LINE_CHECKER },
	{ "X-Rspamd-Server", MK_LINE_SERVER },
	{ "X-Spam-Scanner", MK_LINE_SCANNER },
	{ "X-Spam-Level", MK_LINE_OTHER },
	{ "X-Spam-Flag", MK_LINE_OTHER },
	{ "X-Spam-Prev-Content-Type-And-More", MK_LINE_OTHER },
	{ "X", MK_LINE_OTHER },
	{ "", MK_LINE_OTHER },
};

START_TEST(lines_are_known_by_name)
{
	struct mk_field field = field_of(names[_i].name, "", 0);

	ck_assert_msg(mk_line_of(&field) == names[_i].line, "%s",
	    names[_i].name);
}
END_TEST

static const struct {
	enum mk_dialect dialect;
	enum mk_line line;
	const char *value;
	int hundredths;			/* or NONE, BAD */
} sayings[] = {
#define SA	MK_SPAMASSASSIN, MK_LINE_STATUS
	{ SA, " Yes, score=1000.0 required=5.0 tests=GTUBE,NO_RECEIVED,\n"
	    "\tNO_RELAYS autolearn=no autolearn_force=no version=4.0.1",
	    100000 },
	{ SA, " Yes, score=15.3 required=5.0 tests=A,B version=4.0.1", 1530 },
	{ SA, " No, score=-0.0 required=5.0 tests=none", 0 },
	{ SA, " No, score=-1.0 required=5.0 tests=none", -100 },
	{ SA, " Yes, hits=15.3 required=5.0", 1530 },
	{ SA, "No,\r\n\tscore=02.4\r\n required=5.0", 240 },
	{ SA, " Yes, score=8.95", 895 },
	{ SA, " No, score=5000 required=5.0", 500000 },
	{ SA, " No, score=5000.01 required=5.0", BAD },
	{ SA, " No, score=-5000.01 required=5.0", BAD },
	{ SA, " No, score=6.999 required=5.0", 699 },
	{ SA, " No, score=x required=5.0", BAD },
	{ SA, " No, score=5,1 required=5.0", BAD },
	{ SA, " No, score=5.1, required=5.0", BAD },
	{ SA, " No, score=\xe2\x88\x92" "5.1 required=5.0", BAD },
	{ SA, " No, score=\xe2\x80\x93" "5 required=5.0", BAD },
	{ SA, " No, score=nan required=5.0", BAD },
	{ SA, " No, score=inf required=5.0", BAD },
	{ SA, " No, score=1e9 required=5.0", BAD },
	{ SA, " No, score=0x10 required=5.0", BAD },
	{ SA, " No, score=5.1.2 required=5.0", BAD },
	{ SA, " No, score=5. required=5.0", BAD },
	{ SA, " No, score=--5 required=5.0", BAD },
	{ SA, " No, score= 5 required=5.0", BAD },
	{ SA, " No, score=", BAD },
	{ SA, " No, score=99999999999999999999999999999 required=5", BAD },
	{ SA, " No, score=18446744073709551617 required=5.0", BAD },
	{ SA, " No, required=5.0 tests=score=99", NONE },
	{ SA, " No, tests=A score=99.0 required=5.0", NONE },
	{ SA, " yes, score=5.0 required=5.0", NONE },
	{ SA, " Yes score=5.0 required=5.0", NONE },
	{ SA, " YesNo, score=5.0 required=5.0", NONE },
	{ SA, " score=5.0 required=5.0", NONE },
	{ SA, " Yes", NONE },
	{ SA, " ", NONE },
	{ SA, "", NONE },
	{ SA, " Yes, score=6.1 tagged_above=-999 required=6.2 tests=[A=1]",
	    NONE },
	{ SA, " Yes, score=6.1 required=6.2\n\ttests=[A=1]", NONE },
	{ MK_SPAMASSASSIN, MK_LINE_SCORE, " 5.1", NONE },
	{ MK_SPAMASSASSIN, MK_LINE_EXIM, " 5.1", NONE },
	{ MK_SPAMASSASSIN, MK_LINE_RESULT, " default: False [1.0 / 2.0];",
	    NONE },
#undef SA
#define EXIM	MK_EXIM, MK_LINE_EXIM
	{ EXIM, " 1002.6", 100260 },
	{ EXIM, " 5.9", 590 },
	{ EXIM, " -0.1", -10 },
	{ EXIM, " -0.0", 0 },
	{ EXIM, "\t5.9\t", 590 },
	{ EXIM, " 5", BAD },
	{ EXIM, " 5.96", BAD },
	{ EXIM, " +5.9", BAD },
	{ EXIM, " .9", BAD },
	{ EXIM, " -.9", BAD },
	{ EXIM, " 5,9", BAD },
	{ EXIM, " 5.9 5.9", BAD },
	{ EXIM, " 5.9 (+++++)", BAD },
	{ EXIM, " 5000.1", BAD },
	{ EXIM, " 9999999999999999999999.9", BAD },
	{ EXIM, " nan", BAD },
	{ EXIM, " ", BAD },
	{ EXIM, "", BAD },
#undef EXIM
#define INT	MK_EXIM, MK_LINE_EXIM_INT
	{ INT, " 10026", 100260 },
	{ INT, " 59", 590 },
	{ INT, " -12", -120 },
	{ INT, " 0", 0 },
	{ INT, " 50000", 500000 },
	{ INT, " 50001", BAD },
	{ INT, " -50001", BAD },
	{ INT, " 5.9", BAD },
	{ INT, " 5 9", BAD },
	{ INT, " 5e1", BAD },
	{ INT, " -", BAD },
	{ INT, " 99999999999999999999999999", BAD },
	{ INT, "", BAD },
#undef INT
#define SCORE	MK_EXIM, MK_LINE_SCORE
	{ SCORE, " 5.1 (+++++)", 510 },
	{ SCORE, " 13.2 (+++++++++++++)", 1320 },
	{ SCORE, " -2.3 (--)", -230 },
	{ SCORE, " 0.2 (/)", 20 },
	{ SCORE, " 13.2", 1320 },
	{ SCORE, " 13.2\n (++++)", 1320 },
	{ SCORE, " 51", NONE },		/* $spam_score_int: 5.1 */
	{ SCORE, " 51 (+++++)", NONE },
	{ SCORE, " 5.1 (*****)", NONE },
	{ SCORE, " 5.1 (++--)", NONE },
	{ SCORE, " 5.1 ()", NONE },
	{ SCORE, " 5.1 (+++++", NONE },
	{ SCORE, " 5.1 (+++++) 9", NONE },
	{ SCORE, " 6.123", NONE },
	{ SCORE, " 5,1 (+++++)", NONE },
	{ SCORE, " 15.00 / 15.00", NONE },
	{ SCORE, " 5000.1", BAD },
	{ SCORE, "", NONE },
	{ MK_EXIM, MK_LINE_STATUS, " Yes, score=8.95", NONE },
#undef SCORE
#define AMAVIS	MK_AMAVIS, MK_LINE_STATUS
	{ AMAVIS, " No, score=-1 tagged_above=-9999 required=6.31\n"
	    "\ttests=[ALL_TRUSTED=-1] autolearn=disabled", -100 },
	{ AMAVIS, " Yes, score=6.123 tagged_above=-999 required=6.2\n"
	    "\tBLACKLISTED WHITELISTED tests=[A=1] autolearn=no", 612 },
	{ AMAVIS, " No, score=-2.877 required=5\n\ttests=[A=-1]", -288 },
	{ AMAVIS, " No, hits=0.0 tagged_above=0.0 required=8.0 tests=", 0 },
	{ AMAVIS, " No, score=x tagged_above=-999 required=6.2\n"
	    "\tWHITELISTED tests=[] autolearn=unavailable", BAD },
	{ AMAVIS, " Yes, score=15.3 required=5.0 tests=A,B", NONE },
	{ AMAVIS, " Yes, score=15.3 required=5.0 tests=A tests=[B=1]", NONE },
	{ AMAVIS, " Yes, score=8.95", NONE },
	{ MK_AMAVIS, MK_LINE_SCORE, " 6.123", 612 },
	{ MK_AMAVIS, MK_LINE_SCORE, " -1", -100 },
	{ MK_AMAVIS, MK_LINE_SCORE, " 64", 6400 },
	{ MK_AMAVIS, MK_LINE_SCORE, " -", BAD },
	{ MK_AMAVIS, MK_LINE_SCORE, " 5.1 (+++++)", NONE },
#undef AMAVIS
#define RESULT	MK_RSPAMD, MK_LINE_RESULT
	{ RESULT, " default: False [8.95 / 19.90]; SYM(4.00)[..]", 895 },
	{ RESULT, " default: False [11.60 / 15.00];\n"
	    "\tHFILTER_HOSTNAME_UNKNOWN(2.50)[];\n\tA(9.10)[]", 1160 },
	{ RESULT, " default: True [-0.50 / 15.00];", -50 },
	{ RESULT, " default: False [8.95 / nan];", 895 },
	{ RESULT, " default: False [nan / 15.00];", BAD },
	{ RESULT, " default: False [8,95 / 15.00];", BAD },
	{ RESULT, " default: False [8.95]", BAD },
	{ RESULT, " default: False [8.95 / 19.90", BAD },
	{ RESULT, " default: False [5000.01 / 19.90];", BAD },
	{ RESULT, " default: False", BAD },
	{ RESULT, " default:", BAD },
	{ RESULT, " other: False [8.95 / 19.90];", NONE },
	{ RESULT, " [8.95 / 19.90];", NONE },
	{ MK_RSPAMD, MK_LINE_STATUS, " Yes, score=8.95", 895 },
	{ MK_RSPAMD, MK_LINE_STATUS, " Yes, score=8.95 required=5", NONE },
	{ MK_RSPAMD, MK_LINE_SCORE, " 15.00 / 15.00", 1500 },
	{ MK_RSPAMD, MK_LINE_SCORE, " 15.00", NONE },
	{ MK_RSPAMD, MK_LINE_SCORE, " 15.00 / 15.00 / 3", NONE },
	{ MK_RSPAMD, MK_LINE_SCORE, " nan / 15.00", BAD },
#undef RESULT
};

static void
check_reading(const struct mk_reading *r, int want, const char *value)
{
	ck_assert_msg(r->saying == (want == NONE ? MK_SAYS_NOTHING :
	    want == BAD ? MK_SAYS_NO_NUMBER : MK_SAYS_SCORE), "%s", value);
	if (r->saying == MK_SAYS_SCORE)
		ck_assert_msg(r->hundredths == want, "%s", value);
}

START_TEST(lines_say_what_a_scanner_put)
{
	const char *value = sayings[_i].value;
	struct mk_reading reading = { .saying = MK_SAYS_SCORE,
	    .hundredths = 77, .whitelisted = true };
	struct mk_field field = field_of("X", value, strlen(value));

	mk_dialect_read(sayings[_i].dialect, sayings[_i].line, &field,
	    &reading);
	check_reading(&reading, sayings[_i].hundredths, value);
}
END_TEST

/* Cut anywhere, a line is read without a byte behind it. */
START_TEST(nothing_behind_the_field_is_read)
{
	const char *value = sayings[_i].value;
	struct mk_reading reading;
	struct mk_field field;
	size_t len;
	char *copy;
	int dialect;

	for (len = 0; len <= strlen(value); len++) {
		copy = malloc(len + (len == 0));
		ck_assert_ptr_nonnull(copy);
		memcpy(copy, value, len);
		field = field_of("X", copy, len);
		for (dialect = 0; dialect < MK_DIALECTS; dialect++)
			mk_dialect_read((enum mk_dialect)dialect,
			    sayings[_i].line, &field, &reading);
		free(copy);
	}
}
END_TEST

START_TEST(a_nul_is_no_blank)
{
	static const char value[] = " Yes, score=5.1\0 required=5.0";
	struct mk_field field = field_of("X", value, sizeof value - 1);
	struct mk_reading reading;

	mk_dialect_read(MK_SPAMASSASSIN, MK_LINE_STATUS, &field, &reading);
	check_reading(&reading, BAD, "NUL");
}
END_TEST

START_TEST(the_locale_has_no_say)
{
	const char *comma = "de_DE.UTF-8";
	struct mk_reading reading;
	struct mk_field field = field_of("X", " 5.9", 4);

	if (setlocale(LC_ALL, comma) == NULL)
		setlocale(LC_ALL, "C.UTF-8");
	mk_dialect_read(MK_EXIM, MK_LINE_EXIM, &field, &reading);
	setlocale(LC_ALL, "C");
	check_reading(&reading, 590, " 5.9");
}
END_TEST

START_TEST(amavis_lists_are_seen)
{
	static const char value[] = " Yes, score=3 tagged_above=-999 "
	    "required=6.2\n\tBLACKLISTED WHITELISTED tests=[A=3]";
	static const char none[] = " Yes, score=3 tagged_above=-999 "
	    "required=6.2 tests=[A=3] BLACKLISTED WHITELISTED";
	struct mk_field field = field_of("X", value, sizeof value - 1);
	struct mk_reading reading;

	mk_dialect_read(MK_AMAVIS, MK_LINE_STATUS, &field, &reading);
	ck_assert(reading.whitelisted);
	ck_assert(reading.blacklisted);
	field = field_of("X", none, sizeof none - 1);
	mk_dialect_read(MK_AMAVIS, MK_LINE_STATUS, &field, &reading);
	ck_assert(!reading.whitelisted);
	ck_assert(!reading.blacklisted);
}
END_TEST

#define NO	(-1000000)		/* not there; or no agreement */

static const struct {
	enum mk_dialect dialect;
	int status, score, exim, exim_int, result;
	bool white, black;
	int agreed;
} agreements[] = {
	{ MK_SPAMASSASSIN, 530, NO, NO, NO, NO, false, false, 530 },
	{ MK_EXIM, NO, NO, 590, NO, NO, false, false, 590 },
	{ MK_EXIM, NO, NO, NO, 590, NO, false, false, 590 },
	{ MK_EXIM, NO, NO, 590, 590, NO, false, false, 590 },
	{ MK_EXIM, NO, 590, 590, 590, NO, false, false, 590 },
	{ MK_EXIM, NO, NO, 600, 590, NO, false, false, 590 },	/* 5.96 */
	{ MK_EXIM, NO, 600, 600, 590, NO, false, false, 590 },
	{ MK_EXIM, NO, NO, 590, 600, NO, false, false, NO },
	{ MK_EXIM, NO, NO, 600, 580, NO, false, false, NO },
	{ MK_EXIM, NO, NO, 10, 0, NO, false, false, 0 },	/* 0.06 */
	{ MK_EXIM, NO, NO, -10, 0, NO, false, false, -10 },	/* -0.06 */
	{ MK_EXIM, NO, NO, -130, -120, NO, false, false, -130 }, /* -1.26 */
	{ MK_EXIM, NO, NO, -120, -130, NO, false, false, NO },
	{ MK_EXIM, NO, NO, 10, -10, NO, false, false, NO },
	{ MK_EXIM, NO, 600, 590, 590, NO, false, false, NO },
	{ MK_EXIM, NO, 600, NO, 590, NO, false, false, 590 },
	{ MK_EXIM, NO, NO, 590, 5900, NO, false, false, NO },
	{ MK_AMAVIS, 612, NO, NO, NO, NO, false, false, 612 },
	{ MK_AMAVIS, 612, 612, NO, NO, NO, false, false, 612 },
	{ MK_AMAVIS, 612, 613, NO, NO, NO, false, false, NO },
	{ MK_AMAVIS, 300, 6400, NO, NO, NO, false, true, 6400 },
	{ MK_AMAVIS, 300, 0, NO, NO, NO, true, false, 0 },
	{ MK_AMAVIS, 300, NO, NO, NO, NO, true, false, 0 },
	{ MK_AMAVIS, -300, NO, NO, NO, NO, true, false, -300 },
	{ MK_AMAVIS, 300, 6400, NO, NO, NO, true, true, 0 },
	{ MK_AMAVIS, NO, 6400, NO, NO, NO, false, false, NO },
	{ MK_RSPAMD, NO, NO, NO, NO, 895, false, false, 895 },
	{ MK_RSPAMD, 895, NO, NO, NO, 895, false, false, 895 },
	{ MK_RSPAMD, 895, 895, NO, NO, 895, false, false, 895 },
	{ MK_RSPAMD, 896, NO, NO, NO, 895, false, false, NO },
	{ MK_RSPAMD, NO, 1500, NO, NO, NO, false, false, 1500 },
	{ MK_RSPAMD, NO, NO, NO, NO, NO, false, false, NO },
};

static struct mk_reading
reading_of(int hundredths)
{
	return (struct mk_reading){ .hundredths = hundredths,
	    .saying = hundredths == NO ? MK_SAYS_NOTHING : MK_SAYS_SCORE };
}

START_TEST(lines_of_one_score_agree)
{
	struct mk_reading r[MK_LINES] = { { 0 } };
	int64_t hundredths = 77;
	bool agree;

	r[MK_LINE_STATUS] = reading_of(agreements[_i].status);
	r[MK_LINE_STATUS].whitelisted = agreements[_i].white;
	r[MK_LINE_STATUS].blacklisted = agreements[_i].black;
	r[MK_LINE_SCORE] = reading_of(agreements[_i].score);
	r[MK_LINE_EXIM] = reading_of(agreements[_i].exim);
	r[MK_LINE_EXIM_INT] = reading_of(agreements[_i].exim_int);
	r[MK_LINE_RESULT] = reading_of(agreements[_i].result);
	agree = mk_dialect_agree(agreements[_i].dialect, r, &hundredths);
	ck_assert_int_eq(agree, agreements[_i].agreed != NO);
	if (agree)
		ck_assert_int_eq(hundredths, agreements[_i].agreed);
}
END_TEST

static const struct {
	enum mk_line line;
	const char *value;
	const char *host;
	bool names;
} witnesses[] = {
#define VERSION	MK_LINE_CHECKER
	{ VERSION, " SpamAssassin 4.0.1 (2024-03-25) on vm", "vm", true },
	{ VERSION, " SpamAssassin 4.0.1 (2024-03-25) on vm",
	    "vm.example.net", true },
	{ VERSION, " SpamAssassin 4.0.1 (2024-03-25) on\r\n\tVM.example.NET.",
	    "vm.example.net", true },
	{ VERSION, " SpamAssassin 4.0.1 (2024-03-25) on vm.example.net",
	    "vm", false },
	{ VERSION, " SpamAssassin 4.0.1 (2024-03-25) on v", "vm.x", false },
	{ VERSION, " SpamAssassin 4.0.1 (2024-03-25) on vm.", "vm.x", true },
	{ VERSION, " SpamAssassin 4.0.1 (2024-03-25) on other", "vm", false },
	{ VERSION, " SpamAssassin 4.0.1 (2024-03-25) on vm other", "vm",
	    false },
	{ VERSION, " SpamAssassin 4.0.1 (2024-03-25) at vm", "vm", false },
	{ VERSION, " SpamKiller 4.0.1 (2024-03-25) on vm", "vm", false },
	{ VERSION, " on vm", "vm", false },
	{ VERSION, "", "vm", false },
#undef VERSION
	{ MK_LINE_SERVER, " mx1.example.net", "mx1.example.net", true },
	{ MK_LINE_SERVER, " mx1", "mx1.example.net", true },
	{ MK_LINE_SERVER, " mx1 mx2", "mx1", false },
	{ MK_LINE_SERVER, " mx1.example", "mx1.example.net", false },
	{ MK_LINE_SERVER, " .", "mx1", false },
	{ MK_LINE_SERVER, " ", "mx1", false },
	{ MK_LINE_SCANNER, " rspamc 3.4", "mx1", true },
	{ MK_LINE_SCANNER, " other 3.4", "mx1", false },
};

START_TEST(scanners_name_their_host)
{
	struct mk_field field = field_of("X", witnesses[_i].value,
	    strlen(witnesses[_i].value));

	ck_assert_msg(mk_witness_names(witnesses[_i].line, &field,
	    witnesses[_i].host) == witnesses[_i].names, "%s",
	    witnesses[_i].value);
}
END_TEST

/* Who wrote it; NULL: that can't be told. */
static const struct { const char *value, *by; } received[] = {
	/* Exim */
	{ " from [1.2.3.4] (helo=by ident=root)\n"
	    "\tby mx1.example.net with smtp (Exim 4.96)\n"
	    "\t(envelope-from <a@b.example>)\n\tid 1xVGGm-0005YM-2w\n"
	    "\tfor u@example.net;\n\tSun, 22 Nov 2026 22:42:48 +0000",
	    "mx1.example.net" },
	{ " from root by mx1.example.net with local (Exim 4.96)\n"
	    "\t(envelope-from <root@mx1.example.net>)\n\tid 1xVGGm-0005YS-2z",
	    "mx1.example.net" },
	{ " from host.example ([1.2.3.4]:4711 helo=by)\n\tby mx1 with esmtps "
	    "(TLS1.3) tls TLS_AES_256_GCM_SHA384", "mx1" },
	{ " from \"by mx2 (\" by mx1 with local", "mx1" },
	/* Postfix */
	{ " from by (unknown [1.2.3.4])\n\t(using TLSv1.3 with cipher X "
	    "(256/256 bits))\n\t(No client certificate requested)\n"
	    "\tby mx1.example.net (Postfix) with ESMTPS id 4XYZ\n"
	    "\tfor <u@example.net>; Sun, 22 Nov 2026 22:42:48 +0000 (UTC)",
	    "mx1.example.net" },
	{ " by mx1.example.net (Postfix, from userid 58)\n\tid 590631171D; "
	    "Sat, 01 Mar 2008 12:00:04 -0700 (PDT)", "mx1.example.net" },
	/* Sendmail, Dovecot, Exchange, vger */
	{ " (from root@localhost)\n\tby mx1 (8.17.1/8.17.1/Submit) id 2A",
	    "mx1" },
	{ " from mx1 ([127.0.0.1])\n\tby mx1.example.net with LMTP\n\tid abc "
	    "(envelope-from <a@b>)\n\tfor <u@example.net>; x",
	    "mx1.example.net" },
	{ " from A.example (1.2.3.4) by\r\n B.example (5.6.7.8) with "
	    "Microsoft SMTP Server", "B.example" },
	{ " from hyena ([64.22.123.221]:42810 \"EHLO\n\thyena\" "
	    "rhost-flags-OK-OK-OK-OK) by vger.kernel.org\n\twith ESMTP",
	    "vger.kernel.org" },
	{ " FROM x BY MX1 with smtp", "MX1" },
	{ " from x by mx1.", "mx1." },
	{ " from x by mx1; date", "mx1" },
	{ " from x by mx1(Postfix) id 1", "mx1" },
	{ " by mx1", "mx1" },
	{ " (a (b \\) by mx2) c) by mx1", "mx1" },
	{ " from x (by mx2 (by mx3)) by mx1", "mx1" },
	{ " from x (\"unclosed) by mx1", "mx1" },
	/* what the sender called itself makes no host */
	{ " from by by mx1", "mx1" },
	{ " from by mx2 by mx1", NULL },
	{ " from by mx1.example.net by evil", NULL },
	{ " from x by mx1 (y) by evil with smtp", NULL },
	{ " from [1.2.3.4] (helo=x) by mx1 (y) by evil", NULL },
	{ " from [1.2.3.4] (helo=x) by mx1; (y) by evil", NULL },
	{ " from [1.2.3.4] (helo=x) by mx1 \"q\" by evil", NULL },
	{ " from x y by mx1", NULL },
	{ " from (x) by mx1", NULL },
	{ " from (x) y by mx1", NULL },
	{ " from x by (mx2) mx1", NULL },
	{ " from x (by mx2", NULL },
	{ " from x (a) ) by mx1", NULL },
	{ " from x) by mx1", NULL },
	{ " from x by mx1 (a", NULL },
	{ " from x by mx1 \"a", NULL },
	{ " from x by mx1 (a\\", NULL },
	{ " from x via y by mx1", NULL },
	{ " x by mx1", NULL },
	{ " (qmail 1234 invoked by uid 89); 22 Nov 2026", NULL },
	{ " from x by", NULL },
	{ " from x", NULL },
	{ " from", NULL },
	{ " by", NULL },
	{ " ", NULL },
	{ "", NULL },
};

START_TEST(who_received_is_read)
{
	const char *value = received[_i].value, *by = received[_i].by;
	struct mk_field field = field_of("Received", value, strlen(value));
	struct mk_received r;

	mk_received_read(&field, &r);
	if (by == NULL) {
		ck_assert_msg(r.by == NULL, "%s", value);
		ck_assert(!mk_received_by(&r, "mx1"));
		return;
	}
	ck_assert_msg(r.by != NULL && r.by_len == strlen(by) &&
	    memcmp(r.by, by, r.by_len) == 0, "%s", value);
	ck_assert(mk_received_by(&r, by));
	ck_assert(!mk_received_by(&r, "evil"));
}
END_TEST

START_TEST(nothing_behind_received_is_read)
{
	const char *value = received[_i].value;
	struct mk_received r;
	struct mk_field field;
	size_t len;
	char *copy;

	for (len = 0; len <= strlen(value); len++) {
		copy = malloc(len + (len == 0));
		ck_assert_ptr_nonnull(copy);
		memcpy(copy, value, len);
		field = field_of("Received", copy, len);
		mk_received_read(&field, &r);
		free(copy);
	}
}
END_TEST

static const struct {
	const char *value, *host;
	bool amavis, spamassassin;
} programs[] = {
	{ " from mx.example.net ([127.0.0.1])\n\tby localhost (mx.example.net "
	    "[127.0.0.1]) (amavisd-new, port 10024)\n\twith ESMTP id 9e; x",
	    "mx.example.net", true, false },
	{ " from mx.example.net ([127.0.0.1])\n by MX.example.net "
	    "(MX.example.net [127.0.0.1]) (amavis, port 10024)\n with ESMTP",
	    "mx.example.net", true, false },
	{ " from x by localhost (mx [127.0.0.1]) (amavisd-new, port 10024)",
	    "mx.example.net", false, false },
	{ " from x by localhost (mx2 [127.0.0.1]) (amavisd-new, port 10024)",
	    "mx", false, false },
	{ " from x by mx (mx [127.0.0.1]) (Postfix) with ESMTP "
	    "(amavisd-new, port 10024)", "mx", false, false },
	{ " from x (amavisd-new, port 10024) by mx", "mx", false, false },
	{ " from x by localhost (amavisd-new, port 10024) (mx)", "mx", false,
	    false },
	{ " from localhost by vm\n\twith SpamAssassin (version 4.0.1);\n"
	    "\tSun, 22 Nov 2026 22:42:48 +0000", "vm", false, true },
	{ " from localhost by vm with SpamAssassin (version 4.0.1); x",
	    "vm.example.net", false, true },
	{ " from localhost by vm.example.net with SpamAssassin (version 4); x",
	    "vm", false, false },
	{ " from localhost by vm with SpamAssassin (version 4.0.1); x",
	    "mx", false, false },
	{ " from localhost (1.2.3.4) by vm with SpamAssassin (version 4); x",
	    "vm", false, false },
	{ " from evil by vm with SpamAssassin (version 4.0.1); x", "vm",
	    false, false },
	{ " from localhost by vm (x) with SpamAssassin (version 4.0.1); x",
	    "vm", false, false },
	{ " from localhost by vm with smtp SpamAssassin (version 4); x", "vm",
	    false, false },
	{ " by vm with SpamAssassin (version 4.0.1); x", "vm", false, false },
	/* Postfix's, of a HELO with blanks and a bracket, which RCPT closes */
	{ " from localhost by vm with SpamAssassin ( (unknown [192.0.2.1])\n"
	    "\tby vm (Postfix) with ESMTP id 4X\n\tfor <\"u+)\\\"a\\\"\""
	    "@example.net>; x", "vm", false, false },
	{ " from localhost by vm with SpamAssassin; x", "vm", false, false },
};

START_TEST(programs_say_that_they_received)
{
	const char *value = programs[_i].value, *host = programs[_i].host;
	struct mk_field field = field_of("Received", value, strlen(value));
	struct mk_received r;

	mk_received_read(&field, &r);
	ck_assert_msg(mk_received_amavis(&r, host) == programs[_i].amavis,
	    "%s", value);
	ck_assert_msg(mk_received_spamassassin(&r, host) ==
	    programs[_i].spamassassin, "%s", value);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dialect");
	TCase *tc = tcase_create("dialect");

	tcase_add_loop_test(tc, lines_are_known_by_name, 0, COUNT(names));
	tcase_add_loop_test(tc, lines_say_what_a_scanner_put, 0,
	    COUNT(sayings));
	tcase_add_loop_test(tc, nothing_behind_the_field_is_read, 0,
	    COUNT(sayings));
	tcase_add_test(tc, a_nul_is_no_blank);
	tcase_add_test(tc, the_locale_has_no_say);
	tcase_add_test(tc, amavis_lists_are_seen);
	tcase_add_loop_test(tc, lines_of_one_score_agree, 0,
	    COUNT(agreements));
	tcase_add_loop_test(tc, scanners_name_their_host, 0,
	    COUNT(witnesses));
	tcase_add_loop_test(tc, who_received_is_read, 0, COUNT(received));
	tcase_add_loop_test(tc, nothing_behind_received_is_read, 0,
	    COUNT(received));
	tcase_add_loop_test(tc, programs_say_that_they_received, 0,
	    COUNT(programs));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
