/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/revision.h"

void revision_free(struct revision *r)
{
	if (!r)
		return;
	for (unsigned i = 0; r->patches && i < r->total; i++)
		mail_free(r->patches[i]);
	free(r->patches);
	mail_free(r->cover);
	strings_release(&r->missing);
	strings_release(&r->notes);
	free(r->title);
	free(r);
}
