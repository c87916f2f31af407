#include "tlsrpt/domain_list.h"

#include "tlsrpt/error.h"
#include "tlsrpt/hostname.h"

#include <string.h>

/* Adds a name that is a domain or, if any_name, may be one that is none. */
static bool
add(GPtrArray *list, const char *name, bool any_name, GError **error)
{
	char *stored = hostname_stored_form(name);

	if (stored == NULL && any_name)
		stored = g_strdup(name);
	if (stored == NULL) {
		g_set_error(
			error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "\"%s\" is not a domain", name);
		return false;
	}
	g_ptr_array_add(list, stored);
	return true;
}

static bool
add_line(GPtrArray *list, char *line, GError **error)
{
	line[strcspn(line, "#")] = '\0';
	g_auto(GStrv) names = g_strsplit_set(line, " \t\r", -1);

	for (char **name = names; *name != NULL; name++) {
		if (**name != '\0' && !add(list, *name, false, error))
			return false;
	}
	return true;
}

static bool
add_file(GPtrArray *list, const char *path, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) problem = NULL;

	if (!g_file_get_contents(path, &text, NULL, &problem)) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "%s", problem->message);
		return false;
	}
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		if (!add_line(list, *line, error)) {
			g_prefix_error(error, "%s line %d: ", path, (int)(line - lines) + 1);
			return false;
		}
	}
	return true;
}

static int
compare(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

char **
domain_list_read(const char *const *given, bool any_name, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *once = g_ptr_array_new();

	for (; *given != NULL; given++) {
		if (**given == '@' ? !add_file(all, *given + 1, error)
				   : !add(all, *given, any_name, error)) {
			g_ptr_array_unref(once);
			return NULL;
		}
	}
	g_ptr_array_sort(all, compare);
	for (guint i = 0; i < all->len; i++) {
		const char *name = all->pdata[i];
		if (i == 0 || g_strcmp0(name, all->pdata[i - 1]) != 0)
			g_ptr_array_add(once, g_strdup(name));
	}
	g_ptr_array_add(once, NULL);
	return (char **)g_ptr_array_free(once, FALSE);
}
