// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mapping.c - loads and stores through a mapping that may answer with SIGBUS
 *
 * A fault that the filesystem under test refuses would end process 1, and with
 * it the guest. Here it is an answer: -1 and EFAULT.
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>

/*
 * Where this thread goes on after a SIGBUS; a handler gets no argument.
 * Volatile as the accesses to the mapping are, so that their order is kept.
 */
static _Thread_local sigjmp_buf *volatile escape;

static void jump_out(int number)
{
	if (!escape)
		abort();
	siglongjmp(*escape, number);
}

bool mapping_catch_faults(void)
{
	return sigaction(SIGBUS, &(struct sigaction){ .sa_handler = jump_out },
			 NULL) == 0;
}

static ssize_t refused(void)
{
	escape = NULL;
	errno = EFAULT;
	return -1;
}

ssize_t mapping_store(char *at, char letter, size_t len)
{
	volatile char *pages = at;
	sigjmp_buf here;

	if (sigsetjmp(here, 1) != 0)
		return refused();
	escape = &here;
	for (size_t i = 0; i < len; i++)
		pages[i] = letter;
	escape = NULL;
	return (ssize_t)len;
}

ssize_t mapping_store_word(char *at, uint32_t word)
{
	volatile uint32_t *there = (uint32_t *)(void *)at;
	sigjmp_buf here;

	if (sigsetjmp(here, 1) != 0)
		return refused();
	escape = &here;
	*there = word;
	escape = NULL;
	return sizeof(word);
}

ssize_t mapping_load(const char *at, size_t len)
{
	volatile const char *pages = at;
	sigjmp_buf here;

	if (sigsetjmp(here, 1) != 0)
		return refused();
	escape = &here;
	for (size_t i = 0; i < len; i += PAGE)
		(void)pages[i];
	escape = NULL;
	return (ssize_t)len;
}
