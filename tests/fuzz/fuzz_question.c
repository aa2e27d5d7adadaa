/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/question.h"

#include <assert.h>
#include <stdint.h>

/* The same in, the same out. */
static void check_written(const struct questions *list)
{
	AUTO(questions_release) struct questions again = { 0 };
	struct err err = ERR_INIT;
	json_t *first = questions_to_json(list);
	json_t *second;

	assert(questions_from_json(&again, first, &err) == 0);
	second = questions_to_json(&again);
	assert(json_equal(first, second));
	json_decref(first);
	json_decref(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(questions_release) struct questions list = { 0 };
	struct err err = ERR_INIT;
	json_t *array = json_loadb((const char *)data, size, 0, NULL);

	if (!array)
		return 0;
	if (questions_from_json(&list, array, &err) < 0) {
		assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
	} else {
		assert(list.n <= QUESTIONS_MAX);
		check_written(&list);
	}
	json_decref(array);
	return 0;
}
