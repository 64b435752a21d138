/*
 * rotate/entry - a log, and what newsyslog.conf says of it.
 */
#ifndef MK_ROTATE_ENTRY_H
#define MK_ROTATE_ENTRY_H

#include <stdint.h>
#include <sys/types.h>

#include "base/pack.h"
#include "rotate/when.h"

/* Whose newsyslog.conf it is; the words of the key "dialect". */
enum mk_newsyslog { MK_NETBSD, MK_FREEBSD, MK_OPENBSD };
#define MK_NEWSYSLOG_WORDS	"netbsd|freebsd|openbsd"

enum {
	MK_ENTRY_BINARY		= 1 << 0,  /* B: no notice in the log */
	MK_ENTRY_CREATE		= 1 << 1,  /* C: make it where missing */
	MK_ENTRY_NODUMP		= 1 << 2,  /* D */
	MK_ENTRY_NOT_EMPTY	= 1 << 3,  /* E: only if it has something */
	MK_ENTRY_GLOB		= 1 << 4,  /* G: the name is a pattern */
	MK_ENTRY_NO_SIGNAL	= 1 << 5,  /* N */
	MK_ENTRY_PLAIN_FIRST	= 1 << 6,  /* P: .0 stays uncompressed */
	MK_ENTRY_COMMAND	= 1 << 7,  /* R: .notify is for sh -c */
	MK_ENTRY_RFC5424	= 1 << 8,  /* T: the notice's format */
	MK_ENTRY_GROUP		= 1 << 9,  /* U: the pid is of a group */
	MK_ENTRY_DEFAULT	= 1 << 10, /* by the entry <default> */
	MK_ENTRY_FORMAT		= 1 << 11  /* .format is the file's word: by a
					    * flag, or <compress> none */
};

struct mk_entry {
	char *log;			/* absolute path, or a pattern */
	uid_t uid;			/* -1: as the log has it */
	gid_t gid;			/* the same */
	mode_t mode;			/* at most 0777 */
	int64_t count;			/* generations to keep; 0: none, the
					 * log is emptied */
	int64_t size_kib;		/* 0: its size does not matter */
	struct mk_when when;
	unsigned flags;			/* MK_ENTRY_ */
	enum mk_pack_format format;
	char *notify;			/* a pid file's path or, with
					 * MK_ENTRY_COMMAND, a command; NULL:
					 * the syslog daemon's, unless
					 * MK_ENTRY_NO_SIGNAL */
	int signal;			/* SIGHUP where none is given; 0:
					 * openbsd's command gets none */
	const char *file;		/* where it stands: borrowed of the */
	unsigned line;			/* mk_entries */
};

struct mk_entries {			/* { 0 } is an empty one */
	struct mk_entry *v;
	size_t n, cap;
	struct mk_entry *fallback;	/* <default>; NULL: none */
	char **files;			/* that were read, owned */
	size_t files_n;
};

/*
 * Append a copy of *ENTRY, its log LOG and its .notify copied; .file is taken
 * as it is, and must last as long as ENTRIES.  0, -1 (ENOMEM).
 */
int mk_entries_add(struct mk_entries *entries, const struct mk_entry *entry,
    const char *log);

/* The same for .fallback, where there is none yet. */
int mk_entries_set_fallback(struct mk_entries *entries,
    const struct mk_entry *entry);

/* Append a copy of PATH to .files.  It; or NULL (ENOMEM). */
const char *mk_entries_add_file(struct mk_entries *entries,
    const char *path);

void mk_entries_free(struct mk_entries *entries);

/*
 * Why PATH can't be a log's (or a pid file's): "is not absolute", ...; NULL if
 * it can.  A way with "." or ".." in it, or to a directory, is no log's name.
 */
const char *mk_entry_path_fault(const char *path);

#endif
