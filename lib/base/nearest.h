/* base/nearest - what a wrong word may have been meant for. */
#ifndef MK_BASE_NEAREST_H
#define MK_BASE_NEAREST_H

/*
 * The word of CANDIDATES (ended by NULL) nearest to WORD by edit distance,
 * NULL where none is near enough to be meant.
 */
const char *mk_nearest(const char *word, const char *const *candidates);

#endif
