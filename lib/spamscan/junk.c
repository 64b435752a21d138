/* spamscan/junk - the folder that spam goes to, and the move. */
#include "spamscan/junk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/sys.h"
#include "mail/mkfolder.h"
#include "mail/msgname.h"

#define TRIES		8
#define NAME_LIMIT	255		/* bytes: the longest everywhere */
#define INFO_LIMIT	64		/* of a fresh name */
#define SIZE_DIGITS	19
#define HOST_MAX	256

static int
blame_part(const char *place, const char *part, struct mk_error *err)
{
	struct mk_buf path = { 0 };
	int errnum = errno, rv;

	if (mk_buf_addf(&path, "%s/%s", place, part) == -1)
		return mk_fail_sys(err, "open %s", place);
	errno = errnum;
	rv = mk_mkfolder_blame(path.data, err);
	mk_buf_free(&path);
	return rv;
}

/* 0; 1 where something is missing; -1. */
static int
open_whole(struct mk_junk *junk, int mailboxfd, const char *place,
    struct mk_error *err)
{
	struct stat st;
	int fd, rv = 0;

	fd = mk_sys_open_dir(mailboxfd, place);
	if (fd == -1)
		return errno == ENOENT ? 1 : mk_mkfolder_blame(place, err);
	junk->cur_fd = mk_sys_open_dir(fd, "cur");
	if (junk->cur_fd == -1)
		rv = errno == ENOENT ? 1 : blame_part(place, "cur", err);
	if (rv == 0) {
		junk->new_fd = mk_sys_open_dir(fd, "new");
		if (junk->new_fd == -1)
			rv = errno == ENOENT ? 1 :
			    blame_part(place, "new", err);
	}
	/* Without a tmp it would be no Maildir to others. */
	if (rv == 0 && fstatat(fd, "tmp", &st, AT_SYMLINK_NOFOLLOW) == -1)
		rv = errno == ENOENT ? 1 : blame_part(place, "tmp", err);
	close(fd);
	if (rv != 0)
		mk_junk_close(junk);
	return rv;
}

int
mk_junk_open(struct mk_junk *junk, int mailboxfd, enum mk_layout layout,
    const char *place, bool make, struct mk_error *err)
{
	int rv, i;

	*junk = (struct mk_junk)MK_JUNK;
	rv = open_whole(junk, mailboxfd, place, err);
	if (!make)
		return rv;
	if (rv == 0)
		mk_mkfolder_tidy(mailboxfd);
	/* Who removes what was left over may catch what is just made. */
	for (i = 0; rv == 1 && i < TRIES; i++) {
		if (mk_mkfolder(mailboxfd, layout, place, err) == -1)
			return -1;
		rv = open_whole(junk, mailboxfd, place, err);
	}
	return rv != 1 ? rv : mk_fail(err, EX_TEMPFAIL, "%s: is removed again "
	    "and again", place);
}

void
mk_junk_close(struct mk_junk *junk)
{
	if (junk->cur_fd != -1)
		close(junk->cur_fd);
	if (junk->new_fd != -1)
		close(junk->new_fd);
	*junk = (struct mk_junk)MK_JUNK;
}

/* Append INFO, from its colon on, without the letters of keywords. */
static int
add_info(struct mk_buf *out, const char *info)
{
	const char *p;

	if (strncmp(info, ":2,", 3) != 0)
		return mk_buf_add(out, info, strlen(info));
	for (p = info; *p != '\0'; p++)
		if ((*p < 'a' || *p > 'z') && mk_buf_add(out, p, 1) == -1)
			return -1;
	return 0;
}

/* An info that is too long for a fresh name: its standard flags, in order. */
static int
add_flags(struct mk_buf *out, const char *name)
{
	static const char letters[] = "DFPRST";	/* as MK_FLAG_, by bit */
	unsigned flags;
	size_t i;

	(void)mk_msgname_split(name, &flags);
	if (mk_buf_add(out, ":2,", 3) == -1)
		return -1;
	for (i = 0; letters[i] != '\0'; i++)
		if ((flags >> i & 1) != 0 &&
		    mk_buf_add(out, &letters[i], 1) == -1)
			return -1;
	return 0;
}

/* Append the ",S=n" or ",W=n" (LETTER) of the unique name. */
static int
add_size(struct mk_buf *out, const char *name, size_t uniq_len, char letter)
{
	const char *p, *end = name + uniq_len;
	size_t digits;

	for (p = name; end - p > 3; p++) {
		if (p[0] != ',' || p[1] != letter || p[2] != '=')
			continue;
		digits = strspn(p + 3, "0123456789");
		if (digits > 0 && digits <= SIZE_DIGITS &&
		    (p + 3 + digits == end || p[3 + digits] == ','))
			return mk_buf_add(out, p, 3 + digits);
	}
	return 0;
}

/* Append the host's name as maildir(5) wants it, at most MAX bytes. */
static int
add_host(struct mk_buf *out, size_t max)
{
	char host[HOST_MAX];
	const char *p, *as;
	size_t len, used = 0;

	if (gethostname(host, sizeof host) == -1 || host[0] == '\0')
		snprintf(host, sizeof host, "localhost");
	host[sizeof host - 1] = '\0';
	for (p = host; *p != '\0'; p++, used += len) {
		as = *p == '/' ? "\\057" : *p == ':' ? "\\072" : NULL;
		len = as != NULL ? 4 : 1;
		/* A comma would begin a size. */
		if (used + len > max || *p == ',')
			break;
		if (mk_buf_add(out, as != NULL ? as : p, len) == -1)
			return -1;
	}
	return 0;
}

/* A name that no other message has, here or on another host. */
static int
fresh_name(const char *name, size_t uniq_len, struct mk_buf *out)
{
	static atomic_uint serial;
	struct mk_buf sizes = { 0 }, info = { 0 };
	struct timespec now;
	int rv = -1;

	clock_gettime(CLOCK_REALTIME, &now);
	if (add_size(&sizes, name, uniq_len, 'S') == -1 ||
	    add_size(&sizes, name, uniq_len, 'W') == -1 ||
	    (name[uniq_len] != '\0' && add_info(&info, name + uniq_len) == -1))
		goto out;
	if (info.len > INFO_LIMIT) {
		mk_buf_cut(&info, 0);
		if (add_flags(&info, name) == -1)
			goto out;
	}
	if (mk_buf_addf(out, "%lld.M%ldP%ldQ%u.", (long long)now.tv_sec,
	    now.tv_nsec / 1000, (long)getpid(),
	    atomic_fetch_add(&serial, 1)) == -1 ||
	    add_host(out, NAME_LIMIT - out->len - sizes.len - info.len) == -1 ||
	    mk_buf_add(out, sizes.data, sizes.len) == -1 ||
	    mk_buf_add(out, info.data, info.len) == -1)
		goto out;
	rv = 0;
out:
	mk_buf_free(&sizes);
	mk_buf_free(&info);
	return rv;
}

int
mk_junk_name(const char *name, bool fresh, struct mk_buf *out)
{
	size_t uniq_len = mk_msgname_split(name, NULL);

	mk_buf_cut(out, 0);
	if (fresh)
		return fresh_name(name, uniq_len, out);
	if (mk_buf_add(out, name, uniq_len) == -1)
		return -1;
	return add_info(out, name + uniq_len);
}

/* ENOENT: is it the message that is not there, or its new folder? */
static int
not_there(int fd, const char *name, struct mk_error *err)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 1 : mk_fail_sys(err, "stat %s", name);
	return mk_fail(err, EX_TEMPFAIL, "move %s: the folder was removed "
	    "meanwhile", name);
}

int
mk_junk_move(const struct mk_junk *junk, int fd, const char *name,
    bool in_new, struct mk_buf *new_name, struct mk_error *err)
{
	int to = in_new ? junk->new_fd : junk->cur_fd, i;

	for (i = 0; i <= TRIES; i++) {
		if (mk_junk_name(name, i > 0, new_name) == -1)
			break;
		if (mk_sys_rename_noreplace(fd, name, to, new_name->data) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	if (errno == ENOENT)
		return not_there(fd, name, err);
	if (errno == EXDEV)
		return mk_fail(err, EX_DATAERR, "move %s: the folder is on "
		    "another file system", name);
	return mk_fail_sys(err, "move %s to %s", name,
	    new_name->data == NULL ? "another folder" : new_name->data);
}
