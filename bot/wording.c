/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/wording.h"

int wording_read(struct replies **out, const struct config *c, struct err *err)
{
	AUTO(mem_free) char *standard = config_data_path(c, "config/replies");

	return replies_read(out, standard, c->mail_replies, err);
}

int wording_check(const struct config *c, struct err *err)
{
	AUTO(replies_free) struct replies *unused = NULL;

	return wording_read(&unused, c, err);
}
