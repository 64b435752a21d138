/* base/decimal - numbers with a point, in hundredths. */
#include "base/decimal.h"

#include <stdbool.h>
#include <stdio.h>

#define WHOLE_MAX	1000000

static bool
is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

size_t
mk_decimal_parse(const char *text, size_t len, int64_t *hundredths)
{
	const char *p = text, *end = text + len, *digits;
	bool negative = len > 0 && *p == '-', more = false, point;
	int64_t n = 0;
	int places;

	if (len > 0 && (*p == '-' || *p == '+'))
		p++;
	for (digits = p; is_digit(p, end); p++)
		if (n <= WHOLE_MAX)	/* else it is beyond with any digit */
			n = 10 * n + (*p - '0');
	point = p < end && *p == '.' && is_digit(p + 1, end);
	if (p == digits && !point)
		return 0;
	n *= 100;
	if (point)
		for (p++, places = 0; is_digit(p, end); p++, places++) {
			if (places < 2)
				n += (*p - '0') * (places == 0 ? 10 : 1);
			else if (*p != '0')
				more = true;
		}
	if (n > 100 * WHOLE_MAX || (n == 100 * WHOLE_MAX && more))
		return 0;
	if (negative)
		n = more ? -n - 1 : -n;
	*hundredths = n;
	return (size_t)(p - text);
}

char *
mk_decimal_format(char *buf, size_t size, int64_t hundredths)
{
	uint64_t n = hundredths < 0 ? -(uint64_t)hundredths :
	    (uint64_t)hundredths;
	const char *sign = hundredths < 0 ? "-" : "";
	unsigned rest = (unsigned)(n % 100);

	n /= 100;
	if (rest == 0)
		snprintf(buf, size, "%s%ju", sign, (uintmax_t)n);
	else if (rest % 10 == 0)
		snprintf(buf, size, "%s%ju.%u", sign, (uintmax_t)n, rest / 10);
	else
		snprintf(buf, size, "%s%ju.%02u", sign, (uintmax_t)n, rest);
	return buf;
}
