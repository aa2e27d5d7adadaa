/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/keys.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "bot/base/buf.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define TIB (1ull << 40)
#define MINUTE 60
#define HOUR 3600
#define DAY (24 * HOUR)

/* bot/guest/initramfs.c and rules/collisions/filesystem.c know each. */
#define FILESYSTEMS                                                        \
	"xfs,xfs1k,xfsreflink,ext4,ext4ind,ext2,btrfs,btrfscow,f2fs,gfs2," \
	"jfs,zonefs,blockdev"

#define PRINT_MAX (16 * VALUE_MAX_TEXT) /* bytes of one value */
#define PRINT_COLUMNS 70		/* where help is wrapped */

#define GLOBAL(member) .field = offsetof(struct config, member)
#define OF_TREE(member) \
	.owner = KEY_OF_TREE, .field = offsetof(struct config_tree, member)
#define OF_LIST(member) \
	.owner = KEY_OF_LIST, .field = offsetof(struct config_list, member)

const struct keys_tree keys_trees[] = {
	{ "debian-6.12", KEYS_STANDARD_SOURCE },
	{ "debian-6.1", "/usr/src/linux-source-6.1.tar.xz" },
};

const struct key keys_all[] = {
	{ .section = "collider",
	  .name = "state",
	  .kind = { .type = VALUE_PATH },
	  GLOBAL(state),
	  .standard = "/var/lib/collider",
	  .help = "Where the database, trees, lanes and jobs are. Unless set, "
		  "it is ~/.local/state/collider for anyone but root. The "
		  "environment's COLLIDER_STATE wins." },
	{ .section = "collider",
	  .name = "user",
	  .kind = { .type = VALUE_USER },
	  GLOBAL(user),
	  .standard = "nobody",
	  .help = "Who builds and runs kernels when root has started "
		  "collider. Anybody else does it as themselves." },
	{ .section = "tree",
	  .name = "path",
	  .kind = { .type = VALUE_PATH },
	  OF_TREE(path),
	  .help = "A git repository with kernel source. Unless set, it is "
		  "trees/<name>.git in the state folder." },
	{ .section = "tree",
	  .name = "source",
	  .kind = { .type = VALUE_PATH },
	  OF_TREE(source),
	  .example = KEYS_STANDARD_SOURCE,
	  .help = "A tarball of kernel source that the repository is made "
		  "from when it is not there." },
	{ .section = "tree",
	  .name = "branch",
	  .kind = { .type = VALUE_WORD },
	  OF_TREE(branch),
	  .standard = "HEAD",
	  .help = "Whose tip is tried as the base of a series that names "
		  "none." },
	{ .section = "list",
	  .name = "url",
	  .kind = { .type = VALUE_URL },
	  OF_LIST(url),
	  .example = "https://lore.kernel.org/linux-fsdevel/",
	  .help = "A public-inbox that is followed with git: its page, not "
		  "one of its epochs. On a disk: the folder that has git/." },
	{ .section = "list",
	  .name = "trees",
	  .kind = { .type = VALUE_WORDS,
		    .max = CONFIG_MAX_TREES,
		    .may_be_all = true },
	  OF_LIST(trees),
	  .standard = "all",
	  .help = "The trees that its series are tried on, the best first." },
	{ .section = "list",
	  .name = "watch",
	  .kind = { .type = VALUE_WATCH, .max = 256, .may_be_all = true },
	  OF_LIST(watch),
	  .standard = "all",
	  .example = "fs/iomap include/linux/iomap.h fs/xfs fs/ext4 fs/btrfs "
		     "fs/direct-io.c mm/filemap.c mm/truncate.c",
	  .help = "Which series are taken in: those that touch one of these "
		  "files, or a file below one of these folders. Unless set, "
		  "all." },
	{ .section = "list",
	  .name = "enabled",
	  .kind = { .type = VALUE_BOOL },
	  OF_LIST(enabled),
	  .standard = "true",
	  .help = "A list that is not is left alone by `collider run`." },
	{ .section = "list",
	  .name = "address",
	  .kind = { .type = VALUE_ADDRESS },
	  OF_LIST(address),
	  .example = "linux-fsdevel@vger.kernel.org",
	  .help = "Where a mail to it goes. Without it nothing is ever sent "
		  "to the list itself." },
	{ .section = "list",
	  .name = "policy",
	  .kind = { .type = VALUE_WORD,
		    .choices = "mute,author,author+maintainers,list" },
	  OF_LIST(policy),
	  .standard = "mute",
	  .help = "Who is told of a verdict: nobody; the author; those, too, "
		  "who maintain what is touched; those and the lists that "
		  "carry the series. Of several lists the strictest wins." },
	{ .section = "list",
	  .name = "tell",
	  .kind = { .type = VALUE_WORDS,
		    .max = 8,
		    .choices = "regression,does-not-build,does-not-apply,"
			       "changed,fixed,same,could-not-tell" },
	  OF_LIST(tell),
	  .standard = "regression,does-not-build",
	  .help = "The verdicts that are told." },
	{ .section = "list",
	  .name = "hold",
	  .kind = { .type = VALUE_WORD,
		    .choices = "always,never",
		    .max = 9999,
		    .may_be_number = true },
	  OF_LIST(hold),
	  .standard = "always",
	  .help = "Whether a person has to approve a mail before it is sent: "
		  "each one, none, or the first so many." },
	{ .section = "list",
	  .name = "embargo",
	  .kind = { .type = VALUE_DURATION, .min = 0, .max = 30 * DAY },
	  OF_LIST(embargo),
	  .standard = "0 s",
	  .help = "How long after a series came in nothing is sent about it." },
	{ .section = "list",
	  .name = "dailyMax",
	  .kind = { .type = VALUE_COUNT, .min = 0, .max = 1000 },
	  OF_LIST(daily_max),
	  .standard = "10",
	  .help = "How many mails leave in 24 hours about its series." },
	{ .section = "follow",
	  .name = "interval",
	  .kind = { .type = VALUE_DURATION, .min = 1, .max = DAY },
	  GLOBAL(follow_interval),
	  .standard = "2 min",
	  .help = "How often each list is asked for new mail." },
	{ .section = "follow",
	  .name = "first",
	  .kind = { .type = VALUE_WORD,
		    .choices = "newest,all",
		    .max = 9999,
		    .may_be_number = true },
	  GLOBAL(follow_first),
	  .standard = "newest",
	  .help = "Where a list that was never followed begins: at its newest "
		  "epoch (an epoch is about 1 GB), at the epoch of that "
		  "number, or with all." },
	{ .section = "follow",
	  .name = "agent",
	  .kind = { .type = VALUE_TEXT },
	  GLOBAL(agent),
	  .standard = "collider/" COLLIDER_VERSION,
	  .help = "What we call ourselves towards servers. Add an address "
		  "that their people can write to, as in (+you@example.org)." },
	{ .section = "series",
	  .name = "wait",
	  .kind = { .type = VALUE_DURATION, .min = 0, .max = 7 * DAY },
	  GLOBAL(series_wait),
	  .standard = "15 min",
	  .help = "How long a series that lacks a patch is waited for, from "
		  "its newest mail on." },
	{ .section = "series",
	  .name = "maxAge",
	  .kind = { .type = VALUE_DURATION, .min = 0, .max = 3650 * DAY },
	  GLOBAL(series_max_age),
	  .standard = "7 days",
	  .help = "A series that is older when it is first seen is set aside; "
		  "0 s: none is." },
	{ .section = "series",
	  .name = "select",
	  .kind = { .type = VALUE_TEXT },
	  GLOBAL(series_select),
	  .example = "subject:iomap or from:example.org",
	  .help = "A notmuch query, see notmuch-search-terms(7). When set, "
		  "only a series with a mail that it finds is reviewed." },
	{ .section = "run",
	  .name = "jobs",
	  .kind = { .type = VALUE_COUNT, .min = 1, .max = 64 },
	  GLOBAL(run_jobs),
	  .standard = "1",
	  .help = "How many series `collider run` reviews side by side. "
		  "Unless set, one for each lane.jobs of the processors." },
	{ .section = "lane",
	  .name = "maxSize",
	  .kind = { .type = VALUE_SIZE, .min = GIB, .max = 64 * TIB },
	  GLOBAL(lane_max_size),
	  .standard = "40 GiB",
	  .help = "The disk that all lanes together may take; the least "
		  "recently used are dropped." },
	{ .section = "lane",
	  .name = "jobs",
	  .kind = { .type = VALUE_COUNT, .min = 1, .max = 1024 },
	  GLOBAL(lane_jobs),
	  .standard = "2",
	  .help = "How many compilers run at once. Unless set, one for each "
		  "processor." },
	{ .section = "build",
	  .name = "timeout",
	  .kind = { .type = VALUE_DURATION, .min = 10, .max = 24 * HOUR },
	  GLOBAL(build_timeout),
	  .standard = "30 min",
	  .help = "How long one build may take, of a lane or of a patch." },
	{ .section = "build",
	  .name = "memory",
	  .kind = { .type = VALUE_SIZE, .min = 256 * MIB, .max = TIB },
	  GLOBAL(build_memory),
	  .standard = "4 GiB",
	  .help = "How much memory each process of a build may have." },
	{ .section = "guest",
	  .name = "timeout",
	  .kind = { .type = VALUE_DURATION, .min = 5, .max = HOUR },
	  GLOBAL(guest_timeout),
	  .standard = "3 min",
	  .help = "How long one run of a guest may take, by our clock." },
	{ .section = "guest",
	  .name = "qemuTimeout",
	  .kind = { .type = VALUE_DURATION, .min = 5, .max = HOUR },
	  GLOBAL(guest_qemu_timeout),
	  .standard = "45 min",
	  .help = "The same of the second guest: it has a real clock, and "
		  "without a KVM that works its processors are emulated." },
	{ .section = "guest",
	  .name = "memory",
	  .kind = { .type = VALUE_SIZE, .min = 256 * MIB, .max = 64 * GIB },
	  GLOBAL(guest_memory),
	  .standard = "1 GiB",
	  .help = "How much memory a guest has." },
	{ .section = "review",
	  .name = "lore",
	  .kind = { .type = VALUE_URL },
	  GLOBAL(lore),
	  .standard = "https://lore.kernel.org/all/",
	  .help = "Who is asked for a series that is named by its Message-ID "
		  "and is not in the archive: the page of a public-inbox." },
	{ .section = "review",
	  .name = "guest",
	  .kind = { .type = VALUE_WORD, .choices = "uml,qemu,both" },
	  GLOBAL(guest),
	  .standard = "uml",
	  .help = "What runs the kernels: User-Mode Linux, where each run is "
		  "the same; QEMU, with two processors and large folios, "
		  "which takes longer and a kernel of its own; or both." },
	{ .section = "review",
	  .name = "filesystems",
	  .kind = { .type = VALUE_WORDS, .max = 16, .choices = FILESYSTEMS },
	  GLOBAL(filesystems),
	  .standard = FILESYSTEMS,
	  .help = "Where I/O is made to collide, in this order. Variants: "
		  "xfs1k has blocks of 1 KiB, xfsreflink a file that shares "
		  "them, ext4ind files without extents, btrfs nodatasum, "
		  "btrfscow what mkfs makes; blockdev has no filesystem." },
	{ .section = "review",
	  .name = "scenarios",
	  .kind = { .type = VALUE_WORDS, .max = 64, .may_be_all = true },
	  GLOBAL(scenarios),
	  .standard = "all",
	  .help = "Which collisions are made." },
	{ .section = "review",
	  .name = "repeat",
	  .kind = { .type = VALUE_COUNT, .min = 1, .max = 100 },
	  GLOBAL(repeat),
	  .standard = "2",
	  .help = "How many times each one is made, without the series and "
		  "with it." },
	{ .section = "review",
	  .name = "eachPatch",
	  .kind = { .type = VALUE_COUNT, .min = 0, .max = 500 },
	  GLOBAL(each_patch),
	  .standard = "8",
	  .help = "The guest runs after each patch of a series of up to this "
		  "many; a longer one is bisected." },
	{ .section = "mail",
	  .name = "from",
	  .kind = { .type = VALUE_ADDRESS },
	  GLOBAL(mail_from),
	  .standard = "collider <collider@collider.invalid>",
	  .help = "The author of drafted replies." },
	{ .section = "mail",
	  .name = "domain",
	  .kind = { .type = VALUE_WORD },
	  GLOBAL(mail_domain),
	  .standard = "collider.invalid",
	  .help = "What their Message-IDs have right of the @." },
	{ .section = "mail",
	  .name = "server",
	  .kind = { .type = VALUE_TEXT },
	  GLOBAL(mail_server),
	  .example = "smtp://localhost:25",
	  .help = "Who takes our mail: smtp://HOST:PORT with STARTTLS, or "
		  "smtps://HOST:PORT. Without it nothing is sent. Only a "
		  "server on this machine may do without TLS." },
	{ .section = "mail",
	  .name = "user",
	  .kind = { .type = VALUE_TEXT },
	  GLOBAL(mail_user),
	  .example = "collider",
	  .help = "Whom the server knows us as. The secret is no key: it is "
		  "read from the file descriptor COLLIDER_SECRET_FD, see "
		  "collider(1)." },
	{ .section = "mail",
	  .name = "authorities",
	  .kind = { .type = VALUE_PATH },
	  GLOBAL(mail_authorities),
	  .example = "/etc/ssl/certs/ca-certificates.crt",
	  .help = "Certificates that the server's has to be signed by. Unless "
		  "set, those that the system trusts." },
	{ .section = "mail",
	  .name = "encrypt",
	  .kind = { .type = VALUE_BOOL },
	  GLOBAL(mail_encrypt),
	  .standard = "false",
	  .help = "TLS for a server on this machine, too." },
	{ .section = "mail",
	  .name = "moderator",
	  .kind = { .type = VALUE_ADDRESS },
	  GLOBAL(mail_moderator),
	  .example = "you@example.org",
	  .help = "Who gets a copy of each mail that is held." },
	{ .section = "mail",
	  .name = "replies",
	  .kind = { .type = VALUE_PATH },
	  GLOBAL(mail_replies),
	  .example = "/etc/collider/replies",
	  .help = "A folder with words of your own for the mails: report.txt "
		  "and the others of config/replies/. What it lacks is taken "
		  "from there." },
	{ .section = "mail",
	  .name = "never",
	  .kind = { .type = VALUE_TEXT },
	  GLOBAL(mail_never),
	  .example = "someone@example.org @lists.example.org",
	  .help = "Addresses, and @domains, that no mail ever goes to." },
	{ .section = "mail",
	  .name = "robots",
	  .kind = { .type = VALUE_TEXT },
	  GLOBAL(mail_robots),
	  .standard = "@syzkaller.appspotmail.com lkp@intel.com "
		      "patchwork-bot@kernel.org sashiko-bot@kernel.org "
		      "bot@kernelci.org tip-bot2@linutronix.de",
	  .help = "Addresses, and @domains, of programs: what they write is "
		  "never an order. What is between '+' and '@' does not "
		  "matter." },
	{ .section = "mail",
	  .name = "dkimKeys",
	  .kind = { .type = VALUE_PATH },
	  GLOBAL(mail_dkim_keys),
	  .example = "/etc/collider/dkim.keys",
	  .help = "A file with a line 'SELECTOR._domainkey.DOMAIN TEXT' for "
		  "each key that mails may be signed with. Unless set, the "
		  "DNS is asked." },
	{ .section = "mail",
	  .name = "dailyMax",
	  .kind = { .type = VALUE_COUNT, .min = 0, .max = 10000 },
	  GLOBAL(mail_daily_max),
	  .standard = "50",
	  .help = "How many mails leave in 24 hours in all." },
	{ .section = "mail",
	  .name = "breaker",
	  .kind = { .type = VALUE_COUNT, .min = 1, .max = 100 },
	  GLOBAL(mail_breaker),
	  .standard = "50",
	  .help = "When more than this share, in percent, of a day's reports "
		  "(three at least) have the same findings, the base is "
		  "broken rather than they: nothing is sent until a person "
		  "says so." },
};

static_assert(ARRAY_LEN(keys_all) == KEYS_N, "keys.h has the count");
static_assert(ARRAY_LEN(keys_trees) == KEYS_STANDARD_TREES, "likewise");

uint64_t keys_bit(const struct key *k)
{
	return 1ull << (k - keys_all);
}

void *keys_field(const struct key *k, void *of)
{
	return (char *)of + k->field;
}

static void set_examples(void *of, enum key_owner owner)
{
	for (size_t i = 0; i < KEYS_N; i++) {
		const struct key *k = &keys_all[i];
		bool in_range =
			k->owner != owner || !k->example ||
			value_set(keys_field(k, of), &k->kind, k->example);

		assert(in_range);
	}
}

void keys_set_standards(void *of, enum key_owner owner)
{
	for (size_t i = 0; i < KEYS_N; i++) {
		const struct key *k = &keys_all[i];
		struct value_kind kind = k->kind;
		bool in_range;

		if (k->owner != owner || !k->standard)
			continue;
		if (kind.type == VALUE_USER) /* perhaps not on this machine */
			kind.type = VALUE_WORD;
		in_range = value_set(keys_field(k, of), &kind, k->standard);
		assert(in_range);
	}
}

void keys_release(void *of, enum key_owner owner)
{
	for (size_t i = 0; i < KEYS_N; i++)
		if (keys_all[i].owner == owner)
			value_release(keys_field(&keys_all[i], of),
				      keys_all[i].kind.type);
}

const struct key *keys_find(const struct gitconfig_entry *e)
{
	for (size_t i = 0; i < KEYS_N; i++)
		if (strcasecmp(keys_all[i].section, e->section) == 0 &&
		    strcasecmp(keys_all[i].name, e->key) == 0 &&
		    (keys_all[i].owner != KEY_OF_CONFIG) ==
			    (e->subsection != NULL))
			return &keys_all[i];
	return NULL;
}

/* Wrapped, each line behind "\t# ". */
static void print_help(FILE *out, const char *help)
{
	while (*help) {
		size_t len = strlen(help);

		if (len > PRINT_COLUMNS)
			for (len = PRINT_COLUMNS; help[len] != ' ';)
				len--;
		fprintf(out, "\t# %.*s\n", (int)len, help);
		help += len;
		help += strspn(help, " ");
	}
}

/* In quotes when git-config would take some of it for something else. No
 * value is empty. */
static void print_value(FILE *out, const char *text)
{
	bool quoted = strpbrk(text, "#;\"\\") || text[0] == ' ' ||
		      text[strlen(text) - 1] == ' ';

	if (quoted)
		putc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
	if (quoted)
		putc('"', out);
}

static void print_key(FILE *out, const struct key *k, const void *field,
		      bool set)
{
	AUTO(buf_release) struct buf value = { 0 };
	AUTO(buf_release) struct buf want = { 0 };

	buf_init(&want, PRINT_MAX);
	value_describe(&want, &k->kind);
	buf_init(&value, PRINT_MAX);
	if (!k->kind.may_be_all && value_is_absent(field, k->kind.type))
		buf_adds(&value, k->example);
	else
		value_print(&value, field, k->kind.type);
	putc('\n', out);
	print_help(out, k->help);
	fprintf(out, "\t# Value: %s\n%s\t%s = ", buf_text(&want),
		set ? "" : "#", k->name);
	print_value(out, buf_text(&value));
	putc('\n', out);
}

/* @name NULL: a section without one; @is_there: not commented out. */
static void print_section(FILE *out, const char *section, const char *name,
			  bool is_there, const void *of, uint64_t set)
{
	if (name)
		fprintf(out, "\n%s[%s \"%s\"]\n", is_there ? "" : "#", section,
			name);
	else
		fprintf(out, "\n[%s]\n", section);
	for (size_t i = 0; i < KEYS_N; i++)
		if (strcmp(keys_all[i].section, section) == 0)
			print_key(out, &keys_all[i],
				  (const char *)of + keys_all[i].field,
				  set & keys_bit(&keys_all[i]));
}

static void print_example_list(FILE *out, const char *section)
{
	struct config_list l = { 0 };

	keys_set_standards(&l, KEY_OF_LIST);
	set_examples(&l, KEY_OF_LIST);
	print_section(out, section, KEYS_EXAMPLE_LIST, false, &l, 0);
	keys_release(&l, KEY_OF_LIST);
}

static void print_sections(FILE *out, const struct config *c,
			   const struct key *first)
{
	switch (first->owner) {
	case KEY_OF_CONFIG:
		print_section(out, first->section, NULL, true, c, c->set);
		return;
	case KEY_OF_TREE:
		for (size_t i = 0; i < c->n_trees; i++)
			print_section(out, first->section, c->trees[i].name,
				      c->trees[i].set, &c->trees[i],
				      c->trees[i].set);
		return;
	case KEY_OF_LIST:
		if (c->n_lists == 0)
			print_example_list(out, first->section);
		for (size_t i = 0; i < c->n_lists; i++)
			print_section(out, first->section, c->lists[i].name,
				      true, &c->lists[i], c->lists[i].set);
	}
}

void keys_print(FILE *out, const struct config *c)
{
	for (size_t i = 0; i < KEYS_N; i++)
		if (!i ||
		    strcmp(keys_all[i].section, keys_all[i - 1].section) != 0)
			print_sections(out, c, &keys_all[i]);
}
