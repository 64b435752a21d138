/*
 * blacklist/why - the index that tells, within milliseconds, which lines of
 * which feeds list an address, and what spares it.
 *
 * A file in state-dir, blacklist.index, written by each run that publishes:
 * the sorted entries as read, before they were merged, and the spared ones
 * (allow, never), with their origins.  It is only asked by people: a damaged
 * or missing one is none, it is not synced, and no decision rests on it.
 */
#ifndef MK_BLACKLIST_WHY_H
#define MK_BLACKLIST_WHY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "blacklist/origin.h"
#include "blacklist/set.h"

#define MK_WHY_FILE	"blacklist.index"

/* What is known in memory, or comes from the file. */
struct mk_why_list {
	const struct mk_netlist *entries;	/* sorted */
	const struct mk_origins *origins;
};

struct mk_why_line {
	struct mk_net net;		/* as the line has it, masked */
	const char *feed;		/* or "allow", "never", ... */
	const char *file;		/* "" for none */
	uint32_t line;			/* 0 for none */
	const char *reason;		/* may be "" */
	int64_t until_s;		/* 0: for good */
	bool spares;
};

/*
 * Write the index NAME in DIRFD: LISTED and SPARED, built at NOW_S; OWED: the
 * command on-change has not succeeded yet.  Mode 0640, ours.  Streams into
 * ".NAME.tmp" beside it: no second copy in memory.  0 or -1, the old one is
 * then in place.
 */
int mk_why_write(int dirfd, const char *name, const struct mk_why_list *listed,
    const struct mk_why_list *spared, int64_t now_s, bool owed,
    struct mk_error *err);

/*
 * A list is about to be published: should the run be killed before it writes
 * the index anew, the next one does, and runs the command.  As mk_why_settle.
 */
int mk_why_owe(int dirfd, const char *name, struct mk_error *err);

/* The command is not owed any more: one small write into the index that is
 * there.  0, or -1 as of mk_why_open. */
int mk_why_settle(int dirfd, const char *name, struct mk_error *err);

struct mk_why;				/* an open index */

/* NULL: EX_NOINPUT where there is none, EX_DATAERR where it is damaged. */
struct mk_why *mk_why_open(int dirfd, const char *name, struct mk_error *err);
int64_t mk_why_built_s(const struct mk_why *why);	/* NOW_S as written */
bool mk_why_owed(const struct mk_why *why);
void mk_why_close(struct mk_why *why);		/* NULL is fine */

/*
 * All lines whose prefix has all addresses of NET, the widest first, then by
 * origin and line: those that spare, then those that list.  CALL is called
 * for the first LIMIT of them; strings last during the call.  How many there
 * are, or -1: EX_DATAERR where the index is damaged (CALL may have been called
 * before), errno's where it cannot be read.
 */
int64_t mk_why_ask(const struct mk_why *why, const struct mk_net *net,
    uint64_t limit, void (*call)(void *data, const struct mk_why_line *line),
    void *data, struct mk_error *err);

/* The same, of lists in memory. */
int64_t mk_why_ask_lists(const struct mk_why_list *listed,
    const struct mk_why_list *spared, const struct mk_net *net,
    uint64_t limit, void (*call)(void *data, const struct mk_why_line *line),
    void *data, struct mk_error *err);

#endif
