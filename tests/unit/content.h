/* A list of addresses with reasons, as the outputs get it. */
#ifndef MK_CONTENT_H
#define MK_CONTENT_H

#include "blacklist/output.h"
#include "scratch.h"

#define LOOKED_INTO	"/var/lib/mailkeep/blacklist.cdb"

static struct mk_error err;
static struct mk_set set;
static struct mk_origins origins;
static struct mk_lengths lengths;
static struct mk_content content = {
	&set, &origins, &lengths, "cdb", LOOKED_INTO,
};

static inline void
content_free(void)
{
	mk_set_free(&set);
	mk_origins_free(&origins);
	set = (struct mk_set){ 0 };
	origins = (struct mk_origins){ 0 };
}

/* ENTRIES become the list; they are freed. */
static inline void
content_settle(struct mk_netlist *entries)
{
	uint64_t counts[MK_FAMILIES][129] = { { 0 } };

	ck_assert_int_eq(mk_netlist_sort(entries), 0);
	ck_assert_int_eq(mk_set_merge(&set, entries, &origins), 0);
	mk_netlist_free(entries);
	mk_set_histogram(&set, counts);
	mk_lengths_all(&lengths, counts);
}

/* The list of TEXT: a prefix a line, then a blank and the reason. */
static inline void
content_make(const char *text)
{
	struct mk_netlist entries = { 0 };
	struct mk_net net;
	const char *why;
	uint32_t feed, origin;
	size_t len, end;

	content_free();
	ck_assert_int_eq(mk_origin_feed(&origins, "drop", &feed), 0);
	for (; *text != '\0'; text += end + (text[end] != '\0')) {
		end = strcspn(text, "\n");
		len = strcspn(text, " \n");
		ck_assert_int_eq(mk_net_parse(text, len, &net, &why),
		    MK_NET_OK);
		len += text[len] == ' ';
		ck_assert_int_eq(mk_origin_add(&origins, feed, 0, text + len,
		    end - len, 0, &origin), 0);
		ck_assert_int_eq(mk_netlist_add(&entries, &net, origin, 1),
		    0);
	}
	content_settle(&entries);
}

/* N addresses, the same each time, with some reasons. */
static inline void
content_random(size_t n)
{
	struct mk_netlist entries = { 0 };
	struct mk_net net = { { 0, 0 }, MK_V4, 32 };
	uint64_t x = UINT64_C(88172645463325252);
	uint32_t feed, origin[7];
	size_t i;

	content_free();
	ck_assert_int_eq(mk_origin_feed(&origins, "drop", &feed), 0);
	for (i = 0; i < 7; i++)
		ck_assert_int_eq(mk_origin_add(&origins, feed, 0, "abcdefg",
		    i, 0, &origin[i]), 0);
	for (i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		net.family = i % 8 == 0 ? MK_V6 : MK_V4;
		net.len = i % 8 == 0 ? 64 : 32;
		net.first.hi = i % 8 == 0 ? x : 0;
		net.first.lo = i % 8 == 0 ? 0 : x >> 32;
		ck_assert_int_eq(mk_netlist_add(&entries, &net, origin[x % 7],
		    1), 0);
	}
	content_settle(&entries);
}

/* The file NAME of the scratch directory; PATH lasts until the next. */
static inline struct mk_outfile
place(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", scratch, name);
	return (struct mk_outfile){ root, name, path };
}

/* As put_bytes, of a file again and again: to cut it first would make the
 * file system write it out each time. */
static inline void
overwrite(const char *name, const struct mk_buf *buf)
{
	int fd = openat(root, name, O_WRONLY | O_CREAT, 0644);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(mk_fs_write_all(fd, buf->data, buf->len), 0);
	ck_assert_int_eq(ftruncate(fd, (off_t)buf->len), 0);
	close(fd);
}

static inline void
write_out(enum mk_output_id id, const char *name)
{
	struct mk_outfile at = place(name);

	ck_assert_msg(mk_outputs[id].write(&at, &content, &err) == 0, "%s",
	    err.text);
}

static inline int
matches(enum mk_output_id id, const char *name)
{
	struct mk_outfile at = place(name);
	int rv;

	err = (struct mk_error){ 0 };
	rv = mk_outputs[id].matches(&at, &content, &err);
	if (rv != 1) {
		ck_assert_str_ne(err.text, "");
		ck_assert_ptr_nonnull(strstr(err.text, name));
	}
	return rv;
}

/* 1 where KEY is there with DATA, -1 an error, else 0. */
static inline int
finds(enum mk_output_id id, const char *name, const char *key,
    const char *data)
{
	struct mk_outfile at = place(name);
	size_t len = 0;
	char *got = NULL;
	int rv;

	rv = mk_output_lookup(id, &at, key, strlen(key), &got, &len, &err);
	if (rv == 1) {
		ck_assert_int_eq(got[len], '\0');
		rv = len == strlen(data) && memcmp(got, data, len) == 0;
		free(got);
	}
	return rv;
}

/* Whether each key is found with its data. */
static inline bool
finds_all(enum mk_output_id id, const char *name)
{
	struct mk_cursor cursor;
	struct mk_net net;
	char key[MK_NET_TEXT];
	uint32_t origin;

	mk_cursor_start(&cursor, &set, &lengths);
	while (mk_cursor_next(&cursor, &net, &origin)) {
		key[mk_net_key(key, &net)] = '\0';
		if (finds(id, name, key, origins.v[origin].text) != 1)
			return false;
	}
	return true;
}

/*
 * Read NAME back, and compare with the list: the prefixes, and with REASONS
 * what is said of each.
 */
static inline void
reads_back(enum mk_output_id id, const char *name, bool reasons)
{
	struct mk_outfile at = place(name);
	struct mk_netlist entries = { 0 };
	struct mk_origins said = { 0 };
	struct mk_set back = { 0 };
	struct mk_cursor one, two;
	struct mk_net net, other;
	uint32_t feed, x, y;
	size_t foreign = 0;
	char text[600];

	ck_assert_int_eq(mk_origin_feed(&said, "old", &feed), 0);
	ck_assert_msg(mk_outputs[id].read(&at, &entries, &said, &foreign,
	    &err) == 0, "%s", err.text);
	ck_assert_uint_eq(foreign, 0);
	ck_assert_int_eq(mk_netlist_sort(&entries), 0);
	ck_assert_int_eq(mk_set_merge(&back, &entries, &said), 0);
	ck_assert_uint_eq(mk_set_size(&back), mk_set_size(&set));
	mk_cursor_start(&one, &set, NULL);
	mk_cursor_start(&two, &back, NULL);
	while (mk_cursor_next(&one, &net, &x)) {
		ck_assert(mk_cursor_next(&two, &other, &y));
		ck_assert_uint_eq(net.first.hi, other.first.hi);
		ck_assert_uint_eq(net.first.lo, other.first.lo);
		ck_assert_uint_eq(net.family, other.family);
		ck_assert_uint_eq(net.len, other.len);
		snprintf(text, sizeof text, "old%s%s", reasons ? ": " : "",
		    reasons ? origins.v[x].text : "");
		ck_assert_str_eq(said.v[y].text, text);
	}
	mk_netlist_free(&entries);
	mk_set_free(&back);
	mk_origins_free(&said);
}

/* What is read of NAME: its entries, the foreign ones, or the status. */
struct got {
	int rv, status;
	size_t n, foreign;
};

static inline struct got
try_read(enum mk_output_id id, const char *name)
{
	struct mk_outfile at = place(name);
	struct mk_netlist entries = { 0 };
	struct mk_origins said = { 0 };
	struct got got = { 0 };
	uint32_t feed;

	ck_assert_int_eq(mk_origin_feed(&said, "old", &feed), 0);
	err = (struct mk_error){ 0 };
	got.rv = mk_outputs[id].read(&at, &entries, &said, &got.foreign,
	    &err);
	got.status = err.status;
	got.n = entries.v4_n + entries.v6_n;
	mk_netlist_free(&entries);
	mk_origins_free(&said);
	return got;
}

#endif
