/*
 * tests/lint.h - included by tests/lint.sh before each file that clang's
 * analyzer reads.  It sees one file at a time and cannot know that these
 * always return -1; without that it follows paths that no program takes.
 */
#define MK_VERSION	"lint"

#include "base/error.h"

#define mk_fail(...)		((mk_fail)(__VA_ARGS__), -1)
#define mk_fail_sys(...)	((mk_fail_sys)(__VA_ARGS__), -1)
