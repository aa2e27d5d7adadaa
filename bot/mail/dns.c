/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/dns.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

/* Pieces, each with its length in front: RFC 1035 3.3.14. */
static bool add_pieces(struct buf *out, const unsigned char *data, size_t len)
{
	while (len > 0) {
		size_t n = *data++;

		len--;
		if (n > len)
			return false;
		buf_add(out, (const char *)data, n);
		data += n;
		len -= n;
	}
	return !out->overflow;
}

static bool is_printable(const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] < ' ' || text->data[i] > '~')
			return false;
	return text->len > 0;
}

bool dns_read_text(struct buf *out, const unsigned char *answer, size_t len,
		   size_t max)
{
	unsigned found = 0;
	ns_rr rr;
	ns_msg m;

	if (len > DNS_MAX_ANSWER || ns_initparse(answer, (int)len, &m) < 0)
		return false;
	buf_init(out, max);
	for (int i = 0; i < ns_msg_count(m, ns_s_an); i++) {
		if (ns_parserr(&m, ns_s_an, i, &rr) < 0)
			return false;
		if (ns_rr_type(rr) != ns_t_txt || ns_rr_class(rr) != ns_c_in)
			continue; /* a CNAME on the way */
		if (found++ > 0 ||
		    !add_pieces(out, ns_rr_rdata(rr), ns_rr_rdlen(rr)))
			return false;
	}
	return found == 1 && is_printable(out);
}

int dns_find_text(bool *found, struct buf *out, const char *name, size_t max,
		  struct err *err)
{
	AUTO(mem_free) unsigned char *answer = xmalloc(DNS_MAX_ANSWER);
	struct __res_state state = { 0 };
	int len, why;

	*found = false;
	if (res_ninit(&state) < 0)
		return err_set(err, ERR_RETRY, "no resolver");
	len = res_nquery(&state, name, ns_c_in, ns_t_txt, answer,
			 DNS_MAX_ANSWER);
	why = state.res_h_errno;
	res_nclose(&state);
	if (len < 0 && why != HOST_NOT_FOUND && why != NO_DATA)
		return err_set(err, ERR_RETRY, "no answer about '%s'", name);
	if (len > 0 && len <= DNS_MAX_ANSWER)
		*found = dns_read_text(out, answer, (size_t)len, max);
	return 0;
}
