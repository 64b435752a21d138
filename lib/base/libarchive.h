/*
 * base/libarchive - libarchive, loaded when it is first wanted.
 *
 * Not by the linker: it brings libxml2, ICU and the C++ library, whose start
 * takes longer than all of a run with nothing to do.
 *
 * Who calls it includes <archive.h>, <archive_entry.h> and
 * "base/libarchive_table.h", in this order; to load it, this is enough.
 */
#ifndef MK_BASE_LIBARCHIVE_H
#define MK_BASE_LIBARCHIVE_H

#include "base/error.h"

struct mk_libarchive;

/*
 * libarchive's functions, for good.  NULL, and EX_UNAVAILABLE, where it is not
 * to be had: what was met first is said again each time, since one who has
 * been confined in between would be told of that instead.  For any thread.
 */
const struct mk_libarchive *mk_libarchive_load(struct mk_error *err);

#endif
