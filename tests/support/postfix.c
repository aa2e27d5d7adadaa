/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/postfix.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "bot/base/fs.h"
#include "tests/support/fake.h"
#include "tests/support/run.h"

#define MAX_MAIL (4u << 20)
#define MAX_LOG (64u << 20)

/* %1$s is our folder: every path below is in it, or Debian's. */
static const char main_cf[] = "compatibility_level = 3.6\n"
			      "queue_directory = %1$s/queue\n"
			      "data_directory = %1$s/data\n"
			      "config_directory = %1$s/etc\n"
			      "maillog_file = %1$s/log\n"
			      "maillog_file_prefixes = %1$s\n"
			      "meta_directory = /etc/postfix\n"
			      "inet_interfaces = 127.0.0.1\n"
			      "inet_protocols = ipv4\n"
			      "myhostname = mail.example.org\n"
			      "mydestination =\n"
			      "mynetworks = 127.0.0.0/8\n"
			      "alias_maps =\n"
			      "local_recipient_maps =\n"
			      "virtual_mailbox_domains = static:any\n"
			      "virtual_mailbox_maps = static:box/\n"
			      "virtual_mailbox_base = %1$s\n"
			      "virtual_uid_maps = static:65534\n"
			      "virtual_gid_maps = static:65534\n"
			      "virtual_transport = virtual\n"
			      "smtpd_tls_cert_file = %1$s/etc/cert.pem\n"
			      "smtpd_tls_key_file = %1$s/etc/key.pem\n"
			      "smtpd_sasl_path = smtpd\n"
			      "cyrus_sasl_config_path = %1$s/etc/sasl\n"
			      "smtpd_sasl_local_domain = mail.example.org\n"
			      "smtpd_tls_auth_only = yes\n";

/* No service leaves this machine, none runs in a chroot. */
static const char master_cf[] = "127.0.0.1:%u inet n - n - - smtpd\n"
				"postlog unix-dgram n - n - 1 postlogd\n"
				"pickup unix n - n 60 1 pickup\n"
				"cleanup unix n - n - 0 cleanup\n"
				"qmgr unix n - n 300 1 qmgr\n"
				"tlsmgr unix - - n 1000? 1 tlsmgr\n"
				"rewrite unix - - n - - trivial-rewrite\n"
				"bounce unix - - n - 0 bounce\n"
				"defer unix - - n - 0 bounce\n"
				"trace unix - - n - 0 bounce\n"
				"proxymap unix - - n - - proxymap\n"
				"error unix - - n - - error\n"
				"retry unix - - n - - error\n"
				"showq unix n - n - - showq\n"
				"virtual unix - n n - - virtual\n"
				"anvil unix - - n - 1 anvil\n";

bool postfix_is_here(void)
{
	static const char *const programs[] = { "postfix", "saslpasswd2",
						"openssl" };

	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		AUTO(mem_free) char *path = fs_find_program(programs[i]);

		if (path)
			continue;
		printf("SKIP: %s is not installed\n", programs[i]);
		return false;
	}
	if (geteuid() != 0)
		puts("SKIP: Postfix is started by root alone");
	return geteuid() == 0;
}

static void shell(const struct postfix *p, const char *command)
{
	AUTO(mem_free)
	char *whole = xasprintf("cd '%s' && %s", p->dir, command);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, whole);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
}

static void write_file(const struct postfix *p, const char *name,
		       const char *text)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", p->dir, name);
	struct err err = ERR_INIT;

	ck_ok(fs_write(path, text, strlen(text), &err), &err);
}

static void write_main(const struct postfix *p, unsigned how)
{
	AUTO(mem_free) char *paths = xasprintf(main_cf, p->dir);
	const char *who = how & POSTFIX_AUTH ? "permit_sasl_authenticated"
					     : "permit_mynetworks";
	AUTO(mem_free)
	char *text = xasprintf("%ssmtpd_tls_security_level = %s\n"
			       "smtpd_sasl_auth_enable = %s\n"
			       "smtpd_relay_restrictions = %s, reject\n",
			       paths, how & POSTFIX_TLS ? "may" : "none",
			       how & POSTFIX_AUTH ? "yes" : "no", who);

	write_file(p, "etc/main.cf", text);
}

static void write_configuration(const struct postfix *p, unsigned how)
{
	AUTO(mem_free) char *services = xasprintf(master_cf, p->port);
	AUTO(mem_free)
	char *sasl = xasprintf("pwcheck_method: auxprop\n"
			       "auxprop_plugin: sasldb\n"
			       "mech_list: PLAIN\n"
			       "sasldb_path: %s/etc/sasldb2\n",
			       p->dir);

	shell(p, "mkdir -p etc/sasl queue data box && chmod 755 . &&"
		 " chown postfix data && chown nobody box");
	write_main(p, how);
	write_file(p, "etc/master.cf", services);
	write_file(p, "etc/sasl/smtpd.conf", sasl);
	if (how & POSTFIX_TLS)
		shell(p, "openssl req -x509 -newkey rsa:2048 -nodes -days 2"
			 " -keyout etc/key.pem -out etc/cert.pem"
			 " -subj /CN=localhost"
			 " -addext subjectAltName=IP:127.0.0.1");
	if (how & POSTFIX_AUTH)
		shell(p, "echo " POSTFIX_SECRET " | saslpasswd2 -p -c"
			 " -f etc/sasldb2 -u mail.example.org " POSTFIX_USER
			 " && chown postfix etc/sasldb2");
}

/* In the foreground, so that it dies with us. */
static _Noreturn void become(const struct postfix *p)
{
	AUTO(mem_free) char *etc = xasprintf("%s/etc", p->dir);
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	closefrom(3);
	setenv("MAIL_CONFIG", etc, 1);
	execl("/usr/lib/postfix/sbin/master", "master", "-c", etc, "-d", NULL);
	_exit(127);
}

static void pause_shortly(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
}

static bool answers(const struct postfix *p)
{
	const struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)p->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	AUTO(fd_close) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0;
}

void postfix_start(struct postfix *p, const char *dir, unsigned how)
{
	*p = (struct postfix){ .dir = xasprintf("%s/postfix", dir) };
	p->authority = xasprintf("%s/etc/cert.pem", p->dir);
	fd_close(fake_listen(&p->port));
	p->url = xasprintf("smtp://127.0.0.1:%u", p->port);
	ck_assert_int_eq(mkdir(p->dir, 0755), 0);
	write_configuration(p, how);
	shell(p, "postfix -c \"$PWD/etc\" check"); /* makes its queue */
	p->pid = fork();
	ck_assert_int_ge(p->pid, 0);
	if (p->pid == 0)
		become(p);
	while (!answers(p)) {
		ck_assert_msg(waitpid(p->pid, NULL, WNOHANG) == 0,
			      "Postfix ended, see %s/log", p->dir);
		pause_shortly();
	}
}

void postfix_release(struct postfix *p)
{
	if (p->pid) {
		kill(p->pid, SIGTERM); /* its children, too */
		waitpid(p->pid, NULL, 0);
	}
	free(p->dir);
	free(p->url);
	free(p->authority);
	*p = (struct postfix){ 0 };
}

/* Reads what is in the folder; @out NULL: only counts. */
static size_t list_folder(struct strings *out, const struct postfix *p,
			  const char *below)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", p->dir, below);
	DIR *dir = opendir(path);
	size_t n = 0;

	if (!dir)
		return 0; /* nothing came yet */
	for (struct dirent *e; (e = readdir(dir));) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		if (out)
			strings_push_take(out,
					  xasprintf("%s/%s", path, e->d_name));
	}
	closedir(dir);
	return n;
}

size_t postfix_count(const struct postfix *p)
{
	return list_folder(NULL, p, "box/new");
}

void postfix_wait(const struct postfix *p, size_t n)
{
	while (postfix_count(p) < n)
		pause_shortly();
}

static size_t count_lines(const struct buf *log, const char *part)
{
	size_t n = 0;

	for (const char *at = buf_text(log); (at = strstr(at, part)); at++)
		n++;
	return n;
}

/* Whoever called is gone, and smtpd knows. */
static bool is_alone(const struct postfix *p)
{
	AUTO(mem_free) char *path = xasprintf("%s/log", p->dir);
	AUTO(buf_release) struct buf log = { 0 };
	struct err err = ERR_INIT;

	if (!fs_exists(path))
		return true;
	ck_ok(fs_read(&log, path, MAX_LOG, &err), &err);
	return count_lines(&log, ": connect from ") ==
	       count_lines(&log, ": disconnect from ");
}

void postfix_drain(const struct postfix *p)
{
	static const char *const queues[] = { "queue/incoming",
					      "queue/active" };

	/* one who has called is told of when it is greeted */
	do {
		pause_shortly();
		for (size_t i = 0; i < ARRAY_LEN(queues); i++)
			while (list_folder(NULL, p, queues[i]) > 0)
				pause_shortly();
	} while (!is_alone(p));
}

void postfix_read(struct strings *out, const struct postfix *p)
{
	AUTO(strings_release) struct strings paths = { 0 };

	list_folder(&paths, p, "box/new");
	for (size_t i = 0; i < paths.n; i++) {
		AUTO(buf_release) struct buf mail = { 0 };
		struct err err = ERR_INIT;

		ck_ok(fs_read(&mail, paths.v[i], MAX_MAIL, &err), &err);
		strings_push_take(out, buf_take(&mail));
	}
}
