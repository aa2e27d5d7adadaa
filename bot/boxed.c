/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hidden command: what runs in a box, by name. See run/boxed.h.
 */
#include "bot/run/boxed.h"

#include "bot/command.h"
#include "bot/mail/lore.h"
#include "bot/stages/answers.h"
#include "bot/stages/fetch.h"
#include "bot/stages/index.h"
#include "bot/stages/intake.h"
#include "bot/stages/patchids.h"
#include "bot/stages/place.h"
#include "bot/stages/sort.h"

/* Each of these meets a stranger's bytes; each is in a header of its layer. */
/* clang-format off */
static const struct boxed_task tasks[] = {
	{ "answer", answers_box },
	{ "assemble", sort_box },
	{ "fetch", fetch_box },
	{ "index", index_box },
	{ "intake", intake_box },
	{ "keys", answers_keys_box },
	{ "patchids", patchids_box },
	{ "place", place_box },
	{ "select", index_select_box },
	{ "thread", lore_box },
	{ NULL, NULL },
};
/* clang-format on */

int boxed_main(int argc, char **argv)
{
	return boxed_serve(argc, argv, tasks);
}
