/*
 * rotate/generation - the rotated files of a log: "log.0", "log.1.gz", or
 * "log.20261123T000000.gz" (-t).
 */
#ifndef MK_ROTATE_GENERATION_H
#define MK_ROTATE_GENERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/pack.h"

#define MK_GENERATION_TIME	"%Y%m%dT%H%M%S"	/* FreeBSD's -t DEFAULT */

struct mk_generation {
	char *name;			/* owned by the list */
	int64_t number;			/* 0 is the newest; -1 by time */
	int64_t time_s;			/* by time: what its name says; else 0 */
	enum mk_pack_format format;	/* by the suffix */
	int64_t bytes;			/* st_size */
	int64_t blocks_bytes;		/* st_blocks * 512: what it takes */
	int64_t mtime_s;
	dev_t dev;
	ino_t ino;
};

struct mk_generations {			/* newest first */
	struct mk_generation *v;
	size_t n;
};

/*
 * Whether NAME is a generation of LOG (a file's name both): LOG, a dot, a
 * number of up to 6 digits without a leading 0, and no or one of
 * mk_pack_suffixes.  TIME_FORMAT (strftime's; NULL: none): what it gives
 * instead, in local time, which must give NAME back.  *G (may be NULL) gets
 * what the name says; .name is not set.
 */
bool mk_generation_is(const char *log, const char *name,
    const char *time_format, struct mk_generation *g);

/*
 * The name, to be freed, of LOG's generation NUMBER; with TIME_FORMAT of the
 * one that is made at NOW_S.  NULL: memory is lost or, EX_USAGE, the format
 * makes no name, or one that mk_generation_is does not know again.
 */
char *mk_generation_name(const char *log, int64_t number,
    const char *time_format, int64_t now_s, struct mk_error *err);

/*
 * List those in DIRFD that are regular files; of others that have such a name
 * nothing is done and nothing said.  0; or -1.  mk_generations_free after 0.
 */
int mk_generations_list(struct mk_generations *list, int dirfd,
    const char *log, const char *time_format, struct mk_error *err);

/*
 * Leave out what is no rotated file of a log that keeps COUNT: beyond those,
 * only what follows without a gap is one (the count was lowered); "log.2024"
 * is somebody's.  Those by time all stay.
 */
void mk_generations_cut_foreign(struct mk_generations *list, int64_t count);
void mk_generations_free(struct mk_generations *list);

#endif
