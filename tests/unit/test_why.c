/* blacklist/why: the index says what a look at every entry says. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <zlib.h>

#include "base/le.h"
#include "blacklist/why.h"
#include "scratch.h"

#define NAME	MK_WHY_FILE
#define TMP	"." MK_WHY_FILE ".tmp"
#define NOW	1700000000
#define HEAD	656
#define PART(i)	(32 + 312 * (size_t)(i))
#define ALL	UINT64_MAX

/* A list, and what its origins say, by number. */
struct list {
	struct mk_netlist entries;
	struct mk_origins origins;
	struct said {
		const char *feed, *file, *reason;
		int64_t until_s;
	} said[16];
	struct mk_why_list why;
};

static struct list listed, spared;
static struct mk_error err;
static uint32_t seed;
static size_t preads;

/* In place of the C library's: counts. */
ssize_t
pread(int fd, void *buf, size_t nbytes, off_t offset)
{
	off_t before = lseek(fd, 0, SEEK_CUR);
	ssize_t n;

	preads++;
	ck_assert_int_ne(lseek(fd, offset, SEEK_SET), -1);
	n = read(fd, buf, nbytes);
	ck_assert_int_ne(lseek(fd, before, SEEK_SET), -1);
	return n;
}

static uint32_t
rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static struct mk_net
net_of(const char *text)
{
	struct mk_net net = { 0 };
	const char *why = "";

	ck_assert_msg(mk_net_parse(text, strlen(text), &net, &why) ==
	    MK_NET_OK, "%s: %s", text, why);
	return net;
}

static uint32_t
add_origin(struct list *l, uint32_t feed, uint32_t file, const char *reason,
    int64_t until_s)
{
	uint32_t number = 0;

	ck_assert_int_eq(mk_origin_add(&l->origins, feed, file, reason,
	    strlen(reason), until_s, &number), 0);
	ck_assert_uint_lt(number, COUNT(l->said));
	l->said[number] = (struct said){ l->origins.feeds[feed],
	    l->origins.files[file], reason, until_s };
	return number;
}

static void
add_names(struct list *l, const char *feed, const char *file)
{
	uint32_t number;

	ck_assert_int_eq(mk_origin_feed(&l->origins, feed, &number), 0);
	ck_assert_int_eq(mk_origin_file(&l->origins, file, &number), 0);
}

static void
add(struct list *l, const char *text, uint32_t origin, uint32_t line)
{
	struct mk_net net = net_of(text);

	ck_assert_int_eq(mk_netlist_add(&l->entries, &net, origin, line), 0);
}

/* The origins that all tests have; numbers from 0. */
static void
begin(void)
{
	listed.why = (struct mk_why_list){ &listed.entries, &listed.origins };
	spared.why = (struct mk_why_list){ &spared.entries, &spared.origins };
	add_names(&listed, "drop", "/lists/drop.txt");
	add_names(&listed, "dropv6", "");
	add_origin(&listed, 0, 0, "SBL1", 0);
	add_origin(&listed, 0, 0, "", NOW + 86400);
	add_origin(&listed, 1, 1, "", 0);
	add_origin(&listed, 1, 0, "dropv6: SBL2, \xc3\xa9t\xc3\xa9", -1);
	add_names(&spared, "allow", "/etc/allow");
	add_names(&spared, "never", "");
	add_origin(&spared, 0, 0, "our office", 0);
	add_origin(&spared, 1, 1, "", 0);
}

static void
setup(void)
{
	scratch_setup();
	begin();
}

static void
teardown(void)
{
	mk_netlist_free(&listed.entries);
	mk_netlist_free(&spared.entries);
	mk_origins_free(&listed.origins);
	mk_origins_free(&spared.origins);
	scratch_teardown();
}

static void
few(void)
{
	add(&listed, "10.1.2.3", 3, 9);
	add(&listed, "10.0.0.0/8", 0, 7);
	add(&listed, "10.0.0.0/8", 1, 8);
	add(&listed, "0.0.0.0/0", 2, 1);
	add(&listed, "255.255.255.255", 0, UINT32_MAX);
	add(&listed, "10.1.0.0/16", 1, 3);
	add(&listed, "2001:db8::/32", 2, 4);
	add(&listed, "2001:db8::1", 3, 5);
	add(&listed, "::/0", 2, 6);
	add(&spared, "10.1.2.0/24", 0, 2);
	add(&spared, "2001:db8::/32", 1, 0);
	ck_assert_int_eq(mk_netlist_sort(&listed.entries), 0);
	ck_assert_int_eq(mk_netlist_sort(&spared.entries), 0);
}

static void
save(bool owed)
{
	ck_assert_msg(mk_why_write(root, NAME, &listed.why, &spared.why, NOW,
	    owed, &err) == 0, "%s", err.text);
	ck_assert(!there(TMP));
}

static struct mk_why *
open_it(void)
{
	struct mk_why *why = mk_why_open(root, NAME, &err);

	ck_assert_msg(why != NULL, "%s", err.text);
	return why;
}

static void
refused(const char *what)
{
	struct mk_why *why = mk_why_open(root, NAME, &err);

	ck_assert_msg(why == NULL, "believed: %s", what);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, NAME));
}

/* Answers, as text. */
static void
tell(void *data, const struct mk_why_line *line)
{
	char net[MK_NET_TEXT];

	mk_net_format(net, &line->net);
	ck_assert_int_eq(mk_buf_addf(data, "%s %s [%s] %s:%u [%s] %lld\n",
	    line->spares ? "spares" : "lists", net, line->feed, line->file,
	    line->line, line->reason, (long long)line->until_s), 0);
}

static void
tell_said(struct mk_buf *buf, const struct list *l, const struct mk_net *net,
    uint32_t tag, uint32_t line)
{
	const struct said *said = &l->said[MK_TAG_ORIGIN(tag)];
	struct mk_why_line expected = { *net, said->feed, said->file, line,
	    said->reason, said->until_s, l == &spared };

	tell(buf, &expected);
}

/* Look at every entry: sorted, a wider one that covers NET comes before.
 * Returns how many do, and tells of the first LIMIT. */
static uint64_t
look(struct mk_buf *buf, const struct list *l, const struct mk_net *net,
    uint64_t limit)
{
	const struct mk_netlist *e = &l->entries;
	struct mk_net outer;
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < e->v4_n; i++) {
		outer = (struct mk_net){ { 0, e->v4[i].first }, MK_V4,
		    MK_TAG_LEN(e->v4[i].tag) };
		if (mk_net_contains(&outer, net) && n++ < limit)
			tell_said(buf, l, &outer, e->v4[i].tag,
			    e->v4[i].line);
	}
	for (i = 0; i < e->v6_n; i++) {
		outer = (struct mk_net){ { e->v6[i].hi, e->v6[i].lo }, MK_V6,
		    MK_TAG_LEN(e->v6[i].tag) };
		if (mk_net_contains(&outer, net) && n++ < limit)
			tell_said(buf, l, &outer, e->v6[i].tag,
			    e->v6[i].line);
	}
	return n;
}

static void
same(const struct mk_buf *x, const struct mk_buf *y)
{
	ck_assert_str_eq(x->data == NULL ? "" : x->data,
	    y->data == NULL ? "" : y->data);
}

/* Both ways of asking say what a look at every entry says.  How many. */
static uint64_t
agree(const struct mk_why *why, const struct mk_net *net, uint64_t limit)
{
	struct mk_buf expected = { 0 }, file = { 0 }, memory = { 0 };
	uint64_t n = look(&expected, &spared, net, limit);

	n += look(&expected, &listed, net, n < limit ? limit - n : 0);
	ck_assert_int_eq(mk_why_ask(why, net, limit, tell, &file, &err),
	    (int64_t)n);
	ck_assert_int_eq(mk_why_ask_lists(&listed.why, &spared.why, net,
	    limit, tell, &memory, &err), (int64_t)n);
	same(&file, &expected);
	same(&memory, &expected);
	mk_buf_free(&expected);
	mk_buf_free(&file);
	mk_buf_free(&memory);
	return n;
}

static const struct { const char *net, *answer; } answers[] = {
	{ "10.1.2.3",
	  "spares 10.1.2.0/24 [allow] /etc/allow:2 [our office] 0\n"
	  "lists 0.0.0.0/0 [dropv6] :1 [] 0\n"
	  "lists 10.0.0.0/8 [drop] /lists/drop.txt:7 [SBL1] 0\n"
	  "lists 10.0.0.0/8 [drop] /lists/drop.txt:8 [] 1700086400\n"
	  "lists 10.1.0.0/16 [drop] /lists/drop.txt:3 [] 1700086400\n"
	  "lists 10.1.2.3/32 [dropv6] /lists/drop.txt:9 "
	  "[dropv6: SBL2, \xc3\xa9t\xc3\xa9] -1\n" },
	{ "10.1.0.0/16",		/* what is inside is another thing */
	  "lists 0.0.0.0/0 [dropv6] :1 [] 0\n"
	  "lists 10.0.0.0/8 [drop] /lists/drop.txt:7 [SBL1] 0\n"
	  "lists 10.0.0.0/8 [drop] /lists/drop.txt:8 [] 1700086400\n"
	  "lists 10.1.0.0/16 [drop] /lists/drop.txt:3 [] 1700086400\n" },
	{ "0.0.0.0", "lists 0.0.0.0/0 [dropv6] :1 [] 0\n" },
	{ "255.255.255.255",
	  "lists 0.0.0.0/0 [dropv6] :1 [] 0\n"
	  "lists 255.255.255.255/32 [drop] /lists/drop.txt:4294967295 "
	  "[SBL1] 0\n" },
	{ "2001:db8::1",
	  "spares 2001:db8::/32 [never] :0 [] 0\n"
	  "lists ::/0 [dropv6] :6 [] 0\n"
	  "lists 2001:db8::/32 [dropv6] :4 [] 0\n"
	  "lists 2001:db8::1/128 [dropv6] /lists/drop.txt:5 "
	  "[dropv6: SBL2, \xc3\xa9t\xc3\xa9] -1\n" },
	{ "ffff::", "lists ::/0 [dropv6] :6 [] 0\n" },
};

START_TEST(answers_are_in_order_and_whole)
{
	struct mk_net net = net_of(answers[_i].net);
	struct mk_buf text = { 0 };
	struct mk_why *why;

	few();
	save(false);
	why = open_it();
	ck_assert_int_eq(mk_why_built_s(why), NOW);
	ck_assert_int_gt(mk_why_ask(why, &net, ALL, tell, &text, &err), 0);
	ck_assert_str_eq(text.data, answers[_i].answer);
	agree(why, &net, ALL);
	mk_buf_free(&text);
	mk_why_close(why);
}
END_TEST

/* Few addresses and many lengths: nested and the same again and again. */
static struct mk_net
random_net(void)
{
	static const uint8_t lens[MK_FAMILIES][8] = {
		{ 0, 1, 8, 16, 17, 24, 31, 32 },
		{ 0, 1, 32, 63, 64, 65, 127, 128 },
	};
	static const unsigned char bytes[] = { 0, 10, 0x80, 0xff };
	struct mk_net net = { 0 };
	int i;

	net.family = (uint8_t)rnd(MK_FAMILIES);
	net.len = lens[net.family][rnd(8)];
	for (i = 0; i < 4; i++)
		net.first.lo = net.first.lo << 8 | bytes[rnd(4)];
	if (net.family == MK_V6) {
		net.first.hi = (uint64_t)bytes[rnd(4)] << 56 |
		    (uint64_t)bytes[rnd(4)] << 32 | rnd(2);
		net.first.lo |= (uint64_t)rnd(2) << 63;
	}
	return net;
}

START_TEST(agrees_with_a_look_at_every_entry)
{
	struct mk_why *why;
	struct mk_net net;
	uint64_t found = 0;
	int i;

	seed = (uint32_t)_i * 77;
	for (i = 0; i < 3000; i++) {
		net = mk_net_masked(random_net());
		ck_assert_int_eq(mk_netlist_add(i % 8 == 0 ? &spared.entries :
		    &listed.entries, &net, i % 8 == 0 ? rnd(2) : rnd(4),
		    rnd(100)), 0);
	}
	ck_assert_int_eq(mk_netlist_sort(&listed.entries), 0);
	ck_assert_int_eq(mk_netlist_sort(&spared.entries), 0);
	save(false);
	why = open_it();
	for (i = 0; i < 300; i++) {
		net = random_net();	/* host bits are no matter */
		found += agree(why, &net, rnd(4) == 0 ? rnd(100) : ALL);
	}
	ck_assert_uint_gt(found, 300);
	mk_why_close(why);
}
END_TEST

START_TEST(limit_bounds_the_calls_not_the_count)
{
	struct mk_net net = net_of("10.1.2.3");
	struct mk_why *why;
	uint64_t limit;

	few();
	save(false);
	why = open_it();
	for (limit = 0; limit < 9; limit++)
		ck_assert_uint_eq(agree(why, &net, limit), 6);
	mk_why_close(why);
}
END_TEST

START_TEST(nothing_listed_is_nothing_found)
{
	struct mk_net v4 = net_of("192.0.2.1"), v6 = net_of("2001:db8::1");
	struct list none = { .why = { 0 } };
	struct mk_why *why;

	save(false);
	why = open_it();
	ck_assert_uint_eq(agree(why, &v4, ALL), 0);
	ck_assert_uint_eq(agree(why, &v6, ALL), 0);
	mk_why_close(why);
	/* Nor are there feeds or files. */
	none.why = (struct mk_why_list){ &none.entries, &none.origins };
	ck_assert_int_eq(mk_why_write(root, NAME, &none.why, &none.why, -1,
	    false, &err), 0);
	why = open_it();
	ck_assert_int_eq(mk_why_built_s(why), -1);
	ck_assert_int_eq(mk_why_ask(why, &v4, ALL, tell, NULL, &err), 0);
	mk_why_close(why);
}
END_TEST

START_TEST(what_is_owed_can_be_settled)
{
	struct mk_net net = net_of("10.1.2.3");
	struct mk_why *why;
	ino_t ino;

	few();
	save(true);
	ino = stat_of(NAME).st_ino;
	why = open_it();
	ck_assert(mk_why_owed(why));
	mk_why_close(why);
	ck_assert_int_eq(mk_why_settle(root, NAME, &err), 0);
	ck_assert_uint_eq(stat_of(NAME).st_ino, ino);
	why = open_it();
	ck_assert(!mk_why_owed(why));
	ck_assert_int_eq(mk_why_built_s(why), NOW);
	ck_assert_uint_eq(agree(why, &net, ALL), 6);
	mk_why_close(why);
	save(false);
	why = open_it();
	ck_assert(!mk_why_owed(why));
	mk_why_close(why);
}
END_TEST

START_TEST(private_whatever_the_umask)
{
	umask(0);
	save(false);
	ck_assert_uint_eq(stat_of(NAME).st_mode & 07777, 0640);
	umask(077);
	save(false);
	ck_assert_uint_eq(stat_of(NAME).st_mode & 07777, 0640);
}
END_TEST

START_TEST(missing_is_no_input)
{
	ck_assert_ptr_null(mk_why_open(root, NAME, &err));
	ck_assert_int_eq(err.status, EX_NOINPUT);
	ck_assert_ptr_nonnull(strstr(err.text, NAME));
	ck_assert_int_eq(mk_why_settle(root, NAME, &err), -1);
	ck_assert_int_eq(err.status, EX_NOINPUT);
	mk_why_close(NULL);
}
END_TEST

static const char *const no_index[] = { "empty", "short", "link", "fifo",
	"dir" };

START_TEST(what_is_no_index_is_refused)
{
	const char *what = no_index[_i];

	put("victim", "precious");
	if (strcmp(what, "empty") == 0)
		put(NAME, "");
	else if (strcmp(what, "short") == 0)
		put(NAME, "MKBLWHY1");
	else if (strcmp(what, "link") == 0)
		ck_assert_int_eq(symlinkat("victim", root, NAME), 0);
	else if (strcmp(what, "fifo") == 0)
		ck_assert_int_eq(mkfifoat(root, NAME, 0600), 0);
	else
		make_dir(NAME);
	refused(what);
	ck_assert_int_eq(mk_why_settle(root, NAME, &err), -1);
	if (strcmp(what, "fifo") != 0)	/* that depends on who reads it */
		ck_assert_int_eq(err.status, EX_DATAERR);
	if (strcmp(what, "dir") != 0)
		save(false);		/* it is replaced */
	holds("victim", "precious");
}
END_TEST

START_TEST(any_flipped_byte_of_the_header_is_damage)
{
	struct mk_buf whole;
	char what[40];
	size_t at;

	few();
	save(true);
	whole = get(NAME);
	for (at = 0; at < HEAD; at++) {
		whole.data[at] ^= (char)(1 << at % 8);
		put_bytes(NAME, whole.data, whole.len);
		whole.data[at] ^= (char)(1 << at % 8);
		snprintf(what, sizeof what, "byte %zu", at);
		refused(what);
		ck_assert_int_eq(mk_why_settle(root, NAME, &err), -1);
		ck_assert_int_eq(err.status, EX_DATAERR);
	}
	mk_buf_free(&whole);
}
END_TEST

START_TEST(another_length_is_damage)
{
	struct mk_buf whole;
	char what[40];
	size_t i, len;

	few();
	save(false);
	whole = get(NAME);
	for (i = 0; i < 20; i++) {
		len = whole.len * i / 20;
		put_bytes(NAME, whole.data, len);
		snprintf(what, sizeof what, "%zu bytes", len);
		refused(what);
	}
	put_bytes(NAME, whole.data, whole.len - 1);
	refused("one less");
	ck_assert_int_eq(mk_buf_add(&whole, "x", 1), 0);
	put_bytes(NAME, whole.data, whole.len);
	refused("one more");
	mk_buf_free(&whole);
}
END_TEST

/* Of the first list: behind its entries, and behind its origins and texts. */
static size_t
origins_at(void)
{
	return HEAD + 12 * listed.entries.v4_n + 24 * listed.entries.v6_n;
}

static size_t
names_at(void)
{
	size_t at = origins_at(), i;

	for (i = 0; i < listed.origins.n; i++)
		at += 36 + listed.origins.v[i].text_len;
	return at;
}

START_TEST(any_flipped_byte_of_a_name_or_origin_is_damage)
{
	struct mk_net net = net_of("10.1.2.3"), other = net_of("2001:db8::1");
	struct mk_buf whole, text = { 0 };
	struct mk_why *why;
	size_t names_end, at;
	int64_t x, y;

	few();
	save(false);
	whole = get(NAME);
	names_end = names_at() + sizeof "drop" + sizeof "dropv6" +
	    sizeof "/lists/drop.txt" + sizeof "";
	for (at = origins_at(); at < names_end; at++) {
		whole.data[at] ^= (char)(1 << at % 8);
		put_bytes(NAME, whole.data, whole.len);
		whole.data[at] ^= (char)(1 << at % 8);
		if (at >= names_at()) {
			refused("a name");
			continue;
		}
		why = open_it();
		x = mk_why_ask(why, &net, ALL, tell, &text, &err);
		y = mk_why_ask(why, &other, ALL, tell, &text, &err);
		ck_assert_msg(x == -1 || y == -1, "byte %zu", at);
		ck_assert_int_eq(err.status, EX_DATAERR);
		mk_why_close(why);
	}
	mk_buf_free(&text);
	mk_buf_free(&whole);
}
END_TEST

START_TEST(no_damage_of_entries_is_harm)
{
	struct mk_buf whole, text = { 0 };
	struct mk_why *why;
	struct mk_net net;
	size_t at;
	int i, j, damage = 0;

	seed = (uint32_t)_i;
	for (i = 0; i < 500; i++) {
		net = mk_net_masked(random_net());
		ck_assert_int_eq(mk_netlist_add(&listed.entries, &net,
		    rnd(4), 1), 0);
	}
	ck_assert_int_eq(mk_netlist_sort(&listed.entries), 0);
	save(false);
	whole = get(NAME);
	for (i = 0; i < 50; i++) {
		for (j = 0; j < 100; j++) {
			at = HEAD + rnd((uint32_t)(origins_at() - HEAD));
			whole.data[at] = (char)rnd(256);
		}
		put_bytes(NAME, whole.data, whole.len);
		why = open_it();
		for (j = 0; j < 50; j++) {
			net = random_net();
			if (mk_why_ask(why, &net, 50, tell, &text, &err) !=
			    -1)
				continue;
			ck_assert_int_eq(err.status, EX_DATAERR);
			damage++;
		}
		mk_why_close(why);
	}
	ck_assert_int_gt(damage, 0);
	mk_buf_free(&text);
	mk_buf_free(&whole);
}
END_TEST

START_TEST(cut_while_open_is_an_error)
{
	struct mk_net net = net_of("10.1.2.3");
	struct mk_buf text = { 0 };
	struct mk_why *why;

	few();
	save(false);
	why = open_it();
	put(NAME, "");
	ck_assert_int_eq(mk_why_ask(why, &net, ALL, tell, &text, &err), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	mk_why_close(why);
}
END_TEST

START_TEST(replaced_while_open_is_the_old_one)
{
	struct mk_net net = net_of("10.1.2.3");
	struct mk_why *why;

	few();
	save(false);
	why = open_it();
	ck_assert_int_eq(mk_why_write(root, NAME, &spared.why, &spared.why,
	    NOW, false, &err), 0);
	ck_assert_uint_eq(agree(why, &net, ALL), 6);
	mk_why_close(why);
}
END_TEST

/* With a right checksum, and wrong: too many, and so many that their size is
 * small again; other names than it says. */
static const struct { size_t at; uint64_t value; } forged[] = {
	{ 8, 2 },
	{ PART(0), 7 }, { PART(0), UINT64_C(1) << 62 },
	{ PART(0), UINT64_MAX / 12 + 2 }, { PART(0) + 8, UINT64_MAX },
	{ PART(0) + 16, UINT64_C(0x8000000000000000) },
	{ PART(0) + 24, UINT64_MAX }, { PART(1) + 32, UINT64_MAX },
	{ PART(1), 0 }, { PART(0) + 40, UINT64_MAX },
	{ PART(0) + 40, UINT64_C(65) | UINT64_C(2) << 32 },
	{ PART(0) + 40, UINT64_C(3) | UINT64_C(2) << 32 },
};

START_TEST(forgery_is_damage)
{
	struct mk_buf whole;
	unsigned char *p;

	few();
	save(false);
	whole = get(NAME);
	p = (unsigned char *)whole.data;
	if (forged[_i].at == 8)
		mk_le32_put(p + 8, (uint32_t)forged[_i].value);
	else
		mk_le64_put(p + forged[_i].at, forged[_i].value);
	mk_le32_put(p + 12, (uint32_t)crc32_z(0, p + 16, HEAD - 16));
	put_bytes(NAME, whole.data, whole.len);
	refused("forged");
	mk_buf_free(&whole);
}
END_TEST

START_TEST(what_a_killed_run_left_goes)
{
	put(TMP, "half of a longer one, of which nothing may stay");
	few();
	save(false);
	mk_why_close(open_it());
}
END_TEST

START_TEST(two_do_not_write_into_one)
{
	struct mk_why *why;
	int fd;

	save(false);
	put(TMP, "another's");
	fd = openat(root, TMP, O_RDWR);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	ck_assert_int_eq(mk_why_write(root, NAME, &listed.why, &spared.why,
	    NOW + 1, false, &err), -1);
	holds(TMP, "another's");
	close(fd);
	why = open_it();
	ck_assert_int_eq(mk_why_built_s(why), NOW);
	mk_why_close(why);
}
END_TEST

/* _i: bytes that the disk takes.  The header is put in last. */
START_TEST(old_one_stays_when_the_disk_is_full)
{
	static const rlim_t room[] = { 0, 100, HEAD, 90000 };
	struct rlimit limit = { room[_i], RLIM_INFINITY };
	struct mk_why *why;
	uint32_t i;

	save(false);
	for (i = 0; i < 9000; i++)
		ck_assert_int_eq(mk_netlist_add(&listed.entries,
		    &(struct mk_net){ { 0, i }, MK_V4, 32 }, 0, i), 0);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(mk_why_write(root, NAME, &listed.why, &spared.why,
	    NOW + 1, true, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, TMP));
	ck_assert(!there(TMP));
	why = open_it();
	ck_assert_int_eq(mk_why_built_s(why), NOW);
	mk_why_close(why);
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
}
END_TEST

START_TEST(no_write_where_a_directory_is)
{
	make_dir(NAME);
	ck_assert_int_eq(mk_why_write(root, NAME, &listed.why, &spared.why,
	    NOW, false, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, NAME));
	ck_assert(!there(TMP));
}
END_TEST

/* Longer than what one write puts out. */
START_TEST(long_names_and_many_files_come_back)
{
	static char name[200000];
	struct mk_net net = net_of("192.0.2.1");
	struct mk_why *why;
	uint32_t number, i;

	memset(name, 'n', sizeof name - 1);
	for (i = 0; i < 500; i++)
		ck_assert_int_eq(mk_origin_file(&listed.origins, i == 250 ?
		    name : "short", &number), 0);
	number = add_origin(&listed, 0, 252, "of a long one", 0);
	add(&listed, "192.0.2.1", number, 1);
	number = add_origin(&listed, 0, 501, "of a short one", 0);
	add(&listed, "192.0.2.1", number, 1);
	ck_assert_int_eq(mk_netlist_sort(&listed.entries), 0);
	save(false);
	why = open_it();
	ck_assert_uint_eq(agree(why, &net, ALL), 2);
	mk_why_close(why);
}
END_TEST

/* No clock: what a question costs are its reads. */
START_TEST(few_reads_for_a_million_entries)
{
	struct mk_buf text = { 0 };
	struct mk_net net = { .family = MK_V4, .len = 32 };
	struct mk_why *why;
	size_t most = 0;
	uint32_t i;

	for (i = 0; i < 1000000; i++) {
		net.first.lo = (uint64_t)i << 12;
		net.len = (uint8_t)(i % 8 < 7 ? 32 : 20 + i % 12);
		ck_assert_int_eq(mk_netlist_add(&listed.entries, &net, i % 4,
		    i), 0);
	}
	for (i = 0; i <= 32; i++)	/* all lengths are in use */
		ck_assert_int_eq(mk_netlist_add(&listed.entries,
		    &(struct mk_net){ { 0, 0 }, MK_V4, (uint8_t)i }, 0, 1),
		    0);
	ck_assert_int_eq(mk_netlist_sort(&listed.entries), 0);
	save(false);
	preads = 0;
	why = open_it();
	ck_assert_uint_le(preads, 3);
	net.len = 32;
	for (i = 0; i < 1000; i++) {
		net.first.lo = rnd(1 << 24) << 8 | rnd(256);
		preads = 0;
		ck_assert_int_ge(mk_why_ask(why, &net, 10, tell, &text, &err),
		    1);
		if (preads > most)
			most = preads;
	}
	ck_assert_uint_gt(most, 0);
	ck_assert_uint_lt(most, 500);
	mk_why_close(why);
	mk_buf_free(&text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blacklist/why");
	TCase *tc = tcase_create("why");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, answers_are_in_order_and_whole, 0,
	    COUNT(answers));
	tcase_add_loop_test(tc, agrees_with_a_look_at_every_entry, 0, 4);
	tcase_add_test(tc, limit_bounds_the_calls_not_the_count);
	tcase_add_test(tc, nothing_listed_is_nothing_found);
	tcase_add_test(tc, what_is_owed_can_be_settled);
	tcase_add_test(tc, private_whatever_the_umask);
	tcase_add_test(tc, missing_is_no_input);
	tcase_add_loop_test(tc, what_is_no_index_is_refused, 0,
	    COUNT(no_index));
	tcase_add_test(tc, any_flipped_byte_of_the_header_is_damage);
	tcase_add_test(tc, another_length_is_damage);
	tcase_add_test(tc, any_flipped_byte_of_a_name_or_origin_is_damage);
	tcase_add_loop_test(tc, no_damage_of_entries_is_harm, 0, 8);
	tcase_add_test(tc, cut_while_open_is_an_error);
	tcase_add_test(tc, replaced_while_open_is_the_old_one);
	tcase_add_loop_test(tc, forgery_is_damage, 0, COUNT(forged));
	tcase_add_test(tc, what_a_killed_run_left_goes);
	tcase_add_test(tc, two_do_not_write_into_one);
	tcase_add_loop_test(tc, old_one_stays_when_the_disk_is_full, 0, 4);
	tcase_add_test(tc, no_write_where_a_directory_is);
	tcase_add_test(tc, long_names_and_many_files_come_back);
	tcase_add_test(tc, few_reads_for_a_million_entries);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
