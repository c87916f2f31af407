# Sourced by contrib/suite and by the test of the package: the source as it would be handed to others.

# export_tree TREE FOLDER: the files of a source tree as they are now, without what git ignores; where
# there is no git, all but what was built.  The folder must be there.
export_tree() {
	export_list=$(mktemp "${TMPDIR:-/tmp}/tlsrpt-export.XXXXXX") || return
	if git -c safe.directory="$1" -C "$1" ls-files --cached --others --exclude-standard -z \
		>"$export_list" 2>/dev/null; then
		# Without those that were removed but are known still.
		tar -C "$1" --null --files-from="$export_list" --ignore-failed-read -cf - 2>/dev/null
	else
		tar -C "$1" --exclude=./.git --exclude='./build*' -cf - .
	fi | tar -C "$2" --no-same-owner -xf -
	rm -f "$export_list"
}
