/* spamscan/trust: a score is believed where nobody else can have written it. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include <dirent.h>

#include "base/config.h"
#include "mail/header.h"
#include "scratch.h"
#include "spamscan/trust.h"

#define HOST	"mx1.example.net"
#define NONE	(-1000000)

/* Our own mail server took it from one who calls himself "by". */
#define OURS	"Received: from [1.2.3.4] (helo=by)\n" \
		"\tby mx1.example.net with smtp (Exim 4.96)\n" \
		"\t(envelope-from <a@b.example>)\n\tid 1xVGGm-0005YM-2w\n" \
		"\tfor u@example.net;\n\tSun, 22 Nov 2026 22:42:48 +0000\n"
#define POSTFIX	"Received: from by (unknown [1.2.3.4])\n" \
		"\tby mx1.example.net (Postfix) with ESMTP id 4XYZ\n" \
		"\tfor <u@example.net>; Sun, 22 Nov 2026 22:42:48 +0000 (UTC)\n"
#define AGAIN	"Received: from localhost (localhost [127.0.0.1])\n" \
		"\tby mx1.example.net (Postfix) with ESMTP id 4XYA\n" \
		"\tfor <u@example.net>; Sun, 22 Nov 2026 22:42:49 +0000 (UTC)\n"
#define LMTP	"Received: from mx1.example.net ([127.0.0.1])\n" \
		"\tby mx1.example.net with LMTP\n\tid abc\n" \
		"\t(envelope-from <a@b>)\n\tfor <u@example.net>; x\n"
#define THEIRS	"Received: from pc (pc [10.0.0.1]) by relay.example.com\n" \
		"\t(Postfix) with ESMTP id 1; Sun, 22 Nov 2026 22:42:40 +0000\n"
#define ENVELOPE "Return-path: <a@b.example>\nEnvelope-to: u@example.net\n" \
		"Delivery-date: Sun, 22 Nov 2026 22:42:48 +0000\n"
#define REST	"From: a@b.example\nTo: u@example.net\nSubject: x\n"

#define SA(score) \
		"X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) " \
		"on mx1\nX-Spam-Flag: YES\nX-Spam-Level: *****\n" \
		"X-Spam-Status: Yes, score=" score " required=5.0 tests=A,\n" \
		"\tNO_RELAYS autolearn=no autolearn_force=no version=4.0.1\n"
#define WRAPPED	"Received: from localhost by mx1\n" \
		"\twith SpamAssassin (version 4.0.1);\n" \
		"\tSun, 22 Nov 2026 22:42:48 +0000\n"
#define EXIM(score, tenths) \
		"X-Spam_score: " score "\nX-Spam_score_int: " tenths "\n" \
		"X-Spam_bar: +++++\n" \
		"X-Spam_report: Spam detection software\n \n more\n"
#define AMAVIS(score) \
		"X-Virus-Scanned: Debian amavisd-new at example.net\n" \
		"X-Spam-Flag: NO\nX-Spam-Score: " score "\nX-Spam-Level:\n" \
		"X-Spam-Status: No, score=" score " tagged_above=-999 " \
		"required=6.31\n\ttests=[ALL_TRUSTED=-1] autolearn=disabled\n"
#define BY_AMAVIS \
		"Received: from mx1.example.net ([127.0.0.1])\n" \
		"\tby localhost (mx1.example.net [127.0.0.1]) " \
		"(amavisd-new, port 10024)\n" \
		"\twith ESMTP id OWq7VHtyZuJm;\n" \
		"\tSun, 22 Nov 2026 22:42:48 +0000\n"
#define RSPAMD(score) \
		"X-Rspamd-Queue-Id: 4XYZ\n" \
		"X-Spamd-Result: default: False [" score " / 15.00];\n" \
		"\tHFILTER_HOSTNAME_UNKNOWN(2.50)[];\n\tA(9.10)[]\n" \
		"X-Spam-Status: Yes, score=" score "\n" \
		"X-Spam-Level: ***********\nX-Spamd-Bar: +++++++++++\n" \
		"X-Rspamd-Action: add header\nX-Rspamd-Server: mx1\n"
#define RSPAMC	"X-Spam-Scanner: rspamc 3.4\nX-Spam-Scan-Time: 0\n" \
		"X-Spam: yes\nX-Spam-Action: reject\n" \
		"X-Spam-Score: 15.00 / 15.00\n" \
		"X-Spam-Level: ***************\nX-Spam-Symbols: GTUBE\n"

/* The usual rule: HOST, all dialects, Received by HOST. */
static const struct {
	const char *text;
	int hundredths;			/* or NONE */
	enum mk_dialect dialect;
	const char *received_by;	/* "a,b"; NULL: HOST's own */
	bool stripped;
	const char *host;		/* NULL: HOST */
	const char *dialects;		/* NULL: all */
} headers[] = {
	/* spamassassin: true ones, spamc at delivery */
	{ .text = SA("15.3") OURS REST, .hundredths = 1530 },
	{ .text = ENVELOPE SA("-1.0") OURS THEIRS REST, .hundredths = -100 },
	{ .text = SA("1000.0") POSTFIX REST, .hundredths = 100000 },
	{ .text = "X-SPAM-CHECKER-VERSION: SpamAssassin 4.0.1 (x) on "
	    "MX1.Example.NET.\nx-spam-status: Yes, hits=15.3 required=5.0\n"
	    OURS, .hundredths = 1530 },
	{ .text = "X-Spam-Checker-Version: SpamAssassin 4.0.1 (x)\r\n on "
	    "mx1\r\nX-Spam-Status: Yes,\r\n\tscore=7.2 required=5.0 "
	    "tests=A,\r\n\tB version=4\r\nReceived: from x\r\n\tby mx1."
	    "EXAMPLE.net.\r\n\twith smtp\r\nSubject: x\r\n",
	    .hundredths = 720 },
	{ .text = "X-Spam-Status: No, score=3.0\n"	/* no required= */
	    "X-Spam-Checker-Version: SpamAssassin 3 (x) on mx1\n" OURS,
	    .hundredths = 300 },
	/* ... and below are forged ones, which are not looked at */
	{ .text = SA("15.3") OURS SA("-99.0") REST, .hundredths = 1530 },
	{ .text = SA("0.3") OURS SA("99.0") SA("98.0") REST,
	    .hundredths = 30 },
	{ .text = SA("0.3") OURS SA("99.0") OURS SA("98.0") REST,
	    .hundredths = 30 },
	{ .text = SA("0.3") OURS EXIM("99.9", "999") RSPAMD("99.9")
	    AMAVIS("99.9") BY_AMAVIS, .hundredths = 30 },
	/* wrapped, with report_safe */
	{ .text = ENVELOPE WRAPPED REST SA("15.3") "MIME-Version: 1.0\n",
	    .hundredths = 1530 },
	{ .text = AGAIN WRAPPED REST SA("15.3"), .hundredths = 1530,
	    .received_by = HOST "," HOST },
	{ .text = AGAIN SA("15.3") POSTFIX REST, .hundredths = 1530,
	    .received_by = HOST "," HOST },
	{ .text = WRAPPED REST SA("15.3") SA("1.0"), .hundredths = NONE },
	{ .text = AGAIN WRAPPED REST SA("15.3"), .hundredths = NONE },
	{ .text = OURS WRAPPED REST SA("99.0"), .hundredths = NONE },
	{ .text = WRAPPED REST SA("15.3"), .hundredths = NONE,
	    .host = "mx2.example.net" },
	{ .text = WRAPPED REST EXIM("15.3", "153"), .hundredths = NONE },
	{ .text = "Received: from localhost (x [1.2.3.4]) by mx1\n"
	    "\twith SpamAssassin (version 4);\n" SA("99.0"),
	    .hundredths = NONE },
	/* forged */
	{ .text = OURS SA("99.0") REST, .hundredths = NONE },
	{ .text = OURS SA("-99.0") REST, .hundredths = NONE },
	{ .text = OURS REST SA("99.0"), .hundredths = NONE },
	{ .text = OURS SA("99.0") OURS REST, .hundredths = NONE },
	{ .text = OURS SA("99.0") REST SA("5.0"), .hundredths = NONE },
	{ .text = SA("99.0") REST, .hundredths = NONE },
	{ .text = SA("99.0") THEIRS OURS, .hundredths = NONE },
	{ .text = SA("99.0") "Received: from by " HOST " by evil\n" OURS,
	    .hundredths = NONE },
	{ .text = SA("99.0") "Received: from x (y) by evil (by " HOST ")\n"
	    OURS, .hundredths = NONE },
	{ .text = SA("99.0") "Received: from x by " HOST "x\n" OURS,
	    .hundredths = NONE },
	{ .text = SA("99.0") "Received: from x by x." HOST "\n" OURS,
	    .hundredths = NONE },
	{ .text = SA("99.0") "Received:\n" OURS, .hundredths = NONE },
	{ .text = SA("99.0") "Received : from x by evil\n" OURS,
	    .hundredths = NONE },
	{ .text = SA("99.0") "RECEIVED:from x by evil\n" OURS,
	    .hundredths = NONE },
	/* it stands twice, or not with what must stand there */
	{ .text = SA("9.0") SA("9.0") OURS, .hundredths = NONE },
	{ .text = "X-Spam-Status: Yes, score=1.0 required=5.0\n" SA("9.0")
	    OURS, .hundredths = NONE },
	{ .text = "X-Spam-Checker-Version: SpamAssassin 4 (x) on mx1\n"
	    SA("9.0") OURS, .hundredths = NONE },
	{ .text = "X-Spam-Status: Yes, score=9.0 required=5.0\n" OURS,
	    .hundredths = NONE },
	{ .text = "X-Spam-Status: Yes, score=9.0 required=5.0\n" OURS
	    "X-Spam-Checker-Version: SpamAssassin 4 (x) on mx1\n",
	    .hundredths = NONE },
	{ .text = "X-Spam-Checker-Version: SpamAssassin 4 (x) on mx1\n" OURS
	    "X-Spam-Status: Yes, score=9.0 required=5.0\n",
	    .hundredths = NONE },
	{ .text = "X-Spam-Checker-Version: SpamAssassin 4 (x) on mx2\n"
	    "X-Spam-Status: Yes, score=9.0 required=5.0\n" OURS,
	    .hundredths = NONE },
	{ .text = SA("x") OURS SA("99.0"), .hundredths = NONE },
	{ .text = SA("5,1") OURS, .hundredths = NONE },
	{ .text = SA("nan") OURS, .hundredths = NONE },
	{ .text = SA("1e9") OURS, .hundredths = NONE },
	{ .text = SA("5000.1") OURS, .hundredths = NONE },
	/* another host scans than takes mail in */
	{ .text = "X-Spam-Checker-Version: SpamAssassin 4 (x) on "
	    "scan.example.net\nX-Spam-Status: Yes, score=9.0\n" OURS,
	    .hundredths = 900, .host = "scan.example.net",
	    .received_by = HOST },
	{ .text = SA("9.0") OURS, .hundredths = NONE,
	    .host = "scan.example.net", .received_by = HOST },
	/* stripped: anywhere, but once */
	{ .text = OURS REST SA("9.0"), .hundredths = 900, .stripped = true },
	{ .text = OURS SA("9.0") REST, .hundredths = 900, .stripped = true },
	{ .text = OURS SA("9.0") REST SA("9.0"), .hundredths = NONE,
	    .stripped = true },
	{ .text = OURS REST SA("9.0") "X-Spam-Status: No, score=1.0\n",
	    .hundredths = NONE, .stripped = true },
	{ .text = OURS REST SA("9.0")
	    "X-Spam-Checker-Version: SpamAssassin 4 (x) on mx1\n",
	    .hundredths = NONE, .stripped = true },
	{ .text = SA("9.0") OURS REST SA("99.0"), .hundredths = 900,
	    .stripped = true },
	{ .text = SA("x") OURS REST SA("99.0"), .hundredths = NONE,
	    .stripped = true },
	{ .text = SA("9.0") SA("8.0") OURS REST, .hundredths = NONE,
	    .stripped = true },
	{ .text = THEIRS REST SA("9.0"), .hundredths = NONE,
	    .stripped = true },
	{ .text = REST SA("9.0"), .hundredths = NONE, .stripped = true },

	/* exim: ":at_start:" puts them above its Received */
	{ .text = ENVELOPE "X-Spam_score: 5.9\nX-Spam_score_int: 59\n" OURS
	    REST, .hundredths = 590, .dialect = MK_EXIM },
	{ .text = EXIM("6.0", "59") OURS, .hundredths = 590,
	    .dialect = MK_EXIM },
	{ .text = "X-Spam_score_int: 10026\n" OURS, .hundredths = 100260,
	    .dialect = MK_EXIM },
	{ .text = "X-Spam-Score: 13.2 (+++++++++++++)\n" OURS,
	    .hundredths = 1320, .dialect = MK_EXIM },
	{ .text = "X-Spam-Score: 13.2\n" OURS, .hundredths = 1320,
	    .dialect = MK_EXIM },
	{ .text = "X-Spam-Score: 5.9 (+++++)\n" EXIM("5.9", "59") OURS
	    EXIM("99.0", "990"), .hundredths = 590, .dialect = MK_EXIM },
	/* half of it above, as "add_header = :at_start:A\nB" has it */
	{ .text = "X-Spam_score: 5.9\n" OURS REST "X-Spam_score_int: 990\n",
	    .hundredths = 590, .dialect = MK_EXIM },
	{ .text = EXIM("5.9", "60") OURS, .hundredths = NONE },
	{ .text = EXIM("59", "59") OURS, .hundredths = NONE },
	{ .text = EXIM("5.9", "59") EXIM("5.9", "59") OURS,
	    .hundredths = NONE },
	{ .text = "X-Spam-Score: 51\n" OURS, .hundredths = NONE },
	{ .text = OURS REST EXIM("9.9", "99"), .hundredths = NONE },
	{ .text = OURS EXIM("9.9", "99") REST, .hundredths = NONE },
	{ .text = OURS "X-Spam_score: 9.9\n" REST EXIM("1.0", "10"),
	    .hundredths = NONE },
	{ .text = OURS REST EXIM("9.9", "99"), .hundredths = 990,
	    .dialect = MK_EXIM, .stripped = true },
	{ .text = OURS REST EXIM("9.9", "99") "X-Spam_score: 1.0\n",
	    .hundredths = NONE, .stripped = true },
	{ .text = OURS "X-Spam-Score: 99.0\n" REST EXIM("9.9", "99"),
	    .hundredths = NONE, .stripped = true },
	{ .text = LMTP "X-Spam_score: 5.9\n" OURS, .hundredths = 590,
	    .dialect = MK_EXIM, .received_by = HOST "," HOST },
	{ .text = LMTP "X-Spam_score: 5.9\n" OURS, .hundredths = NONE },
	{ .text = LMTP OURS "X-Spam_score: 5.9\n", .hundredths = NONE,
	    .received_by = HOST "," HOST },
	{ .text = LMTP "X-Spam_score: 5.9\n" THEIRS OURS,
	    .hundredths = NONE, .received_by = HOST "," HOST },
	{ .text = LMTP "X-Spam_score: 5.9\n", .hundredths = NONE,
	    .received_by = HOST "," HOST },

	/* amavis: between its own Received and the one above */
	{ .text = AGAIN AMAVIS("-1") BY_AMAVIS POSTFIX REST,
	    .hundredths = -100, .dialect = MK_AMAVIS,
	    .received_by = HOST ",localhost" },
	{ .text = AGAIN AMAVIS("12.345") BY_AMAVIS POSTFIX AMAVIS("1.0")
	    BY_AMAVIS REST, .hundredths = 1234, .dialect = MK_AMAVIS,
	    .received_by = HOST ",localhost" },
	{ .text = AGAIN AMAVIS("12.345") BY_AMAVIS POSTFIX REST,
	    .hundredths = NONE },
	{ .text = AGAIN BY_AMAVIS AMAVIS("12.345") POSTFIX REST,
	    .hundredths = NONE, .received_by = HOST ",localhost" },
	{ .text = POSTFIX AMAVIS("12.345") THEIRS BY_AMAVIS,
	    .hundredths = NONE, .received_by = HOST ",localhost" },
	{ .text = AGAIN AMAVIS("12.345") "Received: from x by localhost "
	    "(mx2.example.net [127.0.0.1]) (amavisd-new, port 10024)\n",
	    .hundredths = NONE, .received_by = HOST ",localhost" },
	{ .text = AGAIN AMAVIS("12.345") "Received: from x by localhost "
	    "(mx1.example.net [127.0.0.1]) (Postfix) with ESMTP\n",
	    .hundredths = NONE, .received_by = HOST ",localhost" },
	{ .text = AMAVIS("12.345") AGAIN BY_AMAVIS, .hundredths = NONE,
	    .received_by = HOST ",localhost" },
	{ .text = AGAIN AMAVIS("12.3") AMAVIS("12.3") BY_AMAVIS,
	    .hundredths = NONE, .received_by = HOST ",localhost",
	    .dialects = "amavis" },
	{ .text = AGAIN AMAVIS("x") BY_AMAVIS, .hundredths = NONE,
	    .received_by = HOST ",localhost" },
	{ .text = AGAIN "X-Spam-Score: 64\nX-Spam-Status: No, score=3 "
	    "tagged_above=2 required=6\n\tBLACKLISTED tests=[A=3]\n"
	    BY_AMAVIS, .hundredths = 6400, .dialect = MK_AMAVIS,
	    .received_by = HOST ",localhost" },
	{ .text = AGAIN "X-Spam-Score: 0\nX-Spam-Status: Yes, score=9 "
	    "tagged_above=2 required=6\n\tWHITELISTED tests=[A=9]\n"
	    BY_AMAVIS, .hundredths = 0, .dialect = MK_AMAVIS,
	    .received_by = HOST ",localhost" },
	{ .text = AGAIN "X-Spam-Score: 64\nX-Spam-Status: No, score=3 "
	    "tagged_above=2 required=6\n\ttests=[A=3]\n" BY_AMAVIS,
	    .hundredths = NONE, .received_by = HOST ",localhost" },
	{ .text = AGAIN AMAVIS("12.345") BY_AMAVIS POSTFIX REST,
	    .hundredths = 1234, .dialect = MK_AMAVIS, .stripped = true },
	{ .text = AGAIN AMAVIS("12.345") POSTFIX REST, .hundredths = NONE,
	    .stripped = true },

	/* rspamd */
	{ .text = RSPAMD("11.60") POSTFIX REST, .hundredths = 1160,
	    .dialect = MK_RSPAMD },
	{ .text = "X-Spamd-Result: default: False [8.95 / 19.90]; S(4.00)[x]\n"
	    "X-Rspamd-Server: mx1.example.net\n" POSTFIX, .hundredths = 895,
	    .dialect = MK_RSPAMD },
	{ .text = "X-Spam-Status: Yes, score=8.95\nX-Rspamd-Server: mx1\n"
	    POSTFIX, .hundredths = 895, .dialect = MK_RSPAMD },
	{ .text = RSPAMC POSTFIX REST, .hundredths = 1500,
	    .dialect = MK_RSPAMD },
	{ .text = POSTFIX REST RSPAMD("11.60"), .hundredths = 1160,
	    .dialect = MK_RSPAMD, .stripped = true },
	{ .text = POSTFIX REST RSPAMD("11.60"), .hundredths = NONE },
	{ .text = POSTFIX RSPAMD("99.00") REST RSPAMD("1.60"),
	    .hundredths = NONE, .stripped = true },
	{ .text = POSTFIX "X-Spam-Status: Yes, score=99.00\n" REST
	    "X-Spamd-Result: default: False [1.60 / 15.00];\n"
	    "X-Rspamd-Server: mx1\n", .hundredths = NONE, .stripped = true },
	{ .text = "X-Spam-Status: Yes, score=8.95\n" POSTFIX
	    "X-Rspamd-Server: mx1\n", .hundredths = NONE },
	{ .text = "X-Spam-Status: Yes, score=8.95\nX-Rspamd-Server: mx1\n"
	    "X-Rspamd-Server: mx1\n" POSTFIX, .hundredths = NONE },
	{ .text = "X-Spam-Status: Yes, score=8.95\nX-Rspamd-Server: mx2\n"
	    POSTFIX, .hundredths = NONE },
	{ .text = "X-Spam-Score: 15.00 / 15.00\n" POSTFIX,
	    .hundredths = NONE },
	{ .text = "X-Spam-Score: 15.00 / 15.00\nX-Spam-Scanner: x\n" POSTFIX,
	    .hundredths = NONE },

	/* the dialects' order, and theirs alone */
	{ .text = SA("1.0") EXIM("9.0", "90") OURS, .hundredths = 100 },
	{ .text = SA("1.0") EXIM("9.0", "90") OURS, .hundredths = 900,
	    .dialect = MK_EXIM, .dialects = "exim,spamassassin" },
	{ .text = SA("x") EXIM("9.0", "90") OURS, .hundredths = 900,
	    .dialect = MK_EXIM },
	{ .text = SA("9.0") OURS, .hundredths = NONE, .dialects = "exim" },

	/* not much of a header */
	{ .text = "", .hundredths = NONE },
	{ .text = "\n", .hundredths = NONE },
	{ .text = "X-Spam-Status", .hundredths = NONE },
	{ .text = "X-Spam-Status:", .hundredths = NONE },
	{ .text = OURS, .hundredths = NONE },
	{ .text = OURS REST, .hundredths = NONE },
	{ .text = "X-Spam-Flag: YES\nX-Spam-Level: *****\n" OURS,
	    .hundredths = NONE },
};

/* WORDS, with commas. */
static struct mk_list
list_of(const char *words)
{
	struct mk_list list = { 0 };
	size_t len;

	for (; words != NULL && *words != '\0'; words += len) {
		words += *words == ',';
		len = strcspn(words, ",");
		ck_assert_int_eq(mk_list_add(&list, words, len), 0);
	}
	return list;
}

static struct mk_trust
rule_of(const char *host, const char *dialects, const char *received_by,
    bool stripped)
{
	return (struct mk_trust){
		.host = strdup(host == NULL ? HOST : host),
		.dialect = list_of(dialects == NULL ?
		    "spamassassin,exim,amavis,rspamd" : dialects),
		.received_by = list_of(received_by), .stripped = stripped,
	};
}

static void
rule_free(struct mk_trust *rule)
{
	free(rule->host);
	mk_list_free(&rule->dialect);
	mk_list_free(&rule->received_by);
}

struct told {
	int n, trusted;
	struct mk_buf all;
};

static void
told(void *data, const char *line, const char *why)
{
	struct told *t = data;

	t->n++;
	ck_assert_ptr_nonnull(strchr(line, ':'));
	ck_assert_ptr_null(strchr(line, '\n'));
	ck_assert_int_ne(why[strlen(why) - 1], '.');
	if (strncmp(why, "trusted: ", 9) == 0)
		t->trusted++;
	else
		ck_assert_msg(strncmp(why, "not trusted: ", 13) == 0, "%s",
		    why);
	ck_assert_int_eq(mk_buf_addf(&t->all, "%s|%s\n", line, why), 0);
}

/* The bytes at TEXT in memory of their own, so that none behind is read. */
static struct mk_header_score
score_of(const struct mk_trust *rules, size_t n, const char *text, size_t len,
    struct told *t)
{
	struct mk_trust_tell tell = { .data = t, .field = told };
	struct mk_header_score score, again;
	struct mk_error err;
	char *copy = malloc(len + (len == 0));

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, len);
	memset(&score, 0xaa, sizeof score);
	ck_assert_int_eq(mk_trust_score(rules, n, copy, len, true, NULL,
	    &score, &err), 0);
	ck_assert_int_eq(mk_trust_score(rules, n, copy, len, true, &tell,
	    &again, &err), 0);
	ck_assert_int_eq(score.found, again.found);
	free(copy);
	return score;
}

START_TEST(a_score_is_proved_or_none)
{
	const char *text = headers[_i].text;
	struct mk_trust rule = rule_of(headers[_i].host, headers[_i].dialects,
	    headers[_i].received_by, headers[_i].stripped);
	struct mk_header_score score;
	struct told t = { 0 };

	score = score_of(&rule, 1, text, strlen(text), &t);
	ck_assert_msg(score.found == (headers[_i].hundredths != NONE), "%s%s",
	    text, t.n > 0 ? t.all.data : "");
	if (score.found) {
		ck_assert_msg(score.hundredths == headers[_i].hundredths,
		    "%d: %s", (int)score.hundredths, text);
		ck_assert_msg(score.dialect == headers[_i].dialect, "%s",
		    text);
		ck_assert_uint_eq(score.rule, 0);
		ck_assert_msg(t.trusted > 0, "%s%s", text, t.all.data);
	} else {
		ck_assert_msg(t.trusted == 0, "%s%s", text,
		    t.n > 0 ? t.all.data : "");
	}
	mk_buf_free(&t.all);
	rule_free(&rule);
}
END_TEST

/*
 * Whatever lines a sender puts below ours, they change nothing: a score that
 * is proved stays, and none is made.
 */
START_TEST(a_sender_changes_nothing)
{
	static const char *const forged[] = {
		SA("99.0"), SA("-99.0"), WRAPPED SA("99.0"),
		EXIM("99.0", "990"), AMAVIS("99.0") BY_AMAVIS,
		BY_AMAVIS AMAVIS("99.0"), RSPAMD("99.00"), RSPAMC,
		OURS SA("99.0"), AGAIN EXIM("99.0", "990"),
		"X-Spam-Status: Yes, score=99\n", "X-Spam-Score: 99.0\n",
		"X-Spam_score_int: 990\n", "X-Spam-Score: 99.000\n",
		"X-Spam-Checker-Version: SpamAssassin 4 (x) on mx1\n",
		"X-Rspamd-Server: mx1\n", "Received: x\n", "\x01\x02:\n",
	};
	static const char *const ours[] = {
		SA("5.0") OURS, EXIM("5.0", "50") OURS, RSPAMD("5.00") OURS,
		RSPAMC OURS, OURS, ENVELOPE OURS, POSTFIX,
	};
	struct mk_trust rule = rule_of(NULL, NULL, NULL, false);
	const char *own = ours[_i];
	struct mk_header_score alone, with;
	struct mk_buf text = { 0 };
	struct told t = { 0 };
	int i, j;

	alone = score_of(&rule, 1, own, strlen(own), &t);
	for (i = 0; i < COUNT(forged); i++)
		for (j = 0; j < COUNT(forged); j++) {
			mk_buf_cut(&text, 0);
			ck_assert_int_eq(mk_buf_addf(&text, "%s%s" REST "%s",
			    own, forged[i], forged[j]), 0);
			with = score_of(&rule, 1, text.data, text.len, &t);
			ck_assert_msg(with.found == alone.found, "%s",
			    text.data);
			if (!with.found)
				continue;
			ck_assert_msg(with.hundredths == alone.hundredths &&
			    with.dialect == alone.dialect, "%s", text.data);
		}
	mk_buf_free(&text);
	mk_buf_free(&t.all);
	rule_free(&rule);
}
END_TEST

START_TEST(the_first_rule_that_proves_wins)
{
	struct mk_trust rules[3] = {
		rule_of("mx9.example.net", NULL, NULL, true),
		rule_of(NULL, "exim", NULL, false),
		rule_of(NULL, NULL, NULL, false),
	};
	static const char both[] = SA("1.0") EXIM("9.0", "90") OURS;
	static const char one[] = SA("1.0") OURS;
	struct mk_header_score score;
	struct told t = { 0 };

	score = score_of(rules, 3, both, sizeof both - 1, &t);
	ck_assert(score.found);
	ck_assert_uint_eq(score.rule, 1);
	ck_assert_int_eq(score.dialect, MK_EXIM);
	ck_assert_int_eq(score.hundredths, 900);
	score = score_of(rules, 3, one, sizeof one - 1, &t);
	ck_assert(score.found);
	ck_assert_uint_eq(score.rule, 2);
	ck_assert_int_eq(score.dialect, MK_SPAMASSASSIN);
	score = score_of(rules, 1, one, sizeof one - 1, &t);
	ck_assert(!score.found);
	score = score_of(NULL, 0, one, sizeof one - 1, &t);
	ck_assert(!score.found);
	ck_assert_ptr_nonnull(strstr(t.all.data, "no rule trusts a host"));
	mk_buf_free(&t.all);
	rule_free(&rules[0]);
	rule_free(&rules[1]);
	rule_free(&rules[2]);
}
END_TEST

START_TEST(nuls_and_high_bytes_are_no_score)
{
	static const char score[] = "X-Spam_score: 5.9\0\n" OURS;
	static const char host[] = "X-Spam_score: 5.9\nReceived: from x by "
	    HOST "\0 with smtp\n";
	static const char name[] = "X-Spam_score\0: 5.9\n" OURS;
	static const char text[] = "Subject: \0\xff\xfe\nX-Spam_score: 5.9\n"
	    "X-\0: x\n" OURS "Subject: \0\n";
	struct mk_trust rule = rule_of(NULL, NULL, NULL, false);
	struct told t = { 0 };

	ck_assert(!score_of(&rule, 1, score, sizeof score - 1, &t).found);
	ck_assert(!score_of(&rule, 1, host, sizeof host - 1, &t).found);
	ck_assert(!score_of(&rule, 1, name, sizeof name - 1, &t).found);
	ck_assert(score_of(&rule, 1, text, sizeof text - 1, &t).found);
	mk_buf_free(&t.all);
	rule_free(&rule);
}
END_TEST

/* Cut anywhere, nothing behind is read. */
START_TEST(cut_headers_are_no_trouble)
{
	const char *text = headers[_i].text;
	struct mk_trust rule = rule_of(headers[_i].host, headers[_i].dialects,
	    headers[_i].received_by, headers[_i].stripped);
	struct told t = { 0 };
	size_t len;

	for (len = 0; len < strlen(text); len++)
		score_of(&rule, 1, text, len, &t);
	mk_buf_free(&t.all);
	rule_free(&rule);
}
END_TEST

/* More lines than the array on the stack has room for. */
START_TEST(many_lines_are_no_trouble)
{
	struct mk_trust rule = rule_of(NULL, NULL, NULL, false);
	struct mk_trust word = rule_of(NULL, NULL, NULL, true);
	struct mk_buf text = { 0 };
	struct told t = { 0 };
	int i;

	ck_assert_int_eq(mk_buf_addf(&text, "%s", SA("5.0") OURS), 0);
	for (i = 0; i < 3000; i++)
		ck_assert_int_eq(mk_buf_addf(&text, "X-Spam-Status: Yes, "
		    "score=%d required=5.0\nReceived: by %d\n", i, i), 0);
	ck_assert(score_of(&rule, 1, text.data, text.len, &t).found);
	ck_assert_int_eq(t.n, 3001);
	ck_assert_int_eq(t.trusted, 1);
	ck_assert(score_of(&word, 1, text.data, text.len, &t).found);
	mk_buf_cut(&text, 0);
	ck_assert_int_eq(mk_buf_addf(&text, OURS), 0);
	for (i = 0; i < 3000; i++)
		ck_assert_int_eq(mk_buf_addf(&text, "X-Spam_score: %d.0\n",
		    i), 0);
	ck_assert(!score_of(&rule, 1, text.data, text.len, &t).found);
	ck_assert(!score_of(&word, 1, text.data, text.len, &t).found);
	mk_buf_free(&text);
	mk_buf_free(&t.all);
	rule_free(&rule);
	rule_free(&word);
}
END_TEST

static const struct {
	const char *text;
	bool stripped;
	const char *says;		/* all of it */
} explained[] = {
	{ "X-Spam_score: 5.9\n" OURS "X-Spam_score: 99.0\n", false,
	    "X-Spam_score: 5.9|trusted: exim on " HOST " wrote it\n"
	    "X-Spam_score: 99.0|not trusted: it stands below the Received "
	    "by " HOST ", where a sender can write\n" },
	{ OURS "X-Spam_score:\n 5.9\n", true,
	    "X-Spam_score: 5.9|trusted: exim on " HOST " wrote it, as all "
	    "others are stripped\n" },
	{ OURS "X-Spam_score: 5.9\n", false,
	    "X-Spam_score: 5.9|not trusted: it stands below the Received "
	    "by " HOST ", where a sender can write\n" },
	{ OURS "X-Spam_score: 5.9\nX-Spam_score: 5.8\n", true,
	    "X-Spam_score: 5.9|not trusted: there are several such lines, "
	    "and which exim wrote can't be told\n"
	    "X-Spam_score: 5.8|not trusted: there are several such lines, "
	    "and which exim wrote can't be told\n" },
	{ "Received: from x (y)\n\tby other.host with smtp\n"
	    "X-Spam_score: 5.9\n", false,
	    "Received: from x (y) by other.host with smtp|not trusted: no "
	    "Received by " HOST " on top: 'by other.host' stands there\n"
	    "X-Spam_score: 5.9|not trusted: no Received by " HOST " stands "
	    "on top\n" },
	{ "Received: from x\nX-Spam_score: 5.9\n", false,
	    "Received: from x|not trusted: no Received by " HOST " on top: "
	    "who wrote this can't be told\n"
	    "X-Spam_score: 5.9|not trusted: no Received by " HOST " stands "
	    "on top\n" },
	{ "X-Spam_score: 5.9\n", false,
	    "X-Spam_score: 5.9|not trusted: no Received by " HOST " stands "
	    "on top\n" },
	{ "X-Spam_score: 5.9 \nX-Spam_score_int: 61\n" OURS, false,
	    "X-Spam_score: 5.9|not trusted: the lines of exim do not agree "
	    "on a score\n"
	    "X-Spam_score_int: 61|not trusted: the lines of exim do not "
	    "agree on a score\n" },
	{ "X-Spam_score: 5,9\n" OURS, false,
	    "X-Spam_score: 5,9|not trusted: it is no score in the form that "
	    "exim writes, or none within 5,000 points\n" },
	{ "X-Spam-Status: Yes, score=9.0 required=5.0\n" OURS, false,
	    "X-Spam-Status: Yes, score=9.0 required=5.0|not trusted: not "
	    "exactly one X-Spam-Checker-Version that names " HOST " stands "
	    "with it\n" },
	{ "X-Spam-Score: 15.00 / 15.00\n" OURS, false,
	    "X-Spam-Score: 15.00 / 15.00|not trusted: not exactly one "
	    "X-Spam-Scanner: rspamc stands with it\n" },
	{ "X-Spam-Status: No, score=1 tests=[]\n" OURS, false,
	    "X-Spam-Status: No, score=1 tests=[]|not trusted: the Received "
	    "next below it is not by amavis on " HOST "\n" },
	{ "X-Spam-Status: Yes\n" OURS, false,
	    "X-Spam-Status: Yes|not trusted: it is in no form of the "
	    "dialects named\n" },
	{ "X-Spam-Score: 12\n" OURS, false,
	    "X-Spam-Score: 12|not trusted: it is in no form of the dialects "
	    "named\n" },
	{ "X-Spam_score: 5.9\nX-Spamd-Result: default: False [1.0 / 2.0];\n"
	    OURS, false,
	    "X-Spam_score: 5.9|trusted: exim on " HOST " wrote it\n"
	    "X-Spamd-Result: default: False [1.0 / 2.0];|not trusted: "
	    "another one was asked before, and has it\n" },
	{ OURS REST "X-Spam-Flag: YES\n", false, "" },
	{ THEIRS REST, false, "" },
};

START_TEST(each_line_is_explained)
{
	const char *text = explained[_i].text;
	struct mk_trust rule = rule_of(NULL, NULL, NULL,
	    explained[_i].stripped);
	struct told t = { 0 };

	score_of(&rule, 1, text, strlen(text), &t);
	ck_assert_str_eq(t.n == 0 ? "" : t.all.data, explained[_i].says);
	mk_buf_free(&t.all);
	rule_free(&rule);
}
END_TEST

START_TEST(the_host_that_is_wanting_is_told)
{
	static const char text[] = LMTP THEIRS "X-Spam_score: 5.9\n";
	struct mk_trust rules[2] = {
		rule_of("mx9.example.net", NULL, NULL, false),
		rule_of(NULL, NULL, HOST "," HOST, false),
	};
	struct told t = { 0 };

	score_of(rules, 2, text, sizeof text - 1, &t);
	ck_assert_int_eq(t.n, 2);
	ck_assert_ptr_nonnull(strstr(t.all.data, "|not trusted: Received "
	    "number 2 from the top is not by " HOST ": 'by "
	    "relay.example.com' stands there\n"));
	mk_buf_free(&t.all);
	rule_free(&rules[0]);
	rule_free(&rules[1]);
}
END_TEST

/* Real mail of 2002, from everywhere, is read without harm or belief. */
START_TEST(strangers_mail_is_not_believed)
{
	static const char *const places[] = {
		"tests/data/corpus/ham", "tests/data/corpus/spam"
	};
	struct mk_trust rules[2] = {
		rule_of(NULL, NULL, NULL, true),
		rule_of("localhost", NULL, NULL, true),
	};
	struct mk_buf text = { 0 };
	struct told t = { 0 };
	struct dirent *entry;
	ssize_t n;
	int fd, files = 0;
	DIR *dir;

	dir = opendir(places[_i]);
	ck_assert_msg(dir != NULL, "run from the top of the tree");
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
		ck_assert_int_ne(fd, -1);
		mk_buf_cut(&text, 0);
		do {
			ck_assert_int_eq(mk_buf_reserve(&text, 65536), 0);
			n = read(fd, text.data + text.len, 65536);
			ck_assert_int_ge(n, 0);
			text.len += (size_t)n;
		} while (n > 0);
		close(fd);
		ck_assert_msg(!score_of(rules, 2, text.data,
		    mk_header_length(text.data, text.len, NULL), &t).found,
		    "%s", entry->d_name);
		files++;
	}
	ck_assert_int_gt(files, 20);
	ck_assert_int_eq(t.trusted, 0);
	closedir(dir);
	mk_buf_free(&text);
	mk_buf_free(&t.all);
	rule_free(&rules[0]);
	rule_free(&rules[1]);
}
END_TEST

static const struct { const char *text, *error; } confs[] = {
	{ "trust \"mx1.example.net\" { }", NULL },
	{ "trust \"mx_1-2.x\" { dialect = {\"exim\"} }", NULL },
	{ "trust \"a\" { } trust \"b\" { stripped = yes }", NULL },
	{ "trust \"a\" { received-by = {\"mx1.example.net\", "
	    "\"localhost\"} }", NULL },
	{ "trust \"\" { }", "is empty" },
	{ "trust \"mx 1\" { }", "no host's name" },
	{ "trust \"mx1/x\" { }", "no host's name" },
	{ "trust \"*.example.net\" { }", "no host's name" },
	{ "trust \".\" { }", "no host's name" },
	{ "trust \"a\" { dialect = {\"exmi\"} }",
	    "did you mean \"exim\"?" },
	{ "trust \"a\" { dialect = {\"exim\", \"brightmail\"} }",
	    "\"brightmail\" is none of" },
	{ "trust \"a\" { dialect = {\"EXIM\"} }", "did you mean" },
	{ "trust \"a\" { dialect = {} }", "names no dialect" },
	{ "trust \"a\" { received-by = {\"b\", \"c d\"} }", "\"c d\"" },
	{ "trust \"a\" { stripped = perhaps }", "stripped" },
};

START_TEST(the_section_is_checked)
{
	struct mk_binding bindings[] = {
		{ .section = &mk_trust_section }, { .section = NULL }
	};
	char file[PATH_MAX], text[1000];
	struct mk_error err = { 0 };
	int rv;

	scratch_setup();
	snprintf(text, sizeof text, "spamscan {\n%s\n}\n", confs[_i].text);
	put("conf", text);
	snprintf(file, sizeof file, "%s/conf", scratch);
	rv = mk_config_load(file, NULL, 0, bindings, NULL, &err);
	if (confs[_i].error == NULL) {
		ck_assert_msg(rv == 0, "%s", err.text);
	} else {
		ck_assert_int_eq(rv, -1);
		ck_assert_int_eq(err.status, EX_CONFIG);
		ck_assert_msg(strstr(err.text, confs[_i].error) != NULL,
		    "%s", err.text);
	}
	mk_config_free(bindings);
	scratch_teardown();
}
END_TEST

START_TEST(defaults_believe_no_more_than_is_proved)
{
	struct mk_binding bindings[] = {
		{ .section = &mk_trust_section }, { .section = NULL }
	};
	const struct mk_trust *rule;
	char file[PATH_MAX];
	struct mk_error err;

	scratch_setup();
	put("conf", "spamscan { trust \"a.b\" { } trust \"c\" { "
	    "dialect = {\"rspamd\"} received-by = {\"d\", \"e\"} "
	    "stripped = yes } }\n");
	snprintf(file, sizeof file, "%s/conf", scratch);
	ck_assert_msg(mk_config_load(file, NULL, 0, bindings, NULL,
	    &err) == 0, "%s", err.text);
	ck_assert_uint_eq(bindings[0].n, 2);
	rule = bindings[0].array;
	ck_assert_str_eq(rule[0].host, "a.b");
	ck_assert_uint_eq(rule[0].dialect.n, MK_DIALECTS);
	ck_assert_str_eq(rule[0].dialect.v[0], "spamassassin");
	ck_assert_str_eq(rule[0].dialect.v[3], "rspamd");
	ck_assert_uint_eq(rule[0].received_by.n, 0);
	ck_assert(!rule[0].stripped);
	ck_assert_str_eq(rule[1].host, "c");
	ck_assert_uint_eq(rule[1].dialect.n, 1);
	ck_assert_str_eq(rule[1].received_by.v[1], "e");
	ck_assert(rule[1].stripped);
	mk_config_free(bindings);
	scratch_teardown();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("trust");
	TCase *tc = tcase_create("trust");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_score_is_proved_or_none, 0, COUNT(headers));
	tcase_add_loop_test(tc, a_sender_changes_nothing, 0, 7);
	tcase_add_test(tc, the_first_rule_that_proves_wins);
	tcase_add_test(tc, nuls_and_high_bytes_are_no_score);
	tcase_add_loop_test(tc, cut_headers_are_no_trouble, 0, COUNT(headers));
	tcase_add_test(tc, many_lines_are_no_trouble);
	tcase_add_loop_test(tc, each_line_is_explained, 0, COUNT(explained));
	tcase_add_test(tc, the_host_that_is_wanting_is_told);
	tcase_add_loop_test(tc, strangers_mail_is_not_believed, 0, 2);
	tcase_add_loop_test(tc, the_section_is_checked, 0, COUNT(confs));
	tcase_add_test(tc, defaults_believe_no_more_than_is_proved);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
