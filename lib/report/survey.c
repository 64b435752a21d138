/* report/survey - what a report tells: what all its parts share. */
#include "report/survey.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/part.h"

const int mk_age_days[MK_AGES - 1] = { 1, 3, 7, 14, 30, 90, 365 };

const char *
mk_survey_text(struct mk_survey *survey, const char *text)
{
	const char *copy = mk_arena_copy(&survey->arena, text, strlen(text));

	return copy == NULL ? "no memory" : copy;
}

void *
mk_survey_array(struct mk_survey *survey, struct mk_part *part, size_t n,
    size_t size)
{
	void *array = mk_arena_array(&survey->arena, n, size);

	if (array == NULL) {
		part->state = MK_PART_FAILED;
		part->why = "no memory";
	}
	return array;
}

void
mk_part_failed(struct mk_survey *survey, struct mk_part *part,
    const struct mk_error *err)
{
	part->state = MK_PART_FAILED;
	part->why = mk_survey_text(survey, err->text);
}

void
mk_part_absent(struct mk_survey *survey, struct mk_part *part, const char *why)
{
	part->state = MK_PART_ABSENT;
	part->why = mk_survey_text(survey, why);
}

void
mk_part_note(struct mk_survey *survey, struct mk_part *part, const char *fmt,
    ...)
{
	char text[MK_ERROR_MAX] = "";
	size_t len = 0;
	va_list ap;

	if (part->note != NULL) {
		snprintf(text, sizeof text / 2, "%s", part->note);
		len = strlen(text);
		memcpy(text + len, "; ", 3);
		len += 2;
	}
	va_start(ap, fmt);
	vsnprintf(text + len, sizeof text - len, fmt, ap);
	va_end(ap);
	part->note = mk_survey_text(survey, text);
}

void
mk_survey_free(struct mk_survey *survey)
{
	mk_arena_free(&survey->arena);
	*survey = (struct mk_survey){ 0 };
}
