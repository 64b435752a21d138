/*
 * report/page_style: the colours of both themes can be told apart, by those
 * who see fewer of them, too, and stand out from the ground.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/page_parts.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define MARKS		6
#define APART		0.085		/* in OKLab */

struct colour {
	double c[3];			/* linear red, green, blue */
};

/* How three kinds of eyes see (Machado, Oliveira, Fernandes 2009), and all
 * others. */
static const double eyes[4][3][3] = {
	{ { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
	{ { 0.152286, 1.052583, -0.204868 },
	    { 0.114503, 0.786281, 0.099216 },
	    { -0.003882, -0.048116, 1.051998 } },
	{ { 0.367322, 0.860646, -0.227968 },
	    { 0.280085, 0.672501, 0.047413 },
	    { -0.011820, 0.042940, 0.968881 } },
	{ { 1.255528, -0.076749, -0.178779 },
	    { -0.078411, 0.930809, 0.147602 },
	    { 0.004733, 0.691367, 0.303900 } },
};

/* OKLab (Ottosson 2020): cone responses, then lightness and two opposites. */
static const double cones[3][3] = {
	{ 0.4122214708, 0.5363325363, 0.0514459929 },
	{ 0.2119034982, 0.6806995451, 0.1073969566 },
	{ 0.0883024619, 0.2817188376, 0.6299787005 },
};
static const double lab[3][3] = {
	{ 0.2104542553, 0.7936177850, -0.0040720468 },
	{ 1.9779984951, -2.4285922050, 0.4505937099 },
	{ 0.0259040371, 0.7827717662, -0.8086757660 },
};

static struct colour
times(const double m[3][3], struct colour v)
{
	struct colour sum = { { 0 } };
	int i, j;

	for (i = 0; i < 3; i++)
		for (j = 0; j < 3; j++)
			sum.c[i] += m[i][j] * v.c[j];
	return sum;
}

static struct colour
seen_by(int eye, struct colour colour)
{
	struct colour seen = times(eyes[eye], colour);
	int i;

	for (i = 0; i < 3; i++)
		seen.c[i] = fmin(1, fmax(0, seen.c[i]));
	seen = times(cones, seen);
	for (i = 0; i < 3; i++)
		seen.c[i] = cbrt(seen.c[i]);
	return times(lab, seen);
}

static double
apart(struct colour a, struct colour b)
{
	double sum = 0;
	int i;

	for (i = 0; i < 3; i++)
		sum += (a.c[i] - b.c[i]) * (a.c[i] - b.c[i]);
	return sqrt(sum);
}

static double
luminance(struct colour colour)
{
	return 0.2126 * colour.c[0] + 0.7152 * colour.c[1] +
	    0.0722 * colour.c[2];
}

/* WCAG 2.1. */
static double
contrast(struct colour a, struct colour b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

/* The property NAME of the THEME, 0 is light and 1 dark. */
static struct colour
property(int theme, const char *name)
{
	char key[40];
	unsigned long rgb;
	struct colour colour;
	const char *p = mk_page_style[0];
	double s;
	int i;

	snprintf(key, sizeof key, "--%s:#", name);
	for (i = 0; i <= theme; i++) {
		p = strstr(p, key);
		ck_assert_msg(p != NULL, "%s", key);
		p += strlen(key);
	}
	ck_assert_uint_eq(strspn(p, "0123456789abcdef"), 6);
	rgb = strtoul(p, NULL, 16);
	for (i = 0; i < 3; i++) {
		s = (double)(rgb >> (16 - 8 * i) & 0xff) / 255;
		colour.c[i] = s <= 0.04045 ? s / 12.92 :
		    pow((s + 0.055) / 1.055, 2.4);
	}
	return colour;
}

static struct colour
mark(int theme, int index)
{
	char name[8];

	snprintf(name, sizeof name, "c%d", index);
	return property(theme, name);
}

START_TEST(marks_are_told_apart_by_all_eyes)
{
	int eye, i, j;
	double d;

	for (eye = 0; eye < COUNT(eyes); eye++)
		for (i = 0; i < MARKS; i++)
			for (j = 0; j < i; j++) {
				d = apart(seen_by(eye, mark(_i, i)),
				    seen_by(eye, mark(_i, j)));
				ck_assert_msg(d > APART, "c%d, c%d: %f by "
				    "eye %d", i, j, d, eye);
			}
}
END_TEST

START_TEST(marks_stand_out_from_the_ground)
{
	int i;

	for (i = 0; i < MARKS; i++)
		ck_assert_double_gt(contrast(mark(_i, i), property(_i, "bg")),
		    3);
}
END_TEST

static const struct {
	const char *text, *ground;
} texts[] = {
	{ "ink", "bg" }, { "mute", "bg" }, { "link", "bg" }, { "bad", "bg" },
	{ "warn", "bg" }, { "good", "bg" }, { "ink", "soft" },
	{ "ink", "goodbg" }, { "ink", "warnbg" }, { "ink", "badbg" },
	{ "good", "goodbg" }, { "warn", "warnbg" }, { "bad", "badbg" },
};

START_TEST(text_stands_out_from_its_ground)
{
	int i;

	for (i = 0; i < COUNT(texts); i++)
		ck_assert_msg(contrast(property(_i, texts[i].text),
		    property(_i, texts[i].ground)) > 4.5, "%s on %s",
		    texts[i].text, texts[i].ground);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("colours");
	TCase *tc = tcase_create("colours");

	tcase_add_loop_test(tc, marks_are_told_apart_by_all_eyes, 0, 2);
	tcase_add_loop_test(tc, marks_stand_out_from_the_ground, 0, 2);
	tcase_add_loop_test(tc, text_stands_out_from_its_ground, 0, 2);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
