/*
 * Hardly any sender puts a report into a zip archive, so the program is not linked with the library
 * for it (Debian's libminizip), but loads it when an archive arrives.  The archive is read from
 * memory, by functions that never go beyond its bounds.
 */
#include "tlsrpt/zip.h"

#include "tlsrpt/error.h"

#include <dlfcn.h>
#include <minizip/unzip.h>
#include <zlib.h>
#include <string.h>

#define LIBRARY "libminizip.so.1"
#define NAME_MAX_BYTES 1024

/* The functions of the library that are used. */
typedef struct {
	unzFile (*open)(const void *path, zlib_filefunc64_def *functions);
	int (*close)(unzFile file);
	int (*first)(unzFile file);
	int (*next)(unzFile file);
	int (*info)(unzFile file, unz_file_info64 *info, char *name, uLong name_size, void *extra,
		uLong extra_size, char *comment, uLong comment_size);
	int (*open_entry)(unzFile file);
	int (*read_entry)(unzFile file, voidp buffer, unsigned size);
	int (*close_entry)(unzFile file);
} Library;

static bool
find(void *library, const char *name, void *function, GError **error)
{
	void *found = dlsym(library, name);

	if (found == NULL) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_UNREAD_REPORT,
			"a zip archive, and " LIBRARY " has no %s", name);
		return false;
	}
	memcpy(function, &found, sizeof(found));
	return true;
}

static void *
load(Library *library, GError **error)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (handle == NULL) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_UNREAD_REPORT,
			"a zip archive, and " LIBRARY " that would read it is not installed");
		return NULL;
	}
	if (find(handle, "unzOpen2_64", &library->open, error)
		&& find(handle, "unzClose", &library->close, error)
		&& find(handle, "unzGoToFirstFile", &library->first, error)
		&& find(handle, "unzGoToNextFile", &library->next, error)
		&& find(handle, "unzGetCurrentFileInfo64", &library->info, error)
		&& find(handle, "unzOpenCurrentFile", &library->open_entry, error)
		&& find(handle, "unzReadCurrentFile", &library->read_entry, error)
		&& find(handle, "unzCloseCurrentFile", &library->close_entry, error))
		return handle;
	dlclose(handle);
	return NULL;
}

/* --- a file in memory */

typedef struct {
	const uint8_t *bytes;
	size_t size, at;
} Memory;

static voidpf ZCALLBACK
memory_open(voidpf opaque, G_GNUC_UNUSED const void *name, G_GNUC_UNUSED int mode)
{
	return opaque;
}

static uLong ZCALLBACK
memory_read(voidpf opaque, G_GNUC_UNUSED voidpf stream, void *buffer, uLong size)
{
	Memory *memory = opaque;
	const size_t n = MIN((size_t)size, memory->size - memory->at);

	memcpy(buffer, memory->bytes + memory->at, n);
	memory->at += n;
	return (uLong)n;
}

static uLong ZCALLBACK
memory_write(G_GNUC_UNUSED voidpf opaque, G_GNUC_UNUSED voidpf stream,
	G_GNUC_UNUSED const void *buffer, G_GNUC_UNUSED uLong size)
{
	return 0;
}

static ZPOS64_T ZCALLBACK
memory_tell(voidpf opaque, G_GNUC_UNUSED voidpf stream)
{
	return ((const Memory *)opaque)->at;
}

static long ZCALLBACK
memory_seek(voidpf opaque, G_GNUC_UNUSED voidpf stream, ZPOS64_T offset, int origin)
{
	Memory *memory = opaque;
	const size_t base = origin == ZLIB_FILEFUNC_SEEK_CUR ? memory->at
		: origin == ZLIB_FILEFUNC_SEEK_END	     ? memory->size
							     : 0;

	if (offset > memory->size - base)
		return -1;
	memory->at = base + (size_t)offset;
	return 0;
}

static int ZCALLBACK
memory_close(G_GNUC_UNUSED voidpf opaque, G_GNUC_UNUSED voidpf stream)
{
	return 0;
}

static int ZCALLBACK
memory_error(G_GNUC_UNUSED voidpf opaque, G_GNUC_UNUSED voidpf stream)
{
	return 0;
}

/* --- entries */

typedef struct {
	const Library *library;
	unzFile file;
	const Limits *limits;
	GPtrArray *entries;
	int64_t left; /* bytes that the remaining entries may have together */
} Archive;

static void
entry_free(gpointer data)
{
	ZipEntry *entry = data;

	g_free(entry->name);
	g_bytes_unref(entry->content);
	g_free(entry);
}

static bool
fail(const char *what, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_UNREAD_REPORT, "a zip archive that %s", what);
	return false;
}

/* The content of the entry that is open; NULL with the error. */
static GBytes *
read_content(Archive *archive, GError **error)
{
	const int64_t limit = MIN(archive->limits->report, archive->left);
	g_autoptr(GByteArray) content = g_byte_array_new();
	uint8_t buffer[16 * 1024];
	int n;

	while ((n = archive->library->read_entry(archive->file, buffer, sizeof(buffer))) > 0) {
		if ((int64_t)content->len + n > limit) {
			g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_LIMIT,
				"the report is over the limit of its size after unzip");
			return NULL;
		}
		g_byte_array_append(content, buffer, (guint)n);
	}
	if (n < 0) {
		fail("is damaged", error);
		return NULL;
	}
	archive->left -= content->len;
	return g_byte_array_free_to_bytes(g_steal_pointer(&content));
}

/*
 * Whether an entry is a file in its own right: neither a folder nor one that macOS adds beside a
 * file.
 */
static bool
is_file(const char *name)
{
	return *name != '\0' && !g_str_has_suffix(name, "/")
		&& !g_str_has_prefix(name, "__MACOSX/");
}

/* Reads the entry at which the archive is positioned. */
static bool
take_entry(Archive *archive, GError **error)
{
	char name[NAME_MAX_BYTES + 1];
	unz_file_info64 info;

	if (archive->library->info(archive->file, &info, name, sizeof(name), NULL, 0, NULL, 0)
		!= UNZ_OK)
		return fail("is damaged", error);
	name[MIN(info.size_filename, NAME_MAX_BYTES)] = '\0';
	if (!is_file(name))
		return true;
	if (archive->entries->len >= archive->limits->reports)
		return error_over_limit(
			"the zip archive", "reports", archive->limits->reports, error);
	if ((info.flag & 1) != 0)
		return fail("is encrypted", error);
	const bool is_known = info.compression_method == 0 || info.compression_method == Z_DEFLATED;
	if (!is_known || archive->library->open_entry(archive->file) != UNZ_OK)
		return fail("is packed in a way that cannot be read", error);

	g_autoptr(GBytes) content = read_content(archive, error);
	const bool is_sound = archive->library->close_entry(archive->file) == UNZ_OK;
	if (content == NULL)
		return false;
	if (!is_sound)
		return fail("has a wrong checksum", error);
	ZipEntry *entry = g_new(ZipEntry, 1);
	*entry = (ZipEntry){ g_utf8_make_valid(name, -1), g_steal_pointer(&content) };
	g_ptr_array_add(archive->entries, entry);
	return true;
}

static bool
take_entries(Archive *archive, GError **error)
{
	int64_t visited = 0;
	int status = archive->library->first(archive->file);

	for (; status == UNZ_OK; status = archive->library->next(archive->file)) {
		if (++visited > archive->limits->mime_parts)
			return error_over_limit("the zip archive", "mime-parts",
				archive->limits->mime_parts, error);
		if (!take_entry(archive, error))
			return false;
	}
	return status == UNZ_END_OF_LIST_OF_FILE || fail("is damaged", error);
}

static void
read_archive(const Library *library, GBytes *zip, const Limits *limits, GPtrArray *entries,
	GError **error)
{
	Memory memory = { 0 };
	memory.bytes = g_bytes_get_data(zip, &memory.size);
	zlib_filefunc64_def functions = {
		.zopen64_file = memory_open,
		.zread_file = memory_read,
		.zwrite_file = memory_write,
		.ztell64_file = memory_tell,
		.zseek64_file = memory_seek,
		.zclose_file = memory_close,
		.zerror_file = memory_error,
		.opaque = &memory,
	};
	Archive archive = { library, library->open("", &functions), limits, entries,
		2 * limits->report };

	if (archive.file == NULL) {
		fail("is damaged", error);
		return;
	}
	take_entries(&archive, error);
	library->close(archive.file);
}

GPtrArray *
zip_read(GBytes *zip, const Limits *limits, GError **error)
{
	GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
	Library library;
	void *handle = load(&library, error);

	if (handle == NULL)
		return entries;
	read_archive(&library, zip, limits, entries, error);
	dlclose(handle);
	return entries;
}
