/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/patchids.h"

#include "bot/base/fs.h"
#include "bot/run/boxed.h"
#include "parsers/mail.h"
#include "parsers/mbox.h"
#include "parsers/patchid.h"
#include "parsers/trailers.h"

#define MAX_FRAME (1u << 20)

/* ---- in the box ---- */

/* The name of the patch in a letter; false: it has none. */
static bool name_letter(char hex[PATCHID_LEN + 1], const struct letter *l)
{
	AUTO(mail_free) struct mail *mail = NULL;
	struct err why = ERR_INIT;

	return mail_parse(&mail, l->bytes, l->len, &why) == 0 && mail->diff &&
	       patchid_parse(hex, mail->diff, mail->diff_len);
}

int patchids_box(const json_t *request, int out, struct err *err)
{
	AUTO(letters_release) struct letters letters = { 0 };
	AUTO(json_free) json_t *found = json_object();
	json_t *names;

	if (json_get_array(&names, request, "letters", MBOX_MAX_MAILS, err) <
		    0 ||
	    letters_unpack(&letters, names, BOXED_INPUT, err) < 0)
		return -1;
	for (size_t i = 0; i < letters.n; i++) {
		char hex[PATCHID_LEN + 1];

		if (name_letter(hex, &letters.v[i]) &&
		    json_is_true(json_object_get(request, hex)))
			json_set_int(found, hex, (int64_t)i);
	}
	return boxed_send(out, found, err);
}

/* ---- outside ---- */

struct taking {
	size_t *found;
	const struct strings *wanted;
	size_t n_letters;
};

static int take_found(void *arg, const char *bytes, size_t len, struct err *err)
{
	AUTO(json_free) json_t *frame = NULL;
	struct taking *t = arg;

	if (boxed_read(&frame, bytes, len, err) < 0)
		return -1;
	for (size_t i = 0; i < t->wanted->n; i++) {
		int64_t at;

		if (!json_object_get(frame, t->wanted->v[i]))
			continue;
		if (json_get_int(&at, frame, t->wanted->v[i], 0,
				 (int64_t)t->n_letters - 1, err) < 0)
			return -1;
		t->found[i] = (size_t)at;
	}
	return 0;
}

static json_t *make_request(const struct letters *letters,
			    const struct strings *wanted)
{
	json_t *o = json_object();

	json_object_set_new(o, "letters", letters_to_json(letters));
	for (size_t i = 0; i < wanted->n; i++)
		json_set_bool(o, wanted->v[i], true);
	return o;
}

int patchids_find(size_t **out, const struct letters *letters,
		  const struct strings *wanted, const char *user,
		  struct err *err)
{
	AUTO(json_free) json_t *request = make_request(letters, wanted);
	AUTO(mem_free) size_t *found = xcalloc(wanted->n, sizeof(*found));
	AUTO(fd_close) int input = -1;
	struct taking taking = { found, wanted, letters->n };

	for (size_t i = 0; i < wanted->n; i++)
		found[i] = PATCHIDS_NONE;
	if (letters_pack(&input, letters, err) < 0 ||
	    boxed_run(&(struct boxed_spec){ .name = "patchids",
					    .profile = "pure",
					    .request = request,
					    .input_fd = input,
					    .user = user,
					    .timeout_s = 600,
					    .max_frame = MAX_FRAME,
					    .on_frame = take_found,
					    .arg = &taking },
		      err) < 0)
		return -1;
	*out = TAKE(found);
	return 0;
}
