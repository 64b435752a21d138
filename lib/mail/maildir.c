/* mail/maildir - look at a directory: is it a Maildir, what lies in it? */
#include "mail/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *
mk_names_next(const struct mk_names *names, const char *name)
{
	if (names->n == 0)
		return NULL;
	if (name == NULL)
		return names->buf.data;
	name += strlen(name) + 1;
	return name < names->buf.data + names->buf.len ? name : NULL;
}

static int
names_add(struct mk_names *names, const char *name, size_t len)
{
	if (mk_buf_add(&names->buf, name, len + 1) == -1)
		return -1;
	names->n++;
	return 0;
}

static void
names_clear(struct mk_names *names)
{
	mk_buf_cut(&names->buf, 0);
	names->n = 0;
}

static enum mk_dirent_type
type_of(int fd, const struct mk_dirent *entry)
{
	struct stat st;

	if (entry->type != MK_UNKNOWN)
		return entry->type;
	if (fstatat(fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return MK_OTHER;	/* gone meanwhile */
	return S_ISDIR(st.st_mode) ? MK_DIR : S_ISREG(st.st_mode) ? MK_FILE :
	    S_ISLNK(st.st_mode) ? MK_LINK : MK_OTHER;
}

/*
 * Dovecot and Courier keep these at the top of a mailbox and nowhere below:
 * seen on Dovecot 2.3; README.maildirquota.
 */
static bool
is_mark(const char *name)
{
	return strcmp(name, "subscriptions") == 0 ||
	    strcmp(name, "maildirsize") == 0 ||
	    strcmp(name, "dovecot-uidvalidity") == 0;
}

static int
take(struct mk_look *look, int fd, const struct mk_dirent *entry)
{
	const char *name = entry->name;

	switch (type_of(fd, entry)) {
	case MK_LINK:
		return names_add(&look->links, name, entry->len);
	case MK_DIR:
		if (strcmp(name, "cur") == 0)
			look->has_cur = true;
		else if (strcmp(name, "new") == 0)
			look->has_new = true;
		else if (strcmp(name, "tmp") == 0)
			look->has_tmp = true;
		else if (name[0] == '.')
			return names_add(&look->dots, name, entry->len);
		else if (strcmp(name, "lost+found") != 0)
			return names_add(&look->plain, name, entry->len);
		return 0;
	case MK_FILE:
		look->has_mark = look->has_mark || is_mark(name);
		return 0;
	default:
		return 0;
	}
}

int
mk_maildir_look(struct mk_look *look, int fd, struct mk_dir *reader)
{
	struct mk_dirent entry;
	int rv;

	look->has_cur = look->has_new = look->has_tmp = look->has_mark = false;
	names_clear(&look->dots);
	names_clear(&look->plain);
	names_clear(&look->links);
	if (mk_sys_dir_start(reader, fd) == -1)
		return -1;
	while ((rv = mk_sys_dir_next(reader, &entry)) == 1)
		if (take(look, fd, &entry) == -1)
			return -1;
	return rv;
}

void
mk_look_free(struct mk_look *look)
{
	mk_buf_free(&look->dots.buf);
	mk_buf_free(&look->plain.buf);
	mk_buf_free(&look->links.buf);
}

bool
mk_look_is_maildir(const struct mk_look *look)
{
	return look->has_cur && look->has_new && look->has_tmp;
}

/* ERRNUM says that the directory is none, or not there; and not a fault. */
static bool
is_no_directory(int errnum)
{
	return errnum == ENOENT || errnum == ENOTDIR || errnum == ELOOP ||
	    errnum == EXDEV || errnum == EINVAL;	/* an empty path */
}

int
mk_maildir_at(int dirfd, const char *path)
{
	static const char *const subs[] = { "cur", "new", "tmp" };
	struct stat st;
	int fd = mk_sys_open_dir(dirfd, path), rv = 1;
	size_t i;

	if (fd == -1)
		return is_no_directory(errno) ? 0 : -1;
	for (i = 0; i < 3 && rv == 1; i++)
		if (fstatat(fd, subs[i], &st, AT_SYMLINK_NOFOLLOW) == -1)
			rv = is_no_directory(errno) ? 0 : -1;
		else if (!S_ISDIR(st.st_mode))
			rv = 0;
	close(fd);
	return rv;
}

int
mk_mailbox_at(int dirfd, const char *path)
{
	struct mk_dir reader = { .fd = -1 };
	struct mk_look look = { 0 };
	const char *name = NULL;
	int fd = mk_sys_open_dir(dirfd, path), rv;

	if (fd == -1)
		return is_no_directory(errno) ? 0 : -1;
	rv = mk_maildir_look(&look, fd, &reader) == -1 ? -1 :
	    mk_look_is_maildir(&look);
	while (rv == 0 && (name = mk_names_next(&look.dots, name)) != NULL)
		rv = mk_maildir_at(fd, name);
	mk_look_free(&look);
	mk_sys_dir_free(&reader);
	close(fd);
	return rv;
}
