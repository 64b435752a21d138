/* tmda/queue - one TMDA directory: where its files are. */
#include "tmda/queue.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/duration.h"
#include "base/fs.h"
#include "base/sys.h"
#include "tmda/settings.h"
#include "tmda/tmda.h"

#define CONFIG_LIMIT	((size_t)1 << 20)
#define LISTS		4		/* of TMDA's, that rescue */

struct making {
	struct mk_tmda *t;
	struct mk_tmda_queue *q;
	/* What of absolute paths lies in the tree: below one of these, which
	 * are .within below MK_TMDA_ROOT. */
	char *bases[2];
	const char *within;
	struct mk_tmda_settings settings;
	const char *datadir;		/* before relative paths; NULL: the
					 * TMDA directory */
};

/*
 * Where TEXT of a configuration lies: 1 and *PATH below MK_TMDA_ROOT; 0 and
 * *PATH, absolute; -1 with errno, EINVAL where it has ".." or "~".
 */
static int
locate(const struct making *m, const char *text, char **path)
{
	char *normal, *joined;
	const char *below = NULL;
	size_t i;

	*path = NULL;
	errno = EINVAL;
	if (text[0] == '~')
		return -1;
	joined = text[0] == '/' ? strdup(text) : m->datadir == NULL ?
	    NULL : mk_tmda_join(m->datadir, text);
	normal = mk_tmda_normal(joined == NULL ? text : joined);
	free(joined);
	if (normal == NULL)
		return -1;
	if (normal[0] != '/') {
		*path = mk_tmda_join(m->q->dir, normal);
		free(normal);
		return *path == NULL ? -1 : 1;
	}
	for (i = 0; i < 2 && below == NULL; i++)
		if (m->bases[i] != NULL)
			below = mk_tmda_below(m->bases[i], normal);
	if (below == NULL) {
		*path = normal;
		return 0;
	}
	*path = mk_tmda_join(m->within, below);
	free(normal);
	return *path == NULL ? -1 : 1;
}

static int
bad_path(const char *text, struct mk_error *err)
{
	return errno == EINVAL ? mk_fail(err, EX_CONFIG, "%s: has %s: write "
	    "the whole path", text, text[0] == '~' ? "a ~, and whose home "
	    "that is can't be known" : ".. in it") :
	    mk_fail_sys(err, "%s", text);
}

/* A path of a user's configuration, but not in the user's mailbox. */
static int
outside(const struct making *m, const char *path, struct mk_error *err)
{
	return mk_fail(err, EX_CONFIG, "%s: its configuration has %s, which "
	    "does not lie in the mailbox", m->q->path, path);
}

static int
set_file(const struct making *m, const char *text, struct mk_tmda_place *file,
    struct mk_error *err)
{
	char *path;
	int where = locate(m, text, &path);

	if (where == -1)
		return bad_path(text, err);
	*file = (struct mk_tmda_place){ .dirfd = m->t->roots[MK_TMDA_ROOT].fd };
	if (where == 1) {
		file->path = path;
		file->shown = mk_tmda_join(m->t->roots[MK_TMDA_ROOT].path,
		    path);
		return file->shown == NULL ? mk_fail_sys(err, "%s", text) : 0;
	}
	file->shown = path;
	if (m->t->conf->dir == NULL)
		return outside(m, path, err);
	file->path = strdup(strrchr(path, '/') + 1);
	if (file->path == NULL)
		return mk_fail_sys(err, "%s", text);
	file->dirfd = mk_fs_open_parent(path, err);
	file->own = file->dirfd != -1;
	if (!file->own && err->status == EX_NOINPUT) {
		free(file->path);
		file->path = NULL;
		return 0;
	}
	return file->own ? 0 : -1;
}

/* A directory elsewhere: its parent becomes a root. */
static int
set_elsewhere(const struct making *m, const char *path,
    struct mk_tmda_dir *dir, unsigned root_index, struct mk_error *err)
{
	struct mk_tmda_root *root = &m->t->roots[root_index];
	char *real, *slash;

	if (m->t->conf->dir == NULL)
		return outside(m, path, err);
	real = realpath(path, NULL);
	if (real == NULL)
		return errno == ENOENT ? 0 : mk_fail_sys(err, "%s", path);
	slash = strrchr(real, '/');
	dir->path = strdup(slash + 1);
	dir->root = root_index;
	*slash = '\0';
	root->path = strdup(slash == real ? "/" : real);
	free(real);
	if (dir->path == NULL || root->path == NULL)
		return mk_fail_sys(err, "%s", path);
	if (dir->path[0] == '\0')
		return mk_fail(err, EX_CONFIG, "%s: is no place for a queue",
		    path);
	root->fd = mk_fs_open_trusted(root->path, 0, (uid_t)-1, (gid_t)-1,
	    err);
	return root->fd == -1 ? -1 : 0;
}

static int
set_dir(const struct making *m, const char *text, struct mk_tmda_dir *dir,
    unsigned root_index, struct mk_error *err)
{
	char *path;
	int where = locate(m, text, &path), rv;

	if (where == -1)
		return bad_path(text, err);
	if (where == 0) {
		rv = set_elsewhere(m, path, dir, root_index, err);
		free(path);
		return rv;
	}
	*dir = (struct mk_tmda_dir){ .root = MK_TMDA_ROOT, .path = path };
	return 0;
}

static int
add_list(const struct making *m, const char *text, struct mk_error *err)
{
	struct mk_tmda_queue *q = m->q;
	struct mk_tmda_place *lists = realloc(q->lists,
	    (q->lists_n + 1) * sizeof *lists);

	if (lists == NULL)
		return mk_fail_sys(err, "%s", text);
	q->lists = lists;
	lists[q->lists_n] = (struct mk_tmda_place)MK_TMDA_NO_PLACE;
	return set_file(m, text, &lists[q->lists_n++], err);
}

/* What mailkeep.conf says; its relative paths start at the TMDA directory. */
static int
by_section(const struct making *m, struct mk_error *err)
{
	const struct mk_tmda_conf *conf = m->t->conf;
	size_t i;

	if (conf->rescue != MK_TMDA_NO_RESCUE)
		for (i = 0; i < conf->rescue_lists.n; i++)
			if (add_list(m, conf->rescue_lists.v[i], err) == -1)
				return -1;
	if (conf->append_deleted && conf->delete_append[0] != '\0' &&
	    set_file(m, conf->delete_append, &m->q->append, err) == -1)
		return -1;
	if (mk_tmda_asks_tmda(conf))
		return 0;
	return mk_duration_parse(conf->pending_lifetime, &m->q->lifetime_s,
	    err) == -1 || set_dir(m, "pending", &m->q->pending,
	    MK_TMDA_PENDING_ROOT, err) == -1 || set_dir(m, "responses",
	    &m->q->responses, MK_TMDA_RESPONSE_ROOT, err) == -1 ? -1 : 0;
}

/* What is needed of TMDA's settings, and what helps where it is not known. */
static const struct need {
	enum mk_tmda_key key;
	bool rescue, append;		/* only for that */
	bool none;			/* may be None */
	const char *advice;
} needs[] = {
	{ MK_TMDA_DATADIR, false, false, false, "pending-lifetime = \"14d\", "
	    "if the queue is dir/pending" },
	{ MK_TMDA_LIFETIME, false, false, false, "pending-lifetime = "
	    "\"14d\"" },
	{ MK_TMDA_PENDING_DIR, false, false, false, "pending-lifetime = "
	    "\"14d\", if the queue is dir/pending" },
	{ MK_TMDA_RESPONSE_DIR, false, false, true, "pending-lifetime = "
	    "\"14d\", if the responses are in dir/responses" },
	{ MK_TMDA_CONFIRM_APPEND, true, false, true, "pending-lifetime = "
	    "\"14d\" and the list into rescue-lists" },
	{ MK_TMDA_BARE_APPEND, true, false, true, "pending-lifetime = "
	    "\"14d\" and the list into rescue-lists" },
	{ MK_TMDA_RELEASE_APPEND, true, false, true, "pending-lifetime = "
	    "\"14d\" and the list into rescue-lists" },
	{ MK_TMDA_WHITELIST_APPEND, true, false, true, "pending-lifetime = "
	    "\"14d\" and the list into rescue-lists" },
	{ MK_TMDA_DELETE_APPEND, false, true, true, "delete-append = "
	    "\"lists/...\"" },
};

static bool
is_needed(const struct mk_tmda_conf *conf, const struct need *need)
{
	if (need->rescue && conf->rescue == MK_TMDA_NO_RESCUE)
		return false;
	return !need->append || (conf->append_deleted &&
	    conf->delete_append[0] == '\0');
}

/* Why SETTING is of no use; NULL. */
static const char *
fault(const struct mk_tmda_setting *setting, bool none)
{
	switch (setting->known) {
	case MK_TMDA_UNKNOWN:
		return "is not a plain string there, and can't be known";
	case MK_TMDA_NONE:
		return none ? NULL : "is None";
	case MK_TMDA_SET:
		return setting->text[0] == '~' ? "has a ~, and whose home "
		    "that is can't be known" : NULL;
	default:
		return NULL;
	}
}

static int
check_settings(const struct making *m, struct mk_error *err)
{
	const struct mk_tmda_setting *setting;
	const char *why;
	size_t i;

	for (i = 0; i < sizeof needs / sizeof *needs; i++) {
		setting = &m->settings.v[needs[i].key];
		why = is_needed(m->t->conf, &needs[i]) ?
		    fault(setting, needs[i].none) : NULL;
		if (why != NULL)
			return mk_fail(err, EX_CONFIG, "%s:%u: %s %s; nothing "
			    "is done: write into tmda \"%s\" %s",
			    setting->file, setting->line,
			    mk_tmda_key_names[needs[i].key],
			    why, m->t->conf->name, needs[i].advice);
	}
	return 0;
}

/* The text of KEY; FALLBACK where it is not set; NULL where it is None. */
static const char *
setting(const struct making *m, enum mk_tmda_key key, const char *fallback)
{
	const struct mk_tmda_setting *s = &m->settings.v[key];

	return s->known == MK_TMDA_SET ? s->text :
	    s->known == MK_TMDA_DEFAULT ? fallback : NULL;
}

/* The cache is no message, whatever it is called, where it lies among them. */
static int
set_cache(const struct making *m, struct mk_error *err)
{
	const char *text = setting(m, MK_TMDA_PENDING_CACHE, NULL), *name;
	char *pending = NULL, *cache = NULL;
	int rv = 0;

	if (text != NULL && locate(m, text, &cache) != -1 && locate(m,
	    setting(m, MK_TMDA_PENDING_DIR, "pending"), &pending) != -1) {
		name = mk_tmda_below(pending, cache);
		if (name != NULL && (m->q->cache = strdup(name)) == NULL)
			rv = mk_fail_sys(err, "%s", text);
	}
	free(pending);
	free(cache);
	return rv;
}

static int
by_settings(struct making *m, struct mk_error *err)
{
	static const enum mk_tmda_key lists[LISTS] = {
	    MK_TMDA_CONFIRM_APPEND, MK_TMDA_BARE_APPEND,
	    MK_TMDA_RELEASE_APPEND, MK_TMDA_WHITELIST_APPEND };
	const struct mk_tmda_conf *conf = m->t->conf;
	struct mk_tmda_queue *q = m->q;
	struct mk_error why;
	const char *text;
	size_t i;

	if (check_settings(m, err) == -1)
		return -1;
	m->datadir = setting(m, MK_TMDA_DATADIR, NULL);
	if (mk_tmda_lifetime(setting(m, MK_TMDA_LIFETIME, "14d"),
	    &q->lifetime_s, &why) == -1)
		return mk_fail(err, EX_CONFIG, "%s:%u: PENDING_LIFETIME: %s; "
		    "nothing is done: write that, or into tmda \"%s\" "
		    "pending-lifetime = \"14d\"",
		    m->settings.v[MK_TMDA_LIFETIME].file,
		    m->settings.v[MK_TMDA_LIFETIME].line, why.text,
		    conf->name);
	if (set_dir(m, setting(m, MK_TMDA_PENDING_DIR, "pending"),
	    &q->pending, MK_TMDA_PENDING_ROOT, err) == -1)
		return -1;
	text = setting(m, MK_TMDA_FORMAT, NULL);
	if (text != NULL)
		mk_diag_info("%s: PENDING_QUEUE_FORMAT is %s; both formats "
		    "are looked for", q->path, text);
	if (set_cache(m, err) == -1)
		return -1;
	text = setting(m, MK_TMDA_RESPONSE_DIR, "responses");
	if (text != NULL && set_dir(m, text, &q->responses,
	    MK_TMDA_RESPONSE_ROOT, err) == -1)
		return -1;
	for (i = 0; i < LISTS && conf->rescue != MK_TMDA_NO_RESCUE; i++) {
		text = setting(m, lists[i], NULL);
		if (text != NULL && add_list(m, text, err) == -1)
			return -1;
	}
	text = setting(m, MK_TMDA_DELETE_APPEND, NULL);
	return text == NULL || !conf->append_deleted ||
	    conf->delete_append[0] != '\0' ? 0 :
	    set_file(m, text, &q->append, err);
}

static void
unread(void *data, const struct mk_error *err)
{
	(void)data;
	mk_diag_info("%s", err->text);
}

int
mk_tmda_global_read(struct mk_tmda *t, struct mk_error *err)
{
	struct mk_tmda_place file = { .dirfd = -1, .own = true };
	const char *path = t->conf->global_config;
	int rv = -1;

	if (!mk_tmda_asks_tmda(t->conf) || path[0] == '\0')
		return 0;
	file.path = strdup(strrchr(path, '/') + 1);
	file.shown = strdup(path);
	if (file.path == NULL || file.shown == NULL)
		mk_fail_sys(err, "%s", path);
	else if ((file.dirfd = mk_fs_open_parent(path, err)) != -1)
		rv = mk_tmda_place_read(&file, CONFIG_LIMIT, &t->global, err);
	else if (err->status == EX_NOINPUT)
		rv = 0;
	mk_tmda_place_free(&file);
	return rv == -1 ? -1 : 0;
}

/* TMDA executes it before the user's, which says what it does not, or else. */
static int
take_global(struct making *m, const char *home, struct mk_error *err)
{
	static const enum mk_tmda_key which[] = { MK_TMDA_TMDARC,
	    MK_TMDA_CONFIG_EXEC };
	const struct mk_buf *text = &m->t->global;
	const struct mk_tmda_setting *s;
	size_t i;

	if (text->len == 0)
		return 0;
	if (mk_tmda_settings_parse(&m->settings, m->t->conf->global_config,
	    text->data, text->len, home, unread, NULL, err) == -1)
		return -1;
	for (i = 0; i < sizeof which / sizeof *which; i++) {
		s = &m->settings.v[which[i]];
		if (s->known != MK_TMDA_DEFAULT)
			return mk_fail(err, EX_CONFIG, "%s:%u: %s may be set "
			    "there, so what TMDA reads can't be known; nothing "
			    "is done: write into tmda \"%s\" "
			    "pending-lifetime = \"14d\"", s->file, s->line,
			    mk_tmda_key_names[which[i]], m->t->conf->name);
	}
	return 0;
}

/*
 * Read TMDA's own configuration.  Its "~" is what lies around ".tmda", as TMDA
 * looks there for that file; for a directory of another name nobody knows.
 */
static int
ask_tmda(struct making *m, struct mk_error *err)
{
	struct mk_tmda_place file = MK_TMDA_NO_PLACE;
	struct mk_buf text = { 0 };
	const char *conf = m->t->conf->config, *name;
	char *home = m->bases[0] == NULL ? NULL : mk_tmda_join(m->bases[0],
	    m->t->conf->dir != NULL ? "." : m->t->conf->mailbox_dir);
	int rv = -1, there;

	name = home == NULL ? NULL : strrchr(home, '/');
	if (name != NULL && strcmp(name, "/.tmda") == 0)
		home[name == home ? 1 : name - home] = '\0';
	else {
		free(home);
		home = NULL;
	}
	if (set_file(m, conf[0] == '\0' ? "config" : conf, &file, err) == -1)
		goto out;
	there = mk_tmda_place_read(&file, CONFIG_LIMIT, &text, err);
	/* In a mailbox TMDA goes by its defaults then. */
	if (there == 0 && m->t->conf->dir != NULL)
		mk_fail(err, EX_NOINPUT, "%s: is not there, and "
		    "pending-lifetime = \"tmda\" asks it: name it by config, "
		    "or write pending-lifetime = \"14d\" into tmda \"%s\"",
		    file.shown, m->t->conf->name);
	if ((there == 1 || (there == 0 && m->t->conf->dir == NULL)) &&
	    take_global(m, home, err) == 0 &&
	    mk_tmda_settings_parse(&m->settings, file.shown, text.data ==
	    NULL ? "" : text.data, text.len, home, unread, NULL,
	    err) == 0)
		rv = by_settings(m, err);
out:
	mk_buf_free(&text);
	mk_tmda_place_free(&file);
	free(home);
	return rv;
}

/* Which absolute paths lie in the tree. */
static int
set_bases(struct making *m, struct mk_error *err)
{
	const struct mk_tmda_root *root = &m->t->roots[MK_TMDA_ROOT];
	const char *names[2] = { root->path, root->real };
	const char *box = m->q->mailbox[0] == '\0' ? "." : m->q->mailbox;
	char *normal;
	size_t i;

	m->within = m->t->conf->dir != NULL ? "." : box;
	for (i = 0; i < 2; i++) {
		if (names[i] == NULL || names[i][0] != '/')
			continue;
		normal = mk_tmda_normal(names[i]);
		if (normal == NULL)	/* the other one is without ".." */
			continue;
		m->bases[i] = mk_tmda_join(normal, m->within);
		free(normal);
		if (m->bases[i] == NULL)
			return mk_fail_sys(err, "%s", root->path);
	}
	if (m->bases[0] == NULL) {
		m->bases[0] = m->bases[1];
		m->bases[1] = NULL;
	}
	return 0;
}

/* The TMDA directory itself. */
static int
open_dir(struct mk_tmda *t, struct mk_tmda_queue *q, struct mk_error *err)
{
	struct mk_tmda_root *root = &t->roots[MK_TMDA_ROOT];
	struct stat st;
	int fd = mk_sys_open_dir(root->fd, q->dir), rv = 0;

	if (fd == -1 || fstat(fd, &st) == -1)
		rv = mk_fail_sys(err, "open %s", q->path);
	else {
		q->uid = st.st_uid;
		q->gid = st.st_gid;
	}
	if (fd != -1)
		close(fd);
	return rv;
}

struct mk_tmda_queue *
mk_tmda_queue_new(struct mk_tmda *t, const char *mailbox,
    struct mk_error *err)
{
	struct mk_tmda_queue *q = calloc(1, sizeof *q);
	struct making m = { .t = t, .q = q };
	size_t i;
	int rv = -1;

	if (q == NULL) {
		mk_fail_sys(err, "tmda \"%s\"", t->conf->name);
		return NULL;
	}
	q->append = (struct mk_tmda_place)MK_TMDA_NO_PLACE;
	q->mailbox = strdup(mailbox);
	q->dir = t->conf->dir != NULL ? strdup(".") :
	    mk_tmda_join(mailbox[0] == '\0' ? "." : mailbox,
	    t->conf->mailbox_dir);
	q->path = q->dir == NULL ? NULL :
	    mk_tmda_join(t->roots[MK_TMDA_ROOT].path, q->dir);
	if (q->mailbox == NULL || q->path == NULL)
		mk_fail_sys(err, "tmda \"%s\"", t->conf->name);
	else if (open_dir(t, q, err) == 0 && set_bases(&m, err) == 0 &&
	    by_section(&m, err) == 0)
		rv = mk_tmda_asks_tmda(t->conf) ? ask_tmda(&m, err) : 0;
	mk_tmda_settings_free(&m.settings);
	for (i = 0; i < 2; i++)
		free(m.bases[i]);
	if (rv == 0)
		return q;
	mk_tmda_queue_free(q);
	return NULL;
}

void
mk_tmda_queue_free(struct mk_tmda_queue *q)
{
	size_t i;

	if (q == NULL)
		return;
	for (i = 0; i < q->lists_n; i++)
		mk_tmda_place_free(&q->lists[i]);
	free(q->lists);
	mk_tmda_place_free(&q->append);
	free(q->cache);
	free(q->pending.path);
	free(q->responses.path);
	free(q->mailbox);
	free(q->path);
	free(q->dir);
	free(q->rescued);
	mk_buf_free(&q->senders);
	free(q);
}
