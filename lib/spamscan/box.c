/* spamscan/box - a mailbox in which a message may have to go to Junk. */
#include "spamscan/box.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.h"
#include "mail/msgname.h"
#include "mail/quota.h"

#define CLIENT_S	10		/* a client's move takes less */

/* Tell *WHY of the mailbox, with what to do; nothing more is tried in it. */
static void
refuse(struct mk_box *box, const struct mk_error *why, const char *what)
{
	struct mk_error err;

	box->refused = true;
	mk_fail(&err, why->status, "%s/%s: %s%s; its spam stays",
	    box->scan->root, box->folder->mailbox, what, why->text);
	mk_problems_tell(&box->scan->problems, &err);
}

/* Open the mailbox, and what is remembered of it. */
static int
open_box(struct mk_box *box)
{
	const char *path = box->folder->mailbox;
	struct mk_error err;

	if (box->refused)
		return -1;
	if (box->fd != -1)
		return 0;
	box->fd = mk_sys_open_dir(box->scan->rootfd, path[0] == '\0' ? "." :
	    path);
	if (box->fd == -1) {
		mk_fail_sys(&err, "cannot be opened");
		refuse(box, &err, "");
		return -1;
	}
	box->mark = mk_quota_mark(box->fd);
	if (mk_moved_load(&box->moved, box->fd, box->scan->now_s,
	    !box->scan->dry_run, &err) == -1) {
		refuse(box, &err, MK_MOVED_NAME ": ");
		return -1;
	}
	return 0;
}

static const char *
junk_place(const struct mk_box *box)
{
	return box->scan->junk_place[box->folder->layout == MK_FS];
}

static int
open_junk(struct mk_box *box)
{
	struct mk_error err;

	if (box->junk_open)
		return 0;
	if (mk_junk_open(&box->junk, box->fd, box->folder->layout,
	    junk_place(box), true, &err) != 0) {
		refuse(box, &err, "");
		return -1;
	}
	box->junk_open = true;
	return 0;
}

int
mk_box_taken_back(struct mk_box *box, uint64_t print)
{
	if (open_box(box) == -1)
		return -1;
	return mk_moved_has(&box->moved, print);
}

/* What quota no longer counts. */
static void
account(struct mk_box *box, const char *name, const struct stat *st)
{
	const struct mk_list *ignored = &box->scan->conf->host.quota_ignore;
	int64_t bytes = mk_msgname_size(name, mk_msgname_split(name, NULL));
	int before = mk_quota_counts(ignored, box->folder->layout,
	    box->folder->place);
	int after = mk_quota_counts(ignored, box->folder->layout,
	    junk_place(box));

	if (bytes == -1)
		bytes = st->st_size;
	box->quota_bytes += (after - before) * bytes;
	box->quota_count += after - before;
}

/*
 * Whether a client is moving the message: Dovecot links it to its new folder,
 * and then unlinks it here.  Moved in between, it would lie in both.  An older
 * link is a copy's.
 */
static bool
is_being_moved(const struct mk_box *box, int fd, const char *name)
{
	struct stat st;

	return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_nlink > 1 &&
	    st.st_ctim.tv_sec >= box->scan->now_s - CLIENT_S;
}

enum mk_box_junked
mk_box_junk(struct mk_box *box, int fd, const char *name, bool in_new,
    uint64_t print, const struct stat *st)
{
	struct mk_buf new_name = { 0 };
	struct mk_error err, why;
	enum mk_box_junked result = MK_JUNK_REFUSED;
	int rv;

	switch (mk_box_taken_back(box, print)) {
	case -1:
		return MK_JUNK_REFUSED;
	case 1:
		return MK_JUNK_TAKEN_BACK;
	}
	if (box->scan->dry_run)
		return MK_JUNK_MOVED;
	if (open_junk(box) == -1)
		return MK_JUNK_REFUSED;
	if (is_being_moved(box, fd, name))
		return MK_JUNK_VANISHED;
	/* First: a message that came to Junk unknown could come twice. */
	if (mk_moved_add(&box->moved, print, &err) == -1) {
		refuse(box, &err, MK_MOVED_NAME ": ");
		return MK_JUNK_REFUSED;
	}
	rv = mk_junk_move(&box->junk, fd, name, in_new, &new_name, &err);
	if (rv == 0) {
		result = MK_JUNK_MOVED;
		account(box, name, st);
	} else {
		if (rv == 1)
			result = MK_JUNK_VANISHED;
		else
			refuse(box, &err, "");
		if (mk_moved_call_off(&box->moved, print, &why) == -1)
			refuse(box, &why, MK_MOVED_NAME ": ");
	}
	mk_buf_free(&new_name);
	return result;
}

static void
quota_trouble(const struct mk_box *box, const struct mk_error *why)
{
	struct mk_error err;

	mk_fail(&err, why->status, "%s/%s: %s; have it counted anew (doveadm "
	    "quota recalc)", box->scan->root, box->folder->mailbox, why->text);
	mk_problems_tell(&box->scan->problems, &err);
}

void
mk_box_close(struct mk_box *box)
{
	struct mk_error err;

	if (box->fd != -1 && (box->quota_count != 0 ||
	    box->quota_bytes != 0) && mk_quota_add(box->fd, box->mark,
	    box->quota_bytes, box->quota_count, &err) == -1)
		quota_trouble(box, &err);
	if (box->junk_open && !box->refused &&
	    mk_moved_tidy(&box->moved, &err) == -1)
		refuse(box, &err, MK_MOVED_NAME ": ");
	mk_moved_close(&box->moved);
	mk_junk_close(&box->junk);
	if (box->fd != -1)
		close(box->fd);
}
