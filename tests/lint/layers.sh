#!/bin/sh
# Each library is called from the one file that may, data flows one way, and nothing but the
# programs exits or prints: from the undefined symbols of objects compiled for the purpose, without
# the inlining and the checked variants (__printf_chk) that would hide a call.
. "$TESTS/cli/lib.sh"

flags=$(pkg-config --cflags glib-2.0 gmime-3.0 json-c smartcols sqlite3 zlib)
mkdir objects
for source in $(cd "$SOURCE" && find src -name '*.c'); do
	object=objects/$(echo "$source" | tr / +)
	# shellcheck disable=SC2086
	${CC:-cc} -std=c11 -O0 -U_FORTIFY_SOURCE -D_GNU_SOURCE -DG_LOG_DOMAIN='"tlsrpt"' \
		-DTLSRPT_VERSION='"0"' -I"$SOURCE/include" $flags -c "$SOURCE/$source" -o "$object.o" ||
		ok 1 "$source compiles"
	nm -u "$object.o" | awk '{ print $2 }' >"$object.undefined"
	nm "$object.o" | awk '$2 == "T" { print $3 }' >"$object.defined"
done

# users PATTERN: the files with an undefined symbol of that pattern
users() {
	(cd objects && grep -lE "$1" ./*.undefined) | sed 's,^\./,,; s,\.undefined$,,; y,+,/,' | sort
}

is "$(users '^(g_mime_|internet_address_)')" "src/mail/compose.c
src/mail/mime.c" "only compose.c, which makes messages, and mime.c, which reads them, call GMime"
is "$(users '^(inflate|deflate)')" "src/mail/inflate.c" "only inflate.c calls zlib"
is "$(users '^json_tokener_')" "src/report/parse.c" "only parse.c calls json-c's tokener"
is "$(users '^json_object_get_(string|int|int64|uint64|double|boolean)')" \
	"src/report/digest.c
src/report/value.c" "only value.c, and the digest, look into JSON values"
is "$(users '^(__)?(res|ns|dn)_')" "src/base/dns.c" "only dns.c calls libresolv"
is "$(users '^sqlite3_')" "src/store/sqlite.c" "only sqlite.c calls SQLite"
is "$(grep -lE '"(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER) ' -r "$SOURCE/src" | sed "s,^$SOURCE/,,")" \
	"src/store/sql.c" "only sql.c holds SQL text"
exits='exit|_exit|_Exit|quick_exit|abort|err|errx|warn|warnx'
prints='v?printf|puts|putchar|perror|syslog|g_print|g_printerr|stdout|stderr'
writes='vf?printf|fprintf|fputs|f?putc|fwrite'
is "$(users "^($exits|$prints|$writes)\$" | grep -vE '^src/(ingest|tlsrpt|render)/')" \
	"" "no library file exits or prints"
is "$(users "^($exits|$prints)\$" | grep '^src/render/')" "" "render writes where it is told to"
is "$(users '^scols_')" "src/render/text.c" "only text.c calls libsmartcols"

# defined_by FOLDER: a pattern of all symbols that its files define
defined_by() {
	cat objects/"src+$1+"*.defined | sed 's/^/^/; s/$/$/' | tr '\n' '|' | sed 's/|$//'
}

# forbids FOLDER FOLDER...: the first calls nothing of the others
forbids() {
	from=$1
	shift
	for to in "$@"; do
		is "$(users "$(defined_by "$to")" | grep "^src/$from/")" "" "$from does not call $to"
	done
}
forbids base report mail store view render ingest tlsrpt
forbids report mail store view render ingest tlsrpt
forbids mail store view render ingest tlsrpt
forbids store mail view render ingest tlsrpt
forbids view mail render ingest tlsrpt
forbids render mail store ingest tlsrpt
forbids ingest view tlsrpt
finish
