#include "tlsrpt/compose.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/error.h"

#include <gmime/gmime.h>
#include <string.h>

#define ID_DIGITS 32 /* digits of the digest in the names that must not occur twice */

/* --- addresses */

static void
note_warning(G_GNUC_UNUSED gint64 offset, G_GNUC_UNUSED GMimeParserWarning code,
	G_GNUC_UNUSED const char *item, gpointer warned)
{
	*(bool *)warned = true;
}

/*
 * GMime 3.2.14 gave this function a fourth parameter, a destructor of the data, without changing
 * the name of the library.  So a program that was built with the older header may run with the
 * newer library, which then takes whatever is in that register for the destructor.  For this reason
 * the fourth argument is always passed, through a type of our own; an older library does not look
 * at it.
 */
typedef void (*SetWarningCallback)(GMimeParserOptions *options, GMimeParserWarningFunc warn,
	gpointer data, GDestroyNotify destroy);

static void
set_warning_callback(GMimeParserOptions *options, GMimeParserWarningFunc warn, gpointer data)
{
	/* The cast by way of this type tells the compiler that the difference is meant. */
	SetWarningCallback set = (SetWarningCallback)(void (*)(void))
		g_mime_parser_options_set_warning_callback;

	set(options, warn, data, NULL);
}

/* NULL if anything in it is not an address: GMime leaves that out, and warns. */
static InternetAddressList *
parse_addresses(const char *text)
{
	bool warned = false;

	g_mime_init();
	GMimeParserOptions *options = g_mime_parser_options_new();
	g_mime_parser_options_set_address_compliance_mode(options, GMIME_RFC_COMPLIANCE_STRICT);
	set_warning_callback(options, note_warning, &warned);
	InternetAddressList *list = internet_address_list_parse(options, text);
	g_mime_parser_options_free(options);
	if (list != NULL && warned)
		g_clear_object(&list);
	return list;
}

/* Whether it has a character that would end or change the line in which it is to stand. */
static bool
has_control(const char *text)
{
	if (!g_utf8_validate(text, -1, NULL))
		return true;
	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		if (g_unichar_iscntrl(g_utf8_get_char(at)))
			return true;
	}
	return false;
}

/*
 * Whether a mail system accepts the mailbox without SMTPUTF8 (RFC 6531).  Its domain may be
 * international, since GMime gives that as an A-label.
 */
static bool
is_plain_mailbox(InternetAddress *address)
{
	/* What is inside an encoded word is only known now. */
	const char *name = internet_address_get_name(address);
	if (!INTERNET_ADDRESS_IS_MAILBOX(address) || (name != NULL && has_control(name)))
		return false;
	const char *plain = internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(address));
	return plain != NULL && *plain != '\0' && g_str_is_ascii(plain);
}

static bool
are_mailboxes(InternetAddressList *list)
{
	const int n = internet_address_list_length(list);

	for (int i = 0; i < n; i++) {
		if (!is_plain_mailbox(internet_address_list_get_address(list, i)))
			return false;
	}
	return n > 0;
}

bool
compose_check_addresses(const char *option, const char *text, bool several, GError **error)
{
	InternetAddressList *list = has_control(text) ? NULL : parse_addresses(text);
	const bool mailboxes = list != NULL && are_mailboxes(list);
	const bool one = mailboxes && internet_address_list_length(list) == 1;

	if (list != NULL)
		g_object_unref(list);
	if (one || (mailboxes && several))
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "%s: \"%s\" is not %s", option, text,
		several ? "a list of mail addresses" : "a mail address");
	return false;
}

char *
compose_plain_addresses(const char *text)
{
	InternetAddressList *list = parse_addresses(text);
	g_autoptr(GPtrArray) plain = g_ptr_array_new();

	g_return_val_if_fail(list != NULL, NULL);
	for (int i = 0; i < internet_address_list_length(list); i++) {
		InternetAddress *one = internet_address_list_get_address(list, i);
		g_ptr_array_add(plain,
			(char *)internet_address_mailbox_get_idn_addr(
				INTERNET_ADDRESS_MAILBOX(one)));
	}
	g_ptr_array_sort(plain, compare_texts);
	g_ptr_array_add(plain, NULL);
	char *joined = g_strjoinv(", ", (char **)plain->pdata);
	g_object_unref(list);
	return joined;
}

/* --- the message */

static void
set_addresses(GMimeMessage *message, GMimeAddressType type, const char *text)
{
	InternetAddressList *list = parse_addresses(text);

	g_return_if_fail(list != NULL);
	internet_address_list_append(g_mime_message_get_addresses(message, type), list);
	g_object_unref(list);
}

static void
add_part(GMimeMultipart *multipart, const char *subtype, const char *text)
{
	GMimePart *part = g_mime_part_new_with_type("text", subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_mime_multipart_add(multipart, GMIME_OBJECT(part));
	g_object_unref(content);
	g_object_unref(stream);
	g_object_unref(part);
}

/* A digest of the composition, which tells its message from any other. */
static char *
identity_of(const Composition *composition)
{
	const char *const strings[] = { composition->from, composition->to, composition->subject,
		composition->text, composition->html };
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *at = g_strdup_printf("%" G_GINT64_FORMAT, composition->at);

	g_checksum_update(checksum, (const guchar *)at, -1);
	/*
	 * The NUL after each string is hashed as well, so that different strings never make the
	 * same bytes.
	 */
	for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
		g_checksum_update(checksum, (const guchar *)strings[i],
			(gssize)strlen(strings[i]) + 1);
	return g_strndup(g_checksum_get_string(checksum), ID_DIGITS);
}

/* The domain of the sender, or of this host if the sender has none.  Caller frees. */
static char *
id_domain(GMimeMessage *message)
{
	InternetAddressList *from = g_mime_message_get_from(message);
	InternetAddress *first = internet_address_list_get_address(from, 0);
	const char *address =
		internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(first));
	const char *at = strrchr(address, '@');

	return g_strdup(at != NULL ? at + 1 : g_get_host_name());
}

static void
set_headers(GMimeMessage *message, const Composition *composition, const char *identity)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(composition->at);

	set_addresses(message, GMIME_ADDRESS_TYPE_FROM, composition->from);
	set_addresses(message, GMIME_ADDRESS_TYPE_TO, composition->to);
	g_mime_message_set_subject(message, composition->subject, "utf-8");
	g_mime_message_set_date(message, date);
	g_autofree char *domain = id_domain(message);
	g_autofree char *id = g_strdup_printf("tlsrpt.%s@%s", identity, domain);
	g_mime_message_set_message_id(message, id);
	g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted", "auto-generated", NULL);
}

/*
 * Changes lines that mail programs on the way would alter, or take for the end of the message.  In
 * quoted-printable they can be written in another way; headers and boundaries have no such lines.
 */
static GBytes *
armor_lines(char *message)
{
	GString *armored = g_string_sized_new(strlen(message) + 64);
	g_auto(GStrv) lines = g_strsplit(message, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		const bool is_dot = strcmp(*line, ".") == 0;
		const bool is_from = g_str_has_prefix(*line, "From ");
		g_string_append(armored, is_dot ? "=2E" : is_from ? "=46" : "");
		g_string_append(armored, *line + (is_dot || is_from));
		g_string_append(armored, line[1] != NULL ? "\n" : "");
	}
	return g_string_free_to_bytes(armored);
}

GBytes *
compose_message(const Composition *composition)
{
	g_autofree char *identity = identity_of(composition);
	/* Quoted-printable has no "=_" in it (RFC 2045 section 6.7). */
	g_autofree char *boundary = g_strconcat("=_", identity, NULL);

	g_mime_init();
	GMimeMessage *message = g_mime_message_new(FALSE);
	GMimeMultipart *multipart = g_mime_multipart_new_with_subtype("alternative");
	GMimeFormatOptions *options = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_UNIX);
	set_headers(message, composition, identity);
	g_mime_multipart_set_boundary(multipart, boundary);
	/* Programs show the last part that they can show, so HTML is last. */
	add_part(multipart, "plain", composition->text);
	add_part(multipart, "html", composition->html);
	g_mime_message_set_mime_part(message, GMIME_OBJECT(multipart));
	g_autofree char *text = g_mime_object_to_string(GMIME_OBJECT(message), options);
	g_mime_format_options_free(options);
	g_object_unref(multipart);
	g_object_unref(message);
	return armor_lines(text);
}
