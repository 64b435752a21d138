/*
 * nosync - makes fsync(2) do nothing, by LD_PRELOAD: bench/blacklist subtracts
 * what it costs.
 */
#include <unistd.h>

int
fsync(int fd)
{
	(void)fd;
	return 0;
}

int
fdatasync(int fd)
{
	(void)fd;
	return 0;
}
