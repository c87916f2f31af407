#include "tlsrpt/mime.h"

#include "tlsrpt/error.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/multipart.h"
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

/* All of it at once, without the streams and filters in between; NULL if it cannot be read. */
static GBytes *
decode_base64(GMimeStream *stream)
{
	const gint64 size = g_mime_stream_length(stream);
	GMimeEncoding encoding;

	if (size < 0 || g_mime_stream_reset(stream) != 0)
		return NULL;
	g_autofree char *encoded = g_malloc((gsize)size + 1);
	if (g_mime_stream_read(stream, encoded, (size_t)size) != size)
		return NULL;
	g_mime_encoding_init_decode(&encoding, GMIME_CONTENT_ENCODING_BASE64);
	char *bytes = g_malloc(g_mime_encoding_outlen(&encoding, (size_t)size));
	const size_t length = g_mime_encoding_flush(&encoding, encoded, (size_t)size, bytes);
	return g_bytes_new_take(bytes, length);
}

/* Of whatever encoding. */
static GBytes *
decode_any(GMimeDataWrapper *content)
{
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_mime_data_wrapper_write_to_stream(content, stream);
	g_object_unref(stream);
	return g_byte_array_free_to_bytes(bytes);
}

/* The bytes of a part with its transfer encoding taken off. */
static GBytes *
decode(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);

	if (content == NULL)
		return g_bytes_new_static("", 0);
	GBytes *bytes = g_mime_data_wrapper_get_encoding(content) == GMIME_CONTENT_ENCODING_BASE64
		? decode_base64(g_mime_data_wrapper_get_stream(content))
		: NULL;
	return bytes != NULL ? bytes : decode_any(content);
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
count_part(Walk *walk, int64_t depth, GError **error)
{
	if (depth > walk->limits->mime_depth)
		return error_over_limit("the message", "mime-depth", walk->limits->mime_depth, error);
	if (++walk->parts > walk->limits->mime_parts)
		return error_over_limit("the message", "mime-parts", walk->limits->mime_parts, error);
	return true;
}

static bool
walk_object(Walk *walk, GMimeObject *object, const char *number, int64_t depth, GError **error)
{
	if (object == NULL)
		return true;
	if (!count_part(walk, depth, error))
		return false;
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

/* The fields of a message's own header that are looked at here. */
typedef enum {
	FIELD_FROM,
	FIELD_SUBJECT,
	FIELD_DATE,
	FIELD_MESSAGE_ID,
	FIELD_REPORT_DOMAIN,
	FIELD_SUBMITTER,
	FIELD_RECEIVED,
	FIELD_AUTHENTICATION_RESULTS,
	FIELD_OTHER,
} FieldName;

static const struct {
	const char *name;
	size_t length;
} field_names[FIELD_OTHER] = {
#define FIELD_ENTRY(name) { name, sizeof(name) - 1 }
	[FIELD_FROM] = FIELD_ENTRY("From"),
	[FIELD_SUBJECT] = FIELD_ENTRY("Subject"),
	[FIELD_DATE] = FIELD_ENTRY("Date"),
	[FIELD_MESSAGE_ID] = FIELD_ENTRY("Message-ID"),
	[FIELD_REPORT_DOMAIN] = FIELD_ENTRY("TLS-Report-Domain"),
	[FIELD_SUBMITTER] = FIELD_ENTRY("TLS-Report-Submitter"),
	[FIELD_RECEIVED] = FIELD_ENTRY("Received"),
	[FIELD_AUTHENTICATION_RESULTS] = FIELD_ENTRY("Authentication-Results"),
#undef FIELD_ENTRY
};

typedef struct {
	FieldName name;
	const char *value; /* as it is in the message, after the colon; borrowed */
	size_t length;
} Field;

static FieldName
field_name(const char *name, size_t length)
{
	FieldName field = 0;

	while (field < FIELD_OTHER
		&& (field_names[field].length != length
			|| g_ascii_strncasecmp(name, field_names[field].name, length) != 0))
		field++;
	return field;
}

/*
 * As much of a value as is decoded: twice what is kept of a text.  GMime asks iconv anew for each word
 * of a field that is neither ASCII nor encoded, which took a second for 64 KiB of them.
 */
#define VALUE_MAX ((size_t)8 * 1024)

/* From fields that are looked at for an address. */
#define FROM_MAX 8

static char *
field_value(const Field *field)
{
	return g_strndup(field->value, MIN(field->length, VALUE_MAX));
}

/* The first or the last field of a name, after GMime's habit; caller frees.  NULL for none. */
static char *
find_first(const GArray *fields, FieldName name)
{
	for (guint i = 0; i < fields->len; i++) {
		const Field *field = &g_array_index(fields, Field, i);
		if (field->name == name)
			return field_value(field);
	}
	return NULL;
}

static char *
find_last(const GArray *fields, FieldName name)
{
	for (guint i = fields->len; i > 0; i--) {
		const Field *field = &g_array_index(fields, Field, i - 1);
		if (field->name == name)
			return field_value(field);
	}
	return NULL;
}

/*
 * Whether the value of a field is one line of printable ASCII without an encoded word, so that but for
 * the white space around it there is nothing to decode.
 */
static bool
is_plain_value(const char *value)
{
	for (const char *c = value; *c != '\0'; c++) {
		if (!g_ascii_isprint(*c))
			return false;
	}
	return strstr(value, "=?") == NULL;
}

/* The text of a field, which it frees, with its folding and encoded words taken off, or NULL. */
static char *
decode_field(char *value)
{
	if (value == NULL)
		return NULL;

	g_autofree char *raw = g_strstrip(value);
	if (is_plain_value(raw))
		return g_steal_pointer(&raw);
	g_autofree char *unfolded = g_mime_utils_header_unfold(raw);
	return g_mime_utils_header_decode_text(NULL, unfolded);
}

static char *
own_field(char *value, const Limits *limits)
{
	g_autofree char *text = decode_field(value);

	return own_text(text, limits);
}

/* Takes the first mailbox of a From field; false if there is none. */
static bool
take_mailbox(Mail *mail, const char *value, const Limits *limits)
{
	InternetAddressList *list = internet_address_list_parse(NULL, value);
	bool found = false;

	for (int i = 0; list != NULL && !found && i < internet_address_list_length(list); i++) {
		InternetAddress *address = internet_address_list_get_address(list, i);
		if (!INTERNET_ADDRESS_IS_MAILBOX(address))
			continue;
		const char *mailbox = internet_address_mailbox_get_addr(
			INTERNET_ADDRESS_MAILBOX(address));
		const char *at = mailbox != NULL ? strrchr(mailbox, '@') : NULL;
		mail->from = own_text(mailbox, limits);
		mail->from_domain = at != NULL ? own_text(at + 1, limits) : NULL;
		found = true;
	}
	g_clear_object(&list);
	return found;
}

static void
read_from(Mail *mail, const GArray *fields, const Limits *limits)
{
	bool found = false;
	int seen = 0;

	for (guint i = 0; i < fields->len && !found && seen < FROM_MAX; i++) {
		const Field *field = &g_array_index(fields, Field, i);
		if (field->name != FIELD_FROM)
			continue;
		g_autofree char *value = field_value(field);
		found = take_mailbox(mail, value, limits);
		seen++;
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
read_trace(Mail *mail, const GArray *fields)
{
	for (guint i = 0; i < fields->len; i++) {
		const Field *field = &g_array_index(fields, Field, i);
		if (field->name != FIELD_RECEIVED && field->name != FIELD_AUTHENTICATION_RESULTS)
			continue;
		const AuthField trace = { field_names[field->name].name,
			g_strndup(field->value, field->length) };
		g_array_append_val(mail->fields, trace);
	}
}

static int64_t
read_date(const GArray *fields)
{
	g_autofree char *text = decode_field(find_last(fields, FIELD_DATE));
	g_autoptr(GDateTime) date =
		text != NULL ? g_mime_utils_header_decode_date(text) : NULL;

	return date != NULL ? g_date_time_to_unix(date) : 0;
}

static void
read_header(Mail *mail, const GArray *fields, const Limits *limits)
{
	g_autofree char *message_id = decode_field(find_last(fields, FIELD_MESSAGE_ID));
	g_autofree char *id =
		message_id != NULL ? g_mime_utils_decode_message_id(message_id) : NULL;

	read_trace(mail, fields);
	read_from(mail, fields, limits);
	mail->subject = own_field(find_last(fields, FIELD_SUBJECT), limits);
	mail->message_id = own_text(id, limits);
	mail->report_domain = own_field(find_first(fields, FIELD_REPORT_DOMAIN), limits);
	mail->submitter = own_field(find_first(fields, FIELD_SUBMITTER), limits);
	mail->sent_at = read_date(fields);
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
 * Takes the header apart: the fields that are looked at here, and a copy of the message with those
 * that say what the body is.  NULL if the header is not in good order: then GMime knows best what to
 * make of it.
 */
static GByteArray *
take_header(const char *data, size_t size, GArray *fields)
{
	static const char content[] = "Content-";
	const char *line = data, *const end = data + size;

	GByteArray *rest = g_byte_array_sized_new((guint)size);
	while (line < end && *line != '\n' && *line != '\r') {
		const size_t length = name_length(line, end);
		const char *next = line;
		do {
			next = memchr(next, '\n', (size_t)(end - next));
			next = next != NULL ? next + 1 : end;
		} while (next < end && (*next == ' ' || *next == '\t'));
		if (length == 0 || next == end || memchr(line, '\0', (size_t)(next - line)) != NULL) {
			g_byte_array_unref(rest);
			return NULL;
		}
		const char *value = line + length + 1;
		const Field field = { field_name(line, length), value, (size_t)(next - value) };
		if (field.name != FIELD_OTHER)
			g_array_append_val(fields, field);
		else if (g_ascii_strncasecmp(line, content, strlen(content)) == 0)
			g_byte_array_append(rest, (const guint8 *)line, (guint)(next - line));
		line = next;
	}
	if (rest->len == 0 || line == end) {
		g_byte_array_unref(rest);
		return NULL;
	}
	g_byte_array_append(rest, (const guint8 *)line, (guint)(end - line));
	return rest;
}

/* GMime only takes a GByteArray without a copy; it is read, never written. */
static GByteArray *
borrow(const char *bytes, size_t length)
{
	return g_byte_array_new_take((guint8 *)bytes, length);
}

static void
give_back(GByteArray *borrowed)
{
	g_byte_array_steal(borrowed, NULL);
	g_byte_array_unref(borrowed);
}

/* A parser of bytes, which it goes on using. */
static GMimeParser *
new_parser(GByteArray *borrowed)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(borrowed);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	g_object_unref(stream);
	return parser;
}

/* What GMime makes of something that begins with a header, which it goes on using; caller unrefs. */
static GMimeObject *
parse_object(GByteArray *borrowed)
{
	GMimeParser *parser = new_parser(borrowed);
	GMimeObject *object = g_mime_parser_construct_part(parser, NULL);

	g_object_unref(parser);
	return object;
}

static bool
take_split_part(Walk *walk, const MultipartPart *part, const char *number, GError **error)
{
	if (part->is_remark)
		return count_part(walk, 1, error);

	GByteArray *borrowed = borrow(part->bytes, part->length);
	GMimeObject *object = parse_object(borrowed);
	const bool ok = walk_object(walk, object, number, 1, error);
	g_clear_object(&object);
	give_back(borrowed);
	return ok;
}

/* The parts of a multipart, of which GMime gets those that may be reports. */
static bool
take_split(Mail *mail, const GArray *parts, const Limits *limits, GError **error)
{
	Walk walk = { .limits = limits, .mail = mail };

	if (!count_part(&walk, 0, error))
		return false;
	for (guint i = 0; i < parts->len; i++) {
		char number[16];
		g_snprintf(number, sizeof(number), "%u", i + 1);
		if (!take_split_part(&walk, &g_array_index(parts, MultipartPart, i), number, error))
			return false;
	}
	return true;
}

static bool
take_tree(Mail *mail, GMimeObject *top, const Limits *limits, GError **error)
{
	Walk walk = { .limits = limits, .mail = mail };

	mail->is_report = top != NULL
		&& g_mime_content_type_is_type(g_mime_object_get_content_type(top), "multipart",
			"report");
	return walk_object(&walk, top, "", 0, error);
}

/*
 * GMime makes several objects of every field of a message, most of which nobody looks at; so it
 * gets those of the body, and the others are taken here, and decoded by it.
 */
static bool
parse_trimmed(Mail *mail, GByteArray *body, const GArray *fields, const Limits *limits,
	GError **error)
{
	g_autoptr(GArray) parts =
		multipart_split((const char *)body->data, body->len, &mail->is_report);

	read_header(mail, fields, limits);
	if (parts != NULL)
		return take_split(mail, parts, limits, error);
	GMimeObject *top = parse_object(body);
	const bool ok = take_tree(mail, top, limits, error);
	g_clear_object(&top);
	return ok;
}

/* All that GMime makes of a message as it is; true also if it makes nothing of it. */
static bool
parse_whole(Mail *mail, GByteArray *message, const Limits *limits, GError **error)
{
	g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(Field));
	GMimeParser *parser = new_parser(message);
	GMimeMessage *tree = g_mime_parser_construct_message(parser, NULL);

	g_object_unref(parser);
	if (tree == NULL)
		return true;
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(tree));
	for (int i = 0; i < g_mime_header_list_get_count(headers); i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
		const char *name = g_mime_header_get_name(header);
		const char *value = g_mime_header_get_raw_value(header);
		const Field field = { field_name(name, strlen(name)), value, strlen(value) };
		g_array_append_val(fields, field);
	}
	read_header(mail, fields, limits);
	const bool ok = take_tree(mail, g_mime_message_get_mime_part(tree), limits, error);
	g_object_unref(tree);
	return ok;
}

Mail *
mime_parse(GBytes *message, const Limits *limits, GError **error)
{
	gsize size;
	const char *data = g_bytes_get_data(message, &size);
	g_autoptr(Mail) mail = g_new0(Mail, 1);

	mail->parts = g_ptr_array_new_with_free_func(part_free);
	mail->fields = g_array_new(FALSE, TRUE, sizeof(AuthField));
	g_array_set_clear_func(mail->fields, field_clear);
	if (size == 0)
		return g_steal_pointer(&mail);

	g_mime_init();
	g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(Field));
	g_autoptr(GByteArray) trimmed =
		size <= TRIM_MAX ? take_header(data, size, fields) : NULL;
	if (trimmed != NULL)
		return parse_trimmed(mail, trimmed, fields, limits, error)
			? g_steal_pointer(&mail)
			: NULL;
	GByteArray *borrowed = borrow(data, size);
	const bool ok = parse_whole(mail, borrowed, limits, error);
	give_back(borrowed);
	return ok ? g_steal_pointer(&mail) : NULL;
}

void
mime_shutdown(void)
{
	g_mime_shutdown();
}
