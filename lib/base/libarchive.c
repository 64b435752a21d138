/* base/libarchive - libarchive, loaded when it is first wanted. */
#include "base/libarchive.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/libarchive_table.h"

#define LIBARCHIVE	"libarchive.so.13"
#define NAME(name)	{ #name, offsetof(struct mk_libarchive, name) },

static struct mk_libarchive functions;
static struct mk_error failure;
static bool loaded;

static void
load(void)
{
	static const struct { const char *name; size_t at; } table[] = {
		MK_LIBARCHIVE_FUNCTIONS(NAME)
	};
	void *lib = dlopen(LIBARCHIVE, RTLD_NOW), *function;
	size_t i;

	for (i = 0; lib != NULL && i < sizeof table / sizeof *table; i++) {
		function = dlsym(lib, table[i].name);
		if (function == NULL)
			break;
		memcpy((char *)&functions + table[i].at, &function,
		    sizeof function);
	}
	loaded = i == sizeof table / sizeof *table;
	if (!loaded)
		mk_fail(&failure, EX_UNAVAILABLE, "%s: apt-get install "
		    "libarchive13", dlerror());
}

const struct mk_libarchive *
mk_libarchive_load(struct mk_error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	if (loaded)
		return &functions;
	mk_fail(err, failure.status, "%s", failure.text);
	return NULL;
}
