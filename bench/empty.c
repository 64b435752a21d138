/*
 * empty - what it costs to start: nothing but the libraries of
 * mailkeep-expire, which bench/run links to it by force.
 */
int
main(void)
{
	return 0;
}
