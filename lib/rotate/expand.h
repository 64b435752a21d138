/*
 * rotate/expand - from the lines of newsyslog.conf to the logs of this run.
 */
#ifndef MK_ROTATE_EXPAND_H
#define MK_ROTATE_EXPAND_H

#include "base/error.h"
#include "rotate/entry.h"

/*
 * Put into *LOGS the entries of CONF: those with a name as they are; for each
 * pattern (G) the regular files that it matches now, sorted, if no entry has
 * named them before.  A pattern never matches what is a rotated file of a log
 * that is there or is named (generation numbers, TIME_FORMAT and
 * MK_GENERATION_TIME, see generation.h), one of such a file's own, or, log or
 * no log, a compressed file; nor a hidden file of ours (".LOG.mailkeep-...").
 * A log that two lines name is done by the first; PROBLEM is told of the other.
 * A line's log that has the name of a rotated file of another log of this run
 * ("a.1" beside "a") would be moved or removed as that: neither is in *LOGS,
 * and PROBLEM is told (EX_CONFIG).
 *
 * NAMED (n of them, absolute): only these, in that order: by the first line
 * that names it, else the first pattern that matches (FNM_PATHNAME), else
 * CONF->fallback, or newsyslog's own: 3 generations, 50 KiB, mode 0600
 * (MK_ENTRY_DEFAULT).  A rotated file of a log that is there, which no line
 * names, is refused: "*" of a shell finds those too.
 *
 * *LOGS has copies of all that it needs of CONF, its files too.
 *
 * 0; or -1 (memory is lost).  Source: newsyslog(8) of FreeBSD.
 */
typedef void mk_expand_problem_fn(void *data, const struct mk_error *err);
int mk_expand(const struct mk_entries *conf, char *const *named, size_t n,
    const char *time_format, mk_expand_problem_fn *problem, void *data,
    struct mk_entries *logs, struct mk_error *err);

#endif
