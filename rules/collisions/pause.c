// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/collisions/run.h"

void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}
