/* mail/roots - where a run works. */
#include "mail/roots.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "mail/maildir.h"

/* PATH below ROOT (both canonical), or NULL. */
static const char *
below(const char *root, const char *path)
{
	size_t len = strlen(root);

	if (strcmp(root, "/") == 0)
		return path + 1;
	if (strncmp(root, path, len) != 0)
		return NULL;
	return path[len] == '/' ? path + len + 1 : path[len] == '\0' ?
	    path + len : NULL;
}

/* Whether START lies at or below one that ROOT has, or the other way. */
static bool
overlaps(const struct mk_root *root, const char *start)
{
	size_t i;

	for (i = 0; i < root->n; i++)
		if (root->starts[i][0] == '\0' || start[0] == '\0' ||
		    below(root->starts[i], start) != NULL ||
		    below(start, root->starts[i]) != NULL)
			return true;
	return false;
}

static int
add_start(struct mk_root *root, const char *start)
{
	char **starts = realloc(root->starts, (root->n + 1) * sizeof *starts);

	if (starts == NULL)
		return -1;
	root->starts = starts;
	starts[root->n] = strdup(start);
	return starts[root->n] == NULL ? -1 : (int)(root->n++, 0);
}

/* Open the directory PATH and add it; NULL on failure. */
static struct mk_root *
add_root(struct mk_roots *roots, const char *path, struct mk_error *err)
{
	int fd = mk_fs_open_trusted(path, 0, (uid_t)-1, (gid_t)-1, err);
	struct mk_root root = { .fd = fd }, *v;
	size_t len = strlen(path);

	if (fd == -1)
		return NULL;
	root.path = strdup(path);
	v = realloc(roots->v, (roots->n + 1) * sizeof *v);
	if (v != NULL)
		roots->v = v;
	if (v == NULL || root.path == NULL) {
		mk_fail_sys(err, "%s", path);
		close(fd);
		free(root.path);
		return NULL;
	}
	while (len > 1 && path[len - 1] == '/')
		root.path[--len] = '\0';
	v[roots->n] = root;
	return &v[roots->n++];
}

/* The root for all that lies below the mail root; made if there is none. */
static struct mk_root *
mail_root(struct mk_roots *roots, const struct mk_host *host,
    struct mk_error *err)
{
	struct mk_root *root;
	struct mk_error why;
	size_t i;

	for (i = 0; i < roots->n; i++)
		if (!roots->v[i].is_mailbox)
			return &roots->v[i];
	root = add_root(roots, host->mail_root, &why);
	if (root == NULL)
		mk_fail(err, why.status, "mail-root: %s", why.text);
	return root;
}

/*
 * Whether the directory REAL is a folder of a mailbox, of which a rule for
 * the INBOX would take it to be one.  (The mail root, ROOT or NULL, may be a
 * Maildir: below it there are mailboxes only.)
 */
static bool
is_folder(const char *real, const char *root)
{
	const char *start = root == NULL ? NULL : below(root, real);
	char *parent = strdup(real), *slash;
	bool folder;
	int fd;

	if (start != NULL && (*start == '.' || strstr(start, "/.") != NULL)) {
		free(parent);
		return true;
	}
	slash = parent == NULL ? NULL : strrchr(parent, '/');
	if (slash == NULL || slash == parent) {
		free(parent);
		return false;
	}
	*slash = '\0';
	fd = root != NULL && strcmp(parent, root) == 0 ? -1 :
	    open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder = fd != -1 && mk_maildir_at(fd, ".") == 1;
	if (fd != -1)
		close(fd);
	free(parent);
	return folder;
}

/* Add a MAILDIR of the command line; REAL is its canonical path. */
static int
add_maildir(struct mk_roots *roots, const struct mk_host *host,
    const char *maildir, const char *real, const char *root_real,
    struct mk_error *err)
{
	const char *start = root_real == NULL ? NULL : below(root_real, real);
	struct mk_root *root;

	if (is_folder(real, root_real))
		return mk_fail(err, EX_USAGE, "%s is no mailbox but a folder "
		    "in one: name the mailbox%s", maildir,
		    roots->advice == NULL ? "" : roots->advice);
	root = start != NULL ? mail_root(roots, host, err) :
	    add_root(roots, maildir, err);
	if (root == NULL)
		return -1;
	root->is_mailbox = start == NULL;
	if (start != NULL && overlaps(root, start))
		return mk_fail(err, EX_USAGE, "%s: named twice, or below "
		    "another that is named", maildir);
	return add_start(root, start == NULL ? "" : start) == -1 ?
	    mk_fail_sys(err, "%s", maildir) : 0;
}

int
mk_roots_open(struct mk_roots *roots, const struct mk_host *host,
    char *const *maildirs, size_t n, struct mk_error *err)
{
	char *root_real = realpath(host->mail_root, NULL), *real;
	struct mk_root *root;
	size_t i;
	int rv = 0;

	for (i = 0; i < n && rv == 0; i++) {
		real = realpath(maildirs[i], NULL);
		rv = real == NULL ? mk_fail_sys(err, "%s", maildirs[i]) :
		    add_maildir(roots, host, maildirs[i], real, root_real,
		    err);
		free(real);
	}
	if (n == 0) {
		root = mail_root(roots, host, err);
		rv = root == NULL ? -1 : add_start(root, "");
		if (root != NULL && rv == -1)
			mk_fail_sys(err, "%s", host->mail_root);
	}
	free(root_real);
	return rv;
}

void
mk_roots_close(struct mk_roots *roots)
{
	size_t i, j;

	for (i = 0; i < roots->n; i++) {
		close(roots->v[i].fd);
		for (j = 0; j < roots->v[i].n; j++)
			free(roots->v[i].starts[j]);
		free(roots->v[i].starts);
		free(roots->v[i].path);
	}
	free(roots->v);
	*roots = (struct mk_roots){ 0 };
}

bool
mk_roots_has_rooted(const struct mk_roots *roots)
{
	size_t i;

	for (i = 0; i < roots->n; i++)
		if (!roots->v[i].is_mailbox)
			return true;
	return roots->n == 0;
}

bool
mk_roots_has_outside(const struct mk_roots *roots)
{
	size_t i;

	for (i = 0; i < roots->n; i++)
		if (roots->v[i].is_mailbox)
			return true;
	return false;
}
