/* blacklist/feed: lists in files are taken whole, or refused whole. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2), in scratch.h */
#endif

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <zlib.h>

#include "base/sandbox.h"
#include "blacklist/feed.h"
#include "blacklist/feed_lines.h"
#include "blacklist/feed_take.h"
#include "scratch.h"

#define NOW_S	((int64_t)1800000000)	/* 2027-01-15 08:00 */
#define DAY_S	86400

static char none[] = "";
static struct mk_feed conf;
static struct mk_error err;
static struct mk_origins origins;
static struct mk_netlist entries;
static struct mk_feed_counts counts;
static struct mk_buf told;		/* what .reject was told */
static char path[PATH_MAX];

static void
setup(void)
{
	static char name[] = "f";

	scratch_setup();
	err = (struct mk_error){ 0 };
	conf = (struct mk_feed){
		.name = name, .file = path, .column = none,
		.reason_column = none, .reason = none, .conninfo = none,
		.query = none, .max_size = 1 << 24,
	};
}

static void
teardown(void)
{
	mk_netlist_free(&entries);
	mk_origins_free(&origins);
	mk_buf_free(&told);
	scratch_teardown();
}

static void
tell(void *data, const char *file, uint64_t line, bool masked,
    const char *why)
{
	const char *slash = strrchr(file, '/');

	ck_assert_ptr_null(data);
	ck_assert_uint_gt(strlen(why), 5);
	mk_buf_addf(&told, "%s:%ju%s\n", slash != NULL ? slash + 1 : file,
	    (uintmax_t)line, masked ? " masked" : "");
}

static int
read_source(struct mk_feed_source *source)
{
	struct mk_feed_job job = {
		.now_s = NOW_S, .origins = &origins, .entries = &entries,
		.reject = tell,
	};
	int rv;

	if (source == NULL)
		return -1;
	mk_buf_cut(&told, 0);
	ck_assert_int_eq(mk_origin_feed(&origins, "f", &job.feed), 0);
	rv = mk_feed_source_read(source, &job, &counts, &err);
	mk_feed_source_close(source);
	return rv;
}

/* Read what CONF says, the file NAME of the scratch directory. */
static int
read_feed(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", scratch, name);
	return read_source(mk_feed_source_open(&conf, &err));
}

/* The entries, a line each: "192.0.2.0/24 f: reason@3". */
static void
entries_are(const char *want)
{
	struct mk_buf buf = { 0 };
	struct mk_net net;
	char text[MK_NET_TEXT];
	size_t i;

	for (i = 0; i < entries.v4_n; i++) {
		net = (struct mk_net){
			.first = { 0, entries.v4[i].first }, .family = MK_V4,
			.len = MK_TAG_LEN(entries.v4[i].tag),
		};
		mk_net_format_short(text, &net);
		mk_buf_addf(&buf, "%s %s@%u\n", text,
		    origins.v[MK_TAG_ORIGIN(entries.v4[i].tag)].text,
		    (unsigned)entries.v4[i].line);
	}
	for (i = 0; i < entries.v6_n; i++) {
		net = (struct mk_net){
			.first = { entries.v6[i].hi, entries.v6[i].lo },
			.family = MK_V6, .len = MK_TAG_LEN(entries.v6[i].tag),
		};
		mk_net_format_short(text, &net);
		mk_buf_addf(&buf, "%s %s@%u\n", text,
		    origins.v[MK_TAG_ORIGIN(entries.v6[i].tag)].text,
		    (unsigned)entries.v6[i].line);
	}
	ck_assert_str_eq(buf.len > 0 ? buf.data : "", want);
	mk_buf_free(&buf);
}

#define JSON_END(n)	"{\"type\":\"metadata\",\"timestamp\":1,\"size\":2," \
			"\"records\":" n "}\n"

/* Each is read as format, and as "auto". */
static const struct {
	enum mk_format format;
	const char *text, *want, *told;
} formats[] = {
	{ MK_FORMAT_TEXT, "# c\n192.0.2.1\n\n2001:db8::/32 spam trap\n; c\n"
	    "10.0.0.0/8 # private\nno address\n",
	    "192.0.2.1 f@2\n10.0.0.0/8 f@6\n2001:db8::/32 f: spam trap@4\n",
	    "f:7\n" },
	{ MK_FORMAT_TEXT, "\xef\xbb\xbf" "192.0.2.1\r\n\r\n192.0.2.2 a b\r\n"
	    "192.0.2.3",
	    "192.0.2.1 f@1\n192.0.2.2 f: a b@3\n192.0.2.3 f@4\n", "" },
	{ MK_FORMAT_TEXT, "192.0.2.1\n192.0.2.0/24\n10.1", "192.0.2.1 f@1\n"
	    "192.0.2.0/24 f@2\n", "f:3\n" },
	{ MK_FORMAT_TEXT, "192.0.2.1 until=2027-01-15\n192.0.2.2 "
	    "until=2027-01-14\n", "192.0.2.1 f@1\n", "" },
	{ MK_FORMAT_DROP, "; Spamhaus DROP List\n; Last\n192.0.2.0/24 ; "
	    "SBL1\n198.51.100.0/24 ; SBL2\n; EOF\n",
	    "192.0.2.0/24 f: SBL1@3\n198.51.100.0/24 f: SBL2@4\n", "" },
	{ MK_FORMAT_DROP_JSON, "{\"cidr\":\"192.0.2.0/24\",\"sblid\":"
	    "\"SBL1\",\"rir\":\"x\"}\n{\"cidr\":\"2001:db8::/32\",\"sblid\":"
	    "\"SBL2\"}\n" JSON_END("2"),
	    "192.0.2.0/24 f: SBL1@1\n2001:db8::/32 f: SBL2@2\n", "" },
	{ MK_FORMAT_DROP_JSON, "{\"cidr\":\"192.0.2.0/24\",\"sblid\":"
	    "\"SBL1\"}\n{\"cidr\":\"192.0.2\",\"sblid\":\"SBL2\"}\n"
	    JSON_END("2") "{\"cidr\":\"192.0.2.7\"}\n" JSON_END("1"),
	    "192.0.2.0/24 f: SBL1@1\n192.0.2.7 f@4\n", "f:2\n" },
	{ MK_FORMAT_COUNTED, "# ipsum\n192.0.2.1\t7\n192.0.2.2\t3\n"
	    "192.0.2.3\t7\n",
	    "192.0.2.1 f: count 7@2\n192.0.2.2 f: count 3@3\n"
	    "192.0.2.3 f: count 7@4\n", "" },
	{ MK_FORMAT_RANGES, "192.0.2.0 - 192.0.2.5\n"
	    "10.0.0.0-10.0.0.255\n", "192.0.2.0/30 f@1\n192.0.2.4/31 f@1\n"
	    "10.0.0.0/24 f@2\n", "" },
};

START_TEST(each_format_is_read)
{
	conf.format = _i % 2 == 0 ? (int)formats[_i / 2].format :
	    MK_FORMAT_AUTO;
	put("f", formats[_i / 2].text);
	ck_assert_msg(read_feed("f") == 0, "%s", err.text);
	entries_are(formats[_i / 2].want);
	ck_assert_str_eq(told.len > 0 ? told.data : "", formats[_i / 2].told);
	ck_assert_uint_eq(counts.entries, entries.v4_n + entries.v6_n);
	ck_assert_uint_eq(counts.rejected, strlen(formats[_i / 2].told) / 4);
}
END_TEST

START_TEST(csv_columns_are_named)
{
	static char column[] = "ip", reason_column[] = "why";

	conf.format = MK_FORMAT_CSV;
	conf.column = column;
	conf.reason_column = reason_column;
	put("f", "id,ip,why\n1,192.0.2.1,\"a, b\"\n2,x,y\n3,192.0.2.3,\n");
	ck_assert_msg(read_feed("f") == 0, "%s", err.text);
	entries_are("192.0.2.1 f: a, b@2\n192.0.2.3 f@4\n");
	ck_assert_str_eq(told.data, "f:3\n");
}
END_TEST

START_TEST(counts_tell_what_became_of_lines)
{
	conf.format = MK_FORMAT_COUNTED;
	conf.min_count = 3;
	put("f", "# c\n192.0.2.1 2\n192.0.2.2 3\n192.0.2.3 9 "
	    "until=2020-01-01\nx 3\n192.0.2.9/24 9\n");
	ck_assert_msg(read_feed("f") == 0, "%s", err.text);
	entries_are("192.0.2.2 f: count 3@3\n");
	ck_assert_uint_eq(counts.lines, 6);
	ck_assert_uint_eq(counts.entries, 1);
	ck_assert_uint_eq(counts.below, 1);
	ck_assert_uint_eq(counts.expired + counts.rejected, 3);
}
END_TEST

START_TEST(the_feeds_reason_is_for_lines_without)
{
	static char reason[] = "listed by us";

	conf.reason = reason;
	put("f", "192.0.2.1\n192.0.2.2 own\n192.0.2.3 until=2030-01-01\n"
	    "192.0.2.4\n");
	ck_assert_int_eq(read_feed("f"), 0);
	entries_are("192.0.2.1 f: listed by us@1\n192.0.2.2 f: own@2\n"
	    "192.0.2.3 f: listed by us@3\n192.0.2.4 f: listed by us@4\n");
	ck_assert_uint_eq(MK_TAG_ORIGIN(entries.v4[0].tag),
	    MK_TAG_ORIGIN(entries.v4[3].tag));
	ck_assert_int_eq(origins.v[MK_TAG_ORIGIN(entries.v4[0].tag)].until_s,
	    0);
	ck_assert_int_eq(origins.v[MK_TAG_ORIGIN(entries.v4[2].tag)].until_s,
	    1893542400);
}
END_TEST

START_TEST(host_bits_are_rejected_or_masked)
{
	put("f", "192.0.2.1/24\n2001:db8::1/32\n192.0.2.0/24\n");
	ck_assert_int_eq(read_feed("f"), 0);
	entries_are("192.0.2.0/24 f@3\n");
	ck_assert_str_eq(told.data, "f:1\nf:2\n");
	ck_assert_uint_eq(counts.rejected, 2);
	entries.v4_n = 0;
	conf.host_bits = MK_HOST_BITS_MASK;
	ck_assert_int_eq(read_feed("f"), 0);
	entries_are("192.0.2.0/24 f@1\n192.0.2.0/24 f@3\n"
	    "2001:db8::/32 f@2\n");
	ck_assert_str_eq(told.data, "f:1 masked\nf:2 masked\n");
	ck_assert_uint_eq(counts.rejected, 0);
}
END_TEST

#define TEN_BAD	"x\nx\nx\nx\nx\nx\nx\nx\nx\nx\n"
#define NINE_OK	"10.1.1.1\n10.1.1.2\n10.1.1.3\n10.1.1.4\n10.1.1.5\n" \
		"10.1.1.6\n10.1.1.7\n10.1.1.8\n10.1.1.9\n"

static const struct {
	const char *what, *text;
	size_t len;			/* 0: a string */
	enum mk_format format;
	const char *why;		/* NULL: taken */
} contents[] = {
	{ "nothing", "", 0, MK_FORMAT_AUTO, "is empty" },
	{ "comments", "# a\n\n; b\n", 0, MK_FORMAT_AUTO, "is empty" },
	{ "mere rubbish", "a\nb\n", 0, MK_FORMAT_TEXT, "none of its" },
	{ "expired is not empty", "10.1.1.1 until=2020-01-01\n", 0,
	    MK_FORMAT_TEXT, NULL },
	{ "HTML", "\n <!DOCTYPE html>\n<p>404\n", 0, MK_FORMAT_AUTO, "HTML" },
	{ "HTML as DROP", "<html>\n; EOF\n", 0, MK_FORMAT_DROP, "HTML" },
	{ "a NUL", "10.1.1.1\n10.1.1.2\n10.1\0.1.3\n", 25, MK_FORMAT_AUTO,
	    "NUL byte in line 3" },
	{ "a NUL at the end", "10.1.1.1\n", 10, MK_FORMAT_AUTO,
	    "NUL byte in line 2" },
	{ "UTF-16", "\xff\xfe" "1\0.\0", 6, MK_FORMAT_AUTO, "UTF-8" },
	{ "a zip", "PK\3\4\0\0", 6, MK_FORMAT_AUTO, "no text" },
	{ "notes that look like DROP", "10.1.1.1 ; a\n10.1.1.2 ; b\n", 0,
	    MK_FORMAT_AUTO, NULL },
	{ "two columns of addresses", "10.0.0.0,10.0.0.255\n", 0,
	    MK_FORMAT_AUTO, ": addresses in columns 1 and 2: set column" },
	{ "DROP cut", "; DROP\n10.0.0.0/8 ; SBL1\n", 0, MK_FORMAT_DROP,
	    "cut short" },
	{ "DROP told by itself, cut", "; Spamhaus DROP List\n; x\n"
	    "10.0.0.0/8 ; SBL1\n172.16.0.0/12 ; SB", 0, MK_FORMAT_AUTO,
	    "cut short" },
	{ "two DROP lists, cut", "10.0.0.0/8 ; S\n; EOF\n11.0.0.0/8 ; S\n", 0,
	    MK_FORMAT_DROP, "cut short" },
	{ "two DROP lists", "10.0.0.0/8 ; S\n; EOF\n11.0.0.0/8 ; S\n; EOF\n",
	    0, MK_FORMAT_DROP, NULL },
	{ "DROP without entries", "; DROP\n; EOF\n", 0, MK_FORMAT_DROP,
	    "is empty" },
	{ "JSON cut", "{\"cidr\":\"10.0.0.0/8\"}\n", 0, MK_FORMAT_DROP_JSON,
	    "metadata" },
	{ "JSON that misses one", "{\"cidr\":\"10.0.0.0/8\"}\n" JSON_END("2"),
	    0, MK_FORMAT_DROP_JSON, ":2: 2 records are announced, 1" },
	{ "JSON with one too much", "{\"cidr\":\"10.0.0.0/8\"}\n"
	    "{\"cidr\":\"11.0.0.0/8\"}\n" JSON_END("1"), 0, MK_FORMAT_AUTO,
	    "announced" },
	{ "JSON behind its end", "{\"cidr\":\"10.0.0.0/8\"}\n" JSON_END("1")
	    "{\"cidr\":\"11.0.0.0/8\"}\n", 0, MK_FORMAT_DROP_JSON,
	    "metadata" },
	{ "more bad than good", NINE_OK TEN_BAD, 0, MK_FORMAT_TEXT,
	    "10 of 19 lines are rejected, line 10 first: " },
	{ "as much bad as good", NINE_OK "10.1.2.1\n" TEN_BAD, 0,
	    MK_FORMAT_TEXT, NULL },
	{ "few bad ones", "10.1.1.1\nx\nx\nx\nx\nx\nx\nx\nx\nx\n", 0,
	    MK_FORMAT_TEXT, NULL },
	{ "an end without a newline", "10.1.1.1\n10.1.1.2", 0, MK_FORMAT_TEXT,
	    NULL },
};

/* Also as the second of two files, and behind what other feeds had. */
START_TEST(a_refused_feed_adds_nothing)
{
	const char *text = contents[_i].text, *why = contents[_i].why;
	size_t len = contents[_i].len > 0 ? contents[_i].len : strlen(text);
	int several, rv;

	put("other", "192.0.2.99\n2001:db8::99\n");
	ck_assert_int_eq(read_feed("other"), 0);
	make_dir("dir");
	put("dir/a", "; x\n10.9.9.9\n; EOF\n");
	put_bytes("dir/b", text, len);
	put_bytes("b", text, len);
	conf.format = (int)contents[_i].format;
	for (several = 0; several < 2; several++) {
		if (several == 1 && conf.format == MK_FORMAT_DROP_JSON)
			break;		/* a is none */
		rv = read_feed(several ? "dir" : "b");
		if (why == NULL) {
			ck_assert_msg(rv == 0, "%s: %s", contents[_i].what,
			    err.text);
			continue;
		}
		ck_assert_msg(rv == -1, "%s", contents[_i].what);
		ck_assert_int_eq(err.status, EX_DATAERR);
		ck_assert_msg(strstr(err.text, why) != NULL &&
		    strncmp(err.text, path, strlen(path)) == 0, "%s",
		    err.text);
		ck_assert_ptr_nonnull(strstr(err.text, "/b"));
		ck_assert_ptr_null(strchr(err.text, '\n'));
		entries_are("192.0.2.99 f@1\n2001:db8::99 f@2\n");
	}
}
END_TEST

START_TEST(empty_feeds_may_be_allowed)
{
	conf.allow_empty = true;
	put("f", "# nothing today\n");
	ck_assert_int_eq(read_feed("f"), 0);
	put("f", "rubbish\n");
	ck_assert_int_eq(read_feed("f"), -1);
	make_dir("dir");
	ck_assert_int_eq(read_feed("dir"), 0);
	entries_are("");
	/* One file of several, too; but rubbish is never empty. */
	put("dir/a", "192.0.2.1\n");
	put("dir/b", "");
	ck_assert_int_eq(read_feed("dir"), 0);
	entries_are("192.0.2.1 f@1\n");
	put("dir/c", "rubbish\n");
	ck_assert_int_eq(read_feed("dir"), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/dir/c: none of its lines"));
}
END_TEST

START_TEST(min_count_wants_counts)
{
	conf.min_count = 3;
	put("f", "192.0.2.1\n");
	ck_assert_int_eq(read_feed("f"), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "min-count"));
	put("f", "192.0.2.1\t3\n192.0.2.2\t2\n");
	ck_assert_int_eq(read_feed("f"), 0);
	entries_are("192.0.2.1 f: count 3@1\n");
}
END_TEST

static const struct { int64_t max_age_s, age_s; bool taken; } ages[] = {
	{ 0,		1000 * DAY_S,	true },
	{ 0,		-1000 * DAY_S,	true },
	{ DAY_S,	DAY_S,		true },
	{ DAY_S,	DAY_S + 1,	false },
	{ DAY_S,	-DAY_S,		true },
	{ DAY_S,	-DAY_S - 1,	false },
};

START_TEST(old_files_are_refused)
{
	struct timeval times[2] = {
		{ .tv_sec = NOW_S - ages[_i].age_s },
		{ .tv_sec = NOW_S - ages[_i].age_s },
	};

	conf.max_age_s = ages[_i].max_age_s;
	put("f", "192.0.2.1\n");
	snprintf(path, sizeof path, "%s/f", scratch);
	ck_assert_int_eq(utimes(path, times), 0);
	ck_assert_int_eq(read_feed("f"), ages[_i].taken ? 0 : -1);
	if (!ages[_i].taken)
		ck_assert_int_eq(err.status, EX_DATAERR);
	entries_are(ages[_i].taken ? "192.0.2.1 f@1\n" : "");
}
END_TEST

/* TIMES times TEXT as NAME, by gzip. */
static void
put_gzip(const char *name, const char *text, int times)
{
	char to[PATH_MAX];
	gzFile gz;

	snprintf(to, sizeof to, "%s/%s", scratch, name);
	gz = gzopen(to, "wb1");
	ck_assert_ptr_nonnull(gz);
	while (times-- > 0)
		ck_assert_int_gt(gzwrite(gz, text, (unsigned)strlen(text)),
		    0);
	ck_assert_int_eq(gzclose(gz), Z_OK);
}

START_TEST(compressed_files_are_read)
{
	struct mk_buf buf;

	put_gzip("f", "192.0.2.1\n", 3);
	ck_assert_int_eq(read_feed("f"), 0);
	entries_are("192.0.2.1 f@1\n192.0.2.1 f@2\n192.0.2.1 f@3\n");
	entries.v4_n = 0;
	put_gzip("f", "192.0.2.1\n", 100000);
	buf = get("f");
	put_bytes("f", buf.data, buf.len - 5);
	mk_buf_free(&buf);
	ck_assert_int_eq(read_feed("f"), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "/f: the gzip data"));
	entries_are("");
}
END_TEST

START_TEST(max_size_stops_bombs)
{
	static const char ten[] = "192.0.2.1\n";

	conf.max_size = 1000000;
	put_gzip("f", ten, 100000);
	ck_assert_msg(read_feed("f") == 0, "%s", err.text);
	put_gzip("f", ten, 100001);
	ck_assert_int_eq(read_feed("f"), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "max-size"));
	/* Together, too. */
	make_dir("dir");
	put_gzip("dir/a", ten, 50000);
	put_gzip("dir/b", ten, 50000);
	ck_assert_int_eq(read_feed("dir"), 0);
	put_gzip("dir/c", ten, 1);
	ck_assert_int_eq(read_feed("dir"), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/dir/c: has more than "
	    "max-size, 1000000 bytes"));
}
END_TEST

/* A range of few bytes may be many entries. */
START_TEST(the_entries_of_a_feed_are_bounded)
{
	static const char text[] = "1::1-1::ffff:ffff:ffff:fffe";
	struct mk_feed_job job = {
		.now_s = NOW_S, .origins = &origins, .entries = &entries,
	};
	struct mk_taker t = { .conf = &conf, .job = &job, .counts = &counts };
	struct mk_reader reader = { .format = MK_FORMAT_RANGES };
	struct mk_line line;

	counts = (struct mk_feed_counts){
		.entries = MK_FEED_ENTRIES_MAX - 126 - 50,
	};
	ck_assert_int_eq(mk_origin_feed(&origins, "f", &job.feed), 0);
	ck_assert_int_eq(mk_take_file(&t, "list", MK_FORMAT_RANGES, &err), 0);
	mk_line_read(&reader, text, strlen(text), &line);
	t.line = 1;
	ck_assert_int_eq(mk_take_line(&t, &line, &err), 0);
	ck_assert_uint_eq(entries.v6_n, 126);
	t.line = 2;
	ck_assert_int_eq(mk_take_line(&t, &line, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_str_eq(err.text, "list:2: more than 67108864 entries in one "
	    "feed");
	ck_assert_uint_eq(counts.entries, MK_FEED_ENTRIES_MAX);
}
END_TEST

static long
peak_kib(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return use.ru_maxrss;
}

/* A hole of a gigabyte, and a line of 64 MB. */
START_TEST(little_memory_is_needed)
{
	static char much[1 << 20];
	long before = peak_kib();
	int fd;

	conf.max_size = (int64_t)1 << 32;
	fd = openat(root, "hole", O_WRONLY | O_CREAT, 0644);
	ck_assert_int_eq(ftruncate(fd, (off_t)1 << 30), 0);
	close(fd);
	ck_assert_int_eq(read_feed("hole"), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "NUL"));
	memset(much, '1', sizeof much - 1);
	put_gzip("long", much, 64);
	ck_assert_int_eq(read_feed("long"), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "none of its lines"));
	ck_assert_uint_eq(counts.lines, 1);
	if (getenv("MK_SANITIZE") == NULL)
		ck_assert_int_lt(peak_kib() - before, 4096);
}
END_TEST

static const size_t blocks[] = { 1, 2, 3, 7, 64, 4096, 65535, 65536, 65537,
	MK_LINES_BLOCK };

/* Lines of all lengths, as a reader gets them that has all in memory. */
static void
lines_are_as_in(const struct mk_buf *all, size_t block)
{
	const char *at = all->data, *end = at + all->len, *stop, *line;
	struct mk_lines *lines;
	size_t len, want;

	put_bytes("f", all->data, all->len);
	lines = mk_lines_open(openat(root, "f", O_RDONLY | O_CLOEXEC), block,
	    0, all->len, &err);
	ck_assert_msg(lines != NULL, "%s", err.text);
	while (at < end) {
		stop = memchr(at, '\n', (size_t)(end - at));
		want = (size_t)((stop != NULL ? stop : end) - at);
		ck_assert_int_eq(mk_lines_next(lines, &line, &len, &err), 1);
		if (want > MK_LINE_BYTES)
			ck_assert_ptr_null(line);
		else {
			ck_assert_ptr_nonnull(line);
			ck_assert_uint_eq(len, want);
			ck_assert_int_eq(memcmp(line, at, len), 0);
		}
		at += want + 1;
	}
	ck_assert_int_eq(mk_lines_next(lines, &line, &len, &err), 0);
	ck_assert_uint_eq(mk_lines_bytes(lines), all->len);
	mk_lines_close(lines);
}

static const size_t lengths[] = { 0, 1, 2, 3, 9, 100, 4095, 65535, 65536,
	65537, 70000, 200000, 0, 400000, 5, 262144, 1 };

START_TEST(lines_cross_blocks)
{
	static const char x[] = "0123456789abcdef";
	struct mk_buf all = { 0 };
	size_t i, j;

	for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		for (j = 0; j < lengths[i]; j++)
			mk_buf_add(&all, x + j * 7 % 16, 1);
		mk_buf_add(&all, "\n", 1);
	}
	lines_are_as_in(&all, blocks[_i]);
	mk_buf_cut(&all, all.len - 1);	/* the last without its newline */
	lines_are_as_in(&all, blocks[_i]);
	mk_buf_cut(&all, all.len - 1);
	lines_are_as_in(&all, blocks[_i]);
	mk_buf_cut(&all, all.len - 2 - 100000);	/* within a long one */
	lines_are_as_in(&all, blocks[_i]);
	mk_buf_free(&all);
}
END_TEST

START_TEST(lines_cross_blocks_at_random)
{
	struct mk_buf all = { 0 };
	uint32_t x = (uint32_t)_i;
	int i;

	for (i = 0; i < 50000; i++) {
		x = x * 1664525 + 1013904223;
		mk_buf_addf(&all, "%.*s\n", (int)(x >> 27),
		    "192.0.2.1 some words behind it.");
	}
	lines_are_as_in(&all, blocks[_i]);
	mk_buf_free(&all);
}
END_TEST

START_TEST(the_head_is_there_before_lines)
{
	struct mk_buf all = { 0 };
	struct mk_lines *lines;
	const char *head;
	size_t len;

	while (all.len < 100000)
		mk_buf_addf(&all, "%zu\n", all.len);
	put_bytes("f", all.data, all.len);
	lines = mk_lines_open(openat(root, "f", O_RDONLY | O_CLOEXEC),
	    blocks[_i], 0, all.len, &err);
	ck_assert_ptr_nonnull(lines);
	mk_lines_head(lines, &head, &len);
	ck_assert_uint_eq(len, MK_LINE_BYTES);
	ck_assert_int_eq(memcmp(head, all.data, len), 0);
	mk_lines_close(lines);
	mk_buf_free(&all);
}
END_TEST

/* A line of more than 64 KiB is one rejected line; those around it stay. */
START_TEST(long_lines_are_rejected)
{
	struct mk_buf all = { 0 };
	size_t i;

	mk_buf_addf(&all, "192.0.2.1\n");
	for (i = 0; i < 300000; i++)
		mk_buf_addf(&all, "1");
	mk_buf_addf(&all, "\n192.0.2.2\n");
	put_bytes("f", all.data, all.len);
	mk_buf_free(&all);
	ck_assert_msg(read_feed("f") == 0, "%s", err.text);
	entries_are("192.0.2.1 f@1\n192.0.2.2 f@3\n");
	ck_assert_str_eq(told.data, "f:2\n");
}
END_TEST

static void
put_socket(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(sun.sun_path, sizeof sun.sun_path, "%.80s/%.20s", scratch,
	    name);
	ck_assert_int_eq(bind(s, (struct sockaddr *)&sun, sizeof sun), 0);
	close(s);
}

START_TEST(a_directory_is_its_files_by_name)
{
	static const char *const unlisted[] = {
		"dir/b.tmp", "dir/b.new", "dir/b.part", "dir/b.bak",
		"dir/b.orig", "dir/b.old", "dir/b.swp", "dir/b.dpkg-old",
		"dir/b.dpkg-dist", "dir/b.rpmsave", "dir/b.rpmnew",
	};
	size_t i;

	make_dir("dir/sub");
	put("dir/sub/x", "10.0.0.1\n");
	put("dir/b", "192.0.2.2\n");
	put("dir/a.txt", "192.0.2.1\n");
	put("target", "192.0.2.3\n");
	ck_assert_int_eq(symlinkat("../target", root, "dir/c"), 0);
	put("dir/.hidden", "10.0.0.2\n");
	put("dir/b~", "10.0.0.3\n");
	for (i = 0; i < sizeof unlisted / sizeof *unlisted; i++)
		put(unlisted[i], "10.0.0.4\n");
	ck_assert_int_eq(mkfifoat(root, "dir/fifo", 0644), 0);
	put_socket("dir/socket");
	ck_assert_int_eq(symlinkat("sub", root, "dir/link"), 0);
	ck_assert_msg(read_feed("dir") == 0, "%s", err.text);
	entries_are("192.0.2.1 f@1\n192.0.2.2 f@1\n192.0.2.3 f@1\n");
	ck_assert_uint_eq(counts.lines, 3);
	ck_assert_uint_eq(origins.files_n, 3);
	ck_assert_ptr_nonnull(strstr(origins.files[0], "/dir/a.txt"));
}
END_TEST

START_TEST(each_file_has_its_own_format)
{
	make_dir("dir");
	put("dir/1", "; Spamhaus DROP List\n192.0.2.0/24 ; SBL1\n; EOF\n");
	put("dir/2", "{\"cidr\":\"198.51.100.0/24\",\"sblid\":\"SBL2\"}\n"
	    JSON_END("1"));
	put("dir/3", "10.0.0.1\n");
	ck_assert_msg(read_feed("dir") == 0, "%s", err.text);
	entries_are("192.0.2.0/24 f: SBL1@2\n198.51.100.0/24 f: SBL2@1\n"
	    "10.0.0.1 f@1\n");
}
END_TEST

START_TEST(a_glob_is_what_it_matches)
{
	put("b.list", "192.0.2.2\n");
	put("a.list", "192.0.2.1\n");
	put("c.other", "10.0.0.1\n");
	ck_assert_msg(read_feed("*.list") == 0, "%s", err.text);
	entries_are("192.0.2.1 f@1\n192.0.2.2 f@1\n");
	entries.v4_n = 0;
	put("[a].list", "192.0.2.9\n");	/* its name, before all patterns */
	ck_assert_msg(read_feed("[a].list") == 0, "%s", err.text);
	entries_are("192.0.2.9 f@1\n");
}
END_TEST

static const struct { const char *name; int status; } names[] = {
	{ "nothing", EX_NOINPUT },
	{ "no/thing", EX_NOINPUT },
	{ "*.list", EX_NOINPUT },
	{ "empty", EX_NOINPUT },
	{ "file/x", EX_DATAERR },
	{ "socket", EX_DATAERR },
	{ "null", EX_DATAERR },
	{ "sub*", EX_DATAERR },
	{ "fif*", EX_DATAERR },		/* only by its full name */
	{ "loop", EX_DATAERR },
	{ "dangling", EX_NOINPUT },
	{ "dang*", EX_NOINPUT },
	{ "nowhere", EX_NOINPUT },	/* a directory with a dangling link */
};

START_TEST(other_things_are_refused)
{
	make_dir("empty");
	make_dir("subdir");
	make_dir("nowhere");
	put("nowhere/a", "192.0.2.1\n");
	put("file", "192.0.2.1\n");
	put_socket("socket");
	ck_assert_int_eq(mkfifoat(root, "fifo", 0644), 0);
	ck_assert_int_eq(symlinkat("/dev/null", root, "null"), 0);
	ck_assert_int_eq(symlinkat("loop", root, "loop"), 0);
	ck_assert_int_eq(symlinkat("gone", root, "dangling"), 0);
	ck_assert_int_eq(symlinkat("gone", root, "nowhere/b"), 0);
	ck_assert_int_eq(read_feed(names[_i].name), -1);
	ck_assert_msg(err.status == names[_i].status, "%d: %s", err.status,
	    err.text);
	ck_assert_ptr_nonnull(strstr(err.text, scratch));
}
END_TEST

static const char *const closed[] = { "file", "dir", "d*/x*", "di*/file" };

START_TEST(missing_rights_are_told)
{
	put("file", "192.0.2.1\n");
	make_dir("dir");
	put("dir/file", "192.0.2.1\n");
	ck_assert_int_eq(fchmodat(root, "file", 0, 0), 0);
	ck_assert_int_eq(fchmodat(root, "dir", 0, 0), 0);
	not_root();
	ck_assert_int_eq(read_feed(closed[_i]), -1);
	ck_assert_int_eq(err.status, _i == 3 ? EX_NOINPUT : EX_NOPERM);
	if (geteuid() == 0)
		return;
	ck_assert_int_eq(fchmodat(root, "dir", 0755, 0), 0);
}
END_TEST

START_TEST(what_is_open_may_vanish)
{
	struct mk_feed_source *source;

	put("f", "192.0.2.1\n");
	snprintf(path, sizeof path, "%s/f", scratch);
	source = mk_feed_source_open(&conf, &err);
	ck_assert_int_eq(unlinkat(root, "f", 0), 0);
	ck_assert_int_eq(read_source(source), 0);
	entries_are("192.0.2.1 f@1\n");
}
END_TEST

START_TEST(confined_it_reads_what_is_open)
{
	struct mk_feed_source *source;
	struct mk_sandbox *sb;
	int status;
	pid_t pid;

	make_dir("dir");
	put("dir/a", "192.0.2.1\n");
	put_gzip("dir/b", "192.0.2.2\n", 2);
	snprintf(path, sizeof path, "%s/dir", scratch);
	pid = fork();
	if (pid == 0) {
		source = mk_feed_source_open(&conf, &err);
		sb = mk_sandbox_new(NULL);
		if (sb == NULL || mk_sandbox_enter(sb, NULL) == -1)
			_exit(2);
		_exit(read_source(source) == 0 && entries.v4_n == 3 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* In a child: write TEXT by and by, one byte first. */
static pid_t
write_slowly(int fd, const char *text)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (fd == -1)
		fd = openat(root, "fifo", O_WRONLY);
	mk_fs_write_all(fd, text, 1);
	usleep(20000);
	mk_fs_write_all(fd, text + 1, strlen(text + 1));
	_exit(0);
}

START_TEST(a_named_pipe_is_waited_for)
{
	pid_t pid;

	conf.max_age_s = 1;		/* pipes have no age */
	ck_assert_int_eq(mkfifoat(root, "fifo", 0644), 0);
	pid = write_slowly(-1, "192.0.2.1\n192.0.2.2\n");
	ck_assert_msg(read_feed("fifo") == 0, "%s", err.text);
	entries_are("192.0.2.1 f@1\n192.0.2.2 f@2\n");
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

/* It has been opened, and nothing was written. */
START_TEST(a_writer_may_be_slow)
{
	int status;
	pid_t pid;
	int fd;

	ck_assert_int_eq(mkfifoat(root, "fifo", 0644), 0);
	pid = fork();
	if (pid == 0) {
		fd = openat(root, "fifo", O_WRONLY);
		usleep(1500000);	/* more than it is looked at once */
		_exit(mk_fs_write_all(fd, "192.0.2.1\n", 10) == 0 ? 0 : 1);
	}
	ck_assert_msg(read_feed("fifo") == 0, "%s", err.text);
	entries_are("192.0.2.1 f@1\n");
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_writer_may_leave_without_a_word)
{
	pid_t pid;

	ck_assert_int_eq(mkfifoat(root, "fifo", 0644), 0);
	pid = fork();
	if (pid == 0)
		_exit(openat(root, "fifo", O_WRONLY) == -1);
	ck_assert_int_eq(read_feed("fifo"), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/fifo is empty"));
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

START_TEST(a_pipe_without_a_writer_is_nothing)
{
	conf.allow_empty = true;
	ck_assert_int_eq(mkfifoat(root, "fifo", 0644), 0);
	ck_assert_int_eq(read_feed("fifo"), -1);
	ck_assert_int_eq(err.status, EX_NOINPUT);
	ck_assert_ptr_nonnull(strstr(err.text, "/fifo is a pipe that nobody "
	    "writes into"));
}
END_TEST

/* A pipe, a socket, a file at its offset; then what is none of them. */
START_TEST(standard_input_is_read)
{
	static const char text[] = "192.0.2.1\n192.0.2.2\n";
	int fds[2] = { -1, -1 };
	pid_t pid = -1;

	if (_i == 0)
		ck_assert_int_eq(pipe(fds), 0);
	else if (_i == 1)
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	else if (_i == 2) {
		put("f", text);
		fds[0] = openat(root, "f", O_RDONLY);
	} else
		fds[0] = open("/dev/null", O_RDONLY);
	ck_assert_int_eq(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	if (fds[1] != -1) {
		pid = write_slowly(fds[1], text);
		close(fds[1]);
	}
	snprintf(path, sizeof path, "-");
	if (_i < 3) {
		ck_assert_msg(
		    read_source(mk_feed_source_open(&conf, &err)) == 0,
		    "%s", err.text);
		entries_are("192.0.2.1 f@1\n192.0.2.2 f@2\n");
		ck_assert_str_eq(origins.files[0], "standard input");
	} else {
		ck_assert_ptr_null(mk_feed_source_open(&conf, &err));
		ck_assert_int_eq(err.status, EX_DATAERR);
	}
	if (pid != -1)
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

START_TEST(allow_files_are_text_and_may_be_empty)
{
	snprintf(path, sizeof path, "%s/f", scratch);
	put("f", "# ours\n192.0.2.1 the office\n; EOF\n192.0.2.9/24\n");
	ck_assert_int_eq(read_source(mk_feed_source_open_file(path, &err)), 0);
	entries_are("192.0.2.1 f: the office@2\n");
	ck_assert_str_eq(told.data, "f:4\n");
	put("f", "# none yet\n");
	ck_assert_int_eq(read_source(mk_feed_source_open_file(path, &err)), 0);
	put("f", "192.0.2.1 192.0.2.2\n192.0.2.3\n");
	ck_assert_int_eq(read_source(mk_feed_source_open_file(path, &err)), 0);
	ck_assert_str_eq(told.data, "f:1\n");
	put("f", "office\n");
	ck_assert_int_eq(read_source(mk_feed_source_open_file(path, &err)), -1);
	ck_assert_int_eq(unlinkat(root, "f", 0), 0);
	ck_assert_ptr_null(mk_feed_source_open_file(path, &err));
	ck_assert_int_eq(err.status, EX_NOINPUT);
	ck_assert_ptr_null(mk_feed_source_open_file(scratch, &err));
	ck_assert_int_eq(err.status, EX_DATAERR);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blacklist/feed");
	TCase *tc = tcase_create("feed");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, each_format_is_read, 0, 2 * COUNT(formats));
	tcase_add_test(tc, csv_columns_are_named);
	tcase_add_test(tc, counts_tell_what_became_of_lines);
	tcase_add_test(tc, the_feeds_reason_is_for_lines_without);
	tcase_add_test(tc, host_bits_are_rejected_or_masked);
	tcase_add_loop_test(tc, a_refused_feed_adds_nothing, 0,
	    COUNT(contents));
	tcase_add_test(tc, empty_feeds_may_be_allowed);
	tcase_add_test(tc, min_count_wants_counts);
	tcase_add_loop_test(tc, old_files_are_refused, 0, COUNT(ages));
	tcase_add_test(tc, compressed_files_are_read);
	tcase_add_test(tc, max_size_stops_bombs);
	tcase_add_test(tc, the_entries_of_a_feed_are_bounded);
	tcase_add_test(tc, little_memory_is_needed);
	tcase_add_loop_test(tc, lines_cross_blocks, 0, COUNT(blocks));
	tcase_add_loop_test(tc, lines_cross_blocks_at_random, 0,
	    COUNT(blocks));
	tcase_add_loop_test(tc, the_head_is_there_before_lines, 0,
	    COUNT(blocks));
	tcase_add_test(tc, long_lines_are_rejected);
	tcase_add_test(tc, a_directory_is_its_files_by_name);
	tcase_add_test(tc, each_file_has_its_own_format);
	tcase_add_test(tc, a_glob_is_what_it_matches);
	tcase_add_loop_test(tc, other_things_are_refused, 0, COUNT(names));
	tcase_add_loop_test(tc, missing_rights_are_told, 0, COUNT(closed));
	tcase_add_test(tc, what_is_open_may_vanish);
	tcase_add_test(tc, confined_it_reads_what_is_open);
	tcase_add_test(tc, a_named_pipe_is_waited_for);
	tcase_add_test(tc, a_writer_may_be_slow);
	tcase_add_test(tc, a_writer_may_leave_without_a_word);
	tcase_add_test(tc, a_pipe_without_a_writer_is_nothing);
	tcase_add_loop_test(tc, standard_input_is_read, 0, 4);
	tcase_add_test(tc, allow_files_are_text_and_may_be_empty);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
