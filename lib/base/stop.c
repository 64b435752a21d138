/* base/stop - end in good order when asked to. */
#include "base/stop.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int stopped;		/* lock-free, as a handler needs it */

static void
stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

void
mk_stop_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = stop,
	    .sa_flags = SA_RESTART }, old;
	size_t i;

	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof signals / sizeof signals[0]; i++)
		if (sigaction(signals[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

bool
mk_stopped(void)
{
	return stopped != 0;
}
