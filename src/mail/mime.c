#include "tlsrpt/mime.h"

#include "tlsrpt/error.h"
#include "tlsrpt/input.h"
#include "tlsrpt/multipart.h"
#include "tlsrpt/sniff.h"
#include "tlsrpt/zip.h"

#include <gmime/gmime.h>
#include <string.h>

/* Larger messages are not copied. */
#define TRIM_MAX (256 * (size_t)1024)

typedef struct {
	const Limits *limits;
	Mail *mail;
	int64_t parts; /* of any kind so far */
	/* how many messages enclose the place where the walk is, not counting the outermost */
	int enclosing;
	/* likewise delivery statuses; a message in one is what its recipient once sent himself */
	int returning;
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
	g_clear_error(&mail->problem);
	if (mail->skipped != NULL)
		g_string_free(mail->skipped, TRUE);
	g_free(mail);
}

/* A text from the message as valid UTF-8 of one line and within the limit; or NULL. */
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

/* All that a stream has; NULL if it cannot be read. */
static char *
read_stream(GMimeStream *stream, size_t room, size_t *length)
{
	const gint64 size = g_mime_stream_length(stream);

	if (size < 0 || g_mime_stream_reset(stream) != 0)
		return NULL;
	char *bytes = g_malloc((gsize)size + room);
	if (g_mime_stream_read(stream, bytes, (size_t)size) != size) {
		g_free(bytes);
		return NULL;
	}
	*length = (size_t)size;
	return bytes;
}

/* How many "=" are missing at the end of base64: some senders leave them out, or one of two. */
static size_t
missing_padding(const char *text, size_t length)
{
	size_t n = 0, padding = 0;

	for (size_t i = 0; i < length; i++) {
		padding += text[i] == '=';
		n += (size_t)(g_ascii_isalnum(text[i]) || text[i] == '+' || text[i] == '/');
	}
	const size_t wanted = n % 4 >= 2 ? 4 - n % 4 : 0;
	return wanted > padding ? wanted - padding : 0;
}

/*
 * Decodes everything at once, without the streams and filters in between.  NULL if it cannot be
 * read.
 */
static GBytes *
decode_base64(GMimeStream *stream)
{
	GMimeEncoding encoding;
	size_t size;
	g_autofree char *encoded = read_stream(stream, 2, &size);

	if (encoded == NULL)
		return NULL;
	const size_t padding = missing_padding(encoded, size);
	memset(encoded + size, '=', padding);
	size += padding;
	g_mime_encoding_init_decode(&encoding, GMIME_CONTENT_ENCODING_BASE64);
	char *bytes = g_malloc(g_mime_encoding_outlen(&encoding, size));
	const size_t length = g_mime_encoding_flush(&encoding, encoded, size, bytes);
	return g_bytes_new_take(bytes, length);
}

static GBytes *
take_raw(GMimeStream *stream)
{
	size_t size;
	char *bytes = read_stream(stream, 1, &size);

	return bytes != NULL ? g_bytes_new_take(bytes, size) : NULL;
}

/* Decodes any transfer encoding. */
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

/* How a leaf is encoded, whatever its header says, and what it seems to be. */
typedef struct {
	GMimeDataWrapper *content; /* NULL: there is none */
	enum {
		LEAF_AS_SAID,
		LEAF_BASE64,
		LEAF_RAW,
	} encoding;
	Sniff kind;
} Leaf;

static Sniff
sniff_decoded(GMimeContentEncoding said, const char *head, size_t length)
{
	GMimeEncoding encoding;
	char bytes[2 * SNIFF_BYTES + 16];

	g_mime_encoding_init_decode(&encoding, said);
	const size_t decoded = g_mime_encoding_step(&encoding, head, length, bytes);
	return sniff(bytes, decoded);
}

/* Looks at the first bytes only: nearly all leaves are no report, and are not decoded. */
static Leaf
look_at_leaf(GMimePart *part)
{
	Leaf leaf = { .content = g_mime_part_get_content(part) };
	GMimeStream *stream = leaf.content != NULL ? g_mime_data_wrapper_get_stream(leaf.content)
						   : NULL;
	char head[SNIFF_BYTES];

	if (stream == NULL || g_mime_stream_reset(stream) != 0)
		return leaf;
	const ssize_t got = g_mime_stream_read(stream, head, sizeof(head));
	const size_t length = got > 0 ? (size_t)got : 0;
	const GMimeContentEncoding said = g_mime_data_wrapper_get_encoding(leaf.content);
	if (said == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE) {
		leaf.kind = sniff_decoded(said, head, length);
		const Sniff decoded = leaf.kind == SNIFF_OTHER ? sniff_base64(head, length)
							       : SNIFF_OTHER;
		if (decoded != SNIFF_OTHER) {
			leaf.encoding = LEAF_BASE64;
			leaf.kind = decoded;
		}
		return leaf;
	}

	/* The bytes know better than the header whether they are base64. */
	const Sniff raw = sniff(head, length);
	const bool is_said = said == GMIME_CONTENT_ENCODING_BASE64;
	const Sniff decoded = is_said ? sniff_decoded(said, head, length)
		: raw == SNIFF_OTHER  ? sniff_base64(head, length)
				      : SNIFF_OTHER;
	if (is_said ? raw != SNIFF_GZIP && raw != SNIFF_JSON : decoded != SNIFF_OTHER) {
		leaf.encoding = LEAF_BASE64;
		leaf.kind = decoded;
	} else if (said != GMIME_CONTENT_ENCODING_UUENCODE) {
		leaf.encoding = LEAF_RAW;
		leaf.kind = raw;
	} else {
		leaf.kind = SNIFF_GZIP; /* nobody knows before it is decoded */
	}
	return leaf;
}

/* The bytes of a leaf with its transfer encoding taken off. */
static GBytes *
decode(const Leaf *leaf)
{
	if (leaf->content == NULL)
		return g_bytes_new_static("", 0);
	GMimeStream *stream = g_mime_data_wrapper_get_stream(leaf->content);
	GBytes *bytes = leaf->encoding == LEAF_BASE64 ? decode_base64(stream)
		: leaf->encoding == LEAF_RAW	      ? take_raw(stream)
						      : NULL;
	return bytes != NULL ? bytes : decode_any(leaf->content);
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

void
mime_label_part(MailPart *part)
{
	const char *media_type = part->media_type;

	part->claim = is_tlsrpt_type(media_type)	 ? PART_LABELLED
		: sniff_has_report_name(part->file_name) ? PART_BY_NAME
							 : PART_BY_BYTES;
	part->label = is_gzip_type(media_type) ? LABEL_GZIP
		: is_json_type(media_type)     ? LABEL_JSON
					       : LABEL_NEITHER;
	part->standard_type = part->claim == PART_LABELLED && part->label != LABEL_NEITHER;
}

/* A part with what its header says of it. */
static MailPart *
new_part(GMimePart *leaf, const char *number, const Walk *walk)
{
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(leaf));
	g_autofree char *mixed_case = g_mime_content_type_get_mime_type(type);
	g_autofree char *media_type = g_ascii_strdown(mixed_case, -1);
	MailPart *part = g_new0(MailPart, 1);

	part->media_type = own_text(media_type, walk->limits);
	if (part->media_type == NULL)
		part->media_type = g_strdup("application/octet-stream");
	part->file_name = own_text(g_mime_part_get_filename(leaf), walk->limits);
	part->number = g_strdup(number);
	part->enclosed = walk->enclosing > 0;
	mime_label_part(part);
	return part;
}

static bool
add_part(Walk *walk, MailPart *part, GError **error)
{
	if (walk->mail->parts->len >= walk->limits->reports) {
		part_free(part);
		return error_over_limit("the message", "reports", walk->limits->reports, error);
	}
	g_ptr_array_add(walk->mail->parts, part);
	return true;
}

#define SKIPPED_MAX 300 /* bytes about parts that are no reports */

static void
note_skipped(Mail *mail, const MailPart *part)
{
	mail->has_report_name |= sniff_has_report_fields(part->file_name);
	if (mail->skipped == NULL)
		mail->skipped = g_string_new(NULL);
	if (mail->skipped->len >= SKIPPED_MAX)
		return;
	g_string_append_printf(
		mail->skipped, "%s%s", mail->skipped->len > 0 ? ", " : "", part->media_type);
	if (part->file_name != NULL)
		g_string_append_printf(mail->skipped, " \"%.80s\"", part->file_name);
}

/* The name of a file in an archive that is named as reports are: its own, if it has one. */
static const char *
entry_name(const MailPart *archive, const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *own = slash != NULL ? slash + 1 : name;

	return archive->file_name != NULL && strchr(own, '!') == NULL
			&& strchr(archive->file_name, '!') != NULL
		? archive->file_name
		: own;
}

/* One file of an archive as a part, if it may be a report. */
static bool
take_entry(Walk *walk, const MailPart *archive, const ZipEntry *entry, guint number, GError **error)
{
	gsize size;
	const char *bytes = g_bytes_get_data(entry->content, &size);
	const Sniff kind = sniff(bytes, size);

	if (kind != SNIFF_GZIP && kind != SNIFF_JSON && !sniff_has_report_name(entry->name)) {
		walk->mail->is_dmarc |= kind == SNIFF_XML;
		return true;
	}
	MailPart *part = g_new0(MailPart, 1);
	part->media_type = g_strdup(archive->media_type);
	part->file_name = own_text(entry_name(archive, entry->name), walk->limits);
	part->number = g_strdup_printf(
		"%s%s%u", archive->number, *archive->number != '\0' ? "." : "", number);
	part->enclosed = archive->enclosed;
	part->content = g_bytes_ref(entry->content);
	mime_label_part(part);
	if (part->claim == PART_BY_BYTES && sniff_has_report_name(entry->name))
		part->claim = PART_BY_NAME;
	return add_part(walk, part, error);
}

/* Whether there may be a report in an archive; most that come are malware or DMARC reports. */
static bool
is_archive_of_reports(const MailPart *archive)
{
	gsize size;
	const char *bytes = g_bytes_get_data(archive->content, &size);

	if (archive->claim != PART_BY_BYTES || sniff_contains(bytes, size, ".json"))
		return true;
	return archive->file_name != NULL && strchr(archive->file_name, '!') != NULL
		&& !sniff_contains(bytes, size, ".xml");
}

/* Notes what is wrong with an archive: what came before that is taken all the same. */
static void
note_problem(Walk *walk, const MailPart *archive, GError *problem)
{
	if (*archive->number != '\0')
		g_prefix_error(&problem, "part %s: ", archive->number);
	if (walk->mail->problem == NULL)
		walk->mail->problem = problem;
	else
		g_error_free(problem);
}

/* The files of a zip archive, each a part; want of memory is no fault of the archive. */
static bool
take_archive(Walk *walk, const MailPart *archive, GError **error)
{
	GError *problem = NULL;
	gsize size;
	const char *bytes = g_bytes_get_data(archive->content, &size);

	if (!is_archive_of_reports(archive)) {
		const bool is_dmarc = sniff_contains(bytes, size, ".xml");
		walk->mail->is_dmarc |= is_dmarc;
		if (!is_dmarc)
			note_skipped(walk->mail, archive);
		return true;
	}
	g_autoptr(GPtrArray) entries = zip_read(archive->content, walk->limits, &problem);
	if (g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY)) {
		g_propagate_error(error, problem);
		return false;
	}
	for (guint i = 0; i < entries->len; i++) {
		GError *limit = NULL;
		if (!take_entry(walk, archive, g_ptr_array_index(entries, i), i + 1, &limit)) {
			note_problem(walk, archive, limit);
			break;
		}
	}
	if (problem != NULL)
		note_problem(walk, archive, problem);
	return true;
}

static bool walk_object(
	Walk *walk, GMimeObject *object, const char *number, int64_t depth, GError **error);

/* A message as the content of a leaf: one that is encoded, or of another type. */
static bool
take_enclosed(Walk *walk, const MailPart *part, int64_t depth, GError **error)
{
	g_autoptr(GBytes) message = input_plain_message(part->content);
	gsize size;
	const char *bytes = g_bytes_get_data(message, &size);
	bool ok = true;

	if (walk->returning > 0) {
		walk->mail->is_returned = true;
		return true;
	}
	/* Nobody has looked yet at what it costs. */
	if (size == 0 || !input_scan_message(message, walk->limits, error))
		return size == 0;
	GByteArray *borrowed = g_byte_array_new_take((guint8 *)bytes, size);
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(borrowed);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *inner = g_mime_parser_construct_message(parser, NULL);
	GMimeObject *body = inner != NULL ? g_mime_message_get_mime_part(inner) : NULL;
	g_autofree char *first = g_strdup_printf(
		"%s%s1", part->number, *part->number != '\0' ? "." : "");
	walk->enclosing++;
	ok = walk_object(
		walk, body, GMIME_IS_MULTIPART(body) ? part->number : first, depth + 1, error);
	walk->enclosing--;
	g_clear_object(&inner);
	g_object_unref(parser);
	g_object_unref(stream);
	g_byte_array_steal(borrowed, NULL);
	g_byte_array_unref(borrowed);
	return ok;
}

/* Whether a leaf is a message: by its type, its name, or, if its type says nothing, its bytes. */
static bool
is_message(const MailPart *part, Sniff kind)
{
	static const char suffix[] = ".eml";
	const char *name = part->file_name;
	const size_t length = name != NULL ? strlen(name) : 0;

	if (g_str_has_prefix(part->media_type, "message/"))
		return strcmp(part->media_type, "message/rfc822") == 0
			|| strcmp(part->media_type, "message/global") == 0
			|| strcmp(part->media_type, "message/news") == 0;
	return (length >= strlen(suffix)
		       && g_ascii_strcasecmp(name + length - strlen(suffix), suffix) == 0)
		|| (kind == SNIFF_MESSAGE
			&& strcmp(part->media_type, "application/octet-stream") == 0);
}

static bool
walk_leaf(Walk *walk, GMimePart *object, const char *number, int64_t depth, GError **error)
{
	MailPart *part = new_part(object, number, walk);
	const Leaf leaf = look_at_leaf(object);
	const bool is_enclosed = is_message(part, leaf.kind);

	if (part->claim == PART_BY_BYTES && !is_enclosed && leaf.kind != SNIFF_GZIP
		&& leaf.kind != SNIFF_JSON && leaf.kind != SNIFF_ZIP) {
		walk->mail->is_dmarc |= sniff_has_dmarc_name(part->file_name)
			|| leaf.kind == SNIFF_XML;
		note_skipped(walk->mail, part);
		part_free(part);
		return true;
	}
	part->content = decode(&leaf);
	if (leaf.kind != SNIFF_ZIP && !is_enclosed)
		return add_part(walk, part, error);
	const bool ok = is_enclosed ? take_enclosed(walk, part, depth, error)
				    : take_archive(walk, part, error);
	part_free(part);
	return ok;
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

/*
 * Whether a multipart says that a message was not delivered, or that it was read.  Such a multipart may
 * bring that message back.
 */
static bool
is_delivery_status(GMimeMultipart *multipart)
{
	for (int i = 0; i < g_mime_multipart_get_count(multipart); i++) {
		GMimeContentType *type = g_mime_object_get_content_type(
			g_mime_multipart_get_part(multipart, i));
		if (g_mime_content_type_is_type(type, "message", "delivery-status")
			|| g_mime_content_type_is_type(type, "message", "global-delivery-status")
			|| g_mime_content_type_is_type(type, "message", "disposition-notification"))
			return true;
	}
	const char *kind = g_mime_object_get_content_type_parameter(
		GMIME_OBJECT(multipart), "report-type");
	return kind != NULL
		&& (g_ascii_strcasecmp(kind, "delivery-status") == 0
			|| g_ascii_strcasecmp(kind, "disposition-notification") == 0);
}

static bool
walk_multipart(
	Walk *walk, GMimeMultipart *multipart, const char *number, int64_t depth, GError **error)
{
	const bool is_returning = is_delivery_status(multipart);
	bool ok = true;

	walk->returning += is_returning;
	for (int i = 0; i < g_mime_multipart_get_count(multipart) && ok; i++) {
		g_autofree char *child = *number == '\0' ? g_strdup_printf("%d", i + 1)
							 : g_strdup_printf("%s.%d", number, i + 1);
		ok = walk_object(
			walk, g_mime_multipart_get_part(multipart, i), child, depth + 1, error);
	}
	walk->returning -= is_returning;
	return ok;
}

static bool
walk_object(Walk *walk, GMimeObject *object, const char *number, int64_t depth, GError **error)
{
	if (object == NULL)
		return true;
	if (!count_part(walk, depth, error))
		return false;
	if (GMIME_IS_PART(object))
		return walk_leaf(walk, GMIME_PART(object), number, depth, error);
	if (GMIME_IS_MESSAGE_PART(object)) {
		walk->mail->is_returned |= walk->returning > 0;
		if (walk->returning > 0)
			return true;
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		GMimeObject *body = inner != NULL ? g_mime_message_get_mime_part(inner) : NULL;
		/*
		 * The parts of a multipart are numbered within the number of the message.  Any
		 * other body is number 1 in it.
		 */
		g_autofree char *first = g_strdup_printf("%s%s1", number, *number != '\0' ? "." : "");
		walk->enclosing++;
		const bool ok = walk_object(walk, body, GMIME_IS_MULTIPART(body) ? number : first,
			depth + 1, error);
		walk->enclosing--;
		return ok;
	}
	if (!GMIME_IS_MULTIPART(object))
		return true;

	return walk_multipart(walk, GMIME_MULTIPART(object), number, depth, error);
}

/* The fields of the header of a message that are looked at here. */
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
 * How much of a value is decoded: twice what is kept of a text.  GMime asks iconv anew for each
 * word of a field that is neither ASCII nor encoded, which took a second for 64 KiB of such words.
 */
#define VALUE_MAX ((size_t)8 * 1024)

/* How many From fields are searched for an address. */
#define FROM_MAX 8

static char *
field_value(const Field *field)
{
	return g_strndup(field->value, MIN(field->length, VALUE_MAX));
}

/*
 * The first or the last field of a name, whichever GMime would take.  NULL if there is none; caller
 * frees.
 */
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
 * Whether the value of a field is one line of printable ASCII without an encoded word.  Then
 * nothing is to be decoded, and only the white space around it is to be taken off.
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

/*
 * Decodes the encoded words of a value.  If GMime gets no memory for the tables of a character set,
 * it takes the set for unknown and returns another text.  So it decodes twice, and must return the
 * same both times.
 */
static char *
decode_words(const char *value)
{
	char *text = g_mime_utils_header_decode_text(NULL, value);

	if (!is_plain_value(value)) {
		g_autofree char *again = g_mime_utils_header_decode_text(NULL, value);
		if (g_strcmp0(text, again) != 0)
			/* GLib itself ends the process like this if there is no memory */
			g_error("no memory");
	}
	return text;
}

/* The text of a field, unfolded and with its encoded words decoded; or NULL.  Frees value. */
static char *
decode_field(char *value)
{
	if (value == NULL)
		return NULL;

	g_autofree char *raw = g_strstrip(value);
	if (is_plain_value(raw))
		return g_steal_pointer(&raw);
	g_autofree char *unfolded = g_mime_utils_header_unfold(raw);
	return decode_words(unfolded);
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

/* Keeps the fields that the mail systems on the way have written. */
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
 * Takes the header apart: collects the fields that are looked at here, and returns a copy of the
 * message with only those fields that say what the body is.  NULL if the header is not in good
 * order: then it is left to GMime to make sense of it.
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

/* GMime reads only a GByteArray without copying it.  It never writes to this one. */
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

/* A parser of bytes, which must last as long as the parser. */
static GMimeParser *
new_parser(GByteArray *borrowed)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(borrowed);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	g_object_unref(stream);
	return parser;
}

/*
 * Has GMime parse bytes that begin with a header, and that must last as long as the object; caller
 * unrefs.
 */
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

/* Takes the parts of a multipart.  Only those that may be reports are given to GMime. */
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
 * GMime makes several objects of every field of a message, most of which nobody looks at.  So it
 * gets only the fields that describe the body.  The other fields are found here, and GMime only
 * decodes their values.
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

/* Has GMime parse a message as it is.  True also if GMime finds nothing in it. */
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

/* Whether a Subject has the form of RFC 8460 section 5.3, which is that of DMARC, too. */
static bool
has_report_subject(const char *subject)
{
	const size_t length = subject != NULL ? strlen(subject) : 0;

	return length > 0 && sniff_contains(subject, length, "Report Domain:")
		&& sniff_contains(subject, length, "Submitter:");
}

/* Whether the header of the message has report-type=tlsrpt. */
static bool
has_report_type(GBytes *message)
{
	static const char name[] = "report-type", value[] = "tlsrpt";
	gsize size;
	const char *data = g_bytes_get_data(message, &size);
	const char *const end = data != NULL ? data + size : NULL;

	for (const char *line = data; line < end && *line != '\n' && *line != '\r';) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline != NULL ? newline : end;
		for (const char *at = line; stop - at >= (ptrdiff_t)strlen(name); at++) {
			if (g_ascii_strncasecmp(at, name, strlen(name)) != 0)
				continue;
			at += strlen(name);
			while (at < stop && strchr(" \t=\"'", *at) != NULL)
				at++;
			return stop - at >= (ptrdiff_t)strlen(value)
				&& g_ascii_strncasecmp(at, value, strlen(value)) == 0;
		}
		line = stop < end ? stop + 1 : end;
	}
	return false;
}

static bool
has_part_that_claims(const Mail *mail)
{
	for (guint i = 0; i < mail->parts->len; i++) {
		const MailPart *part = g_ptr_array_index(mail->parts, i);
		if (part->claim == PART_LABELLED || sniff_has_report_fields(part->file_name))
			return true;
	}
	return false;
}

bool
mime_claims_report(const Mail *mail, GBytes *message, bool has_xml)
{
	if (mail->is_returned)
		return false;
	return mail->report_domain != NULL || mail->submitter != NULL || mail->has_report_name
		|| has_part_that_claims(mail) || has_report_type(message)
		|| (!mail->is_dmarc && !has_xml && has_report_subject(mail->subject));
}

void
mime_shutdown(void)
{
	g_mime_shutdown();
}
