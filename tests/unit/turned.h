/* A log that is rotated, and what there is of it. */
#ifndef MK_TURNED_H
#define MK_TURNED_H

#include <dirent.h>

#include "rotate/generation.h"
#include "rotate/place.h"
#include "rotate/turn.h"
#include "scratch.h"

#define NOW_S	INT64_C(1795388400)	/* Mon Nov 23 00:00:00 CET 2026 */
#define NOTICE	"newsyslog["

static struct mk_place place = MK_PLACE;
static struct mk_place elsewhere = MK_PLACE;
static struct mk_entry entry;
static struct mk_turn turn;
static struct mk_error err;

/* The log "log" in the scratch directory, of which COUNT are kept. */
static inline void
turn_begin(int64_t count)
{
	ck_assert_int_eq(setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1), 0);
	tzset();
	if (place.fd == -1)
		ck_assert_msg(mk_place_open(&place, scratch, false, &err) == 0,
		    "%s", err.text);
	entry = (struct mk_entry){ .uid = (uid_t)-1, .gid = (gid_t)-1,
	    .mode = 0640, .count = count };
	turn = (struct mk_turn){ .entry = &entry, .name = "log",
	    .place = &place, .archive = &place, .host = "mx1.example.org",
	    .reason = " due to a test", .now_s = NOW_S };
	err = (struct mk_error){ 0 };
}

static inline void
turn_setup(void)
{
	scratch_setup();
	turn_begin(3);
}

static inline void
turn_teardown(void)
{
	mk_place_close(&place);
	mk_place_close(&elsewhere);
	scratch_teardown();
}

/* With the place's rights, as the caller does it. */
static inline int
with_rights(int (*call)(struct mk_turn *, struct mk_error *))
{
	int rv;

	ck_assert_int_eq(mk_place_enter(&place, &err), 0);
	rv = call(&turn, &err);
	mk_place_leave(&place);
	return rv;
}

static inline void
turns(void)
{
	ck_assert_msg(with_rights(mk_turn) == 0, "%s", err.text);
	ck_assert(turn.turned);
}

static inline void
refuses(int status)
{
	ck_assert_int_eq(with_rights(mk_turn), -1);
	ck_assert_msg(err.status == status, "%d: %s", err.status, err.text);
	ck_assert_str_ne(err.text, "");
	ck_assert(!turn.turned);
}

static inline int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* All that lies in the directory AT, inode numbers and bytes included. */
static inline struct mk_buf
tree_of(int at)
{
	struct dirent **v;
	struct mk_buf tree = { 0 };
	struct stat st;
	int dir, fd, n, i;

	dir = openat(at, ".", O_RDONLY | O_DIRECTORY);
	ck_assert_int_ne(dir, -1);
	n = scandirat(dir, ".", &v, NULL, by_name);
	ck_assert_int_ge(n, 2);
	for (i = 0; i < n; i++) {
		ck_assert_int_eq(fstatat(dir, v[i]->d_name, &st,
		    AT_SYMLINK_NOFOLLOW), 0);
		mk_buf_addf(&tree, "%s", v[i]->d_name);
		if (v[i]->d_name[0] != '.' || v[i]->d_name[1] > '.')
			mk_buf_addf(&tree, " %o %u:%u %lu %lu %lld:",
			    st.st_mode, st.st_uid, st.st_gid,
			    (unsigned long)st.st_nlink,
			    (unsigned long)st.st_ino, (long long)st.st_size);
		if (S_ISREG(st.st_mode)) {
			fd = openat(dir, v[i]->d_name, O_RDONLY);
			ck_assert_int_ne(fd, -1);
			ck_assert_int_eq(mk_fs_read_all(fd, &tree, 1 << 24),
			    0);
			close(fd);
		}
		mk_buf_addf(&tree, "\n");
		free(v[i]);
	}
	free(v);
	close(dir);
	return tree;
}

static inline void
same_tree(struct mk_buf *before)
{
	struct mk_buf now = tree_of(root);

	ck_assert_str_eq(now.data, before->data);
	mk_buf_free(&now);
	mk_buf_free(before);
}

/* Whether NAME has TEXT in it. */
static inline bool
has_text(const char *name, const char *text)
{
	struct mk_buf buf = get(name);
	bool has = buf.len > 0 && strstr(buf.data, text) != NULL;

	mk_buf_free(&buf);
	return has;
}

/* NAME begins with TEXT, whatever notice follows. */
static inline void
begins(const char *name, const char *text)
{
	struct mk_buf buf = get(name);

	ck_assert_msg(strncmp(buf.len > 0 ? buf.data : "", text,
	    strlen(text)) == 0, "%s: %s", name, buf.len > 0 ? buf.data : "");
	mk_buf_free(&buf);
}

static inline void
append_to(const char *name, const char *text)
{
	int fd = openat(root, name, O_WRONLY | O_APPEND | O_CREAT, 0644);

	ck_assert_msg(fd != -1, "%s: %s", name, strerror(errno));
	ck_assert_int_eq(mk_fs_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

#endif
