/* mail/source: messages are read plain and packed, and no more than asked. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif
#include <sys/resource.h>

#include <lz4.h>

#include "dovecot_packed.h"
#include "mail/header.h"
#include "mail/source.h"
#include "pack.h"

#define TEXT(literal)	literal, sizeof (literal) - 1
#define PACKINGS	6		/* MK_PLAIN to MK_LZ4 */
#define LZ4_CHUNK	((size_t)64 << 10)

static struct mk_error err;
static struct mk_source *source;
static int fd = -1;
static const char *text;
static size_t len;

static void
setup(void)
{
	scratch_setup();
	err = (struct mk_error){ 0 };
	source = mk_source_new(&err);
	ck_assert_ptr_nonnull(source);
}

static void
teardown(void)
{
	mk_source_free(source);
	if (fd != -1)
		close(fd);
	scratch_teardown();
}

/* -- Messages ------------------------------------------------------------- */

static void
add_number(struct mk_buf *out, size_t n)
{
	unsigned char p[4] = {
		(unsigned char)(n >> 24), (unsigned char)(n >> 16),
		(unsigned char)(n >> 8), (unsigned char)n
	};

	ck_assert_int_eq(mk_buf_add(out, p, sizeof p), 0);
}

static void
start_lz4(struct mk_buf *out, size_t chunk)
{
	ck_assert_int_eq(mk_buf_add(out,
	    TEXT("Dovecot-LZ4\x0d\x2a\x9b\xc5")), 0);
	add_number(out, chunk);
}

/* DATA as Dovecot's ostream-lz4 has it, by chunks of CHUNK. */
static void
pack_lz4(const char *data, size_t n, size_t chunk, struct mk_buf *out)
{
	static char packed[LZ4_COMPRESSBOUND(1 << 20)];
	size_t part;
	int got;

	start_lz4(out, chunk);
	for (; n > 0; n -= part, data += part) {
		part = n < chunk ? n : chunk;
		got = LZ4_compress_default(data, packed, (int)part,
		    sizeof packed);
		ck_assert_int_gt(got, 0);
		add_number(out, (size_t)got);
		ck_assert_int_eq(mk_buf_add(out, packed, (size_t)got), 0);
	}
}

/* DATA in one of the PACKINGS. */
static struct mk_buf
packed_as(int packing, const struct mk_buf *data)
{
	struct mk_buf out = { 0 };

	if (packing == MK_PLAIN)
		ck_assert_int_eq(mk_buf_add(&out, data->data, data->len), 0);
	else if (packing == MK_LZ4)
		pack_lz4(data->data, data->len, LZ4_CHUNK, &out);
	else
		pack(packing - MK_GZIP, data->data, data->len, &out);
	return out;
}

static int
open_bytes(const void *data, size_t n)
{
	if (fd != -1)
		close(fd);
	put_bytes("m", data, n);
	fd = openat(root, "m", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ne(fd, -1);
	err = (struct mk_error){ 0 };
	return mk_source_open(source, fd, &err);
}

static int
header(void)
{
	return mk_source_header(source, &text, &len, &err);
}

static int
whole(size_t max)
{
	return mk_source_text(source, max, &text, &len, &err);
}

static void
is_text(const void *want, size_t n)
{
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(len, n);
	ck_assert_int_eq(memcmp(text, want, n), 0);
}

static void
fails(int rv, int status)
{
	ck_assert_int_eq(rv, -1);
	ck_assert_int_eq(err.status, status);
	ck_assert_str_ne(err.text, "");
}

/* A message with a header of exactly HEADER_BYTES (11 or more). */
static struct mk_buf
message(size_t header_bytes, size_t body_bytes)
{
	struct mk_buf buf = { 0 }, body = text_of(body_bytes);
	struct mk_buf lines = text_of(header_bytes - 9);

	ck_assert_int_eq(mk_buf_addf(&buf, "Subject: "), 0);
	ck_assert_int_eq(mk_buf_add(&buf, lines.data, lines.len), 0);
	buf.data[buf.len - 2] = 'x';	/* and no empty line */
	buf.data[buf.len - 1] = '\n';
	if (body_bytes != 0) {
		ck_assert_int_eq(mk_buf_add(&buf, "\n", 1), 0);
		ck_assert_int_eq(mk_buf_add(&buf, body.data, body.len), 0);
	}
	mk_buf_free(&body);
	mk_buf_free(&lines);
	return buf;
}

/* -- What Dovecot wrote --------------------------------------------------- */

static const struct {
	enum mk_packing packing;
	const char *name;
	const unsigned char *data;
	size_t len;
	bool has_sum;
} dovecot[] = {
	{ MK_GZIP, "gzip", dovecot_gz, sizeof dovecot_gz, true },
	{ MK_BZIP2, "bzip2", dovecot_bz2, sizeof dovecot_bz2, true },
	{ MK_ZSTD, "zstd", dovecot_zstd, sizeof dovecot_zstd, false },
	{ MK_LZ4, "lz4", dovecot_lz4, sizeof dovecot_lz4, false },
};

START_TEST(dovecot_files_are_read)
{
	ck_assert_int_eq(open_bytes(dovecot[_i].data, dovecot[_i].len), 0);
	ck_assert_int_eq(mk_source_packing(source), dovecot[_i].packing);
	ck_assert_str_eq(mk_packing_name(mk_source_packing(source)),
	    dovecot[_i].name);
	ck_assert_msg(header() == 0, "%s", err.text);
	is_text(TEXT(DOVECOT_HEADER));
	ck_assert_msg(whole(10000) == 0, "%s", err.text);
	is_text(TEXT(DOVECOT_TEXT));
	ck_assert_int_eq(header(), 0);
	is_text(TEXT(DOVECOT_HEADER));
}
END_TEST

START_TEST(encrypted_ones_are_told)
{
	ck_assert_int_eq(open_bytes(dovecot_crypt, sizeof dovecot_crypt), 0);
	ck_assert_int_eq(mk_source_packing(source), MK_ENCRYPTED);
	ck_assert_str_eq(mk_packing_name(MK_ENCRYPTED), "mail_crypt");
	fails(header(), EX_DATAERR);
	fails(whole(10000), EX_DATAERR);
}
END_TEST

/* -- Plain ones ----------------------------------------------------------- */

static const struct {
	const char *data;
	size_t len, header;
} plain[] = {
	{ TEXT(""),				0 },
	{ TEXT("\n"),				0 },
	{ TEXT("\nbody"),			0 },
	{ TEXT("A: b"),				4 },
	{ TEXT("A: b\n"),			5 },
	{ TEXT("A: b\n\n"),			5 },
	{ TEXT("A: b\r\n\r\nbody"),		6 },
	{ TEXT("A: b\r\n\r"),			6 },
	{ TEXT("no field"),			8 },
	{ TEXT("\0\n\nbody"),			2 },
	/* what begins as something packed does */
	{ TEXT("B"),				1 },
	{ TEXT("BZh"),				3 },
	{ TEXT("BZh: b\n\n"),			7 },
	{ TEXT("BZh9: b, and more\n\n"),	18 },
	{ TEXT("BZh91AY&S: b\n\n"),		13 },
	{ TEXT("BZh01AY&SY: b\n\n"),		14 },
	{ TEXT("BZhx1AY&SY: b\n\n"),		14 },
	{ TEXT("\x1f\x8b"),			2 },
	{ TEXT("\x1f\x8b: b\n\n"),		6 },
	{ TEXT("\xfd" "7zXZ"),			5 },
	{ TEXT("\xfd" "7zXZ: b\n\n"),		9 },
	{ TEXT("\x28\xb5\x2f: b\n\n"),		7 },
	{ TEXT("\x50\x2a\x4d\x18: b\n\n"),	8 },
	{ TEXT("Dovecot-LZ4: b\n\n"),		15 },
	{ TEXT("Dovecot-LZ4\x0d\x2a\x9b"),	14 },
	{ TEXT("CRYPTED: b\n\n"),		11 },
	{ TEXT("CRYPTED\x03"),			8 },
};

START_TEST(plain_ones_are_read)
{
	ck_assert_int_eq(open_bytes(plain[_i].data, plain[_i].len), 0);
	ck_assert_int_eq(mk_source_packing(source), MK_PLAIN);
	ck_assert_str_eq(mk_packing_name(MK_PLAIN), "none");
	ck_assert_int_eq(header(), 0);
	is_text(plain[_i].data, plain[_i].header);
	ck_assert_int_eq(whole(plain[_i].len), 0);
	is_text(plain[_i].data, plain[_i].len);
	if (plain[_i].len > 0) {
		ck_assert_int_eq(whole(plain[_i].len - 1), 1);
		ck_assert_ptr_null(text);
	}
}
END_TEST

/* -- All packings --------------------------------------------------------- */

static const size_t lengths[] = {
	11, 4093, 4094, 4095, 4096, 4097, 8190, 8191, 8192, 8193, 16384, 70000,
	MK_HEADER_LIMIT - 2, MK_HEADER_LIMIT - 1, MK_HEADER_LIMIT,
	MK_HEADER_LIMIT + 1, 600000
};
static const size_t bodies[] = { 0, 1, 10000 };

/* A header of the limit's size has its empty line beyond; or the file's end. */
static void
one_of_all(int packing, size_t header_bytes, size_t body_bytes)
{
	struct mk_buf data = message(header_bytes, body_bytes);
	struct mk_buf file = packed_as(packing, &data);
	bool fits = header_bytes < MK_HEADER_LIMIT ||
	    (header_bytes == MK_HEADER_LIMIT && body_bytes == 0);

	ck_assert_int_eq(open_bytes(file.data, file.len), 0);
	ck_assert_int_eq(mk_source_packing(source), packing);
	ck_assert_msg(header() == !fits, "%d %zu %zu: %s", packing,
	    header_bytes, body_bytes, err.text);
	is_text(data.data, fits ? header_bytes : MK_HEADER_LIMIT);
	ck_assert_int_eq(whole(data.len - 1), 1);
	ck_assert_ptr_null(text);
	ck_assert_msg(whole(data.len) == 0, "%s", err.text);
	is_text(data.data, data.len);
	ck_assert_int_eq(header(), !fits);
	is_text(data.data, fits ? header_bytes : MK_HEADER_LIMIT);

	/* and without the header first */
	ck_assert_int_eq(open_bytes(file.data, file.len), 0);
	ck_assert_int_eq(whole(SIZE_MAX), 0);
	is_text(data.data, data.len);
	mk_buf_free(&data);
	mk_buf_free(&file);
}

START_TEST(headers_and_texts_of_all_lengths_are_read)
{
	size_t i, j;

	for (i = 0; i < (size_t)COUNT(lengths); i++)
		for (j = 0; j < (size_t)COUNT(bodies); j++)
			one_of_all(_i, lengths[i], bodies[j]);
}
END_TEST

/* One source for all, the long ones before the short ones. */
START_TEST(nothing_of_the_last_one_is_left)
{
	struct mk_buf data, file;
	int packing, round;

	for (round = 0; round < 3; round++)
		for (packing = 0; packing < PACKINGS; packing++) {
			data = message(round == 1 ? 30 : 20000, 100);
			file = packed_as(packing, &data);
			ck_assert_int_eq(open_bytes(file.data, file.len), 0);
			ck_assert_int_eq(header(), 0);
			is_text(data.data, round == 1 ? 30 : 20000);
			mk_buf_free(&data);
			mk_buf_free(&file);
			ck_assert_int_eq(open_bytes("A: b", 4), 0);
			ck_assert_int_eq(whole(10), 0);
			is_text("A: b", 4);
			/* and one that nothing is asked of */
			ck_assert_int_eq(open_bytes(dovecot_lz4,
			    sizeof dovecot_lz4), 0);
		}
}
END_TEST

START_TEST(empty_ones_have_an_empty_header)
{
	struct mk_buf nothing = { 0 }, file = packed_as(_i, &nothing);

	ck_assert_int_eq(open_bytes(file.data, file.len), 0);
	ck_assert_int_eq(mk_source_packing(source), _i);
	ck_assert_msg(header() == 0, "%s", err.text);
	is_text("", 0);
	ck_assert_int_eq(whole(0), 0);
	is_text("", 0);
	mk_buf_free(&file);
}
END_TEST

/* -- No more than that takes ---------------------------------------------- */

START_TEST(the_header_takes_one_read)
{
	struct mk_buf data = message(3000, 1000000);
	const char *first;
	int i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(open_bytes(data.data, data.len), 0);
		ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 4096);
		ck_assert_int_eq(header(), 0);
		is_text(data.data, 3000);
		ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 4096);
		if (i == 0)
			first = text;
		ck_assert_ptr_eq(text, first);	/* one memory for all */
	}
	mk_buf_free(&data);
}
END_TEST

/* The most that may be read for a header of 3000 bytes: some have blocks. */
static const off_t most_read[PACKINGS] = {
	[MK_PLAIN] = 4096, [MK_GZIP] = 4096, [MK_BZIP2] = 200000,
	[MK_XZ] = 100000, [MK_ZSTD] = 200000, [MK_LZ4] = 66000
};

START_TEST(the_body_of_packed_ones_is_left)
{
	struct mk_buf data = message(3000, 2000000), file;

	file = packed_as(_i, &data);
	ck_assert_uint_gt(file.len, 500000);
	ck_assert_int_eq(open_bytes(file.data, file.len), 0);
	ck_assert_int_eq(header(), 0);
	ck_assert_int_le(lseek(fd, 0, SEEK_CUR), most_read[_i]);
	/* So what is behind may be damaged. */
	memset(file.data + file.len / 2, 'x', 1000);
	ck_assert_int_eq(open_bytes(file.data, file.len), 0);
	ck_assert_int_eq(header(), 0);
	is_text(data.data, 3000);
	if (_i >= MK_GZIP && _i <= MK_XZ)	/* the others have no sum */
		fails(whole(data.len), EX_DATAERR);
	mk_buf_free(&data);
	mk_buf_free(&file);
}
END_TEST

static long
most_memory_kb(void)
{
	struct rusage usage;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* 1 GiB of zeros, 1 MiB at a time. */
START_TEST(bombs_do_not_go_off)
{
	struct mk_buf zeros = { 0 }, bit, file = { 0 };
	long before;
	size_t i, at;

	ck_assert_int_eq(mk_buf_reserve(&zeros, (size_t)1 << 20), 0);
	zeros.len = (size_t)1 << 20;
	memset(zeros.data, 0, zeros.len);
	bit = packed_as(_i, &zeros);
	at = _i == MK_LZ4 ? 19 : 0;	/* one magic for all */
	ck_assert_int_eq(mk_buf_add(&file, bit.data, at), 0);
	for (i = 0; i < 1024; i++)
		ck_assert_int_eq(mk_buf_add(&file, bit.data + at,
		    bit.len - at), 0);
	before = most_memory_kb();
	ck_assert_int_eq(open_bytes(file.data, file.len), 0);
	ck_assert_int_eq(header(), 1);
	ck_assert_uint_eq(len, MK_HEADER_LIMIT);
	ck_assert_int_eq(whole((size_t)3 << 20), 1);
	ck_assert_int_lt(most_memory_kb() - before, 64L << 10);
	mk_buf_free(&zeros);
	mk_buf_free(&bit);
	mk_buf_free(&file);
}
END_TEST

/* What unpacks byte by byte must not be looked through again for each. */
START_TEST(crumbs_are_read_in_time)
{
	static const char chunk[] = "\0\0\0\2\x10x";	/* one byte, plain */
	static const char end[] = "\0\0\0\2\x10\n";
	struct mk_buf file = { 0 };
	size_t i;

	start_lz4(&file, LZ4_CHUNK);
	for (i = 0; i < MK_HEADER_LIMIT - 2; i++)
		ck_assert_int_eq(mk_buf_add(&file, chunk, 6), 0);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(mk_buf_add(&file, end, 6), 0);
	ck_assert_int_eq(open_bytes(file.data, file.len), 0);
	ck_assert_int_eq(header(), 0);
	ck_assert_uint_eq(len, MK_HEADER_LIMIT - 1);
	mk_buf_free(&file);
}
END_TEST

/* -- Damage --------------------------------------------------------------- */

/* Cut anywhere behind its magic: the header whole, or none. */
START_TEST(those_cut_short_are_damaged)
{
	static const size_t magic[] = { 3, 10, 4, 15 };
	size_t n;
	int rv;

	for (n = magic[_i]; n < dovecot[_i].len; n++) {
		/* Dovecot's frame of LZ4 has no end: this is an empty one. */
		if (dovecot[_i].packing == MK_LZ4 && n == 19)
			continue;
		ck_assert_int_eq(open_bytes(dovecot[_i].data, n), 0);
		rv = header();
		if (rv == 0)
			is_text(TEXT(DOVECOT_HEADER));
		else
			fails(rv, EX_DATAERR);
		fails(whole(10000), EX_DATAERR);
	}
}
END_TEST

START_TEST(those_with_a_wrong_bit_are_damaged)
{
	unsigned char data[1000];
	size_t i, bad = 0;
	int bit, rv;

	ck_assert_uint_le(dovecot[_i].len, sizeof data);
	memcpy(data, dovecot[_i].data, dovecot[_i].len);
	for (i = 0; i < dovecot[_i].len; i++)
		for (bit = 0; bit < 8; bit++) {
			data[i] ^= (unsigned char)(1 << bit);
			ck_assert_int_eq(open_bytes(data, dovecot[_i].len),
			    0);
			rv = header();
			if (rv == -1)
				fails(rv, EX_DATAERR);
			rv = whole(100000);
			if (rv == -1) {
				fails(rv, EX_DATAERR);
				bad++;
			}
			data[i] ^= (unsigned char)(1 << bit);
		}
	ck_assert_uint_gt(bad, dovecot[_i].has_sum ? dovecot[_i].len * 6 :
	    dovecot[_i].len / 2);
}
END_TEST

#define MAGIC	"Dovecot-LZ4\x0d\x2a\x9b\xc5"
#define CHUNK	"\0\0\0\6\x50" "A: b\n"
#define HEAD	"\0\1\0\0"

static const struct {
	const char *data;
	size_t len;
	const char *text;		/* NULL: damaged */
	bool has_header;
} frames[] = {
	{ TEXT(MAGIC HEAD),				"", true },
	{ TEXT(MAGIC HEAD CHUNK),			"A: b\n", true },
	{ TEXT(MAGIC HEAD CHUNK CHUNK),			"A: b\nA: b\n", true },
	{ TEXT(MAGIC "\0\0\0\5" CHUNK),			"A: b\n", true },
	{ TEXT(MAGIC "\0\x10\0\0" CHUNK),		"A: b\n", true },
	/* the chunk size */
	{ TEXT(MAGIC),					NULL, false },
	{ TEXT(MAGIC "\0"),				NULL, false },
	{ TEXT(MAGIC "\0\1\0"),				NULL, false },
	{ TEXT(MAGIC "\0\0\0\0" CHUNK),			NULL, false },
	{ TEXT(MAGIC "\0\0\0\4" CHUNK),			NULL, false },
	{ TEXT(MAGIC "\0\x10\0\1" CHUNK),		NULL, false },
	{ TEXT(MAGIC "\xff\xff\xff\xff" CHUNK),		NULL, false },
	/* a chunk's length */
	{ TEXT(MAGIC HEAD "\0"),			NULL, false },
	{ TEXT(MAGIC HEAD "\0\0\0"),			NULL, false },
	{ TEXT(MAGIC HEAD "\0\0\0\0"),			NULL, false },
	{ TEXT(MAGIC HEAD "\0\0\0\0" CHUNK),		NULL, false },
	{ TEXT(MAGIC HEAD "\0\0\0\5" "\x50" "A: b\n"),	NULL, false },
	{ TEXT(MAGIC HEAD "\0\0\0\7" "\x50" "A: b\n"),	NULL, false },
	{ TEXT(MAGIC HEAD "\0\x10\0\1" "\x50" "A: b\n"), NULL, false },
	{ TEXT(MAGIC HEAD "\xff\xff\xff\xff" "\x50"),	NULL, false },
	/* a chunk of nothing; one that looks behind itself */
	{ TEXT(MAGIC HEAD "\0\0\0\1\0"),		NULL, false },
	{ TEXT(MAGIC HEAD "\0\0\0\1\0" CHUNK),		NULL, false },
	{ TEXT(MAGIC HEAD "\0\0\0\4\x10x\xff\xff"),	NULL, false },
	{ TEXT(MAGIC HEAD CHUNK "\0\0\0\4\x10x\2\0"),	NULL, false },
	/* something behind it */
	{ TEXT(MAGIC HEAD CHUNK "\0"),			NULL, false },
	{ TEXT(MAGIC HEAD "\0\0\0\7\x60" "A: b\n\n" "\0"), NULL, true },
};

START_TEST(lz4_frames_are_as_dovecot_has_them)
{
	const char *want = frames[_i].text;

	ck_assert_int_eq(open_bytes(frames[_i].data, frames[_i].len), 0);
	ck_assert_int_eq(mk_source_packing(source), MK_LZ4);
	if (frames[_i].has_header)
		ck_assert_int_eq(header(), 0);
	else
		fails(header(), EX_DATAERR);
	if (want == NULL)
		fails(whole(1000), EX_DATAERR);
	else {
		ck_assert_int_eq(whole(1000), 0);
		is_text(want, strlen(want));
	}
}
END_TEST

/* -- Files that fail or change -------------------------------------------- */

START_TEST(a_failed_read_tells_errno)
{
	int dir = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(open_bytes("A: b\n\n", 6), 0);
	ck_assert_int_eq(mk_source_open(source, dir, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, strerror(EISDIR)));
	/* and nothing of the one before can be had for it */
	ck_assert_int_eq(header(), -1);
	ck_assert_int_eq(whole(100), -1);
	close(dir);
	ck_assert_int_eq(open_bytes("A: b\n\n", 6), 0);
	ck_assert_int_eq(header(), 0);
	is_text("A: b\n", 5);
}
END_TEST

START_TEST(files_may_shrink_and_grow)
{
	struct mk_buf data = message(20000, 100000), file;
	int other, rv;

	file = packed_as(_i, &data);
	ck_assert_int_eq(open_bytes(file.data, file.len), 0);
	scratch_run("truncate -s 100", "m");
	rv = header();
	if (_i == MK_PLAIN) {
		ck_assert_int_eq(rv, 0);
		is_text(data.data, 4096);
	} else
		fails(rv, EX_DATAERR);

	ck_assert_int_eq(open_bytes(file.data, 5000), 0);
	other = openat(root, "m", O_WRONLY | O_APPEND);
	ck_assert_int_eq(mk_fs_write_all(other, file.data + 5000,
	    file.len - 5000), 0);
	close(other);
	ck_assert_int_eq(header(), 0);
	is_text(data.data, 20000);
	ck_assert_int_eq(whole(data.len), 0);
	is_text(data.data, data.len);
	mk_buf_free(&data);
	mk_buf_free(&file);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mail/source");
	TCase *tc = tcase_create("source");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, dovecot_files_are_read, 0, COUNT(dovecot));
	tcase_add_test(tc, encrypted_ones_are_told);
	tcase_add_loop_test(tc, plain_ones_are_read, 0, COUNT(plain));
	tcase_add_loop_test(tc, headers_and_texts_of_all_lengths_are_read, 0,
	    PACKINGS);
	tcase_add_test(tc, nothing_of_the_last_one_is_left);
	tcase_add_loop_test(tc, empty_ones_have_an_empty_header, 0, PACKINGS);
	tcase_add_test(tc, the_header_takes_one_read);
	tcase_add_loop_test(tc, the_body_of_packed_ones_is_left, 0, PACKINGS);
	tcase_add_loop_test(tc, bombs_do_not_go_off, MK_GZIP, PACKINGS);
	tcase_add_test(tc, crumbs_are_read_in_time);
	tcase_add_loop_test(tc, those_cut_short_are_damaged, 0,
	    COUNT(dovecot));
	tcase_add_loop_test(tc, those_with_a_wrong_bit_are_damaged, 0,
	    COUNT(dovecot));
	tcase_add_loop_test(tc, lz4_frames_are_as_dovecot_has_them, 0,
	    COUNT(frames));
	tcase_add_test(tc, a_failed_read_tells_errno);
	tcase_add_loop_test(tc, files_may_shrink_and_grow, 0, PACKINGS);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
