/* rotate/generation - the rotated files of a log. */
#include "rotate/generation.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/sys.h"

#define DIGITS_MAX	6
#define NAME_BYTES	256		/* no name is longer, with its NUL */

/* The number that the LEN bytes at TEXT are; -1 where they are none. */
static int64_t
number_of(const char *text, size_t len)
{
	int64_t n = 0;
	size_t i;

	if (len == 0 || len > DIGITS_MAX || (text[0] == '0' && len > 1))
		return -1;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		n = 10 * n + (text[i] - '0');
	}
	return n;
}

/* The format is the administrator's (-t), and cannot be a literal. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static size_t
format_time(char text[NAME_BYTES], const char *format, const struct tm *tm)
{
	return strftime(text, NAME_BYTES, format, tm);
}
#pragma GCC diagnostic pop

/*
 * Whether FORMAT makes the LEN bytes at TEXT of a time, *TIME_S.  strptime
 * takes more than strftime writes (blanks, missing zeros): what does not come
 * back as it was is somebody else's file.  The hour that is repeated when the
 * clocks change has one name for two times, of which the first is taken, unless
 * FORMAT has the zone.
 */
static bool
time_of(const char *text, size_t len, const char *format, int64_t *time_s)
{
	char copy[NAME_BYTES], back[NAME_BYTES];
	struct tm tm = { .tm_mday = 1, .tm_year = 70 }, local;
	const char *end;
	int dst;

	if (len == 0 || len >= sizeof copy)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	end = strptime(copy, format, &tm);
	if (end == NULL || *end != '\0')
		return false;
	for (dst = 1; dst >= -1; dst--) {
		local = tm;
		local.tm_isdst = dst;
		*time_s = (int64_t)mktime(&local);
		if (*time_s != -1 && format_time(back, format, &local) != 0 &&
		    strcmp(back, copy) == 0)
			return true;
	}
	return false;
}

bool
mk_generation_is(const char *log, const char *name, const char *time_format,
    struct mk_generation *g)
{
	size_t len = strlen(log), rest, suffix;
	int64_t number = -1, time_s = 0;
	int f;

	if (strncmp(name, log, len) != 0 || name[len] != '.')
		return false;
	name += len + 1;
	rest = strlen(name);
	for (f = 0; f < MK_PACK_FORMATS; f++) {
		suffix = strlen(mk_pack_suffixes[f]);
		if (rest <= suffix ||
		    strcmp(name + rest - suffix, mk_pack_suffixes[f]) != 0)
			continue;
		if (time_format != NULL ?
		    time_of(name, rest - suffix, time_format, &time_s) :
		    (number = number_of(name, rest - suffix)) != -1)
			break;
	}
	if (f == MK_PACK_FORMATS)
		return false;
	if (g != NULL)
		*g = (struct mk_generation){ .number = number,
		    .time_s = time_s, .format = (enum mk_pack_format)f };
	return true;
}

char *
mk_generation_name(const char *log, int64_t number, const char *time_format,
    int64_t now_s, struct mk_error *err)
{
	time_t now = (time_t)now_s;
	char end[NAME_BYTES];
	struct tm tm;
	size_t size;
	char *name;

	if (time_format == NULL) {
		snprintf(end, sizeof end, "%lld", (long long)number);
	} else if (localtime_r(&now, &tm) == NULL ||
	    format_time(end, time_format, &tm) == 0) {
		mk_fail(err, EX_USAGE, "the time format \"%s\" gives no name",
		    time_format);
		return NULL;
	}
	size = strlen(log) + 1 + strlen(end) + 1;
	name = malloc(size);
	if (name == NULL) {
		mk_fail_sys(err, "%s", log);
		return NULL;
	}
	snprintf(name, size, "%s.%s", log, end);
	/* What is not known again would never be removed. */
	if (strchr(end, '/') == NULL &&
	    mk_generation_is(log, name, time_format, NULL))
		return name;
	mk_fail(err, EX_USAGE, "the time format \"%s\" makes %s, which can't "
	    "be read back as a time; use one like %s",
	    time_format == NULL ? "" : time_format, name,
	    MK_GENERATION_TIME);
	free(name);
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	const struct mk_generation *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (x->time_s != y->time_s)
		return x->time_s > y->time_s ? -1 : 1;
	return (x->format > y->format) - (x->format < y->format);
}

/* Append *G, named NAME, as *ST says of it.  0 or -1 with errno. */
static int
add(struct mk_generations *list, size_t *cap, struct mk_generation *g,
    const char *name, const struct stat *st)
{
	struct mk_generation *v;
	size_t more = *cap == 0 ? 16 : 2 * *cap;

	if (list->n == *cap) {
		v = realloc(list->v, more * sizeof *v);
		if (v == NULL)
			return -1;
		list->v = v;
		*cap = more;
	}
	g->name = strdup(name);
	if (g->name == NULL)
		return -1;
	g->bytes = (int64_t)st->st_size;
	g->blocks_bytes = (int64_t)st->st_blocks * 512;
	g->mtime_s = (int64_t)st->st_mtime;
	g->dev = st->st_dev;
	g->ino = st->st_ino;
	list->v[list->n++] = *g;
	return 0;
}

int
mk_generations_list(struct mk_generations *list, int dirfd, const char *log,
    const char *time_format, struct mk_error *err)
{
	struct mk_dir dir = { .fd = -1 };
	struct mk_dirent entry;
	struct mk_generation g;
	struct stat st;
	size_t cap = 0;
	int rv;

	*list = (struct mk_generations){ 0 };
	rv = mk_sys_dir_start(&dir, dirfd);
	while (rv != -1 && (rv = mk_sys_dir_next(&dir, &entry)) == 1) {
		if (!mk_generation_is(log, entry.name, time_format, &g))
			continue;
		if (fstatat(dirfd, entry.name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1) {
			if (errno != ENOENT)	/* else somebody was faster */
				rv = -1;
			continue;
		}
		if (S_ISREG(st.st_mode))
			rv = add(list, &cap, &g, entry.name, &st);
	}
	if (rv == -1)
		mk_fail_sys(err, "look for the generations of %s", log);
	mk_sys_dir_free(&dir);
	if (rv == -1)
		mk_generations_free(list);
	else if (list->n > 1)
		qsort(list->v, list->n, sizeof *list->v, compare);
	return rv;
}

void
mk_generations_cut_foreign(struct mk_generations *list, int64_t count)
{
	int64_t next = count;
	size_t i, kept;

	for (i = 0; i < list->n && list->v[i].number <= next; i++)
		if (list->v[i].number == next)
			next++;
	for (kept = i; i < list->n; i++)
		free(list->v[i].name);
	list->n = kept;
}

void
mk_generations_free(struct mk_generations *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		free(list->v[i].name);
	free(list->v);
	*list = (struct mk_generations){ 0 };
}
