/* check/look - questions about files that several checks ask. */
#include "check/look.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"

char *
mk_look_text(struct mk_check *check, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len >= 0)
		text = malloc((size_t)len + 1);
	if (text == NULL) {
		check->no_memory = true;
		return NULL;
	}
	va_start(ap, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}

static int
ask_here(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0 ? 0 : errno;
}

/* The child's exit status is the answer: errno fits into it on Linux. */
static int
ask_as(const struct mk_owner *owner, const char *path, int mode)
{
	struct mk_error err;
	int status, rv;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		if (mk_owner_become(owner, &err) == -1)
			_exit(UCHAR_MAX);
		rv = ask_here(path, mode);
		_exit(rv < UCHAR_MAX ? rv : EACCES);
	}
	if (pid == -1)
		return -1;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == UCHAR_MAX)
		return -1;
	return WEXITSTATUS(status);
}

int
mk_look_may(const struct mk_check *check, const struct mk_owner *owner,
    const char *path, int mode)
{
	if (owner->uid == (uid_t)-1 || owner->uid == geteuid())
		return ask_here(path, mode);
	return check->root ? ask_as(owner, path, mode) : -1;
}

struct mk_owner
mk_look_owner(const struct mk_check *check)
{
	struct mk_owner owner;
	struct mk_error err;

	if (mk_owner_parse(check->conf->host.owner, &owner, &err) == -1)
		owner = (struct mk_owner){ .uid = (uid_t)-1,
		    .gid = (gid_t)-1 };
	return owner;
}

bool
mk_look_guarded(struct mk_check *check, const char *area,
    const char *place, const char *path, const struct stat *st,
    const char *why)
{
	bool all = (st->st_mode & S_IWOTH) != 0;
	/* Not of an ordinary user, whose group may be his alone. */
	bool group = (st->st_mode & S_IWGRP) != 0 && st->st_gid != 0 &&
	    check->root;
	bool owner = st->st_uid != 0 && st->st_uid != geteuid();
	char *advice;

	if (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) != 0)
		all = group = false;	/* what lies in it is its owner's */
	if (all || group) {
		advice = mk_look_text(check, "chmod go-w %s", path);
		mk_check_add(check, all ? MK_ERROR : MK_WARNING, area, place,
		    advice, "%s can write to %s, and so %s", all ? "anybody" :
		    "its group", path, why);
	} else if (owner) {
		advice = mk_look_text(check, "chown root %s", path);
		mk_check_add(check, MK_WARNING, area, place, advice,
		    "user %ld, who is not root, owns %s, and so %s",
		    (long)st->st_uid, path, why);
	} else
		return false;
	free(advice);
	return true;
}

char *
mk_look_parent(struct mk_check *check, const char *path)
{
	const char *slash;
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	if (len == 0)
		return mk_look_text(check, ".");
	slash = path + len - 1;
	return mk_look_text(check, "%.*s", slash == path ? 1 :
	    (int)(slash - path), path);
}

int
mk_look_read(const char *path, size_t max, struct mk_buf *text)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int rv, errnum;
	struct stat st;

	if (fd == -1)
		return -1;
	rv = fstat(fd, &st);
	if (rv == 0 && !S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		rv = -1;
	}
	if (rv == 0)
		rv = mk_fs_read_all(fd, text, max);
	if (rv == 0)
		rv = mk_buf_add(text, "", 0);	/* "" of an empty file */
	errnum = errno;
	close(fd);
	errno = errnum;
	return rv;
}

size_t
mk_look_place(const char *text)
{
	const char *colon, *end;

	for (colon = strchr(text, ':'); colon != NULL;
	    colon = strchr(colon + 1, ':')) {
		end = colon + 1 + strspn(colon + 1, "0123456789");
		if (end > colon + 1 && end[0] == ':' && end[1] == ' ')
			return (size_t)(end - text);
	}
	return 0;
}
