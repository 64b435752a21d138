/*
 * mail/host - the keys that all programs share: the host's, outside of all
 * sections, and those of the brake.
 */
#ifndef MK_MAIL_HOST_H
#define MK_MAIL_HOST_H

#include "base/config.h"

struct mk_host {
	char *mail_root;
	char *owner;			/* "user:group"; "" stays who it is */
	char *state_dir;
	char *lock_dir;
	int64_t threads;		/* 0: as many as processors, up to 8 */
	bool sandbox;
	char *metrics;			/* file name; "" none */
	struct mk_list quota_ignore;	/* folders that quota does not count */
};

struct mk_safety {
	int64_t max_percent;
	int64_t min_messages;
	int64_t clock_slack_s;
};

extern const struct mk_section mk_host_section, mk_safety_section;

/* THREADS as configured, or the number that 0 stands for. */
unsigned mk_host_threads(int64_t threads);

#endif
