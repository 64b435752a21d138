/* spamscan/learn - the messages whose place was decided by their users. */
#include "spamscan/learn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/stop.h"
#include "mail/header.h"
#include "mail/msgname.h"
#include "mail/pass.h"
#include "spamscan/box.h"

#define DELIVERY_S	60		/* between a message's mtime and its
					 * coming into a folder, at most */

static const char *const subs[] = { "cur", "new" };

/* ---- how messages come into Junk */

struct junk {
	struct mk_spamscan *scan;
	struct mk_pass pass;
	struct mk_box box;
	struct mk_source *source;
	uint64_t n;
	bool unsettled;
};

/* Whether we put the message open as FD there: 1, 0, -1 (told). */
static int
is_ours(struct junk *in, int fd, const char *name)
{
	const char *header;
	struct mk_error err;
	size_t len;

	if (mk_box_taken_back(&in->box, 0) == -1)
		return -1;
	if (in->box.moved.n == 0)
		return 0;
	/* What can't be read has no fingerprint; it is not ours to learn. */
	if (mk_source_open(in->source, fd, &err) == -1 ||
	    mk_source_header(in->source, &header, &len, &err) == -1) {
		mk_diag_info("%s/%s/%s: %s", in->scan->root,
		    in->pass.folder->path, name, err.text);
		return 1;
	}
	return mk_box_taken_back(&in->box, mk_header_fingerprint(header,
	    len));
}

/*
 * Whether the file was in another folder when a run last met this one: one of
 * ours, and with learn = yes.  mailkeep-expire's passes are in the ledger, too,
 * and enter what they meet there, whoever put it there.
 */
static bool
came_by_a_move(const struct junk *in, const struct mk_ledger_entry *entry,
    const struct stat *st)
{
	const struct mk_ledger *ledger = &in->pass.ledger;
	bool own = ledger->head.rules == in->scan->fingerprint;
	int64_t met_s = own ? ledger->head.last_pass_s : 0;

	if (!ledger->found)
		return false;
	/* Our own pass did meet it, or may have: it could not look at all. */
	if (own && (entry != NULL || ledger->head.due_s == MK_ALWAYS))
		return false;
	if (met_s < in->scan->last_run_s)
		met_s = in->scan->last_run_s;
	return st->st_mtim.tv_sec + DELIVERY_S < met_s;
}

static void
met_in_junk(struct junk *in, int sub, const char *name)
{
	uint64_t hash = mk_msgname_hash(name, mk_msgname_split(name, NULL));
	struct mk_ledger_entry *entry = mk_ledger_find(&in->pass.ledger, hash);
	struct mk_known known = { .state = MK_DELIVERED };
	struct stat st;
	int fd, ours;

	if (entry != NULL && mk_known_decode(entry->known).state >=
	    MK_PUT_THERE)
		return;
	fd = mk_sys_open_file(in->pass.sub_fds[sub], name, O_RDONLY, 0);
	if (fd == -1 || fstat(fd, &st) == -1) {
		if (errno != ENOENT)
			mk_pass_trouble_at(&in->pass, "open", subs[sub],
			    name);
		in->unsettled = true;
		if (fd != -1)
			close(fd);
		return;
	}
	ours = S_ISREG(st.st_mode) ? is_ours(in, fd, name) : 0;
	close(fd);
	if (!S_ISREG(st.st_mode))
		return;
	if (ours == -1)
		known.state = MK_NEW;
	else if (ours == 1)
		known.state = MK_PUT_THERE;
	else if (came_by_a_move(in, entry, &st))
		known.state = MK_USER_JUNKED;
	if (known.state == MK_NEW)
		in->unsettled = true;
	if (entry != NULL)
		mk_ledger_know(&in->pass.ledger, entry,
		    mk_known_encode(&known));
	else if (mk_ledger_add(&in->pass.ledger, hash,
	    mk_pass_since(&in->pass, &st), known.state == MK_NEW ? 0 :
	    mk_known_encode(&known)) == -1)
		mk_pass_trouble(&in->pass, "remember", name);
}

static void
list_junk(struct junk *in, struct mk_dir *reader, int sub)
{
	struct mk_dirent entry;
	int fd = in->pass.sub_fds[sub], rv;

	if (fd == -1)
		return;
	rv = mk_sys_dir_start(reader, fd);
	while (rv != -1 && (rv = mk_sys_dir_next(reader, &entry)) == 1) {
		if (!mk_msgname_fits(entry.name) || (entry.type != MK_FILE &&
		    entry.type != MK_UNKNOWN))
			continue;
		in->n++;
		met_in_junk(in, sub, entry.name);
	}
	if (rv == -1)
		mk_pass_trouble(&in->pass, "list", subs[sub]);
}

void
mk_learn_junk(struct mk_spamscan *scan, const struct mk_folder *folder,
    struct mk_index_record *record, struct mk_dir *reader,
    struct mk_source *source)
{
	struct junk in = {
		.scan = scan, .source = source, .box = MK_BOX(scan, folder),
		.pass = { .rootfd = scan->rootfd, .root = scan->root,
		    .folder = folder, .now_s = scan->now_s,
		    .dry_run = scan->dry_run, .problems = &scan->problems,
		    MK_PASS },
	};
	uint64_t rules = scan->fingerprint;

	record->due_s = MK_NEVER;
	if (mk_pass_open(&in.pass, record) == 0 &&
	    mk_pass_ledger(&in.pass, rules, record) == 0) {
		list_junk(&in, reader, 0);
		list_junk(&in, reader, 1);
		mk_pass_settle(&in.pass, record);
		mk_pass_save(&in.pass, rules, in.unsettled || in.pass.failed ?
		    MK_ALWAYS : MK_NEVER, in.n, record);
	}
	if (in.unsettled || in.pass.failed)
		record->due_s = MK_ALWAYS;
	mk_box_close(&in.box);
	mk_pass_close(&in.pass);
}

/* ---- the list */

struct learning {
	struct mk_spamscan *scan;
	bool spam, tell;
	struct mk_source *source;
	struct mk_dir reader;
	bool refused;			/* spamd said no: said once */
};

/* Print the message at PATH. */
static void
print(const struct learning *l, const char *mailbox, const char *path)
{
	struct mk_buf user = { 0 };
	struct mk_json json;
	char *escaped;
	size_t size;

	mk_progress_wipe();
	if (l->scan->lines) {
		if (l->scan->accounts != NULL)
			(void)mk_accounts_email(l->scan->accounts, mailbox,
			    &user);
		mk_json_begin(&json, stdout);
		mk_json_object(&json, NULL);
		mk_json_string(&json, "user", user.data == NULL ? mailbox :
		    user.data);
		mk_json_string(&json, "message", path);
		mk_json_string(&json, "class", l->spam ? "spam" : "ham");
		mk_json_bool(&json, "told", l->tell);
		mk_json_close_object(&json);
		mk_json_end(&json);
		mk_buf_free(&user);
		return;
	}
	if (mk_buf_addf(&user, "%s/%s", l->scan->root, path) == 0) {
		size = user.len * 4 + 1;
		escaped = malloc(size);
		if (escaped != NULL)
			puts(mk_diag_escape(escaped, size, user.data));
		free(escaped);
	}
	mk_buf_free(&user);
}

/* Tell spamd of the message NAME.  0 or -1, told. */
static int
tell(struct learning *l, struct mk_pass *pass, int sub, const char *name)
{
	const struct mk_spamscan *scan = l->scan;
	struct mk_buf email = { 0 };
	struct mk_error err, why;
	const char *text;
	size_t len;
	int fd = mk_sys_open_file(pass->sub_fds[sub], name, O_RDONLY, 0);
	int rv = -1;

	if (fd == -1) {
		if (errno != ENOENT)
			mk_pass_trouble_at(pass, "open", subs[sub], name);
		return -1;
	}
	if (scan->accounts != NULL)
		(void)mk_accounts_email(scan->accounts, pass->folder->mailbox,
		    &email);
	if (mk_source_open(l->source, fd, &why) == 0)
		rv = mk_source_text(l->source,
		    (size_t)scan->conf->spamd.max_size, &text, &len, &why);
	if (rv == 1 || (rv == 0 && len == 0))
		rv = 1;			/* nothing for spamd: passed over */
	else if (rv == 0)
		rv = mk_spamd_tell(scan->spamd, email.data == NULL ? "" :
		    email.data, l->spam, text, len, scan->deadline_ms, &why);
	if (rv == -1) {
		l->refused = why.status != EX_DATAERR;
		mk_fail(&err, why.status, "%s/%s/%s/%s: %s", scan->root,
		    pass->folder->path, subs[sub], name, why.text);
		mk_problems_tell(pass->problems, &err);
	}
	mk_buf_free(&email);
	close(fd);
	return rv == 0 ? 0 : -1;
}

static void
met(struct learning *l, struct mk_pass *pass, int sub, const char *name)
{
	uint64_t hash = mk_msgname_hash(name, mk_msgname_split(name, NULL));
	struct mk_ledger_entry *entry = mk_ledger_find(&pass->ledger, hash);
	const char *folder = pass->folder->path;
	struct mk_buf path = { 0 };
	struct mk_known known;

	if (entry == NULL)
		return;
	known = mk_known_decode(entry->known);
	if (known.state != (l->spam ? MK_USER_JUNKED : MK_TAKEN_BACK))
		return;
	if (l->tell) {
		if (known.told || l->refused || tell(l, pass, sub, name) == -1)
			return;
		known.told = true;
		mk_ledger_know(&pass->ledger, entry, mk_known_encode(&known));
	}
	if (mk_buf_addf(&path, "%s%s%s/%s", folder, folder[0] == '\0' ? "" :
	    "/", subs[sub], name) == 0)
		print(l, pass->folder->mailbox, path.data);
	mk_buf_free(&path);
}

static void
visit(void *data, const struct mk_folder *folder,
    struct mk_index_record *record, unsigned worker)
{
	struct learning *l = data;
	struct mk_pass pass = {
		.rootfd = l->scan->rootfd, .root = l->scan->root,
		.folder = folder, .now_s = l->scan->now_s,
		.dry_run = !l->tell, .problems = &l->scan->problems, MK_PASS
	};
	struct mk_dirent entry;
	int sub, rv;

	(void)worker;
	/* The rules do not matter: it is to be listed in any case. */
	if (mk_pass_open(&pass, record) == -1 ||
	    mk_pass_ledger(&pass, 0, record) == -1 || !pass.ledger.found)
		goto out;
	for (sub = 0; sub < 2 && !mk_stopped(); sub++) {
		if (pass.sub_fds[sub] == -1)
			continue;
		rv = mk_sys_dir_start(&l->reader, pass.sub_fds[sub]);
		while (rv != -1 &&
		    (rv = mk_sys_dir_next(&l->reader, &entry)) == 1)
			if (mk_msgname_fits(entry.name))
				met(l, &pass, sub, entry.name);
		if (rv == -1)
			mk_pass_trouble(&pass, "list", subs[sub]);
	}
	if (l->tell)
		mk_pass_save_known(&pass);
out:
	mk_pass_close(&pass);
}

static unsigned
want(void *data, const struct mk_folder *folder)
{
	const struct learning *l = data;
	const struct mk_patterns patterns = {
	    .list = &l->scan->conf->keys.folders };
	bool junk = mk_spamscan_is_junk(l->scan, folder);
	int rv = l->spam ? junk : !junk;

	if (rv == 1 && !l->spam)
		rv = mk_folder_match(&patterns, folder->layout, folder->name);
	if (rv == 1)
		rv = mk_spamscan_wants(l->scan, folder->mailbox);
	return rv == 1 ? MK_WATCH_CUR | MK_WATCH_NEW : 0;
}

static void
problem(void *data, const struct mk_error *err)
{
	struct learning *l = data;

	mk_problems_tell(&l->scan->problems, err);
}

int
mk_learn_list(struct mk_spamscan *scan, const struct mk_walk *walk,
    bool spam, bool tell, struct mk_error *err)
{
	struct learning l = { .scan = scan, .spam = spam, .tell = tell,
	    .reader = { .fd = -1 }, .source = mk_source_new(err) };
	const struct mk_walk_ops ops = {
		.data = &l, .want = want, .visit = visit,
		.problem = problem,
	};
	struct mk_walk_result result = { 0 };
	struct mk_walk alone = *walk;
	int rv = -1;

	alone.threads = 1;		/* a list in order, read by people */
	alone.index = NULL;
	if (l.source != NULL)
		rv = mk_walk(&alone, &ops, &result, err);
	if (rv == 0 && result.folders == 0 && scan->problems.status == EX_OK)
		rv = mk_fail(err, EX_NOINPUT, "%s: no account that is "
		    "scanned has %s%s", scan->root, spam ? "a Junk folder" :
		    "a folder that spamscan names", scan->users->n > 0 ?
		    ", for --user" : "");
	mk_walk_result_free(&result);
	mk_source_free(l.source);
	mk_sys_dir_free(&l.reader);
	return rv;
}
