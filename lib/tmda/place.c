/* tmda/place - paths that TMDA's configuration names, and its files. */
#include "tmda/place.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/sys.h"

char *
mk_tmda_normal(const char *path)
{
	char *normal = malloc(strlen(path) + 2), *to = normal;
	size_t len;

	if (normal == NULL)
		return NULL;
	if (*path == '/')
		*to++ = '/';
	for (; *path != '\0'; path += len) {
		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 0 || (len == 1 && path[0] == '.'))
			continue;
		if (len == 2 && path[0] == '.' && path[1] == '.') {
			free(normal);
			errno = EINVAL;
			return NULL;
		}
		if (to > normal && to[-1] != '/')
			*to++ = '/';
		memcpy(to, path, len);
		to += len;
	}
	if (to == normal)
		*to++ = '.';
	*to = '\0';
	return normal;
}

const char *
mk_tmda_below(const char *base, const char *path)
{
	size_t len = strlen(base);

	if (strcmp(base, "/") == 0)
		return path[0] == '/' ? path[1] == '\0' ? "." : path + 1 :
		    NULL;
	if (strncmp(base, path, len) != 0)
		return NULL;
	return path[len] == '/' ? path + len + 1 : path[len] == '\0' ? "." :
	    NULL;
}

char *
mk_tmda_join(const char *a, const char *b)
{
	struct mk_buf buf = { 0 };

	if (strcmp(a, ".") == 0)
		return strdup(b);
	if (strcmp(b, ".") == 0)
		return strdup(a);
	if (mk_buf_addf(&buf, "%s%s%s", a, strcmp(a, "/") == 0 ? "" : "/",
	    b) == 0)
		return buf.data;
	mk_buf_free(&buf);
	return NULL;
}

void
mk_tmda_place_free(struct mk_tmda_place *file)
{
	if (file->own && file->dirfd != -1)
		close(file->dirfd);
	free(file->path);
	free(file->shown);
	*file = (struct mk_tmda_place)MK_TMDA_NO_PLACE;
}

int
mk_tmda_place_read(const struct mk_tmda_place *file, size_t max,
    struct mk_buf *text, struct mk_error *err)
{
	struct stat st;
	int fd, rv = -1;

	if (file->path == NULL)
		return 0;
	fd = mk_sys_open_file(file->dirfd, file->path, O_RDONLY, 0);
	if (fd == -1)
		return errno == ENOENT ? 0 :
		    mk_fail_sys(err, "open %s", file->shown);
	if (fstat(fd, &st) == -1 || (S_ISREG(st.st_mode) &&
	    mk_fs_read_all(fd, text, max) == -1))
		mk_fail_sys(err, "read %s", file->shown);
	else if (!S_ISREG(st.st_mode))
		mk_fail(err, EX_DATAERR, "%s: is no regular file",
		    file->shown);
	else
		rv = 1;
	close(fd);
	return rv;
}
