#include "tlsrpt/record.h"

#include "tlsrpt/address.h"
#include "tlsrpt/error.h"
#include "tlsrpt/hostname.h"
#include "tlsrpt/uri.h"

#include <stdarg.h>
#include <string.h>

#define NAME_MAX_LENGTH 32 /* of the name of a field */
#define ID_MAX_LENGTH 32
#define DOMAIN_MAX_LENGTH 253
#define LABEL_MAX_LENGTH 63

/* What is being read. */
typedef struct {
	Record *record;
	const char *data, *domain;
	size_t length, at;
	size_t fields; /* all fields so far, valid or not */
	size_t required; /* how often the required field was there */
} Reader;

/* In what the records of the two kinds differ.  Otherwise their ABNF is the same. */
typedef struct {
	const char *label; /* what is put before the domain */
	const char *version;
	const char *required; /* the required field */
	void (*read_value)(Reader *reader);
	const char *source;
} Grammar;

static void read_rua(Reader *reader);
static void read_id(Reader *reader);

static const Grammar grammars[] = {
	[RECORD_TLSRPT] = { "_smtp._tls", "v=TLSRPTv1", "rua", read_rua, "RFC 8460 section 3" },
	[RECORD_MTA_STS] = { "_mta-sts", "v=STSv1", "id", read_id, "RFC 8461 section 3.1" },
};

static const Grammar *
grammar_of(const Reader *reader)
{
	return &grammars[reader->record->kind];
}

static void
problem_clear(gpointer data)
{
	g_free(((RecordProblem *)data)->message);
}

static void
rua_clear(gpointer data)
{
	RecordRua *rua = data;

	g_free(rua->uri);
	g_free(rua->scheme);
	g_free(rua->domain);
}

Record *
record_new(RecordKind kind)
{
	Record *record = g_new0(Record, 1);

	record->kind = kind;
	record->problems = g_array_new(FALSE, FALSE, sizeof(RecordProblem));
	g_array_set_clear_func(record->problems, problem_clear);
	record->rua = g_array_new(FALSE, FALSE, sizeof(RecordRua));
	g_array_set_clear_func(record->rua, rua_clear);
	return record;
}

void
record_free(Record *record)
{
	if (record == NULL)
		return;
	g_array_unref(record->problems);
	g_array_unref(record->rua);
	g_free(record);
}

void
record_add_problem(Record *record, RecordSeverity severity, size_t column, const char *code,
	const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const RecordProblem problem = { severity, column, code, g_strdup_vprintf(format, arguments) };
	va_end(arguments);
	g_array_append_val(record->problems, problem);
}

const RecordProblem *
record_worst(const Record *record)
{
	const RecordProblem *worst = NULL;

	for (size_t i = 0; i < record->problems->len; i++) {
		const RecordProblem *one = &g_array_index(record->problems, RecordProblem, i);
		if (worst == NULL || one->severity > worst->severity)
			worst = one;
	}
	return worst;
}

/* --- bytes */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* tlsrpt-ext-value: what is printable but "=", ";" and the blank */
static bool
is_value(char c)
{
	return c > 0x20 && c < 0x7f && c != '=' && c != ';';
}

static bool
is_name(char c)
{
	return g_ascii_isalnum(c) || (c != '\0' && strchr("_-.", c) != NULL);
}

static bool
at_end(const Reader *reader)
{
	return reader->at >= reader->length;
}

static bool
is_at(const Reader *reader, char c)
{
	return !at_end(reader) && reader->data[reader->at] == c;
}

static void
skip_blanks(Reader *reader)
{
	while (!at_end(reader) && is_blank(reader->data[reader->at]))
		reader->at++;
}

/* Skips the rest of a field that is wrong, since the next field may be valid. */
static void
skip_field(Reader *reader)
{
	while (!at_end(reader) && !is_at(reader, ';'))
		reader->at++;
}

/* Adds a problem about the byte that comes next, or about its absence. */
#define error_here(reader, code, ...) \
	record_add_problem((reader)->record, RECORD_ERROR, (reader)->at + 1, code, __VA_ARGS__)

/* --- the addresses of a rua */

/* What is odd about a host that is a name, as it is written: that senders may not be able to use it. */
static void
check_host(Reader *reader, const char *text, const UriPart *host, const RecordRua *rua)
{
	const char *written = text + host->start;
	const size_t column = rua->column + host->start;
	const size_t length = host->length;

	if (rua->domain == NULL || length == 0)
		return;
	if (written[length - 1] == '.')
		record_add_problem(reader->record, RECORD_WARNING, column + length - 1, "final-dot",
			"a dot at the end of a domain is not to be there in an address (RFC 5321 section "
			"4.1.2), and some senders refuse it");
	if (strchr(rua->domain, '.') == NULL)
		record_add_problem(reader->record, RECORD_WARNING, column, "no-dot",
			"%s is one name without a dot: elsewhere it leads nowhere", rua->domain);
	if (memchr(written, '_', length) != NULL)
		record_add_problem(reader->record, RECORD_WARNING, column, "underscore",
			"\"_\" is in no host name (RFC 1123 section 2.1), and some senders refuse it");
}

/*
 * Checks the address of a mailto URI (RFC 6068 section 2).  It is a single one, since a comma
 * between two would be encoded.
 */
static bool
check_mailto(Reader *reader, const char *text, const Uri *uri, RecordRua *rua)
{
	const size_t start = uri->path.start, length = uri->path.length;
	const char *at = memrchr(text + start, '@', length);

	if (at == NULL) {
		record_add_problem(reader->record, RECORD_ERROR, rua->column + start + length,
			"bad-address", "this is not a mail address: \"@\" is missing");
		return false;
	}
	const size_t before = (size_t)(at - (text + start));
	const UriPart local = { true, start, before };
	const UriPart domain = { true, start + before + 1, length - before - 1 };
	if (!address_is_local_part(text, &local)) {
		record_add_problem(reader->record, RECORD_ERROR, rua->column + start, "bad-address",
			"what is before \"@\" is not a local part of a mail address (RFC 5322 section 3.4.1)");
		return false;
	}
	rua->domain = address_host(text, &domain);
	if (rua->domain == NULL && !address_is_literal(text, &domain)) {
		record_add_problem(reader->record, RECORD_ERROR, rua->column + domain.start,
			"bad-address", "what is after \"@\" is not a domain name");
		return false;
	}
	check_host(reader, text, &domain, rua);
	if (uri->query.present)
		record_add_problem(reader->record, RECORD_WARNING, rua->column + uri->query.start - 1,
			"mailto-fields",
			"header fields in a mailto URI: senders have their own (RFC 8460 section 5.3)");
	return true;
}

static bool
check_https(Reader *reader, const char *text, const Uri *uri, RecordRua *rua)
{
	if (!uri->host.present || uri->host.length == 0) {
		record_add_problem(reader->record, RECORD_ERROR,
			rua->column + (uri->host.present ? uri->host.start : uri->path.start), "bad-host",
			"an https URI has \"//\" and a host here (RFC 7230 section 2.7.2)");
		return false;
	}
	if (uri->userinfo.present)
		record_add_problem(reader->record, RECORD_WARNING, rua->column + uri->userinfo.start,
			"userinfo", "a user name in an https URI is not to be used (RFC 7230 section 2.7.1)");
	rua->domain = address_host(text, &uri->host);
	check_host(reader, text, &uri->host, rua);
	return true;
}

static bool
check_scheme(Reader *reader, const char *text, const Uri *uri, RecordRua *rua)
{
	if (uri->fragment.present)
		record_add_problem(reader->record, RECORD_WARNING, rua->column + uri->fragment.start - 1,
			"fragment", "what comes after \"#\" is not sent to anybody");
	if (strcmp(rua->scheme, "mailto") == 0)
		return check_mailto(reader, text, uri, rua);
	if (strcmp(rua->scheme, "https") == 0)
		return check_https(reader, text, uri, rua);
	record_add_problem(reader->record, RECORD_WARNING, rua->column, "unsupported-scheme",
		"senders know mailto: and https: only (RFC 8460 section 3)");
	return true;
}

static void
check_twice(Reader *reader, const RecordRua *rua)
{
	const GArray *all = reader->record->rua;

	for (size_t i = 0; i < all->len; i++) {
		if (strcmp(g_array_index(all, RecordRua, i).uri, rua->uri) != 0)
			continue;
		record_add_problem(reader->record, RECORD_WARNING, rua->column, "duplicate-rua",
			"the same as at column %zu", g_array_index(all, RecordRua, i).column);
		return;
	}
}

/*
 * Checks for a character that RFC 3986 allows in a URI and RFC 8460 wants encoded.  That can only
 * be "!" here, since "," and ";" end the URI.
 */
static bool
check_encoded(Reader *reader, size_t start, size_t length)
{
	const char *mark = memchr(reader->data + start, '!', length);

	if (mark == NULL)
		return true;
	record_add_problem(reader->record, RECORD_ERROR, (size_t)(mark - reader->data) + 1,
		"not-encoded", "\"!\" must be written as %%21; TLSRPT has no sizes as DMARC has");
	return false;
}

static bool
is_in_uri(const Reader *reader)
{
	return !at_end(reader) && !is_blank(reader->data[reader->at]) && !is_at(reader, ',')
		&& !is_at(reader, ';');
}

/* Reads a URI up to a byte that cannot be in it, or that would have to be encoded. */
static void
read_uri(Reader *reader)
{
	const char *why;
	size_t wrong;
	Uri uri;

	if (!is_in_uri(reader)) {
		error_here(reader, "no-uri", "a URI must come here%s",
			is_at(reader, ' ') || is_at(reader, '\t') ? ", without a blank before it"
								  : "");
		skip_blanks(reader);
	}
	const size_t start = reader->at;
	const char *text = reader->data + start;
	while (is_in_uri(reader))
		reader->at++;
	const size_t length = reader->at - start;
	if (length == 0)
		return;
	const bool encoded = check_encoded(reader, start, length);
	if (!uri_split(text, length, &uri, &wrong, &why)) {
		record_add_problem(reader->record, RECORD_ERROR, start + wrong + 1,
			uri.scheme.present ? "bad-uri" : "no-scheme", "%s", why);
		return;
	}
	RecordRua rua = { .column = start + 1,
		.uri = g_strndup(text, length),
		.scheme = g_ascii_strdown(text + uri.scheme.start, (gssize)uri.scheme.length) };
	if (!encoded || !check_scheme(reader, text, &uri, &rua)) {
		rua_clear(&rua);
		return;
	}
	check_twice(reader, &rua);
	g_array_append_val(reader->record->rua, rua);
}

/* tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri) */
static void
read_rua(Reader *reader)
{
	for (;;) {
		read_uri(reader);
		const size_t end = reader->at;
		skip_blanks(reader);
		if (!is_at(reader, ',')) {
			/* These blanks belong to the delimiter that comes next. */
			reader->at = end;
			return;
		}
		reader->at++;
		skip_blanks(reader);
	}
}

/* --- the other values */

/* 1*32(ALPHA / DIGIT) */
static void
read_id(Reader *reader)
{
	const size_t start = reader->at;

	while (!at_end(reader) && g_ascii_isalnum(reader->data[reader->at])
		&& reader->at - start < ID_MAX_LENGTH)
		reader->at++;
	if (reader->at == start)
		error_here(reader, "bad-id", "an id must have letters and digits only");
	else if (!at_end(reader) && g_ascii_isalnum(reader->data[reader->at]))
		error_here(
			reader, "bad-id", "an id must have at most %d characters", ID_MAX_LENGTH);
	else
		return;
	skip_field(reader);
}

static void
read_extension(Reader *reader, size_t name)
{
	const size_t start = reader->at;

	while (!at_end(reader) && is_value(reader->data[reader->at]))
		reader->at++;
	if (reader->at == start) {
		error_here(reader, "no-value", "the value is missing");
		skip_field(reader);
		return;
	}
	record_add_problem(reader->record, RECORD_NOTE, name + 1, "unknown-field",
		"this field is none of %s; senders ignore it", grammar_of(reader)->source);
}

/* --- fields */

/* Reads name "=".  If it is wrong, nothing else of the field is read. */
static bool
read_name(Reader *reader)
{
	const size_t start = reader->at;

	if (!g_ascii_isalnum(reader->data[reader->at])) {
		error_here(reader, "bad-name",
			"a field must begin with its name, and the name with a letter or a digit");
		return false;
	}
	while (!at_end(reader) && is_name(reader->data[reader->at])
		&& reader->at - start < NAME_MAX_LENGTH)
		reader->at++;
	if (!at_end(reader) && is_name(reader->data[reader->at])) {
		error_here(reader, "bad-name", "a name must have at most %d characters",
			NAME_MAX_LENGTH);
		return false;
	}
	if (!is_at(reader, '=')) {
		error_here(reader, "no-equals", "\"=\" must come after the name, without a blank");
		return false;
	}
	reader->at++;
	return true;
}

static bool
is_required(const Reader *reader, size_t start)
{
	const char *required = grammar_of(reader)->required;

	return reader->at - 1 - start == strlen(required)
		&& memcmp(reader->data + start, required, strlen(required)) == 0;
}

static void
read_field(Reader *reader)
{
	const size_t start = reader->at;

	reader->fields++;
	if (!read_name(reader)) {
		skip_field(reader);
		return;
	}
	if (!is_required(reader, start)) {
		read_extension(reader, start);
		return;
	}
	if (reader->required++ > 0)
		record_add_problem(reader->record, RECORD_WARNING, start + 1, "field-again",
			"%s again: allowed, but some senders may read one only",
			grammar_of(reader)->required);
	grammar_of(reader)->read_value(reader);
}

/* Reads *WSP ";" *WSP.  False if nothing is left to be read. */
static bool
read_delimiter(Reader *reader)
{
	const size_t start = reader->at;

	skip_blanks(reader);
	if (at_end(reader)) {
		if (reader->at > start)
			error_here(reader, "no-semicolon", "after a blank there must be a \";\"");
		return false;
	}
	if (!is_at(reader, ';')) {
		if (reader->at > start)
			error_here(reader, "no-semicolon", "\";\" must come before the next field");
		else
			error_here(reader, "bad-character", "this character is not allowed here");
		skip_field(reader);
		return read_delimiter(reader);
	}
	if (reader->fields == 0 && reader->at > start)
		record_add_problem(reader->record, RECORD_WARNING, start + 1, "blank-before-semicolon",
			"a blank before the first \";\": with a second TXT record, senders discard this one");
	reader->at++;
	skip_blanks(reader);
	return !at_end(reader);
}

static void
read_fields(Reader *reader)
{
	while (read_delimiter(reader)) {
		if (is_at(reader, ';')) {
			error_here(
				reader, "no-field", "a field is missing between \";\" and \";\"");
			reader->fields++;
		} else {
			read_field(reader);
		}
	}
}

/* --- the record */

/* A hint to what is wrong with something that was meant to be the version; "" if there is none. */
static const char *
version_hint(const Reader *reader, const char *version)
{
	const char *data = reader->data;
	const size_t length = reader->length;

	if (length > 0 && (*data == '"' || *data == '\''))
		return "; quotation marks are of the zone file, not of the record";
	if (length > 0 && is_blank(*data))
		return ", without a blank before it";
	if (length >= strlen(version) && g_ascii_strncasecmp(data, version, strlen(version)) == 0)
		return ", in just these upper and lower case letters";
	return "";
}

static void
read_version(Reader *reader)
{
	const char *version = grammar_of(reader)->version;

	while (reader->at < reader->length && version[reader->at] != '\0'
		&& reader->data[reader->at] == version[reader->at])
		reader->at++;
	if (version[reader->at] != '\0') {
		error_here(reader, "bad-version", "a record begins with %s%s", version,
			version_hint(reader, version));
		skip_field(reader);
	} else if (!at_end(reader) && !is_blank(reader->data[reader->at]) && !is_at(reader, ';')) {
		error_here(reader, "bad-version", "after %s comes \";\"", version);
		skip_field(reader);
	}
}

static void
check_required(Reader *reader)
{
	if (reader->required > 0)
		return;
	record_add_problem(reader->record, RECORD_ERROR, reader->length + 1, "no-field-needed",
		"there must be a field %s=", grammar_of(reader)->required);
}

static bool
is_usable(const RecordRua *rua)
{
	return strcmp(rua->scheme, "mailto") == 0 || strcmp(rua->scheme, "https") == 0;
}

/* Adds a problem if no address is one that senders can use, and nothing else is wrong with it. */
static void
check_usable(Reader *reader)
{
	const GArray *all = reader->record->rua;

	for (size_t i = 0; i < all->len; i++) {
		if (is_usable(&g_array_index(all, RecordRua, i)))
			return;
	}
	if (all->len > 0)
		record_add_problem(reader->record, RECORD_ERROR,
			g_array_index(all, RecordRua, 0).column, "no-usable-rua",
			"senders know mailto: and https: only, so none can report to what is here");
}

static bool
is_inside(const char *name, const char *domain)
{
	return strcmp(name, domain) == 0
		|| (g_str_has_suffix(name, domain)
			&& name[strlen(name) - strlen(domain) - 1] == '.');
}

static bool
is_mail_inside(const RecordRua *rua, const char *domain)
{
	return strcmp(rua->scheme, "mailto") == 0 && rua->domain != NULL
		&& is_inside(rua->domain, domain);
}

/*
 * Warns of addresses inside the domain itself: if its mail does not arrive, the reports about that
 * may not arrive either.
 */
static void
check_inside(Reader *reader)
{
	const GArray *all = reader->record->rua;
	bool elsewhere = false;

	if (reader->domain == NULL)
		return;
	for (size_t i = 0; i < all->len; i++) {
		const RecordRua *rua = &g_array_index(all, RecordRua, i);
		elsewhere |= is_usable(rua) && !is_mail_inside(rua, reader->domain);
	}
	for (size_t i = 0; i < all->len; i++) {
		const RecordRua *rua = &g_array_index(all, RecordRua, i);
		if (!is_mail_inside(rua, reader->domain))
			continue;
		record_add_problem(reader->record, elsewhere ? RECORD_NOTE : RECORD_WARNING,
			rua->column, "rua-inside",
			"inside %s: what keeps out its mail can keep out the reports about it, though "
			"senders are to ignore TLS failures for these (RFC 8460 section 5.3.1)%s",
			reader->domain,
			elsewhere ? "" : "; add an address elsewhere, or an https URI");
	}
}

/* Who wants reports at several places may get them at the first alone. */
static void
check_several(Reader *reader)
{
	const GArray *all = reader->record->rua;

	if (all->len > 1)
		record_add_problem(reader->record, RECORD_NOTE,
			g_array_index(all, RecordRua, 1).column, "first-only",
			"some senders (Microsoft is said to be one) use the first address only: the one "
			"that is read comes first");
}

static int
by_column(gconstpointer a, gconstpointer b)
{
	const size_t left = ((const RecordProblem *)a)->column;
	const size_t right = ((const RecordProblem *)b)->column;

	return left < right ? -1 : left > right;
}

Record *
record_check(RecordKind kind, const char *data, size_t length, const char *domain)
{
	Reader reader = {
		.record = record_new(kind), .data = data, .domain = domain, .length = length
	};

	read_version(&reader);
	read_fields(&reader);
	check_required(&reader);
	check_usable(&reader);
	check_inside(&reader);
	check_several(&reader);
	/* Problems that were found at the end are moved to those at the same place. */
	g_array_sort(reader.record->problems, by_column);
	return reader.record;
}

/* --- the records of a name */

/*
 * Whether senders choose this record if there are several.  The ABNF allows blanks before the ";",
 * this rule does not.
 */
static bool
is_chosen(RecordKind kind, GBytes *text)
{
	size_t length;
	const char *data = g_bytes_get_data(text, &length);
	const char *version = grammars[kind].version;
	const size_t n = strlen(version);

	return length > n && memcmp(data, version, n) == 0 && data[n] == ';';
}

/* Whether it may have been meant to be such a record: it has the value of the version somewhere. */
static bool
resembles(RecordKind kind, GBytes *text)
{
	size_t length;
	const char *data = g_bytes_get_data(text, &length);
	const char *value = grammars[kind].version + strlen("v=");
	const size_t n = strlen(value);

	for (size_t at = 0; at + n <= length; at++) {
		if (g_ascii_strncasecmp(data + at, value, n) == 0)
			return true;
	}
	return false;
}

/* Puts a problem before all others, since it is about the whole record. */
static void
prepend_problem(Record *record, RecordSeverity severity, const char *code, char *message)
{
	const RecordProblem problem = { severity, 0, code, message };

	g_array_prepend_val(record->problems, problem);
}

static Record *
discarded_record(RecordKind kind)
{
	Record *record = record_new(kind);

	record->discarded = true;
	record_add_problem(record, RECORD_NOTE, 0, "discarded",
		"it does not begin with \"%s;\", so senders do not look at it",
		grammars[kind].version);
	return record;
}

GPtrArray *
record_check_set(RecordKind kind, const GPtrArray *texts, const char *domain)
{
	GPtrArray *records = g_ptr_array_new_with_free_func((GDestroyNotify)record_free);
	size_t chosen = 0;

	for (size_t i = 0; i < texts->len; i++)
		chosen += is_chosen(kind, g_ptr_array_index(texts, i));
	for (size_t i = 0; i < texts->len; i++) {
		GBytes *text = g_ptr_array_index(texts, i);
		/*
		 * If senders choose none, show what is wrong with those that were meant to be such
		 * records.
		 */
		if (chosen > 0 ? !is_chosen(kind, text) : !resembles(kind, text)) {
			g_ptr_array_add(records, discarded_record(kind));
			continue;
		}
		size_t length;
		const char *data = g_bytes_get_data(text, &length);
		Record *record = record_check(kind, data != NULL ? data : "", length, domain);
		if (chosen > 1)
			prepend_problem(record, RECORD_ERROR, "several-records",
				g_strdup_printf("one of %zu such records: senders take none (%s)", chosen,
					grammars[kind].source));
		else if (chosen == 0 && texts->len > 1)
			prepend_problem(record, RECORD_ERROR, "no-record",
				g_strdup_printf("one of %u TXT records, none of which begins with %s;",
					texts->len, grammars[kind].version));
		g_ptr_array_add(records, record);
	}
	return records;
}

/* --- names */

char *
record_domain(const char *text, GError **error)
{
	g_autofree char *name =
		g_utf8_validate(text, -1, NULL) ? hostname_stored_form(text) : NULL;
	const size_t most = DOMAIN_MAX_LENGTH - strlen("_smtp._tls.");
	bool good = name != NULL && strchr(name, '*') == NULL && strlen(name) <= most;

	if (good) {
		g_auto(GStrv) labels = g_strsplit(name, ".", -1);
		for (char **label = labels; *label != NULL; label++)
			good = good && **label != '\0' && strlen(*label) <= LABEL_MAX_LENGTH;
	}
	if (good)
		return g_steal_pointer(&name);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "\"%s\" is not a domain name", text);
	return NULL;
}

char *
record_name(RecordKind kind, const char *domain)
{
	return domain != NULL ? g_strconcat(grammars[kind].label, ".", domain, NULL)
			      : g_strdup(grammars[kind].label);
}
