#include "tlsrpt/dns.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/error.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#define DNS_PORT 53

/* A resolver without a state that is the caller's asks those of resolv.conf alone. */
#ifdef TLSRPT_NO_RES_NQUERY
#define ANY_SERVER false
#else
#define ANY_SERVER true
#endif

/* Shared with the thread that asks, which may be at it when nobody waits any more. */
struct DnsQuery {
	GAsyncQueue *answers;
};

/* What the asking thread owns. */
typedef struct {
	GAsyncQueue *answers;
	DnsType type;
	char *name;
	bool has_server;
	DnsServer server;
	unsigned char message[NS_MAXMSG];
} Job;

/* The numbers of the types in messages; not every C library has that of TLSA (RFC 6698, section 7.1). */
#define TYPE_TLSA 52
static const ns_type type_numbers[] = {
	[DNS_TXT] = ns_t_txt,
	[DNS_MX] = ns_t_mx,
	[DNS_TLSA] = (ns_type)TYPE_TLSA,
	[DNS_A] = ns_t_a,
	[DNS_AAAA] = ns_t_aaaa,
	[DNS_SOA] = ns_t_soa,
};

static DnsAnswer *
dns_answer_new(DnsStatus status)
{
	DnsAnswer *answer = g_new0(DnsAnswer, 1);

	answer->status = status;
	answer->texts = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	answer->values = g_ptr_array_new_with_free_func(g_free);
	return answer;
}

void
dns_answer_free(DnsAnswer *answer)
{
	if (answer == NULL)
		return;
	g_ptr_array_unref(answer->texts);
	g_ptr_array_unref(answer->values);
	g_free(answer->alias);
	g_free(answer);
}

/* --- the server */

static bool
parse_address(const char *text, unsigned port, DnsServer *server)
{
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)&server->address;
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&server->address;

	memset(server, 0, sizeof(*server));
	if (inet_pton(AF_INET, text, &ipv4->sin_addr) == 1) {
		ipv4->sin_family = AF_INET;
		ipv4->sin_port = htons((uint16_t)port);
		return true;
	}
	if (inet_pton(AF_INET6, text, &ipv6->sin6_addr) == 1) {
		ipv6->sin6_family = AF_INET6;
		ipv6->sin6_port = htons((uint16_t)port);
		return true;
	}
	return false;
}

bool
dns_server_parse(const char *text, DnsServer *server, GError **error)
{
	const char *at = strchr(text, '@');
	g_autofree char *address = at != NULL ? g_strndup(text, (size_t)(at - text))
					      : g_strdup(text);
	guint64 port = DNS_PORT;

	if (!ANY_SERVER) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"with this C library only the servers of resolv.conf can be asked");
		return false;
	}
	if ((at == NULL || g_ascii_string_to_unsigned(at + 1, 10, 1, UINT16_MAX, &port, NULL))
		&& parse_address(address, (unsigned)port, server))
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"\"%s\" is not a server: give an IP address, with or without a port, as 127.0.0.1@5353",
		text);
	return false;
}

/* --- the answer */

/*
 * Joins <character-string>s, each of which has its length in a byte before it (RFC 1035 section
 * 3.3.14).  NULL if the data are not such strings.
 */
static GBytes *
join_strings(const unsigned char *data, size_t length)
{
	g_autoptr(GByteArray) text = g_byte_array_new();

	for (size_t at = 0; at < length; at += 1U + data[at]) {
		if (data[at] > length - at - 1)
			return NULL;
		g_byte_array_append(text, data + at + 1, data[at]);
	}
	return length > 0 ? g_byte_array_free_to_bytes(g_steal_pointer(&text)) : NULL;
}

/* The name that begins so many bytes after the beginning of the data; NULL if it is none.  Caller frees. */
static char *
name_at(ns_msg message, ns_rr rr, size_t offset)
{
	char name[NS_MAXDNAME];

	return ns_rr_rdlen(rr) > offset
			&& ns_name_uncompress(ns_msg_base(message), ns_msg_end(message),
				   ns_rr_rdata(rr) + offset, name, sizeof(name))
				>= 0
		? g_strdup(name)
		: NULL;
}

static bool
read_alias(ns_msg message, ns_rr rr, DnsAnswer *answer)
{
	g_free(answer->alias);
	answer->alias = name_at(message, rr, 0);
	return answer->alias != NULL;
}

static bool
read_text(ns_rr rr, DnsAnswer *answer)
{
	GBytes *text = join_strings(ns_rr_rdata(rr), ns_rr_rdlen(rr));

	if (text != NULL)
		g_ptr_array_add(answer->texts, text);
	return text != NULL;
}

/* The preference in five digits, a blank, and the host, so that texts sort as hosts are preferred. */
static char *
mx_text(ns_msg message, ns_rr rr)
{
	g_autofree char *name = name_at(message, rr, NS_INT16SZ);
	g_autofree char *host = name != NULL ? g_ascii_strdown(name, -1) : NULL;

	if (host == NULL)
		return NULL;
	return g_strdup_printf(
		"%05u %s", (unsigned)ns_get16(ns_rr_rdata(rr)), strcmp(host, ".") == 0 ? "" : host);
}

static char *
tlsa_text(ns_rr rr)
{
	const unsigned char *data = ns_rr_rdata(rr);
	const size_t length = ns_rr_rdlen(rr);

	if (length <= 3)
		return NULL;
	GString *text = g_string_new(NULL);
	g_string_append_printf(text, "%u %u %u ", data[0], data[1], data[2]);
	for (size_t i = 3; i < length; i++)
		g_string_append_printf(text, "%02x", data[i]);
	return g_string_free(text, FALSE);
}

static char *
address_text(int family, size_t size, ns_rr rr)
{
	char text[INET6_ADDRSTRLEN];

	return ns_rr_rdlen(rr) == size
			&& inet_ntop(family, ns_rr_rdata(rr), text, sizeof(text)) != NULL
		? g_strdup(text)
		: NULL;
}

static bool
read_value(DnsType type, ns_msg message, ns_rr rr, DnsAnswer *answer)
{
	char *value = NULL;

	switch (type) {
	case DNS_TXT:
		return read_text(rr, answer);
	case DNS_MX:
		value = mx_text(message, rr);
		break;
	case DNS_TLSA:
		value = tlsa_text(rr);
		break;
	case DNS_A:
		value = address_text(AF_INET, sizeof(struct in_addr), rr);
		break;
	case DNS_AAAA:
		value = address_text(AF_INET6, sizeof(struct in6_addr), rr);
		break;
	case DNS_SOA:
		value = g_strdup("");
		break;
	}
	if (value != NULL)
		g_ptr_array_add(answer->values, value);
	return value != NULL;
}

/* Puts the values in order, since servers change the order of the records from answer to answer. */
static void
sort_values(DnsType type, GPtrArray *values)
{
	g_ptr_array_sort(values, compare_texts);
	for (guint i = 0; type == DNS_MX && i < values->len; i++) {
		char *text = g_ptr_array_index(values, i);
		g_ptr_array_index(values, i) = g_strdup(strchr(text, ' ') + 1);
		g_free(text);
	}
}

static gint
by_bytes(gconstpointer a, gconstpointer b)
{
	return g_bytes_compare(*(GBytes *const *)a, *(GBytes *const *)b);
}

/* Takes the records of a type out of an answer, in which the resolver has followed the CNAMEs. */
static DnsAnswer *
read_answer(DnsType type, const unsigned char *data, int length)
{
	g_autoptr(DnsAnswer) answer = dns_answer_new(DNS_NO_DATA);
	ns_msg message;
	ns_rr rr;

	if (ns_initparse(data, length, &message) != 0)
		return dns_answer_new(DNS_MALFORMED);
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		if (ns_parserr(&message, ns_s_an, i, &rr) != 0)
			return dns_answer_new(DNS_MALFORMED);
		if (ns_rr_class(rr) != ns_c_in)
			continue;
		if ((ns_rr_type(rr) == ns_t_cname && !read_alias(message, rr, answer))
			|| (ns_rr_type(rr) == type_numbers[type]
				&& !read_value(type, message, rr, answer)))
			return dns_answer_new(DNS_MALFORMED);
	}
	g_ptr_array_sort(answer->texts, by_bytes);
	sort_values(type, answer->values);
	if (answer->texts->len > 0 || answer->values->len > 0)
		answer->status = DNS_FOUND;
	return g_steal_pointer(&answer);
}

/*
 * Why there is no answer.  libresolv says TRY_AGAIN for a server that fails, for one that refuses,
 * and for one that does not answer.  The buffer tells them apart: it was empty before, and the last
 * message that came is still in it.
 */
static DnsStatus
failure(int code, int system_code, const unsigned char *data)
{
	HEADER header;

	memcpy(&header, data, sizeof(header));
	if (code == HOST_NOT_FOUND)
		return DNS_NO_NAME;
	if (code == NO_DATA)
		return DNS_NO_DATA;
	if (header.qr && header.tc)
		return DNS_NO_TCP;
	if (header.qr && header.rcode == ns_r_servfail)
		return DNS_SERVER_FAILURE;
	if (header.qr && header.rcode != ns_r_noerror)
		return DNS_REFUSED;
	if (header.qr)
		return DNS_MALFORMED;
	return system_code == ECONNREFUSED || system_code == ENETUNREACH
			|| system_code == EHOSTUNREACH
		? DNS_UNREACHABLE
		: DNS_TIMEOUT;
}

#ifdef TLSRPT_NO_RES_NQUERY

/* The length of the answer in the job's message, or a negative number and why. */
static int
query(Job *job, int *code)
{
	const int length = res_query(
		job->name, ns_c_in, type_numbers[job->type], job->message, sizeof(job->message));

	*code = h_errno;
	return length;
}

#else

/*
 * Only this server instead of those of resolv.conf.  glibc keeps IPv4 addresses in nsaddr_list, and
 * takes them from there while _ext.nscount is 0; IPv6 ones are in _ext.nsaddrs, which res_nclose()
 * frees, with a family of 0 in nsaddr_list.
 */
static void
set_server(struct __res_state *state, const DnsServer *server)
{
	struct sockaddr_in *ipv4 = &state->nsaddr_list[0];

	state->nscount = 1;
	state->_u._ext.nscount = 0;
	memset(ipv4, 0, sizeof(*ipv4));
	if (server->address.ss_family == AF_INET) {
		memcpy(ipv4, &server->address, sizeof(*ipv4));
		return;
	}
	if (state->_u._ext.nsaddrs[0] == NULL)
		state->_u._ext.nsaddrs[0] = malloc(sizeof(struct sockaddr_in6));
	if (state->_u._ext.nsaddrs[0] != NULL)
		memcpy(state->_u._ext.nsaddrs[0], &server->address, sizeof(struct sockaddr_in6));
}

/* The length of the answer in the job's message, or a negative number and why. */
static int
query(Job *job, int *code)
{
	struct __res_state state = { 0 };

	*code = NETDB_INTERNAL;
	if (res_ninit(&state) != 0) {
		errno = ENETUNREACH;
		return -1;
	}
	if (job->has_server)
		set_server(&state, &job->server);
#ifdef RES_TRUSTAD
	/* Asks for the AD bit, and leaves it in the answer.  Nothing is decided by it; it is shown. */
	state.options |= RES_TRUSTAD;
#endif
	const int length = res_nquery(&state, job->name, ns_c_in, type_numbers[job->type],
		job->message, sizeof(job->message));
	const int system_code = errno;
	*code = state.res_h_errno;
	res_nclose(&state);
	errno = system_code;
	return length;
}

#endif

static DnsAnswer *
ask(Job *job)
{
	HEADER header;
	int code;
	const int length = query(job, &code);
	DnsAnswer *answer = length >= 0 ? read_answer(job->type, job->message, length)
					: dns_answer_new(failure(code, errno, job->message));

	/* The buffer was empty before, so without an answer the bit is not set. */
	memcpy(&header, job->message, sizeof(header));
	answer->authenticated = header.ad && answer->status <= DNS_NO_DATA;
	return answer;
}

/*
 * --- the thread: without it, a server that takes a TCP connection and stays silent would hold up
 * the program
 */

static gpointer
run(gpointer data)
{
	Job *job = data;

	g_async_queue_push(job->answers, ask(job));
	g_async_queue_unref(job->answers);
	g_free(job->name);
	g_free(job);
	return NULL;
}

static Job *
job_new(GAsyncQueue *answers, const DnsServer *server, DnsType type, const char *name)
{
	Job *job = g_new0(Job, 1);

	job->answers = g_async_queue_ref(answers);
	job->type = type;
	job->name = g_strdup(name);
	job->has_server = server != NULL;
	if (server != NULL)
		job->server = *server;
	return job;
}

DnsQuery *
dns_start(const DnsServer *server, DnsType type, const char *name)
{
	DnsQuery *query = g_new0(DnsQuery, 1);

	query->answers = g_async_queue_new_full((GDestroyNotify)dns_answer_free);
	g_thread_unref(g_thread_new("dns", run, job_new(query->answers, server, type, name)));
	return query;
}

DnsAnswer *
dns_finish(DnsQuery *query, int64_t deadline)
{
	const int64_t left = deadline - g_get_monotonic_time();
	DnsAnswer *answer = g_async_queue_timeout_pop(query->answers, (guint64)MAX(left, 0));

	g_async_queue_unref(query->answers);
	g_free(query);
	return answer != NULL ? answer : dns_answer_new(DNS_TIMEOUT);
}
