/* mail/quota - keep a mailbox's maildirsize true when mail is removed. */
#include "mail/quota.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.h"

uint64_t
mk_quota_mark(int dirfd)
{
	struct stat st;

	return fstatat(dirfd, MK_QUOTA_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
	    st.st_ino : 0;
}

int
mk_quota_add(int dirfd, uint64_t mark, int64_t bytes, int64_t count,
    struct mk_error *err)
{
	struct stat st;
	char line[64];
	int fd, len, rv = -1;

	if (bytes == 0 && count == 0)
		return 0;
	fd = mk_sys_open_file(dirfd, MK_QUOTA_FILE, O_WRONLY | O_APPEND, 0);
	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1)
		return mk_fail_sys(err, "open %s", MK_QUOTA_FILE);
	if (fstat(fd, &st) == -1)
		mk_fail_sys(err, "stat %s", MK_QUOTA_FILE);
	else if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		mk_fail(err, EX_DATAERR, "%s is no regular file with one link",
		    MK_QUOTA_FILE);
	else if (st.st_ino != mark)
		rv = unlinkat(dirfd, MK_QUOTA_FILE, 0) == 0 ||
		    errno == ENOENT ? 0 : mk_fail_sys(err, "remove %s",
		    MK_QUOTA_FILE);
	else if (st.st_size >= MK_QUOTA_LIMIT)
		rv = 0;
	else {
		/* One write: other programs append at the same time. */
		len = snprintf(line, sizeof line, "%" PRId64 " %" PRId64 "\n",
		    bytes, count);
		if (write(fd, line, (size_t)len) != len)
			mk_fail_sys(err, "append to %s", MK_QUOTA_FILE);
		else
			rv = 0;
	}
	close(fd);
	return rv;
}

bool
mk_quota_counts(const struct mk_list *ignored, enum mk_layout layout,
    const char *place)
{
	const struct mk_patterns patterns = { .list = ignored,
	    .subfolders = true };
	struct mk_buf name = { 0 };
	bool counts;

	if (ignored->n == 0)
		return true;
	counts = mk_folder_name(layout, place, &name) == 0 &&
	    mk_folder_match(&patterns, layout, name.data) == 0;
	mk_buf_free(&name);
	return counts;
}
