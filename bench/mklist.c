/*
 * mklist - write a list of addresses, the same for the same seed.
 *
 *	mklist [-k random | clustered | mixed] [-n lines] [-s seed] [-6 share]
 *	    [-r] file
 *
 * random: IPv4 addresses all over 1.0.0.0 to 223.255.255.255.
 * clustered: the same number in so few /24s that each has 64 lines, in no
 *	order; some lines come twice.
 * mixed: 70 % addresses, 20 % /24, 9 % from /20 to /31, 1 % from /16 to /19,
 *	some inside others; one line in SHARE is IPv6 (100; 0: none), half of
 *	them /64, the others addresses.
 * -r: a reason behind each address, one of sixteen.
 */
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t state;

/* splitmix64 */
static uint64_t
mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t
draw(uint32_t below)
{
	state += 0x9e3779b97f4a7c15;
	return (uint32_t)((mix(state) >> 32) * below >> 32);
}

static uint32_t
global(uint32_t bits)
{
	return (1U << 24) + (uint32_t)((uint64_t)bits * 223 * (1U << 24) >> 32);
}

static char *
put_number(char *p, unsigned n)
{
	if (n >= 100)
		*p++ = (char)('0' + n / 100);
	if (n >= 10)
		*p++ = (char)('0' + n / 10 % 10);
	*p++ = (char)('0' + n % 10);
	return p;
}

static char *
put_v4(char *p, uint32_t a)
{
	p = put_number(p, a >> 24);
	*p++ = '.';
	p = put_number(p, a >> 16 & 255);
	*p++ = '.';
	p = put_number(p, a >> 8 & 255);
	*p++ = '.';
	return put_number(p, a & 255);
}

static char *
put_mixed(char *p, uint32_t share)
{
	uint32_t kind, len;

	if (share != 0 && draw(share) == 0) {
		kind = draw(2);
		p += sprintf(p, "2a0%x:%x:%x:%x", draw(16), 1 + draw(0xffff),
		    1 + draw(0xffff), 1 + draw(0xffff));
		return p + (kind == 0 ? sprintf(p, "::/64") :
		    sprintf(p, "::%x", 1 + draw(0xffff)));
	}
	kind = draw(100);
	len = kind < 70 ? 32 : kind < 90 ? 24 : kind < 99 ? 20 + draw(12) :
	    16 + draw(4);
	p = put_v4(p, global(draw(UINT32_MAX)) & ~0U << (32 - len));
	if (len < 32) {
		*p++ = '/';
		p = put_number(p, len);
	}
	return p;
}

int
main(int argc, char *argv[])
{
	static const char *const reasons[] = {
		"spam", "scan", "brute force", "open relay", "open proxy",
		"snowshoe", "botnet", "dictionary attack", "spam trap",
		"no reverse name", "forged HELO", "phishing", "malware",
		"dynamic range", "hijacked", "reported by a user"
	};
	const char *kind = "random";
	uint64_t seed = 1;
	uint32_t clusters, share = 100;
	unsigned long i, n = 1000000;
	bool reason = false;
	char line[128], *p;
	FILE *out;
	int c;

	while ((c = getopt(argc, argv, "k:n:s:6:r")) != -1)
		switch (c) {
		case 'k':
			kind = optarg;
			break;
		case 'n':
			n = strtoul(optarg, NULL, 10);
			break;
		case 's':
			seed = strtoul(optarg, NULL, 10);
			break;
		case '6':
			share = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'r':
			reason = true;
			break;
		default:
			goto usage;
		}
	if (argc - optind != 1 || n == 0 || n > 100000000 ||
	    strchr("rcm", kind[0]) == NULL)
		goto usage;
	out = fopen(argv[optind], "we");
	if (out == NULL)
		err(EXIT_FAILURE, "create %s", argv[optind]);
	state = mix(seed);
	clusters = (uint32_t)(n / 64 + 1);
	for (i = 0; i < n; i++) {
		p = line;
		if (kind[0] == 'r')
			p = put_v4(p, global(draw(UINT32_MAX)));
		else if (kind[0] == 'c')
			p = put_v4(p, (global((uint32_t)mix(seed +
			    draw(clusters))) & ~255U) | draw(256));
		else
			p = put_mixed(p, share);
		if (reason)
			p += sprintf(p, " %s", reasons[draw(16)]);
		*p++ = '\n';
		if (fwrite(line, (size_t)(p - line), 1, out) != 1)
			break;
	}
	if (ferror(out) || fclose(out) == EOF)
		err(EXIT_FAILURE, "write %s", argv[optind]);
	return 0;
usage:
	fprintf(stderr, "usage: mklist [-k random | clustered | mixed] "
	    "[-n lines] [-s seed] [-6 share] [-r] file\n");
	return EXIT_FAILURE;
}
