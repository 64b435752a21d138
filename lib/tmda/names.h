/*
 * tmda/names - the names of TMDA's files.
 *
 * Source: TMDA 1.1.12's Pending.py and AutoResponse, as in its own listings:
 *
 *	original	1159377144.3747.msg
 *	maildir		1159377144.3747.host, in new, or in cur with ":2,FLAGS"
 *	leftovers	of before 1.1.3: 1159377144.3747.msg:3,C or 3,R, which
 *			was confirmed or released, and which nobody reads
 *	response	1159377144.3747.sender@example.org, empty
 *
 * A mail id is "1159377144.3747": all of it is compared, unlike by TMDA, which
 * takes 1159383896.419 for a part of 1159383896.4198.  Seconds from 2000000000
 * on are seen, too.
 *
 * Strict, since what is taken for TMDA's may be removed: up to 11 and 10
 * digits; ".msg" and no more; a host of letters, digits, ".", "-" and "_",
 * which does not begin with "msg.", behind a time of 9 digits at least; then
 * ",S=1234" and the like, and ":2," with anything.  The leftovers' separator is
 * not known: ":", "," or none.  A name tells nothing of the file: that it is
 * a regular one, or that a response is empty, is for the caller to see.
 */
#ifndef MK_TMDA_NAMES_H
#define MK_TMDA_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mk_tmda_file {
	MK_TMDA_FOREIGN,		/* none of TMDA's: never touched */
	MK_TMDA_CACHE,			/* .msgcache, or what a killed TMDA
					 * left of one (tmpXXXXXX): stays */
	MK_TMDA_PENDING,
	MK_TMDA_LEFTOVER,
	MK_TMDA_RESPONSE
};

struct mk_tmda_name {
	enum mk_tmda_file file;
	int64_t time_s;			/* of the name; -1 of FOREIGN, CACHE */
	size_t id_len;			/* the bytes of NAME that are its id;
					 * 0 of FOREIGN, CACHE */
	const char *rest;		/* in NAME, behind the id and a dot:
					 * a response's sender; "msg" of format
					 * original; "" of FOREIGN, CACHE */
};

/* What NAME is in a pending directory, in either format ... */
enum mk_tmda_file mk_tmda_pending_name(const char *name,
    struct mk_tmda_name *parsed);

/* ... and in a directory of responses. */
enum mk_tmda_file mk_tmda_response_name(const char *name,
    struct mk_tmda_name *parsed);

/* Whether TEXT has the form of a mail id. */
bool mk_tmda_is_id(const char *text);

#endif
