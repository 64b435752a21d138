/* blacklist/textread - the outputs that are text, read back. */
#include "blacklist/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blacklist/outfile.h"

#define BLANKS		" \t\r\n"

/* What a line says; both within the line. */
struct item {
	char *net, *reason;
	size_t net_len, reason_len;
};

/* Whether LINE is structure of the format ID, and no entry. */
static bool
is_frame(enum mk_output_id id, const char *line)
{
	static const char *const words[] = {
		"add ", "flush ", "delete ", "table ", "set ", "type ",
		"flags ", "elements ", "}",
	};
	size_t i;

	if (*line == '\0' || *line == '#' || *line == ';')
		return true;
	if (id == MK_OUT_RBLDNSD)	/* a default; a special */
		return *line == '$' || (line[0] == ':' && line[1] != ':');
	if (id == MK_OUT_NFT)
		for (i = 0; i < sizeof words / sizeof *words; i++)
			if (strncmp(line, words[i], strlen(words[i])) == 0)
				return true;
	return false;
}

static size_t
undouble(char *text, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		if (text[i] == '$' && i + 1 < len && text[i + 1] == '$')
			i++;
		text[n++] = text[i];
	}
	return n;
}

/* What follows the net in LINE, without what goes before the reason. */
static char *
reason_of(enum mk_output_id id, char *p)
{
	char *colon;

	if (id == MK_OUT_TEXT && *p == ':')
		p++;
	p += strspn(p, BLANKS);
	if (id == MK_OUT_POSTFIX) {
		p += strcspn(p, BLANKS);	/* the action */
		p += strspn(p, BLANKS);
	} else if (id == MK_OUT_RBLDNSD && *p == ':') {
		colon = strchr(p + 1, ':');
		p = colon != NULL ? colon + 1 : p + strlen(p);
	} else if (id != MK_OUT_TEXT && id != MK_OUT_RBLDNSD)
		p += strlen(p);
	return p;
}

/* Take LINE, ended by a NUL, apart.  False: there is no entry in it. */
static bool
split(enum mk_output_id id, char *line, struct item *item)
{
	const char *ends = BLANKS;
	size_t len;
	char *p = line + strspn(line, BLANKS);

	if (is_frame(id, p))
		return false;
	if (id == MK_OUT_TEXT && *p == '"') {
		p++;
		ends = "\"";
	} else if (id == MK_OUT_TEXT)
		ends = ":" BLANKS;
	else if (id == MK_OUT_NFT)
		ends = "," BLANKS;
	item->net = p;
	item->net_len = strcspn(p, ends);
	p += item->net_len;
	if (*p == '"')
		p++;
	item->reason = reason_of(id, p);
	len = strlen(item->reason);
	while (len > 0 && strchr(BLANKS, item->reason[len - 1]) != NULL)
		len--;
	item->reason_len = id == MK_OUT_RBLDNSD ?
	    undouble(item->reason, len) : len;
	return true;
}

int
mk_text_read(enum mk_output_id id, const struct mk_outfile *at,
    struct mk_netlist *e, struct mk_origins *origins, size_t *foreign,
    struct mk_error *err)
{
	struct item item;
	struct mk_net net;
	FILE *fp;
	char *line = NULL;
	const char *why;
	size_t cap = 0;
	uint64_t size;
	uint32_t origin, n = 0;
	int fd, rv = -1;

	if (mk_outfile_open(at, &fd, &size, err) != 1)
		return -1;
	fp = fdopen(fd, "r");
	if (fp == NULL) {
		mk_fail_sys(err, "read %s", at->path);
		close(fd);
		return -1;
	}
	errno = 0;
	while (getline(&line, &cap, fp) != -1) {
		n++;
		if (!split(id, line, &item))
			continue;
		if (mk_net_parse(item.net, item.net_len, &net, &why) ==
		    MK_NET_BAD) {
			++*foreign;
			continue;
		}
		net = mk_net_masked(net);
		if (mk_origin_add(origins, 0, 0, item.reason,
		    item.reason_len, 0, &origin) == -1 ||
		    mk_netlist_add(e, &net, origin, n) == -1) {
			mk_fail_sys(err, "read %s", at->path);
			goto out;
		}
	}
	if (ferror(fp) || !feof(fp))
		mk_fail_sys(err, "read %s", at->path);
	else
		rv = 0;
out:
	free(line);
	fclose(fp);
	return rv;
}
