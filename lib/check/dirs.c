/* check/dirs - directories that programs write to. */
#include "check/dirs.h"

#include <sys/statvfs.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/duration.h"

#define LEAST_PERCENT	5		/* free bytes, free inodes */

static const char *
place_of(const struct mk_dir_use *use)
{
	return use->place == NULL || use->place[0] == '\0' ? use->path :
	    use->place;
}

static const char *
owner_of(const struct mk_dir_use *use)
{
	return use->owner->name[0] == '\0' ? "root" : use->owner->name;
}

/* The command that makes it; the name may be "user:group". */
static char *
make_command(struct mk_check *check, const struct mk_dir_use *use)
{
	const char *name = owner_of(use), *colon = strchr(name, ':');

	return mk_look_text(check, "install -d -o %.*s%s%s %s",
	    (int)strcspn(name, ":"), name, colon == NULL ? "" : " -g ",
	    colon == NULL ? "" : colon + 1, use->path);
}

/* The last component is made by programs, those above are not. */
static void
look_missing(struct mk_check *check, const struct mk_dir_use *use)
{
	char *parent = mk_look_parent(check, use->path), *advice;
	struct stat st;

	if (parent == NULL)
		return;
	advice = make_command(check, use);
	if (use->made && stat(parent, &st) == 0 && S_ISDIR(st.st_mode))
		mk_check_add(check, MK_NOTE, use->area, place_of(use), advice,
		    "%s, %s, is not there yet: the first run makes it, if it "
		    "begins as root", use->name, use->path);
	else
		mk_check_add(check, MK_ERROR, use->area, place_of(use),
		    advice, "%s, %s, is not there%s", use->name, use->path,
		    use->made ? ", nor is the directory around it" : "");
	free(advice);
	free(parent);
}

static bool
look_writable(struct mk_check *check, const struct mk_dir_use *use,
    const struct stat *st)
{
	int rv = mk_look_may(check, use->owner, use->path, W_OK | X_OK);
	char *advice;

	if (rv > 0) {
		advice = mk_look_text(check, rv == EROFS ? "mount it for "
		    "writing" : "chown %s %s", owner_of(use), use->path);
		mk_check_add(check, MK_ERROR, use->area, place_of(use),
		    advice, "%s, %s, cannot be written to by %s: %s",
		    use->name, use->path, use->owner->name[0] == '\0' ?
		    "us" : use->owner->name, strerror(rv));
		free(advice);
		return false;
	}
	if ((st->st_mode & (S_IWOTH | S_ISVTX)) == S_IWOTH) {
		advice = mk_look_text(check, "chmod o-w %s", use->path);
		mk_check_add(check, MK_ERROR, use->area, place_of(use),
		    advice, "anybody can write to %s, %s", use->name,
		    use->path);
		free(advice);
		return false;
	}
	return true;
}

bool
mk_dirs_look(struct mk_check *check, const struct mk_dir_use *use,
    struct stat *st)
{
	if (stat(use->path, st) == -1) {
		if (errno == ENOENT)
			look_missing(check, use);
		else
			mk_check_add(check, errno == EACCES && !check->root ?
			    MK_NOTE : MK_ERROR, use->area, place_of(use),
			    "look at it as root", "%s, %s: %s", use->name,
			    use->path, strerror(errno));
		return false;
	}
	if (!S_ISDIR(st->st_mode)) {
		mk_check_add(check, MK_ERROR, use->area, place_of(use),
		    "name a directory", "%s, %s, is no directory", use->name,
		    use->path);
		return false;
	}
	return look_writable(check, use, st);
}

/* How much of ALL is LEFT, in percent; 100 where that is not counted. */
static unsigned
percent(uint64_t left, uint64_t all)
{
	return all == 0 ? 100 : (unsigned)((double)left * 100 / (double)all);
}

void
mk_dirs_room(struct mk_check *check, const char *area, const char *path)
{
	struct statvfs vfs;
	char size[32];
	unsigned part;

	if (statvfs(path, &vfs) == -1)
		return;
	part = percent((uint64_t)vfs.f_bavail, (uint64_t)vfs.f_blocks);
	if (part < LEAST_PERCENT)
		mk_check_add(check, MK_WARNING, area, path, "make room: du "
		    "-xs tells what takes it", "its file system has %u%% of "
		    "its room left, %s", part, mk_size_format(size,
		    sizeof size, (uint64_t)vfs.f_bavail *
		    (uint64_t)vfs.f_frsize));
	part = percent((uint64_t)vfs.f_favail, (uint64_t)vfs.f_files);
	if (part < LEAST_PERCENT)
		mk_check_add(check, MK_WARNING, area, path, "remove files: "
		    "each message is one", "its file system has %u%% of its "
		    "inodes left, %llu", part,
		    (unsigned long long)vfs.f_favail);
}
