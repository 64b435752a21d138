/* base/siphash: SipHash-2-4, as its authors have it. */
#include "base/siphash.h"

#include "unit.h"

/* The key is 00 01 ... 0f, the data 00 01 ... of that length. */
static const struct { size_t len; uint64_t hash; } vectors[] = {
	{ 0,	UINT64_C(0x726fdb47dd0e0e31) },
	{ 1,	UINT64_C(0x74f839c593dc67fd) },
	{ 2,	UINT64_C(0x0d6c8009d9a94f5a) },
	{ 7,	UINT64_C(0xab0200f58b01d137) },
	{ 8,	UINT64_C(0x93f5f5799a932462) },
	{ 15,	UINT64_C(0xa129ca6149be45e5) },
	{ 63,	UINT64_C(0x958a324ceb064572) },
};

START_TEST(is_the_published_one)
{
	static const uint64_t key[] = {
		UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908),
	};
	unsigned char data[64];
	size_t i;

	for (i = 0; i < sizeof data; i++)
		data[i] = (unsigned char)i;
	ck_assert_uint_eq(mk_siphash(key, data, vectors[_i].len),
	    vectors[_i].hash);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/siphash");
	TCase *tc = tcase_create("siphash");

	tcase_add_loop_test(tc, is_the_published_one, 0,
	    (int)(sizeof vectors / sizeof *vectors));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
