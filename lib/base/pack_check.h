/*
 * base/pack_check - compare a packed file with a plain one, step by step.
 * Private to base/pack.
 */
#ifndef MK_BASE_PACK_CHECK_H
#define MK_BASE_PACK_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct mk_pack_check {
	int packed, plain;		/* borrowed */
	bool as_it_is;			/* PACKED is not to be unpacked */
	uint64_t pos;			/* equal as far as here */
	struct mk_unpack *unpack;	/* reads from .packed's offset */
	char *buf;
};

/* Owns nothing that the caller has.  0 or -1; free it in both cases. */
int mk_pack_check_start(struct mk_pack_check *check, int packed, int plain,
    bool as_it_is, struct mk_error *err);

/*
 * Compare some more.  1; 0 at PACKED's end, all before it being equal; -1:
 * EX_DATAERR where PACKED is damaged or differs, errno's for a failed read.
 */
int mk_pack_check_step(struct mk_pack_check *check, struct mk_error *err);

/* How far PACKED has been read. */
uint64_t mk_pack_check_read(const struct mk_pack_check *check);

void mk_pack_check_free(struct mk_pack_check *check);

#endif
