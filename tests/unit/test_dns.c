#include "tlsrpt/dns.h"

#include "tlsrpt/error.h"

#include "util.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* "127.0.0.1 53"; caller frees. */
static char *
server_text(const DnsServer *server)
{
	char address[INET6_ADDRSTRLEN];
	const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)&server->address;
	const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)&server->address;
	const bool is_ipv4 = server->address.ss_family == AF_INET;
	const void *bytes = is_ipv4 ? (const void *)&ipv4->sin_addr : (const void *)&ipv6->sin6_addr;

	g_assert_nonnull(inet_ntop(server->address.ss_family, bytes, address, sizeof(address)));
	return g_strdup_printf("%s %d", address, ntohs(is_ipv4 ? ipv4->sin_port : ipv6->sin6_port));
}

static void
test_server(void)
{
	static const char *const rows[][2] = {
		{ "127.0.0.1", "127.0.0.1 53" },
		{ "127.0.0.1@1", "127.0.0.1 1" },
		{ "192.0.2.1@65535", "192.0.2.1 65535" },
		{ "::1", "::1 53" },
		{ "2001:DB8::1@5353", "2001:db8::1 5353" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		DnsServer server;
		g_assert_true(dns_server_parse(rows[i][0], &server, &error));
		g_assert_no_error(error);
		g_autofree char *text = server_text(&server);
		g_assert_cmpstr(text, ==, rows[i][1]);
	}
}

static void
test_bad_server(void)
{
	static const char *const rows[] = { "", "@", "@53", "localhost", "127.0.0.1@", "127.0.0.1@0",
		"127.0.0.1@65536", "127.0.0.1@53x", "127.0.0.1@-1", "127.0.0.1@ 53", "127.0.0.1:53", "127.1",
		"[::1]", "::1@53@53", "1.2.3.4.5", "256.0.0.1" };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		DnsServer server;
		g_assert_false(dns_server_parse(rows[i], &server, &error));
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE);
	}
}

/* After the deadline nobody waits; the thread that asks ends by itself. */
static void
test_deadline(void)
{
	DnsServer server;

	g_assert_true(dns_server_parse("127.0.0.1@1", &server, NULL));
	const gint64 before = g_get_monotonic_time();
	g_autoptr(DnsAnswer) answer =
		dns_finish(dns_start(&server, DNS_TXT, "example.invalid"), before - G_USEC_PER_SEC);
	g_assert_true(answer->status == DNS_TIMEOUT || answer->status == DNS_UNREACHABLE);
	g_assert_cmpint(g_get_monotonic_time() - before, <, 5 * G_USEC_PER_SEC);
	g_assert_cmpuint(answer->texts->len, ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/dns/server", test_server);
	g_test_add_func("/dns/bad-server", test_bad_server);
	g_test_add_func("/dns/deadline", test_deadline);
	return g_test_run();
}
