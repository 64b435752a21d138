/* mail/pass - one pass over the messages of a folder, under its ledger. */
#include "mail/pass.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/sys.h"

static const char *const subs[MK_WATCHES] = { "cur", "new", "tmp" };

void
mk_pass_trouble(struct mk_pass *pass, const char *what, const char *name)
{
	struct mk_error err;

	pass->failed = true;
	mk_fail_sys(&err, "%s %s/%s%s%s", what, pass->root,
	    pass->folder->path, name[0] == '\0' ? "" : "/", name);
	mk_problems_tell(pass->problems, &err);
}

void
mk_pass_trouble_at(struct mk_pass *pass, const char *what, const char *sub,
    const char *name)
{
	struct mk_buf path = { 0 };
	int errnum = errno;

	(void)mk_buf_addf(&path, "%s/%s", sub, name);
	errno = errnum;
	mk_pass_trouble(pass, what, path.data == NULL ? sub : path.data);
	mk_buf_free(&path);
}

/* The same of the ledger, for another reason. */
static void
ledger_trouble(struct mk_pass *pass, const struct mk_error *why,
    const char *consequence)
{
	struct mk_error err;

	pass->failed = true;
	mk_fail(&err, why->status, "%s/%s/%s: %s; %s", pass->root,
	    pass->folder->path, MK_LEDGER_NAME, why->text, consequence);
	mk_problems_tell(pass->problems, &err);
}

/*
 * Given the ctime of the folder's directory.  A rename changes that of what is
 * renamed and not of what lies below: in the fs layout the folders above it
 * count, too.
 */
static int64_t
in_place_since(const struct mk_pass *pass, int64_t ctime_s)
{
	const struct mk_folder *f = pass->folder;
	size_t top = strlen(f->path) - strlen(f->place), i;
	struct mk_buf path = { 0 };
	struct stat st;

	for (i = top; f->path[i] != '\0'; i++) {
		if (f->path[i] != '/')
			continue;
		mk_buf_cut(&path, 0);
		if (mk_buf_add(&path, f->path, i) == -1 ||
		    fstatat(pass->rootfd, path.data, &st,
		    AT_SYMLINK_NOFOLLOW) == -1)
			ctime_s = pass->now_s;	/* the gentlest */
		else if (st.st_ctim.tv_sec > ctime_s)
			ctime_s = st.st_ctim.tv_sec;
	}
	mk_buf_free(&path);
	return ctime_s;
}

int
mk_pass_open(struct mk_pass *pass, struct mk_index_record *record)
{
	struct stat st;
	size_t i;

	pass->fd = mk_sys_open_dir(pass->rootfd, pass->folder->path[0] ==
	    '\0' ? "." : pass->folder->path);
	if (pass->fd == -1 || fstat(pass->fd, &st) == -1) {
		if (errno != ENOENT)
			mk_pass_trouble(pass, "open", "");
		return -1;
	}
	/* Before the ledger is made, which changes it. */
	pass->place_since_s = in_place_since(pass, st.st_ctim.tv_sec);
	pass->whole = true;
	for (i = 0; i < MK_WATCHES; i++) {
		if ((record->watch & 1U << i) == 0)
			continue;
		pass->sub_fds[i] = mk_sys_open_dir(pass->fd, subs[i]);
		if (pass->sub_fds[i] == -1 && errno == ENOENT) {
			record->sub_ns[i] = 0;
			pass->whole = false;
			continue;
		}
		if (pass->sub_fds[i] == -1 ||
		    fstat(pass->sub_fds[i], &st) == -1) {
			mk_pass_trouble(pass, "open", subs[i]);
			continue;
		}
		record->sub_ns[i] = mk_walk_stamp(&st, pass->now_s);
		pass->inos[i] = st.st_ino;
	}
	return 0;
}

int
mk_pass_ledger(struct mk_pass *pass, uint64_t rules,
    const struct mk_index_record *record)
{
	const struct mk_ledger_head *head = &pass->ledger.head;
	struct mk_error why;

	switch (mk_ledger_open(&pass->ledger, pass->fd, pass->folder->place,
	    pass->dry_run ? MK_LEDGER_READ : MK_LEDGER_WRITE, &why)) {
	case 1:
		mk_fail(&why, EX_TEMPFAIL, "held by another process");
		ledger_trouble(pass, &why,
		    "the folder is left for the next run");
		return -1;
	case -1:
		ledger_trouble(pass, &why,
		    "without it its messages live longer");
		break;
	default:
		if (!pass->ledger.found && why.text[0] != '\0')
			mk_diag_info("%s/%s/%s %s: begun anew", pass->root,
			    pass->folder->path, MK_LEDGER_NAME, why.text);
	}
	return pass->ledger.found && head->rules == rules &&
	    record->sub_ns[0] != MK_RACY && record->sub_ns[1] != MK_RACY &&
	    head->cur_ns == record->sub_ns[0] &&
	    head->new_ns == record->sub_ns[1] && head->due_s > pass->now_s;
}

int64_t
mk_pass_since(const struct mk_pass *pass, const struct stat *st)
{
	int64_t since = st->st_ctim.tv_sec;
	int64_t least = pass->ledger.found ? pass->ledger.head.last_pass_s :
	    pass->place_since_s;

	return since < least ? least : since;
}

void
mk_pass_settle(struct mk_pass *pass, struct mk_index_record *record)
{
	struct stat st;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (pass->sub_fds[i] == -1 || record->sub_ns[i] == MK_RACY)
			continue;
		if (fstat(pass->sub_fds[i], &st) == -1 ||
		    mk_walk_stamp(&st, pass->now_s) != record->sub_ns[i])
			record->sub_ns[i] = MK_RACY;
	}
}

static void
save(struct mk_pass *pass, const struct mk_ledger_head *head)
{
	struct mk_error why;

	if (pass->dry_run || pass->ledger.fd == -1 ||
	    mk_ledger_save(&pass->ledger, head, &why) == 0)
		return;
	ledger_trouble(pass, &why, "its messages will live longer");
}

void
mk_pass_save(struct mk_pass *pass, uint64_t rules, int64_t due_s,
    uint64_t watched, const struct mk_index_record *record)
{
	struct mk_ledger_head head = {
		.last_pass_s = pass->now_s, .cur_ns = record->sub_ns[0],
		.new_ns = record->sub_ns[1], .due_s = due_s,
		.rules = rules, .watched = watched,
	};

	/* After a clock that went back, "since" must not go back with it. */
	if (pass->ledger.found &&
	    pass->ledger.head.last_pass_s > head.last_pass_s)
		head.last_pass_s = pass->ledger.head.last_pass_s;
	/*
	 * Also where something was not seen: what is not written leaves the
	 * entries of messages that have gone, and one that comes back under
	 * its name would go too soon.
	 */
	save(pass, &head);
}

void
mk_pass_save_known(struct mk_pass *pass)
{
	mk_ledger_keep_all(&pass->ledger);
	save(pass, &pass->ledger.head);
}

void
mk_pass_close(struct mk_pass *pass)
{
	size_t i;

	mk_ledger_close(&pass->ledger);
	for (i = 0; i < MK_WATCHES; i++)
		if (pass->sub_fds[i] != -1)
			close(pass->sub_fds[i]);
	if (pass->fd != -1)
		close(pass->fd);
}
