/* Answers of DNS: the first byte is the type that was asked for.  What is read of them is text in order. */
#include "fuzz.h"

/* It is within the file, which asks servers otherwise. */
#include "../../src/base/dns.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const DnsType type = (DnsType)(data[0] % G_N_ELEMENTS(type_numbers));
	/* Its own memory, so that the address sanitizer sees whoever reads on. */
	g_autofree uint8_t *message = g_memdup2(data + 1, size - 1);
	g_autoptr(DnsAnswer) answer = read_answer(type, message, (int)size - 1);

	g_assert_true(answer->status == DNS_FOUND || answer->status == DNS_NO_DATA
		|| answer->status == DNS_MALFORMED);
	g_assert_true(
		(answer->status == DNS_FOUND) == (answer->texts->len + answer->values->len > 0));
	g_assert_true(answer->texts->len == 0 || type == DNS_TXT);
	for (guint i = 0; i < answer->texts->len; i++) {
		g_assert_cmpuint(g_bytes_get_size(g_ptr_array_index(answer->texts, i)), <, size);
		g_assert_true(i == 0
			|| by_bytes(&answer->texts->pdata[i - 1], &answer->texts->pdata[i]) <= 0);
	}
	for (guint i = 0; i < answer->values->len; i++) {
		const char *value = g_ptr_array_index(answer->values, i);
		fuzz_text(value, 2 * (int64_t)size + 4 * NS_MAXDNAME);
		for (const char *byte = value; *byte != '\0'; byte++)
			g_assert_true(g_ascii_isprint(*byte));
		g_assert_true(i == 0 || type == DNS_MX
			|| strcmp(answer->values->pdata[i - 1], value) <= 0);
	}
	return 0;
}
