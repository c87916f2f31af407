/* Lists of domains, as options and the configuration give them: names, and "@FILE" for those in a file. */
#ifndef TLSRPT_DOMAIN_LIST_H
#define TLSRPT_DOMAIN_LIST_H

#include <glib.h>
#include <stdbool.h>

/*
 * The domains in stored form, sorted, each once.  A word that begins with "@" names a file, which has names
 * with blanks or lines between them; what comes after "#" in a line is a comment.  given ends with NULL.  If
 * any_name, a word itself may also be a name that is no domain, as a report may have it; it is taken as it is.
 * NULL with USAGE for what is not a domain, with the name of the file and the number of the line, and for a
 * file that cannot be read.  Caller frees with g_strfreev().
 */
char **domain_list_read(
	const char *const *given, bool any_name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
