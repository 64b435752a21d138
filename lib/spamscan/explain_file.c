/* spamscan/explain_file - the message that --explain names. */
#include "spamscan/explain_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/sys.h"
#include "mail/maildir.h"
#include "mail/msgname.h"

/* The last part of the canonical PATH. */
static const char *
last_part(const char *path)
{
	return strrchr(path, '/') + 1;
}

/* The directory above the canonical PATH, to be freed; NULL with errno. */
static char *
above(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool
is_sub(const char *dir)
{
	const char *name = last_part(dir);

	return strcmp(name, "cur") == 0 || strcmp(name, "new") == 0;
}

static bool
is_maildir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool yes = fd != -1 && mk_maildir_at(fd, ".") == 1;

	if (fd != -1)
		close(fd);
	return yes;
}

/*
 * From FOLDER up to where its mailbox can begin: in the mail root REAL (NULL:
 * not there) above all that is hidden, and anywhere as long as there is a
 * Maildir above.  Which of them is the mailbox, the walker knows.
 */
static char *
find_maildir(const char *folder, const char *real)
{
	size_t len = real == NULL ? 0 : strlen(real);
	char *at = strdup(folder), *up = NULL;
	bool rooted = real != NULL && strncmp(folder, real, len) == 0 &&
	    (folder[len] == '/' || folder[len] == '\0' || len == 1);

	while (at != NULL && strcmp(at, "/") != 0 &&
	    (!rooted || strcmp(at, real) != 0)) {
		up = above(at);
		if (up == NULL) {
			free(at);
			return NULL;
		}
		if (!(rooted && last_part(at)[0] == '.') &&
		    ((rooted && strcmp(up, real) == 0) || !is_maildir(up)))
			break;
		free(at);
		at = up;
		up = NULL;
	}
	free(up);
	return at;
}

/* The directory that NAMED lies in, canonical, to be freed. */
static char *
canonical_dir(const char *named)
{
	const char *slash = strrchr(named, '/');
	char *dir = slash == NULL ? strdup(".") :
	    strndup(named, slash == named ? 1 : (size_t)(slash - named));
	char *real = dir == NULL ? NULL : realpath(dir, NULL);

	free(dir);
	return real;
}

/* Whether NAME is another name of the message that was called OLD. */
static bool
same_message(const char *name, const char *old)
{
	size_t len = mk_msgname_split(old, NULL);

	return mk_msgname_fits(name) && len > 0 &&
	    mk_msgname_split(name, NULL) == len &&
	    memcmp(name, old, len) == 0;
}

/*
 * Look for the message once called OLD in the directory at PATH, a folder's
 * cur or new.  1 and *NAME to be freed; 0; -1 with errno.
 */
static int
find_in(const char *path, const char *old, char **name)
{
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rv = fd == -1 ? -1 : mk_sys_dir_start(&reader, fd);

	while (rv != -1 && (rv = mk_sys_dir_next(&reader, &entry)) == 1)
		if (same_message(entry.name, old)) {
			*name = strdup(entry.name);
			if (*name == NULL)
				rv = -1;
			break;
		}
	mk_sys_dir_free(&reader);
	if (fd != -1)
		close(fd);
	return rv;
}

/* Its flags have changed, or it was seen: look for it.  1; or 0, -1, errno
 * saying why. */
static int
find_renamed(struct mk_explain_file *file)
{
	static const char *const subs[] = { "cur", "new" };
	struct mk_buf path = { 0 };
	char *name = NULL;
	int i, rv = 0;

	for (i = 0; i < 2 && rv == 0; i++) {
		mk_buf_cut(&path, 0);
		if (mk_buf_addf(&path, "%s/%s", file->folder, subs[i]) == -1)
			rv = -1;
		else
			rv = find_in(path.data, file->name, &name);
	}
	if (rv == 1) {
		free(file->dir);
		free(file->name);
		file->dir = path.data;
		file->name = name;
	} else
		mk_buf_free(&path);
	if (rv == 0)
		errno = ENOENT;
	return rv;
}

static int
open_in_dir(struct mk_explain_file *file)
{
	int fd = open(file->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return -1;
	file->fd = mk_sys_open_file(fd, file->name, O_RDONLY, 0);
	close(fd);
	return file->fd == -1 ? -1 : 0;
}

/* Judge what was opened, not what was named. */
static int
check_file(struct mk_explain_file *file, const char *named,
    struct mk_error *err)
{
	if (fstat(file->fd, &file->st) == -1)
		return mk_fail_sys(err, "%s", named);
	if (S_ISDIR(file->st.st_mode))
		return mk_fail(err, EX_DATAERR, "%s is a directory: name a "
		    "message in it", named);
	if (!S_ISREG(file->st.st_mode))
		return mk_fail(err, EX_DATAERR, "%s is no regular file",
		    named);
	return 0;
}

int
mk_explain_file_open(struct mk_explain_file *file, const char *named,
    const char *mail_root, struct mk_error *err)
{
	const char *slash = strrchr(named, '/');
	char *real;

	file->dir = canonical_dir(named);
	if (file->dir == NULL)
		return mk_fail_sys(err, "%s", named);
	file->name = strdup(slash == NULL ? named : slash + 1);
	if (file->name == NULL)
		return mk_fail_sys(err, "%s", named);
	if (file->name[0] == '\0' || strcmp(file->name, ".") == 0 ||
	    strcmp(file->name, "..") == 0)
		return mk_fail(err, EX_DATAERR, "%s is a directory: name a "
		    "message in it", named);
	if (is_sub(file->dir)) {
		real = realpath(mail_root, NULL);
		file->folder = above(file->dir);
		file->maildir = file->folder == NULL ? NULL :
		    find_maildir(file->folder, real);
		free(real);
		if (file->maildir == NULL)
			return mk_fail_sys(err, "%s", named);
	}
	if (open_in_dir(file) == -1 && (errno != ENOENT ||
	    file->folder == NULL || find_renamed(file) != 1 ||
	    open_in_dir(file) == -1)) {
		if (errno == ELOOP)
			return mk_fail(err, EX_DATAERR, "%s is a link, which "
			    "is not followed: name the message itself",
			    named);
		return mk_fail_sys(err, "%s", named);
	}
	return check_file(file, named, err);
}

void
mk_explain_file_close(struct mk_explain_file *file)
{
	if (file->fd != -1)
		close(file->fd);
	free(file->dir);
	free(file->name);
	free(file->folder);
	free(file->maildir);
	*file = (struct mk_explain_file)MK_EXPLAIN_FILE;
}
