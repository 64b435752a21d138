/*
 * bareloop - the least that mailkeep-blacklist can cost: no configuration, no
 * reasons, no checks, nothing read back, no fsync(2).
 *
 *	bareloop cdb list file		a cdb, each prefix with the data "list"
 *	bareloop plain list		prefixes to standard output
 *
 * IPv4 only, one address or prefix a line, which must be right; lines with a
 * colon are skipped.  Parse, sort by radix, merge to the fewest prefixes,
 * write.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct net {
	uint32_t first, len;
};

struct slot {
	uint32_t hash, at;		/* as a cdb has them; at 0: free */
};

static void *
allocate(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL)
		err(EXIT_FAILURE, NULL);
	return p;
}

static struct net *
parse(const char *p, const char *end, size_t *n)
{
	size_t cap = (size_t)(end - p) / 8 + 1;	/* "1.1.1.1\n" */
	struct net *v = allocate(cap, sizeof *v);
	uint32_t a, byte, len;

	for (*n = 0; p < end; p++) {
		a = byte = 0;
		len = 32;
		for (; *p >= '.' && *p <= '9' && *p != '/'; p++) {
			if (*p == '.') {
				a = a << 8 | byte;
				byte = 0;
			} else
				byte = byte * 10 + (uint32_t)(*p - '0');
		}
		if (*p == '/')
			for (p++, len = 0; *p >= '0' && *p <= '9'; p++)
				len = len * 10 + (uint32_t)(*p - '0');
		if (*p == '\n')
			v[(*n)++] = (struct net){ a << 8 | byte, len };
		else
			p = memchr(p, '\n', (size_t)(end - p));
	}
	return v;
}

/* Of those with the same first address the widest is anywhere. */
static struct net *
sort(struct net *v, size_t n)
{
	struct net *to = allocate(n, sizeof *to), *swap;
	size_t count[3][2048] = { { 0 } }, sum, c, i;
	int pass;

	for (i = 0; i < n; i++)
		for (pass = 0; pass < 3; pass++)
			count[pass][v[i].first >> pass * 11 & 2047]++;
	for (pass = 0; pass < 3; pass++) {
		for (sum = i = 0; i < 2048; i++) {
			c = count[pass][i];
			count[pass][i] = sum;
			sum += c;
		}
		for (i = 0; i < n; i++)
			to[count[pass][v[i].first >> pass * 11 & 2047]++] =
			    v[i];
		swap = v;
		v = to;
		to = swap;
	}
	free(to);
	return v;
}

/* In place, as a stack: two halves become one as soon as both are there. */
static size_t
merge(struct net *v, size_t n)
{
	struct net *top;
	size_t i, m = 0;

	for (i = 0; i < n; i++) {
		if (m > 0 && v[m - 1].len <= v[i].len &&
		    (uint64_t)v[i].first - v[m - 1].first <
		    (uint64_t)1 << (32 - v[m - 1].len))
			continue;
		while (m > 0 && v[m - 1].first == v[i].first)
			m--;
		v[m++] = v[i];
		while (m > 1) {
			top = &v[m - 1];
			if (top[-1].len != top->len || top->len == 0 ||
			    (top[-1].first ^ top->first) !=
			    (uint32_t)1 << (32 - top->len))
				break;
			top[-1].len--;
			m--;
		}
	}
	return m;
}

static char *
put_number(char *p, uint32_t n)
{
	if (n >= 100)
		*p++ = (char)('0' + n / 100);
	if (n >= 10)
		*p++ = (char)('0' + n / 10 % 10);
	*p++ = (char)('0' + n % 10);
	return p;
}

static char *
put_net(char *p, struct net net)
{
	int shift;

	for (shift = 24; shift >= 0; shift -= 8) {
		p = put_number(p, net.first >> shift & 255);
		*p++ = shift == 0 ? '/' : '.';
	}
	return put_number(p, net.len);
}

static void
write_cdb(FILE *out, const struct net *v, size_t n)
{
	struct slot *all = allocate(n, sizeof *all), *sorted, *table;
	uint32_t head[256][2] = { { 0 } }, at = 2048, hash, lens[2], k;
	size_t start[257] = { 0 }, i, t, room;
	char text[32], *p;

	fseek(out, at, SEEK_SET);
	for (i = 0; i < n; i++) {
		lens[0] = (uint32_t)(put_net(text, v[i]) - text);
		lens[1] = 4;
		hash = 5381;
		for (p = text; p < text + lens[0]; p++)
			hash = ((hash << 5) + hash) ^ (unsigned char)*p;
		memcpy(p, "list", lens[1]);
		fwrite(lens, sizeof lens, 1, out);
		fwrite(text, lens[0] + lens[1], 1, out);
		all[i] = (struct slot){ hash, at };
		start[(hash & 255) + 1]++;
		at += (uint32_t)sizeof lens + lens[0] + lens[1];
	}
	for (t = 0; t < 256; t++)
		start[t + 1] += start[t];
	sorted = allocate(n, sizeof *sorted);
	for (i = 0; i < n; i++)
		sorted[start[all[i].hash & 255]++] = all[i];
	for (i = t = 0; t < 256; t++) {
		room = (start[t] - i) * 2;
		table = allocate(room, sizeof *table);
		head[t][0] = at;
		head[t][1] = (uint32_t)room;
		for (; i < start[t]; i++) {
			k = (uint32_t)((sorted[i].hash >> 8) % room);
			while (table[k].at != 0)
				k = k + 1 == room ? 0 : k + 1;
			table[k] = sorted[i];
		}
		fwrite(table, sizeof *table, room, out);
		free(table);
		at += (uint32_t)(room * sizeof *table);
	}
	fseek(out, 0, SEEK_SET);
	fwrite(head, sizeof head, 1, out);
	free(all);
	free(sorted);
}

int
main(int argc, char *argv[])
{
	const char *text;
	struct net *v;
	struct stat st;
	FILE *out;
	size_t i, n;
	char line[32], *p;
	int fd;

	if (argc < 3) {
		fprintf(stderr, "usage: bareloop cdb list file | plain list\n");
		return EXIT_FAILURE;
	}
	fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1)
		err(EXIT_FAILURE, "%s", argv[2]);
	text = mmap(NULL, (size_t)st.st_size, PROT_READ,
	    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (text == MAP_FAILED)
		err(EXIT_FAILURE, "%s", argv[2]);
	v = parse(text, text + st.st_size, &n);
	v = sort(v, n);
	n = merge(v, n);
	out = argc > 3 ? fopen(argv[3], "we") : stdout;
	if (out == NULL) {
		warn("%s", argv[3]);
		return EXIT_FAILURE;
	}
	setvbuf(out, NULL, _IOFBF, 1 << 18);
	if (argc > 3)
		write_cdb(out, v, n);
	else
		for (i = 0; i < n; i++) {
			p = put_net(line, v[i]);
			*p++ = '\n';
			fwrite(line, (size_t)(p - line), 1, out);
		}
	free(v);
	if (ferror(out) || fclose(out) == EOF)
		err(EXIT_FAILURE, "write");
	return 0;
}
