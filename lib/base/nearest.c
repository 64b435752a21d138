/* base/nearest - what a wrong word may have been meant for. */
#include "base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define NEAREST_MAX	64		/* bytes of a word worth comparing */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool
same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * The edit distance with swaps of neighbours (optimal string alignment),
 * letters' case aside.  B has at most NEAREST_MAX bytes.
 */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][NEAREST_MAX + 1], *before, *last = rows[2];
	size_t *now = rows[0], a_len = strlen(a), b_len = strlen(b), i, j;

	for (j = 0; j <= b_len; j++)
		now[j] = j;
	for (i = 1; i <= a_len; i++) {
		before = last;
		last = now;
		now = rows[i % 3];
		now[0] = i;
		for (j = 1; j <= b_len; j++) {
			now[j] = least(last[j - 1] + !same(a[i - 1], b[j - 1]),
			    least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return now[b_len];
}

const char *
mk_nearest(const char *word, const char *const *candidates)
{
	const char *nearest = NULL;
	size_t len = strlen(word), other, d, least_d = SIZE_MAX;

	if (len > NEAREST_MAX)
		return NULL;
	for (; *candidates != NULL; candidates++) {
		other = strlen(*candidates);
		if (other > NEAREST_MAX)
			continue;
		d = distance(word, *candidates);
		if (d <= (len > other ? len : other) / 3 && d < least_d) {
			least_d = d;
			nearest = *candidates;
		}
	}
	return nearest;
}
