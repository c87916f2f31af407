#include "tlsrpt/mime.h"

#include "tlsrpt/error.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/scan.h"

#include <gmime/gmime.h>
#include <string.h>

/* Above this size, a message is not copied. */
#define TRIM_MAX (256 * (size_t)1024)

typedef struct {
	const Limits *limits;
	Mail *mail;
	int64_t parts; /* of any kind so far */
	int enclosing; /* messages that the walk is in, but for the outermost */
} Walk;

static void
part_free(gpointer data)
{
	MailPart *part = data;

	g_free(part->number);
	g_free(part->media_type);
	g_free(part->file_name);
	g_bytes_unref(part->content);
	g_free(part);
}

void
mail_free(Mail *mail)
{
	if (mail == NULL)
		return;
	g_free(mail->from);
	g_free(mail->from_domain);
	g_free(mail->subject);
	g_free(mail->message_id);
	g_free(mail->report_domain);
	g_free(mail->submitter);
	g_array_unref(mail->fields);
	g_ptr_array_unref(mail->parts);
	g_free(mail);
}

/* Text from the message as a string of ours: valid, one line, within the limit, or NULL. */
static char *
own_text(const char *text, const Limits *limits)
{
	if (text == NULL)
		return NULL;

	g_autofree char *valid = g_utf8_make_valid(text, -1);
	for (char *c = valid; *c != '\0'; c++) {
		if (g_ascii_iscntrl(*c))
			*c = ' ';
	}
	g_strstrip(valid);
	if (strlen(valid) > (size_t)limits->string) {
		char *end = g_utf8_find_prev_char(valid, valid + limits->string + 1);
		*end = '\0';
	}
	return *valid != '\0' ? g_steal_pointer(&valid) : NULL;
}

/* The bytes of a part with its transfer encoding taken off. */
static GBytes *
decode(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);

	if (content == NULL)
		return g_bytes_new_static("", 0);

	GByteArray *bytes = g_byte_array_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_mime_data_wrapper_write_to_stream(content, stream);
	g_object_unref(stream);
	return g_byte_array_free_to_bytes(bytes);
}

static bool
is_gzip_type(const char *media_type)
{
	static const char *const types[] = {
		"application/tlsrpt+gzip",
		"application/gzip",
		"application/x-gzip",
		"application/gzip-compressed",
		"application/gzipped",
		"application/x-gunzip",
		"gzip/document",
		NULL,
	};

	return g_strv_contains(types, media_type);
}

static bool
is_json_type(const char *media_type)
{
	return g_str_has_suffix(media_type, "/json") || g_str_has_suffix(media_type, "+json");
}

static bool
is_tlsrpt_type(const char *media_type)
{
	return strcmp(media_type, "application/tlsrpt") == 0
		|| g_str_has_prefix(media_type, "application/tlsrpt+");
}

static bool
has_report_name(const char *file_name)
{
	if (file_name == NULL)
		return false;

	g_autofree char *name = g_ascii_strdown(file_name, -1);
	return g_str_has_suffix(name, ".json") || g_str_has_suffix(name, ".json.gz");
}

static bool
has_report_bytes(GBytes *content)
{
	gsize size;
	const char *data = g_bytes_get_data(content, &size);

	return gzip_looks_like(content) || scan_looks_like_json(data, size);
}

bool
mime_label_part(MailPart *part)
{
	const char *media_type = part->media_type;

	if (is_tlsrpt_type(media_type))
		part->claim = PART_LABELLED;
	else if (is_gzip_type(media_type) || is_json_type(media_type)
		|| strcmp(media_type, "application/octet-stream") == 0)
		part->claim = has_report_name(part->file_name) ? PART_BY_NAME : PART_BY_BYTES;
	else
		return false;

	part->label = is_gzip_type(media_type) ? LABEL_GZIP
		: is_json_type(media_type)     ? LABEL_JSON
					       : LABEL_NEITHER;
	part->standard_type = part->claim == PART_LABELLED && part->label != LABEL_NEITHER;
	return true;
}

/* A leaf as a part that may be a report; NULL if it is none.  A general type needs name or bytes. */
static MailPart *
new_part(GMimePart *leaf, const Limits *limits)
{
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(leaf));
	g_autofree char *mixed_case = g_mime_content_type_get_mime_type(type);
	g_autofree char *media_type = g_ascii_strdown(mixed_case, -1);
	MailPart *part = g_new0(MailPart, 1);

	part->media_type = own_text(media_type, limits);
	part->file_name = own_text(g_mime_part_get_filename(leaf), limits);
	if (part->media_type != NULL && mime_label_part(part)) {
		part->content = decode(leaf);
		if (part->claim != PART_BY_BYTES || has_report_bytes(part->content))
			return part;
	}
	part_free(part);
	return NULL;
}

static bool
walk_leaf(Walk *walk, GMimePart *leaf, const char *number, GError **error)
{
	MailPart *part = new_part(leaf, walk->limits);

	if (part == NULL)
		return true;
	if (walk->mail->parts->len >= walk->limits->reports) {
		part_free(part);
		return error_over_limit("the message", "reports", walk->limits->reports, error);
	}
	part->enclosed = walk->enclosing > 0;
	part->number = g_strdup(number);
	g_ptr_array_add(walk->mail->parts, part);
	return true;
}

static bool
walk_object(Walk *walk, GMimeObject *object, const char *number, int64_t depth, GError **error)
{
	if (object == NULL)
		return true;
	if (depth > walk->limits->mime_depth)
		return error_over_limit("the message", "mime-depth", walk->limits->mime_depth, error);
	if (++walk->parts > walk->limits->mime_parts)
		return error_over_limit("the message", "mime-parts", walk->limits->mime_parts, error);
	if (GMIME_IS_PART(object))
		return walk_leaf(walk, GMIME_PART(object), number, error);
	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		GMimeObject *body = inner != NULL ? g_mime_message_get_mime_part(inner) : NULL;
		/* A multipart's parts count on from the message's own number, any other body is 1. */
		g_autofree char *first = g_strdup_printf("%s%s1", number, *number != '\0' ? "." : "");
		walk->enclosing++;
		const bool ok = walk_object(walk, body, GMIME_IS_MULTIPART(body) ? number : first,
			depth + 1, error);
		walk->enclosing--;
		return ok;
	}
	if (!GMIME_IS_MULTIPART(object))
		return true;

	GMimeMultipart *multipart = GMIME_MULTIPART(object);
	for (int i = 0; i < g_mime_multipart_get_count(multipart); i++) {
		g_autofree char *child = *number == '\0' ? g_strdup_printf("%d", i + 1)
							 : g_strdup_printf("%s.%d", number, i + 1);
		if (!walk_object(walk, g_mime_multipart_get_part(multipart, i), child, depth + 1,
			    error))
			return false;
	}
	return true;
}

static void
read_from(Mail *mail, GMimeMessage *message, const Limits *limits)
{
	InternetAddressList *list = g_mime_message_get_from(message);

	for (int i = 0; list != NULL && i < internet_address_list_length(list); i++) {
		InternetAddress *address = internet_address_list_get_address(list, i);
		if (!INTERNET_ADDRESS_IS_MAILBOX(address))
			continue;
		const char *mailbox = internet_address_mailbox_get_addr(
			INTERNET_ADDRESS_MAILBOX(address));
		const char *at = mailbox != NULL ? strrchr(mailbox, '@') : NULL;
		mail->from = own_text(mailbox, limits);
		mail->from_domain = at != NULL ? own_text(at + 1, limits) : NULL;
		return;
	}
}

static void
field_clear(gpointer data)
{
	AuthField *field = data;

	g_free((char *)field->value);
}

/* What the mail systems on the way have written. */
static void
read_trace(Mail *mail, GMimeMessage *message)
{
	static const char *const names[] = { "Received", "Authentication-Results" };
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(message));

	for (int i = 0; i < g_mime_header_list_get_count(headers); i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
		for (size_t j = 0; j < G_N_ELEMENTS(names); j++) {
			if (g_ascii_strcasecmp(g_mime_header_get_name(header), names[j]) != 0)
				continue;
			const AuthField field = { names[j],
				g_strdup(g_mime_header_get_raw_value(header)) };
			g_array_append_val(mail->fields, field);
		}
	}
}

static void
read_headers(Mail *mail, GMimeMessage *message, const Limits *limits)
{
	GMimeObject *object = GMIME_OBJECT(message);
	GDateTime *date = g_mime_message_get_date(message);
	GMimeObject *top = g_mime_message_get_mime_part(message);

	read_trace(mail, message);
	read_from(mail, message, limits);
	mail->subject = own_text(g_mime_message_get_subject(message), limits);
	mail->message_id = own_text(g_mime_message_get_message_id(message), limits);
	mail->report_domain =
		own_text(g_mime_object_get_header(object, "TLS-Report-Domain"), limits);
	mail->submitter =
		own_text(g_mime_object_get_header(object, "TLS-Report-Submitter"), limits);
	mail->sent_at = date != NULL ? g_date_time_to_unix(date) : 0;
	mail->is_report = top != NULL
		&& g_mime_content_type_is_type(g_mime_object_get_content_type(top), "multipart",
			"report");
}

/* Whether a field of the message's own header is looked at here, or says what the body is. */
static bool
is_needed(const char *field, size_t name_length)
{
	static const char content[] = "Content-";
	static const char *const names[] = { "From", "Subject", "Date", "Message-ID", "Received",
		"Authentication-Results", "TLS-Report-Domain", "TLS-Report-Submitter",
		"MIME-Version" };

	if (g_ascii_strncasecmp(field, content, strlen(content)) == 0)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strlen(names[i]) == name_length
			&& g_ascii_strncasecmp(field, names[i], name_length) == 0)
			return true;
	}
	return false;
}

/* The length of the name of a field that begins a line; 0 if that is not a field in good order. */
static size_t
name_length(const char *line, const char *end)
{
	size_t length = 0;

	while (line + length < end
		&& (g_ascii_isalnum(line[length]) || line[length] == '-' || line[length] == '_'))
		length++;
	return line + length < end && line[length] == ':' ? length : 0;
}

/*
 * A copy of the message without the fields of its header that nobody looks at, which are most, and
 * of which GMime would make an object each.  NULL if GMime is to see it as it is: where the header
 * is not in good order GMime knows best what to make of it, and of a large message it hardly
 * matters.
 */
static GByteArray *
trim_header(const char *data, size_t size)
{
	const char *line = data, *const end = data + size;
	bool keep = false;

	if (size > TRIM_MAX)
		return NULL;
	GByteArray *trimmed = g_byte_array_sized_new((guint)size);
	while (line < end && *line != '\n' && *line != '\r') {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const bool continues = line > data && (*line == ' ' || *line == '\t');
		const size_t name = continues ? 0 : name_length(line, end);
		if (newline == NULL || (!continues && name == 0)) {
			g_byte_array_unref(trimmed);
			return NULL;
		}
		keep = continues ? keep : is_needed(line, name);
		if (keep)
			g_byte_array_append(trimmed, (const guint8 *)line,
				(guint)(newline + 1 - line));
		line = newline + 1;
	}
	if (trimmed->len == 0 || line == end) {
		g_byte_array_unref(trimmed);
		return NULL;
	}
	g_byte_array_append(trimmed, (const guint8 *)line, (guint)(end - line));
	return trimmed;
}

/* GMime's tree of the message, which goes on using the bytes; NULL if it makes nothing of it. */
static GMimeMessage *
parse_message(GByteArray *borrowed)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(borrowed);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *tree = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return tree;
}

Mail *
mime_parse(GBytes *message, const Limits *limits, GError **error)
{
	gsize size;
	const void *data = g_bytes_get_data(message, &size);
	g_autoptr(Mail) mail = g_new0(Mail, 1);

	mail->parts = g_ptr_array_new_with_free_func(part_free);
	mail->fields = g_array_new(FALSE, TRUE, sizeof(AuthField));
	g_array_set_clear_func(mail->fields, field_clear);
	if (size == 0)
		return g_steal_pointer(&mail);

	g_mime_init();
	GByteArray *trimmed = trim_header(data, size);
	/* GMime only takes a GByteArray without a copy; it is read, never written. */
	GByteArray *borrowed = trimmed != NULL ? trimmed
					       : g_byte_array_new_take((guint8 *)data, size);
	GMimeMessage *tree = parse_message(borrowed);
	bool ok = true;
	if (tree != NULL) {
		Walk walk = { .limits = limits, .mail = mail };
		read_headers(mail, tree, limits);
		ok = walk_object(&walk, g_mime_message_get_mime_part(tree), "", 0, error);
		g_object_unref(tree);
	}
	if (trimmed == NULL)
		g_byte_array_steal(borrowed, NULL);
	g_byte_array_unref(borrowed);
	return ok ? g_steal_pointer(&mail) : NULL;
}

void
mime_shutdown(void)
{
	g_mime_shutdown();
}
