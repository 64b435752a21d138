/* blacklist/output: what each file says, and that it is seen when not. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include "content.h"

#define V4	"192.0.2.0/24 SBL1\n198.51.100.7 costs $1 : \"x\" #no\n" \
		"10.0.0.0/8"
#define V6	"2001:db8::/32 SBL6 $\n2001:db9::1 one; x\n::1\nfe80::/10"
#define HEAD	"# Written by mailkeep-blacklist; changes are lost.\n"

static const char *const lists[] = {
	"", V4, V6, V4 "\n" V6, "0.0.0.0/0 all\n::/0 all",
};
#define MIXED	3

static bool
built_in(enum mk_output_id id)
{
	return id != MK_OUT_DBM || mk_dbm_built_in();
}

/* What is said of an entry is in it. */
static bool
says_why(enum mk_output_id id)
{
	return id != MK_OUT_PLAIN && id != MK_OUT_NFT;
}

START_TEST(what_goes_in_comes_out)
{
	enum mk_output_id id = (enum mk_output_id)_i;
	size_t i;

	ck_assert_str_ne(mk_outputs[id].name, "");
	if (!built_in(id))
		return;
	for (i = 0; i < COUNT(lists); i++) {
		content_make(lists[i]);
		write_out(id, "f");
		ck_assert_int_eq(stat_of("f").st_mode & 07777, 0600);
		ck_assert_msg(matches(id, "f") == 1, "%s", err.text);
		if (mk_outputs[id].read != NULL)
			reads_back(id, "f", says_why(id));
		ck_assert_int_eq(unlinkat(root, "f", 0), 0);
	}
	content_free();
}
END_TEST

static const struct { enum mk_output_id id; const char *text; } texts[] = {
	{ MK_OUT_TEXT, HEAD
	    "10.0.0.0/8: drop\n"
	    "192.0.2.0/24: drop: SBL1\n"
	    "198.51.100.7/32: drop: costs $1 : \"x\" #no\n"
	    "\"::1/128\": drop\n"
	    "\"2001:db8::/32\": drop: SBL6 $\n"
	    "\"2001:db9::1/128\": drop: one; x\n"
	    "\"fe80::/10\": drop\n" },
	{ MK_OUT_PLAIN,
	    "10.0.0.0/8\n192.0.2.0/24\n198.51.100.7/32\n"
	    "::1/128\n2001:db8::/32\n2001:db9::1/128\nfe80::/10\n" },
	{ MK_OUT_POSTFIX, HEAD
	    "10.0.0.0/8 REJECT drop\n"
	    "192.0.2.0/24 REJECT drop: SBL1\n"
	    "198.51.100.7/32 REJECT drop: costs $1 : \"x\" #no\n"
	    "::1/128 REJECT drop\n"
	    "2001:db8::/32 REJECT drop: SBL6 $\n"
	    "2001:db9::1/128 REJECT drop: one; x\n"
	    "fe80::/10 REJECT drop\n" },
	{ MK_OUT_NFT, HEAD
	    "add table inet mailkeep\n"
	    "add set inet mailkeep blacklist4 "
	    "{ type ipv4_addr; flags interval; }\n"
	    "add set inet mailkeep blacklist6 "
	    "{ type ipv6_addr; flags interval; }\n"
	    "flush set inet mailkeep blacklist4\n"
	    "flush set inet mailkeep blacklist6\n"
	    "add element inet mailkeep blacklist4 {\n"
	    "\t10.0.0.0/8,\n\t192.0.2.0/24,\n\t198.51.100.7/32,\n}\n"
	    "add element inet mailkeep blacklist6 {\n"
	    "\t::1/128,\n\t2001:db8::/32,\n\t2001:db9::1/128,\n"
	    "\tfe80::/10,\n}\n" },
	{ MK_OUT_RBLDNSD, HEAD
	    "$DATASET ip4trie:blacklist4 @\n"
	    "10.0.0.0/8 :127.0.0.2:drop\n"
	    "192.0.2.0/24 :127.0.0.2:drop: SBL1\n"
	    "198.51.100.7/32 :127.0.0.2:drop: costs $$1 : \"x\" #no\n"
	    "$DATASET ip6trie:blacklist6 @\n"
	    "::1/128 :127.0.0.2:drop\n"
	    "2001:db8::/32 :127.0.0.2:drop: SBL6 $$\n"
	    "2001:db9::1/128 :127.0.0.2:drop: one; x\n"
	    "fe80::/10 :127.0.0.2:drop\n" },
	{ MK_OUT_HOSTLIST, HEAD
	    "# For Exim: .include this file, then hosts = "
	    "+blacklisted_hosts\n"
	    "hostlist blacklisted_hosts = "
	    "net128-cdb;" LOOKED_INTO " : net32-cdb;" LOOKED_INTO " : "
	    "net24-cdb;" LOOKED_INTO " : net10-cdb;" LOOKED_INTO " : "
	    "net8-cdb;" LOOKED_INTO "\n" },
};

START_TEST(text_is_as_its_reader_wants_it)
{
	content_make(lists[MIXED]);
	write_out(texts[_i].id, "f");
	holds("f", texts[_i].text);
	content_free();
}
END_TEST

/* And into a pipe. */
START_TEST(print_is_the_same)
{
	struct mk_buf buf = { 0 };
	int fds[2];

	content_make(lists[MIXED]);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(mk_output_print(texts[_i].id, fds[1], &content,
	    &err), 0);
	close(fds[1]);
	ck_assert_int_eq(mk_fs_read_all(fds[0], &buf, 1 << 20), 0);
	close(fds[0]);
	ck_assert_str_eq(buf.data, texts[_i].text);
	mk_buf_free(&buf);
	ck_assert(mk_outputs[texts[_i].id].text);
	content_free();
}
END_TEST

START_TEST(print_into_a_full_device_is_an_error)
{
	int fd = open("/dev/full", O_WRONLY);

	content_make(lists[MIXED]);
	if (fd != -1) {
		ck_assert_int_eq(mk_output_print(MK_OUT_PLAIN, fd, &content,
		    &err), -1);
		ck_assert_int_eq(err.status, EX_TEMPFAIL);
		close(fd);
	}
	ck_assert_int_eq(mk_output_print(MK_OUT_CDB, STDOUT_FILENO, &content,
	    &err), -1);
	content_free();
}
END_TEST

START_TEST(any_changed_byte_is_seen)
{
	struct mk_buf whole;
	size_t i;

	content_make(lists[MIXED]);
	write_out(texts[_i].id, "f");
	whole = get("f");
	for (i = 0; i < whole.len; i++) {
		whole.data[i] ^= 1;
		overwrite("f", &whole);
		ck_assert_int_eq(matches(texts[_i].id, "f"), 0);
		whole.data[i] ^= 1;
		put_bytes("f", whole.data, i);
		ck_assert_int_eq(matches(texts[_i].id, "f"), 0);
	}
	ck_assert_int_eq(mk_buf_add(&whole, "\n", 1), 0);
	overwrite("f", &whole);
	ck_assert_int_eq(matches(texts[_i].id, "f"), 0);
	mk_buf_free(&whole);
	content_free();
}
END_TEST

/* Over many blocks; the difference in the last one. */
START_TEST(large_ones_too)
{
	enum mk_output_id id = (enum mk_output_id)_i;
	struct stat st;
	int fd;

	if (!built_in(id) || id == MK_OUT_HOSTLIST)
		return;
	content_random(100000);
	write_out(id, "f");
	ck_assert_msg(matches(id, "f") == 1, "%s", err.text);
	reads_back(id, "f", says_why(id));
	if (mk_outputs[id].text) {
		st = stat_of("f");
		fd = openat(root, "f", O_WRONLY);
		ck_assert_int_eq(pwrite(fd, "!", 1, st.st_size - 2), 1);
		close(fd);
		ck_assert_int_eq(matches(id, "f"), 0);
	}
	content_free();
}
END_TEST

static const char *const no_files[] = { "missing", "link", "dir", "fifo" };

START_TEST(what_is_no_file_does_not_match)
{
	enum mk_output_id id = (enum mk_output_id)(_i % MK_OUTPUTS);
	const char *what = no_files[_i / MK_OUTPUTS];
	struct got got;

	if (!built_in(id))
		return;
	content_make(V4);
	write_out(id, "real");
	if (strcmp(what, "link") == 0)
		ck_assert_int_eq(symlinkat("real", root, "f"), 0);
	else if (strcmp(what, "dir") == 0)
		make_dir("f");
	else if (strcmp(what, "fifo") == 0)
		ck_assert_int_eq(mkfifoat(root, "f", 0600), 0);
	ck_assert_int_eq(matches(id, "f"), 0);
	if (mk_outputs[id].read != NULL) {
		got = try_read(id, "f");
		ck_assert_int_eq(got.rv, -1);
		ck_assert_int_eq(got.status, strcmp(what, "missing") == 0 ?
		    EX_NOINPUT : EX_DATAERR);
	}
	content_free();
}
END_TEST

START_TEST(closed_does_not_match_nor_read)
{
	enum mk_output_id id = (enum mk_output_id)_i;

	if (!built_in(id))
		return;
	content_make(V4);
	write_out(id, "f");
	not_root();
	scratch_run("chmod 0", "f");
	ck_assert_int_eq(matches(id, "f"), 0);
	ck_assert_int_eq(err.status, EX_NOPERM);
	if (mk_outputs[id].read != NULL)
		ck_assert_int_eq(try_read(id, "f").status, EX_NOPERM);
	content_free();
}
END_TEST

START_TEST(nothing_is_overwritten)
{
	enum mk_output_id id = (enum mk_output_id)_i;
	struct mk_outfile at = place("f");

	content_make(V4);
	put("f", "precious");
	ck_assert_int_eq(mk_outputs[id].write(&at, &content, &err), -1);
	holds("f", "precious");
	ck_assert_int_eq(unlinkat(root, "f", 0), 0);
	put("victim", "precious");
	ck_assert_int_eq(symlinkat("victim", root, "f"), 0);
	ck_assert_int_eq(mk_outputs[id].write(&at, &content, &err), -1);
	holds("victim", "precious");
	content_free();
}
END_TEST

/* 64 kB are soon full. */
START_TEST(full_disk_is_reported)
{
	enum mk_output_id id = (enum mk_output_id)_i;
	struct mk_outfile at = { .name = "f" };
	char dir[PATH_MAX], path[PATH_MAX];

	if (!built_in(id) || id == MK_OUT_HOSTLIST || !may_mount())
		return;
	content_random(20000);
	make_dir("m");
	snprintf(dir, sizeof dir, "%s/m", scratch);
	snprintf(path, sizeof path, "%s/m/f", scratch);
	ck_assert(mount_here(dir));
	at.dirfd = open(dir, O_RDONLY | O_DIRECTORY);
	at.path = path;
	ck_assert_int_eq(mk_outputs[id].write(&at, &content, &err), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(err.text, "No space"));
	ck_assert_ptr_nonnull(strstr(err.text, path));
	close(at.dirfd);
	scratch_run("umount -l", "m");
	content_free();
}
END_TEST

/* By hand, or of another program: what is a prefix counts. */
static const struct {
	enum mk_output_id id;
	const char *text;
	size_t n, foreign;
} readable[] = {
	{ MK_OUT_TEXT, "", 0, 0 },
	{ MK_OUT_TEXT, "# x\n\n 1.2.3.4 why\n1.2.4.0/24:why\r\n", 2, 0 },
	{ MK_OUT_TEXT, "\"2001:db8::/32\" why\n\"1.2.3.4\": x\n\"::1\"", 3,
	    0 },
	{ MK_OUT_TEXT, "2001:db8::/32: unquoted\nbadname\n\":\n\"\n:", 0, 5 },
	{ MK_OUT_PLAIN, "1.2.3.4\n1.2.3.4/33\n::1 # x\n1.2.3.9/24\nx", 3, 2 },
	{ MK_OUT_POSTFIX, "1.2.3.4 REJECT\n1.2.3.5\tDUNNO x\nREJECT", 2, 1 },
	{ MK_OUT_NFT, "table inet x {\n\tset y {\n\t\ttype ipv4_addr\n"
	    "\t\tflags interval\n\t\t1.2.3.4,\n1.2.3.5 ,\nfe80::/10\n}\n}\n"
	    "what", 3, 1 },
	{ MK_OUT_RBLDNSD, ":127.0.0.2:x\n$TTL 30\n1.2.3.4\n1.2.3.5 :2:x\n"
	    "1.2.3.6 :2\n1.2.3.7 x:y\n::1 :\n!1.2.3.8\n", 5, 1 },
};

START_TEST(readers_are_tolerant)
{
	struct got got;

	put("f", readable[_i].text);
	got = try_read(readable[_i].id, "f");
	ck_assert_int_eq(got.rv, 0);
	ck_assert_uint_eq(got.n, readable[_i].n);
	ck_assert_uint_eq(got.foreign, readable[_i].foreign);
}
END_TEST

START_TEST(nul_bytes_and_endless_lines_do_no_harm)
{
	static char noise[300000];
	struct got got;
	uint32_t x = 1;
	size_t i;

	for (i = 0; i < sizeof noise; i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = (char)(x >> 24);
		if (i < 200000 && noise[i] == '\n')
			noise[i] = ' ';
	}
	put_bytes("f", noise, sizeof noise);
	for (i = MK_OUT_TEXT; i < MK_OUT_HOSTLIST; i++) {
		got = try_read((enum mk_output_id)i, "f");
		ck_assert_int_eq(got.rv, 0);
	}
}
END_TEST

static const struct {
	const char *list, *lookup, *database, *items;
} hostlists[] = {
	{ "", "cdb", "/x", "" },
	{ "", "iplsearch", "/x", "" },
	{ V4, "dbm", "/x/y.db",
	    " net32-dbm;/x/y.db : net24-dbm;/x/y.db : net8-dbm;/x/y.db" },
	{ V6, "iplsearch", "/x", " net-iplsearch;/x" },
	{ "1.2.3.4", "cdb", "/a:b", " net32-cdb;/a::b" },
	{ "1.2.3.4", "cdb", "/a $x\\", " net32-cdb;/a \\x24x\\x5c" },
	{ "2001:db8::/32\n1.2.3.4", "cdb", "/x", " net32-cdb;/x" },
};

START_TEST(hostlist_has_what_is_needed)
{
	char text[1000];

	content_make(hostlists[_i].list);
	content.lookup = hostlists[_i].lookup;
	content.database = hostlists[_i].database;
	snprintf(text, sizeof text, HEAD "# For Exim: .include this file, "
	    "then hosts = +blacklisted_hosts\nhostlist blacklisted_hosts "
	    "=%s\n", hostlists[_i].items);
	write_out(MK_OUT_HOSTLIST, "f");
	holds("f", text);
	content.lengths = NULL;
	ck_assert_int_eq(matches(MK_OUT_HOSTLIST, "f"), 1);
	content_free();
}
END_TEST

START_TEST(hostlist_refuses_a_path_it_cannot_say)
{
	struct mk_outfile at = place("f");

	content_make("1.2.3.4");
	content.database = "/x\nacl_smtp_rcpt = accept";
	ck_assert_int_eq(mk_outputs[MK_OUT_HOSTLIST].write(&at, &content,
	    &err), -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
	content_free();
}
END_TEST

START_TEST(no_keys_in_text)
{
	ck_assert_int_eq(finds(MK_OUT_PLAIN, "f", "1.2.3.4/32", ""), -1);
	ck_assert(mk_outputs[MK_OUT_CDB].keyed);
	ck_assert(mk_outputs[MK_OUT_DBM].keyed);
	ck_assert(!mk_outputs[MK_OUT_TEXT].keyed);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("blacklist/output");
	TCase *tc = tcase_create("output");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_goes_in_comes_out, 0, MK_OUTPUTS);
	tcase_add_loop_test(tc, text_is_as_its_reader_wants_it, 0,
	    COUNT(texts));
	tcase_add_loop_test(tc, print_is_the_same, 0, COUNT(texts));
	tcase_add_test(tc, print_into_a_full_device_is_an_error);
	tcase_add_loop_test(tc, any_changed_byte_is_seen, 0, COUNT(texts));
	tcase_add_loop_test(tc, large_ones_too, 0, MK_OUTPUTS);
	tcase_add_loop_test(tc, what_is_no_file_does_not_match, 0,
	    COUNT(no_files) * MK_OUTPUTS);
	tcase_add_loop_test(tc, closed_does_not_match_nor_read, 0, MK_OUTPUTS);
	tcase_add_loop_test(tc, nothing_is_overwritten, 0, MK_OUTPUTS);
	tcase_add_loop_test(tc, full_disk_is_reported, 0, MK_OUTPUTS);
	tcase_add_loop_test(tc, readers_are_tolerant, 0, COUNT(readable));
	tcase_add_test(tc, nul_bytes_and_endless_lines_do_no_harm);
	tcase_add_loop_test(tc, hostlist_has_what_is_needed, 0,
	    COUNT(hostlists));
	tcase_add_test(tc, hostlist_refuses_a_path_it_cannot_say);
	tcase_add_test(tc, no_keys_in_text);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
