/* blacklist/spare - addresses that are listed by no means. */
#include "blacklist/spare.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/*
 * No sender on the Internet has one of these: RFC 6890 with RFC 1122 (this
 * host, multicast, reserved), RFC 1918 (private), RFC 6598 (shared), RFC 3927
 * (link-local), RFC 4193 (unique local), RFC 4291 (loopback, unspecified,
 * link-local, multicast).
 */
static const char *const private[] = {
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
	"169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4",
	"240.0.0.0/4", "::/128", "::1/128", "fc00::/7", "fe80::/10",
	"ff00::/8",
};

/* ::ffff:0:0/96: IPv4 by another name, whose spared addresses a prefix of
 * IPv6 would list.  As text it is IPv4. */
static const struct mk_net mapped = {
	.first = { .lo = (uint64_t)0xffff << 32 }, .family = MK_V6, .len = 96,
};

static int
add(struct mk_spare *spare, const char *feed, const struct mk_net *net,
    struct mk_error *err)
{
	uint32_t number, origin;

	for (number = 0; number < spare->origins.feeds_n; number++)
		if (strcmp(spare->origins.feeds[number], feed) == 0)
			break;
	if ((number == spare->origins.feeds_n &&
	    mk_origin_feed(&spare->origins, feed, &number) == -1) ||
	    mk_origin_add(&spare->origins, number, 0, "", 0, 0,
	    &origin) == -1 ||
	    mk_netlist_add(&spare->entries, net, origin, 0) == -1)
		return mk_fail_sys(err, "%s", feed);
	return 0;
}

static int
add_text(struct mk_spare *spare, const char *feed, const char *text,
    struct mk_error *err)
{
	struct mk_net net;
	const char *why = "";

	if (mk_net_parse(text, strlen(text), &net, &why) != MK_NET_OK)
		return mk_fail(err, EX_CONFIG, "%s: \"%s\": %s", feed, text,
		    why);
	return add(spare, feed, &net, err);
}

static uint64_t
big_endian(const unsigned char *bytes)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < 8; i++)
		n = n << 8 | bytes[i];
	return n;
}

/* The address of an interface; false for one of another family. */
static bool
interface_net(const struct sockaddr *sa, struct mk_net *net)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	*net = (struct mk_net){ 0 };
	if (sa != NULL && sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof in);
		net->family = MK_V4;
		net->len = 32;
		net->first.lo = ntohl(in.sin_addr.s_addr);
		return true;
	}
	if (sa != NULL && sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof in6);
		net->family = MK_V6;
		net->len = 128;
		net->first.hi = big_endian(in6.sin6_addr.s6_addr);
		net->first.lo = big_endian(in6.sin6_addr.s6_addr + 8);
		return true;
	}
	return false;
}

static int
add_self(struct mk_spare *spare, struct mk_error *err)
{
	struct ifaddrs *all, *ifa;
	struct mk_net net;
	int rv = 0;

	if (getifaddrs(&all) == -1)
		return mk_fail_sys(err, "never-self: read the host's "
		    "addresses");
	for (ifa = all; ifa != NULL && rv == 0; ifa = ifa->ifa_next)
		if (interface_net(ifa->ifa_addr, &net))
			rv = add(spare, "never-self", &net, err);
	freeifaddrs(all);
	return rv;
}

int
mk_spare_open(struct mk_spare *spare, const struct mk_blacklist_conf *conf,
    struct mk_error *err)
{
	uint32_t number;
	size_t i;

	/* Feed and file number 0: the key "allow", and no file. */
	if (mk_origin_feed(&spare->origins, "allow", &number) == -1 ||
	    mk_origin_file(&spare->origins, "", &number) == -1)
		return mk_fail_sys(err, "allow");
	spare->allow = calloc(conf->allow.n + 1, sizeof *spare->allow);
	if (spare->allow == NULL)
		return mk_fail_sys(err, "allow");
	for (; spare->allow_n < conf->allow.n; spare->allow_n++) {
		struct mk_error why;
		struct mk_feed_source *source = mk_feed_source_open_file(
		    conf->allow.v[spare->allow_n], &why);

		if (source == NULL)
			return mk_fail(err, why.status, "allow: %s",
			    why.text);
		spare->allow[spare->allow_n] = source;
	}
	for (i = 0; i < conf->never.n; i++)
		if (add_text(spare, "never", conf->never.v[i], err) == -1)
			return -1;
	for (i = 0; conf->never_private &&
	    i < sizeof private / sizeof *private; i++)
		if (add_text(spare, "never-private", private[i], err) == -1)
			return -1;
	if (conf->never_private &&
	    add(spare, "never-private", &mapped, err) == -1)
		return -1;
	return conf->never_self ? add_self(spare, err) : 0;
}

/* The first bad line of an allow file. */
static void
reject(void *data, const char *file, uint64_t line, bool masked,
    const char *why)
{
	struct mk_error *err = data;

	(void)masked;
	if (err->status == EX_OK)
		mk_fail(err, EX_DATAERR, "allow: %s:%llu: %s; nothing is "
		    "published while an allow file has a bad line", file,
		    (unsigned long long)line, why);
}

int
mk_spare_read(struct mk_spare *spare, int64_t now_s, struct mk_error *err)
{
	struct mk_error bad = { .status = EX_OK }, why;
	struct mk_feed_job job = {
		.now_s = now_s, .feed = 0, .origins = &spare->origins,
		.entries = &spare->entries, .reject = reject, .data = &bad,
	};
	struct mk_feed_counts counts;
	size_t i;

	for (i = 0; i < spare->allow_n; i++) {
		int rv = mk_feed_source_read(spare->allow[i], &job, &counts,
		    &why);

		if (bad.status != EX_OK) {
			*err = bad;
			return -1;
		}
		if (rv == -1)
			return mk_fail(err, why.status, "allow: %s",
			    why.text);
	}
	if (mk_netlist_sort(&spare->entries) == -1 ||
	    mk_set_merge(&spare->set, &spare->entries,
	    &spare->origins) == -1)
		return mk_fail_sys(err, "allow");
	return 0;
}

void
mk_spare_free(struct mk_spare *spare)
{
	size_t i;

	for (i = 0; i < spare->allow_n; i++)
		mk_feed_source_close(spare->allow[i]);
	free(spare->allow);
	mk_netlist_free(&spare->entries);
	mk_set_free(&spare->set);
	mk_origins_free(&spare->origins);
}
