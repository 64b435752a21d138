/*
 * base/sandbox - give up what the rest of the run does not need.
 *
 * Three systems, three times the same six static functions; the public ones
 * below are common.
 */
#ifdef __OpenBSD__
#define _BSD_SOURCE			/* unveil, pledge */
#endif

#include "base/sandbox.h"

#include <stdlib.h>
#include <time.h>

#if defined __linux__
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/landlock.h>
#include <stdint.h>
#include <unistd.h>

/*
 * Newer than the headers of the oldest system that we build on; the running
 * kernel decides.  The numbers are kernel ABI.
 * Source: landlock(7) and the kernel's include/uapi/linux/landlock.h.
 */
#define FS_REFER	(UINT64_C(1) << 13)	/* ABI 2 */
#define FS_TRUNCATE	(UINT64_C(1) << 14)	/* ABI 3 */
#define NET_BIND_TCP	(UINT64_C(1) << 0)	/* ABI 4 */
#define NET_CONNECT_TCP	(UINT64_C(1) << 1)
#define FS_IOCTL_DEV	(UINT64_C(1) << 15)	/* ABI 5 */
#define SCOPE_ABSTRACT	(UINT64_C(1) << 0)	/* ABI 6 */
#define SCOPE_SIGNAL	(UINT64_C(1) << 1)

#define RULE_NET_PORT	2		/* ABI 4: of what kind a rule is */
#define FS_ABI_1	((UINT64_C(1) << 13) - 1)	/* all of ABI 1 */
#define FS_READ		(LANDLOCK_ACCESS_FS_READ_FILE | \
			    LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE	(FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | \
			    LANDLOCK_ACCESS_FS_REMOVE_DIR | \
			    LANDLOCK_ACCESS_FS_REMOVE_FILE | \
			    LANDLOCK_ACCESS_FS_MAKE_DIR | \
			    LANDLOCK_ACCESS_FS_MAKE_REG | \
			    FS_REFER | FS_TRUNCATE)
/* The only rights that a rule for a file may hold. */
#define FS_OF_FILE	(LANDLOCK_ACCESS_FS_EXECUTE | \
			    LANDLOCK_ACCESS_FS_WRITE_FILE | \
			    LANDLOCK_ACCESS_FS_READ_FILE | \
			    FS_TRUNCATE | FS_IOCTL_DEV)

#define ABI_LEAST	2
#define ABI_KNOWN	7		/* adds to 6 what concerns audit logs */

/* As of ABI 6.  An older kernel takes it too, as long as its news are 0. */
struct ruleset {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

/* ABI 4's rule for a port, in the host's byte order. */
struct port_rule {
	uint64_t allowed_access;
	uint64_t port;
};

struct mk_sandbox {
	int level;			/* 0: nothing to confine with */
	int fd;				/* of the rule set */
	uint64_t fs;			/* the rights that LEVEL rules */
};

/*
 * Absent (ENOSYS), switched off at boot (EOPNOTSUPP) or refused by a filter
 * is no error.  ABI 1 is not used: under it every rename from one directory
 * to another fails with EXDEV, in allowed trees too, and a move of a message
 * that always fails is worse than the confinement is good.
 */
static int
kernel_level(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < ABI_LEAST)
		return 0;
	return abi > ABI_KNOWN ? ABI_KNOWN : (int)abi;
}

/* All rights are ruled, so what no tree allows is refused. */
static int
sb_open(struct mk_sandbox *sb, struct mk_error *err)
{
	struct ruleset rules = { 0 };

	sb->fd = -1;
	sb->level = kernel_level();
	if (sb->level == 0)
		return 0;
	sb->fs = FS_ABI_1 | FS_REFER;
	if (sb->level >= 3)
		sb->fs |= FS_TRUNCATE;
	if (sb->level >= 4)
		rules.handled_access_net = NET_BIND_TCP | NET_CONNECT_TCP;
	if (sb->level >= 5)
		sb->fs |= FS_IOCTL_DEV;
	if (sb->level >= 6)
		rules.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL;
	rules.handled_access_fs = sb->fs;
	sb->fd = (int)syscall(SYS_landlock_create_ruleset, &rules,
	    sizeof rules, 0U);
	if (sb->fd == -1)
		return mk_fail_sys(err, "prepare the Landlock sandbox");
	return 0;
}

static int
sb_allow(struct mk_sandbox *sb, int fd, const char *path,
    enum mk_sandbox_access access, struct mk_error *err)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = fd };
	struct stat st;

	if (sb->level == 0)
		return 0;
	if (fstat(fd, &st) == -1)
		return mk_fail_sys(err, "look at %s", path);
	rule.allowed_access = access == MK_SANDBOX_WRITE ? FS_WRITE : FS_READ;
	rule.allowed_access &= sb->fs;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= FS_OF_FILE;
	if (syscall(SYS_landlock_add_rule, sb->fd, LANDLOCK_RULE_PATH_BENEATH,
	    &rule, 0U) == -1)
		return mk_fail_sys(err, "allow %s in the Landlock sandbox",
		    path);
	return 0;
}

/* Before ABI 4 no connection is ruled. */
static int
sb_allow_connect(struct mk_sandbox *sb, unsigned port, struct mk_error *err)
{
	struct port_rule rule = { NET_CONNECT_TCP, port };

	if (sb->level >= 4 && syscall(SYS_landlock_add_rule, sb->fd,
	    RULE_NET_PORT, &rule, 0U) == -1)
		return mk_fail_sys(err, "allow port %u in the Landlock "
		    "sandbox", port);
	return 0;
}

/* Not ruled; the rights of the file decide, as outside. */
static int
sb_allow_socket(struct mk_sandbox *sb, const char *path, struct mk_error *err)
{
	(void)sb;
	(void)path;
	(void)err;
	return 0;
}

static int
sb_enter(struct mk_sandbox *sb, struct mk_error *err)
{
	if (sb->level == 0)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return mk_fail_sys(err, "give up new privileges");
	if (syscall(SYS_landlock_restrict_self, sb->fd, 0U) == -1)
		return mk_fail_sys(err, "enter the Landlock sandbox");
	return sb->level;
}

static void
sb_close(struct mk_sandbox *sb)
{
	if (sb->fd != -1)
		close(sb->fd);
}

#elif defined __OpenBSD__
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

struct mk_sandbox {
	bool reads, writes;		/* what trees were allowed for */
	bool tcp, sockets;		/* which connections are to come */
};

static int
sb_open(struct mk_sandbox *sb, struct mk_error *err)
{
	(void)sb;
	(void)err;
	return 0;
}

/* unveil(2) goes by path, and takes effect with the first call. */
static int
sb_allow(struct mk_sandbox *sb, int fd, const char *path,
    enum mk_sandbox_access access, struct mk_error *err)
{
	(void)fd;
	sb->reads = true;
	if (access == MK_SANDBOX_WRITE)
		sb->writes = true;
	if (unveil(path, access == MK_SANDBOX_WRITE ? "rwc" : "r") == -1)
		return mk_fail_sys(err, "unveil %s", path);
	return 0;
}

/* pledge(2) knows no ports. */
static int
sb_allow_connect(struct mk_sandbox *sb, unsigned port, struct mk_error *err)
{
	(void)port;
	(void)err;
	sb->tcp = true;
	return 0;
}

static int
sb_allow_socket(struct mk_sandbox *sb, const char *path, struct mk_error *err)
{
	sb->sockets = true;
	if (unveil(path, "rw") == -1)
		return mk_fail_sys(err, "unveil %s", path);
	return 0;
}

/*
 * A socket that is connected already needs "stdio" alone; without "inet",
 * "unix" and "dns" there will be no other.
 */
static int
sb_enter(struct mk_sandbox *sb, struct mk_error *err)
{
	char promises[80];

	snprintf(promises, sizeof promises, "stdio%s%s%s", sb->writes ?
	    " rpath wpath cpath fattr chown flock" : sb->reads ?
	    " rpath flock" : "", sb->tcp ? " inet" : "",
	    sb->sockets ? " unix" : "");
	if (unveil(NULL, NULL) == -1)
		return mk_fail_sys(err, "lock the unveiled paths");
	if (pledge(promises, NULL) == -1)
		return mk_fail_sys(err, "pledge \"%s\"", promises);
	return 1;
}

static void
sb_close(struct mk_sandbox *sb)
{
	(void)sb;
}

#else
struct mk_sandbox {
	int unused;			/* a struct must have a member */
};

static int
sb_open(struct mk_sandbox *sb, struct mk_error *err)
{
	(void)sb;
	(void)err;
	return 0;
}

static int
sb_allow(struct mk_sandbox *sb, int fd, const char *path,
    enum mk_sandbox_access access, struct mk_error *err)
{
	(void)sb;
	(void)fd;
	(void)path;
	(void)access;
	(void)err;
	return 0;
}

static int
sb_allow_connect(struct mk_sandbox *sb, unsigned port, struct mk_error *err)
{
	(void)sb;
	(void)port;
	(void)err;
	return 0;
}

static int
sb_allow_socket(struct mk_sandbox *sb, const char *path, struct mk_error *err)
{
	(void)sb;
	(void)path;
	(void)err;
	return 0;
}

static int
sb_enter(struct mk_sandbox *sb, struct mk_error *err)
{
	(void)sb;
	(void)err;
	return 0;
}

static void
sb_close(struct mk_sandbox *sb)
{
	(void)sb;
}
#endif

struct mk_sandbox *
mk_sandbox_new(struct mk_error *err)
{
	struct mk_sandbox *sb = calloc(1, sizeof *sb);

	if (sb == NULL) {
		mk_fail_sys(err, "prepare the sandbox");
		return NULL;
	}
	if (sb_open(sb, err) == -1) {
		free(sb);
		return NULL;
	}
	return sb;
}

int
mk_sandbox_allow(struct mk_sandbox *sb, int fd, const char *path,
    enum mk_sandbox_access access, struct mk_error *err)
{
	return sb_allow(sb, fd, path, access, err);
}

int
mk_sandbox_allow_connect(struct mk_sandbox *sb, unsigned port,
    struct mk_error *err)
{
	return sb_allow_connect(sb, port, err);
}

int
mk_sandbox_allow_socket(struct mk_sandbox *sb, const char *path,
    struct mk_error *err)
{
	return sb_allow_socket(sb, path, err);
}

/*
 * The C library reads /etc/localtime when it first needs it.  Afterwards it
 * could not, and would print UTC without a word.
 */
int
mk_sandbox_enter(struct mk_sandbox *sb, struct mk_error *err)
{
	tzset();
	return sb_enter(sb, err);
}

void
mk_sandbox_free(struct mk_sandbox *sb)
{
	if (sb != NULL)
		sb_close(sb);
	free(sb);
}
