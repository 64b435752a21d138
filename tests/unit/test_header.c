/* mail/header: where a header ends, its fields, its fingerprint. */
#include <string.h>

#include "mail/header.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define TEXT(literal)	literal, sizeof (literal) - 1
#define LONG		((size_t)1 << 20)

/* -- Where it ends -------------------------------------------------------- */

static const struct {
	const char *text;
	size_t len, header;
	bool ended;
} ends[] = {
	{ TEXT(""),				0, false },
	{ TEXT("\n"),				0, true },
	{ TEXT("\r\n"),				0, true },
	{ TEXT("\nA: b\n\n"),			0, true },
	{ TEXT("\r\nA: b\r\n\r\n"),		0, true },
	{ TEXT("A: b\n\nbody"),			5, true },
	{ TEXT("A: b\r\n\r\nbody"),		6, true },
	{ TEXT("A: b\n\n"),			5, true },
	{ TEXT("A: b\r\n\r\n"),			6, true },
	{ TEXT("A: b\nC: d\r\nE: f\n\n"),	16, true },
	{ TEXT("A: b\nC: d\n\nE: f\n\n"),	10, true },
	/* cut anywhere */
	{ TEXT("A"),				1, false },
	{ TEXT("A: b"),				4, false },
	{ TEXT("A: b\r"),			5, false },
	{ TEXT("A: b\r\n"),			6, false },
	{ TEXT("A: b\r\n\r"),			6, true },
	{ TEXT("A: b\n"),			5, false },
	{ TEXT("A: b\nC"),			6, false },
	/* what only looks empty */
	{ TEXT("A: b\n \nC: d\n\n"),		12, true },
	{ TEXT("A: b\r\n \r\nC: d\r\n\r\n"),	15, true },
	{ TEXT("A: b\n\t\nC: d\n\n"),		12, true },
	{ TEXT(" \n\n"),			2, true },
	{ TEXT("A: b\n\0\nC: d\n\n"),		12, true },
	/* a line that is no field does not end it */
	{ TEXT("From a@b Mon\nA: b\n\n"),	18, true },
	{ TEXT("A: b\nHello you\nC: d\n\n"),	20, true },
	{ TEXT("\0\xff: \0\n\n"),		6, true },
	/* single CRs */
	{ TEXT("A: b\rC: d\n\n"),		10, true },
	{ TEXT("\r"),				0, true },
	{ TEXT("\rA: b\n\n"),			0, true },
	{ TEXT("\r\rA: b\n\n"),			0, true },
	{ TEXT("A: b\n\rC: d\n\n"),		5, true },
	{ TEXT("A: b\n\r\nC: d\n\n"),		5, true },
	{ TEXT("A: b\n\r\r\nC: d\n\n"),		5, true },
	{ TEXT("A: b\r\n\nC: d\n\n"),		6, true },
	{ TEXT("A: b\r\n\rC: d\n\n"),		6, true },
	{ TEXT("A: b\r\r\nC: d\r\n\r\n"),	5, true },
	{ TEXT("A: b\nC: d\r\rE: f\n\n"),	10, true },
	{ TEXT("A: b\r\r"),			5, true },
	{ TEXT("A: b\r \rC: d\n\n"),		12, true },
};

START_TEST(a_header_ends_at_the_empty_line)
{
	bool ended = !ends[_i].ended;

	ck_assert_uint_eq(mk_header_length(ends[_i].text, ends[_i].len,
	    &ended), ends[_i].header);
	ck_assert_int_eq(ended, ends[_i].ended);
	ck_assert_uint_eq(mk_header_length(ends[_i].text, ends[_i].len, NULL),
	    ends[_i].header);
}
END_TEST

/* With more of the text a header never ends sooner, and once met stays. */
START_TEST(a_cut_text_promises_no_more)
{
	size_t n, len, last = 0;
	bool ended = false, was = false;

	for (n = 0; n <= ends[_i].len; n++) {
		len = mk_header_length(ends[_i].text, n, &ended);
		if (was) {
			ck_assert(ended);
			ck_assert_uint_eq(len, last);
		} else
			ck_assert_uint_eq(len, ended ? ends[_i].header : n);
		last = len;
		was = ended;
	}
}
END_TEST

START_TEST(no_text_has_no_header)
{
	struct mk_field field;
	bool ended = true;
	size_t at = 0;

	ck_assert_uint_eq(mk_header_length(NULL, 0, &ended), 0);
	ck_assert(!ended);
	ck_assert_int_eq(mk_header_next(NULL, 0, &at, &field), 0);
	ck_assert_uint_eq(mk_header_fingerprint(NULL, 0),
	    mk_header_fingerprint("", 0));
}
END_TEST

/* -- Fields --------------------------------------------------------------- */

static const struct {
	const char *text;
	size_t len;
	const char *want;		/* "name=value|", NULs as "0" */
} fields[] = {
	{ TEXT(""),				"" },
	{ TEXT("A: b\nC:d\n"),			"A= b|C=d|" },
	{ TEXT("A: b\r\nC:d\r\n"),		"A= b|C=d|" },
	{ TEXT("A: b\nC:d\r\nE:\n"),		"A= b|C=d|E=|" },
	{ TEXT("A:\r\nB:\n"),			"A=|B=|" },
	/* cut */
	{ TEXT("A"),				"" },
	{ TEXT("A:"),				"A=|" },
	{ TEXT("A: b"),				"A= b|" },
	{ TEXT("A: b\r"),			"A= b|" },
	{ TEXT("A:\r"),				"A=|" },
	/* folded */
	{ TEXT("A: b\n c\n\td\nE: f\n"),	"A= b\n c\n\td|E= f|" },
	{ TEXT("A: b\r\n\tc\r\nE: f\r\n"),	"A= b\r\n\tc|E= f|" },
	{ TEXT("A: b\n \n c\n \nE: f\n"),	"A= b\n \n c\n |E= f|" },
	{ TEXT("A:\n b\n"),			"A=\n b|" },
	{ TEXT("A: b\n c"),			"A= b\n c|" },
	{ TEXT("A: b\n "),			"A= b\n |" },
	/* a continuation of nothing, or of no field */
	{ TEXT(" A: b\nC: d\n"),		"C= d|" },
	{ TEXT("\tA: b\nC: d\n"),		"C= d|" },
	{ TEXT("none\n A: b\nC: d\n"),		"C= d|" },
	/* no fields */
	{ TEXT("From a@b Mon Jan  1 00:00:00 2024\nA: b\n"), "A= b|" },
	{ TEXT(">From a@b 00:00:00\nA: b\n"),	"A= b|" },
	{ TEXT("A: b\nno colon\nC: d\n"),	"A= b|C= d|" },
	{ TEXT("A: b\nnocolon\nC: d\n"),	"A= b|C= d|" },
	{ TEXT("A b: c\nD: e\n"),		"D= e|" },
	{ TEXT(": a\n : b\nC: d\n"),		"C= d|" },
	{ TEXT("A\n: b\nC: d\n"),		"C= d|" },
	{ TEXT("A \n : b\nC: d\n"),		"C= d|" },
	{ TEXT("A\0: b\nC: d\n"),		"C= d|" },
	{ TEXT("\0: b\nC: d\n"),		"C= d|" },
	{ TEXT("\xc3\x84: b\nC: d\n"),		"C= d|" },
	{ TEXT("A\x7f: b\nC: d\n"),		"C= d|" },
	{ TEXT("A\r: b\nC: d\n"),		"C= d|" },
	{ TEXT("A\rB: b\nC: d\n"),		"C= d|" },
	/* fields in spite of it */
	{ TEXT("From : a\n"),			"From= a|" },
	{ TEXT("From:a@b\n"),			"From=a@b|" },
	{ TEXT("Subject : x\n"),		"Subject= x|" },
	{ TEXT("Subject \t :\tx\n"),		"Subject=\tx|" },
	{ TEXT("A::b\n"),			"A=:b|" },
	{ TEXT("!~: b\n"),			"!~= b|" },
	{ TEXT("X-Spam_score: 1\n"),		"X-Spam_score= 1|" },
	{ TEXT("A: b\0c\0\nC: d\n"),		"A= b0c0|C= d|" },
	{ TEXT("A: \xff\n"),			"A= \xff|" },
	{ TEXT("A: b\rC: d\n"),			"A= b\rC: d|" },
	{ TEXT("A: b\r\r"),			"A= b\r|" },
};

START_TEST(fields_are_taken_apart)
{
	struct mk_buf got = { 0 };
	struct mk_field field;
	size_t at = 0, last = 0, i;

	ck_assert_int_eq(mk_buf_reserve(&got, 1), 0);
	while (mk_header_next(fields[_i].text, fields[_i].len, &at,
	    &field) == 1) {
		ck_assert_uint_gt(at, last);
		ck_assert_uint_le(at, fields[_i].len);
		last = at;
		ck_assert_int_eq(mk_buf_add(&got, field.name, field.name_len),
		    0);
		ck_assert_int_eq(mk_buf_add(&got, "=", 1), 0);
		ck_assert_int_eq(mk_buf_add(&got, field.value,
		    field.value_len), 0);
		ck_assert_int_eq(mk_buf_add(&got, "|", 1), 0);
	}
	ck_assert_uint_eq(at, fields[_i].len);
	ck_assert_int_eq(mk_header_next(fields[_i].text, fields[_i].len, &at,
	    &field), 0);
	for (i = 0; i < got.len; i++)
		if (got.data[i] == '\0')
			got.data[i] = '0';
	ck_assert_str_eq(got.data, fields[_i].want);
	mk_buf_free(&got);
}
END_TEST

static const struct {
	const char *text, *name;
	bool is;
} names[] = {
	{ "Subject: x",		"Subject",	true },
	{ "sUBJECT: x",		"Subject",	true },
	{ "SUBJECT : x",	"subject",	true },
	{ "X-Spam_score: x",	"x-spam_Score",	true },
	{ "X-Spam_score: x",	"X-Spam-Score",	false },
	{ "Subject: x",		"Subjec",	false },
	{ "Subject: x",		"Subjects",	false },
	{ "Subject: x",		"",		false },
	{ "A@: x",		"a`",		false },	/* 0x20 apart */
	{ "A[: x",		"a{",		false },
	{ "Z: x",		"z",		true },
};

START_TEST(names_have_no_case)
{
	struct mk_field field;
	size_t at = 0;

	ck_assert_int_eq(mk_header_next(names[_i].text, strlen(names[_i].text),
	    &at, &field), 1);
	ck_assert_int_eq(mk_field_is(&field, names[_i].name), names[_i].is);
}
END_TEST

static const struct {
	const char *value;
	size_t len;
	const char *line;
} values[] = {
	{ TEXT(""),			"" },
	{ TEXT(" "),			"" },
	{ TEXT(" \r\n \n\t\r\0"),	"" },
	{ TEXT("a"),			"a" },
	{ TEXT(" a b "),		"a b" },
	{ TEXT(" a  b\tc"),		"a  b\tc" },
	{ TEXT(" a\n b"),		"a b" },
	{ TEXT(" a\n\tb"),		"a b" },
	{ TEXT(" a \t\r\n \t b"),	"a b" },
	{ TEXT(" a\n \n \n b\n "),	"a b" },
	{ TEXT("\n a"),			"a" },
	{ TEXT("a\rb"),			"a b" },
	{ TEXT("a\r"),			"a" },
	{ TEXT("\0a\0\0b\0"),		"a  b" },
	{ TEXT("a\0\n\0b"),		"a b" },
	{ TEXT("\xff\x01\n \x1b"),	"\xff\x01 \x1b" },
	{ TEXT("a\nb"),			"a b" },
};

START_TEST(values_unfold_to_one_line)
{
	struct mk_field field = { "A", 1, values[_i].value, values[_i].len };
	struct mk_buf out = { 0 };

	ck_assert_int_eq(mk_buf_addf(&out, "%200s", "what was there"), 0);
	ck_assert_int_eq(mk_field_unfold(&field, &out), 0);
	ck_assert_str_eq(out.data, values[_i].line);
	ck_assert_uint_eq(out.len, strlen(values[_i].line));
	mk_buf_free(&out);
	ck_assert_int_eq(mk_field_unfold(&field, &out), 0);
	ck_assert_str_eq(out.data, values[_i].line);
	mk_buf_free(&out);
}
END_TEST

/* Each in a time that grows with its length alone. */
static const struct {
	const char *begin, *repeat;
} long_ones[] = {
	{ "A: ",	"x" },			/* one line */
	{ "",		"x" },			/* that is no field */
	{ "",		" " },
	{ "A",		" " },
	{ "A:",		"\n " },
	{ "A:",		"\r\n\t" },
	{ "A:",		"\r " },
	{ "A:",		"\0 " },
	{ "",		"x\n" },
	{ "",		"x\r\n" },
	{ "",		"A:\n" },
};

START_TEST(long_headers_are_read)
{
	const char *repeat = long_ones[_i].repeat;
	size_t step = repeat[0] == '\0' ? 2 : strlen(repeat), at = 0, n = 0;
	struct mk_buf text = { 0 }, out = { 0 };
	struct mk_field field = { 0 };
	bool ended;

	ck_assert_int_eq(mk_buf_add(&text, long_ones[_i].begin,
	    strlen(long_ones[_i].begin)), 0);
	while (text.len < LONG)
		ck_assert_int_eq(mk_buf_add(&text, repeat, step), 0);
	ck_assert_uint_eq(mk_header_length(text.data, text.len, &ended),
	    text.len);
	ck_assert(!ended);
	while (mk_header_next(text.data, text.len, &at, &field) == 1) {
		n++;
		if (n == 1)
			ck_assert_int_eq(mk_field_unfold(&field, &out), 0);
	}
	ck_assert_uint_eq(n, strchr(repeat, ':') != NULL ? LONG / 3 + 1 :
	    strchr(long_ones[_i].begin, ':') != NULL ? 1 : 0);
	mk_buf_free(&text);
	mk_buf_free(&out);
}
END_TEST

/* -- Any bytes ------------------------------------------------------------ */

/* The same, by its definition and byte after byte. */
static size_t
slow_length(const char *text, size_t len, bool *ended)
{
	size_t i;

	*ended = len > 0 && strchr("\r\n", text[0]) != NULL && text[0] != '\0';
	for (i = 0; !*ended && i < len; i++)
		*ended = i + 1 < len && ((text[i] == '\n' &&
		    (text[i + 1] == '\n' || text[i + 1] == '\r')) ||
		    (text[i] == '\r' && text[i + 1] == '\r'));
	return i;
}

/* All texts of up to eight of the bytes that matter. */
START_TEST(all_short_texts_are_taken_alike)
{
	static const char bytes[] = { '\r', '\n', ':', ' ', 'A' };
	char text[8];
	struct mk_field field;
	size_t len, i, n, at;
	unsigned long all = 1, code, rest;
	bool ended, slow;

	for (len = 0; len <= sizeof text; len++, all *= sizeof bytes)
		for (code = 0; code < all; code++) {
			for (i = 0, rest = code; i < len; i++) {
				text[i] = bytes[rest % sizeof bytes];
				rest /= sizeof bytes;
			}
			n = mk_header_length(text, len, &ended);
			if (n != slow_length(text, len, &slow) ||
			    ended != slow)
				ck_abort_msg("%.*s", (int)len, text);
			for (at = 0; mk_header_next(text, n, &at,
			    &field) == 1;)
				if (field.name_len == 0 ||
				    field.value + field.value_len > text + at)
					ck_abort_msg("%.*s", (int)len, text);
		}
}
END_TEST

/* -- The fingerprint ------------------------------------------------------ */

/* Made by another implementation, that has the paper's vectors right. */
static const struct {
	const char *text;
	size_t len;
	uint64_t print;
} prints[] = {
	{ TEXT(""),		UINT64_C(0x726fdb47dd0e0e31) },
	{ TEXT("\r"),		UINT64_C(0x726fdb47dd0e0e31) },
	{ TEXT("a"),		UINT64_C(0x2ba3e8e9a71148ca) },
	{ TEXT("1234567"),	UINT64_C(0x6ef942de1d1a4d4b) },
	{ TEXT("12345678"),	UINT64_C(0x02130609caea37eb) },
	{ TEXT("\xff\xff\xff\xff\xff\xff\xff\xff"),
				UINT64_C(0x2a68ff30a3d9da34) },
	{ TEXT("\0\0\0\0\0\0\0\0"),
				UINT64_C(0x39d3851ca07681a7) },
	{ TEXT("\0\0\0\0\0\0\0\0\0"),
				UINT64_C(0x4876b84f02298863) },
	{ TEXT("Subject: x\n"),	UINT64_C(0xa675962361826cd3) },
	{ TEXT("Subject: x\r\n"),
				UINT64_C(0xa675962361826cd3) },
	{ TEXT("A: b\nC: d\n"),	UINT64_C(0xb4d6a43b4790bd98) },
	{ TEXT("A: b\r\nC: d\r\n"),
				UINT64_C(0xb4d6a43b4790bd98) },
	{ TEXT("\r\rA: b\nC\r: d\n\r"),
				UINT64_C(0xb4d6a43b4790bd98) },
};

START_TEST(fingerprints_are_the_same_for_ever)
{
	ck_assert_uint_eq(mk_header_fingerprint(prints[_i].text,
	    prints[_i].len), prints[_i].print);
}
END_TEST

START_TEST(a_long_header_has_its_fingerprint)
{
	char text[4097];		/* at all alignments */
	size_t i;

	for (i = 0; i < 2; i++) {
		memset(text + i, 'x', 4096);
		ck_assert_uint_eq(mk_header_fingerprint(text + i, 4096),
		    UINT64_C(0x46c1db3e58abecd7));
	}
}
END_TEST

static int
popcount(uint64_t x)
{
	int n = 0;

	for (; x != 0; x &= x - 1)
		n++;
	return n;
}

/* Each bit of a header changes about half of the fingerprint. */
START_TEST(each_bit_of_it_counts)
{
	char text[] = "Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000";
	uint64_t was = mk_header_fingerprint(text, sizeof text - 1);
	size_t i, n = 0;
	int bit, changed, sum = 0;

	for (i = 0; i < sizeof text - 1; i++)
		for (bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ 1 << bit);
			if (text[i] != '\r') {
				changed = popcount(was ^ mk_header_fingerprint(
				    text, sizeof text - 1));
				ck_assert_int_ge(changed, 12);
				sum += changed;
				n++;
			}
			text[i] = (char)(text[i] ^ 1 << bit);
		}
	ck_assert_int_ge(sum / (int)n, 31);
	ck_assert_int_le(sum / (int)n, 33);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/header");
	TCase *tc = tcase_create("header");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_header_ends_at_the_empty_line, 0,
	    COUNT(ends));
	tcase_add_loop_test(tc, a_cut_text_promises_no_more, 0, COUNT(ends));
	tcase_add_test(tc, no_text_has_no_header);
	tcase_add_loop_test(tc, fields_are_taken_apart, 0, COUNT(fields));
	tcase_add_loop_test(tc, names_have_no_case, 0, COUNT(names));
	tcase_add_loop_test(tc, values_unfold_to_one_line, 0, COUNT(values));
	tcase_add_loop_test(tc, long_headers_are_read, 0, COUNT(long_ones));
	tcase_add_test(tc, all_short_texts_are_taken_alike);
	tcase_add_loop_test(tc, fingerprints_are_the_same_for_ever, 0,
	    COUNT(prints));
	tcase_add_test(tc, a_long_header_has_its_fingerprint);
	tcase_add_test(tc, each_bit_of_it_counts);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
