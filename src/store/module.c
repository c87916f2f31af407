#include "module.h"

#include "tlsrpt/error.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* What this file calls, the programs call elsewhere, too: each new symbol would cost every delivery. */

/*
 * In the build tree a module lies beside the program, and from a package in ../lib/tlsrpt, whatever
 * the prefix of the build was.  Whoever can put a file there can replace the program; but a program
 * with other rights than its caller's may have been linked to another place.
 */
static char *
path_from_program(const char *folder, const char *file)
{
	char program[PATH_MAX];
	const ssize_t length = getauxval(AT_SECURE) == 0
		? readlinkat(AT_FDCWD, "/proc/self/exe", program, sizeof(program))
		: -1;

	if (length <= 0 || length == sizeof(program))
		return NULL;
	program[length] = '\0';
	*strrchr(program, '/') = '\0';
	g_autofree char *path = g_build_filename(program, folder, file, NULL);
	return access(path, R_OK) == 0 ? g_steal_pointer(&path) : NULL;
}

static void
fail_load(const char *name, const char *path, GError **error)
{
	if (access(path, F_OK) != 0)
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED,
			"the part of this program for such stores is not installed: install the"
			" package tlsrpt-ingest-%s",
			name);
	else
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED,
			"the part of this program for such stores cannot be loaded: reinstall the"
			" package tlsrpt-ingest-%s, and what it needs",
			name);
}

const StoreDriver *
module_driver(const char *name, GError **error)
{
	g_autofree char *file = g_strdup_printf("tlsrpt-%s.so", name);
	g_autofree char *beside = path_from_program(".", file);
	g_autofree char *packaged = path_from_program("../lib/tlsrpt", file);
	g_autofree char *path = beside != NULL ? g_steal_pointer(&beside)
		: packaged != NULL	       ? g_steal_pointer(&packaged)
					       : g_build_filename(TLSRPT_MODULES, file, NULL);
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const StoreModule *module = handle != NULL ? dlsym(handle, STORE_MODULE) : NULL;

	if (module == NULL) {
		fail_load(name, path, error);
		return NULL;
	}
	/* The structures between them are not the same in all versions. */
	if (strcmp(module->version, TLSRPT_VERSION) != 0) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED,
			"the package tlsrpt-ingest-%s has version %s, and this program %s: install"
			" the same of both",
			name, module->version, TLSRPT_VERSION);
		return NULL;
	}
	return module->driver;
}
