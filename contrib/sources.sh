# Sourced by contrib/suite: where this machine gets its Debian packages from.

# sources_in_lists FILE...: a line for each source in sources.list(5)'s one-line form, with tabs
# between options, URI, suite and components
sources_in_lists() {
	awk '
	$1 == "deb" {
		options = ""
		if (match($0, /\[[^]]*\]/)) {
			options = substr($0, RSTART, RLENGTH)
			$0 = "deb" substr($0, RSTART + RLENGTH)
		}
		sub(/#.*/, "")
		components = ""
		for (i = 4; i <= NF; i++)
			components = components " " $i
		print options "\t" $2 "\t" $3 "\t" substr(components, 2)
	}' "$@" </dev/null
}

# sources_in_stanzas FILE: the same for the form of deb822
sources_in_stanzas() {
	awk '
	# A key that stands in the file itself is left out: each root has those of Debian.
	function option(name) {
		if (field[name] != "" && field[name] !~ /BEGIN PGP/)
			options = options " " name "=" field[name]
	}
	function stanza(    uris, suites, i, j, n, m) {
		if (field["types"] ~ /(^| )deb( |$)/ && tolower(field["enabled"]) != "no") {
			options = ""
			option("signed-by")
			option("trusted")
			option("check-valid-until")
			option("check-date")
			if (options != "")
				options = "[" substr(options, 2) "]"
			n = split(field["uris"], uris, " ")
			m = split(field["suites"], suites, " ")
			for (i = 1; i <= n; i++)
				for (j = 1; j <= m; j++)
					print options "\t" uris[i] "\t" suites[j] "\t" field["components"]
		}
		split("", field)
	}
	/^#/ { next }
	/^[ \t]*$/ { stanza(); next }
	/^[ \t]/ { sub(/^[ \t]+/, ""); field[name] = field[name] " " $0; next }
	{
		name = tolower(substr($0, 1, index($0, ":") - 1))
		sub(/^[^:]*:[ \t]*/, "")
		sub(/[ \t]+$/, "")
		field[name] = $0
	}
	END { stanza() }' "$1"
}

# debian_sources FOLDER OWN SUITE: the sources of Debian itself in a folder such as /etc/apt of a machine
# whose own suite is OWN, as they are for the other suite, a line of a sources.list each: "deb", options
# if any, URI, suite, "main".  Other people's have no such suite.
debian_sources() {
	for file in "$1"/sources.list "$1"/sources.list.d/*.list "$1"/sources.list.d/*.sources; do
		[ -r "$file" ] || continue
		case $file in
		*.sources) sources_in_stanzas "$file" ;;
		*) sources_in_lists "$file" ;;
		esac
	done | sed 's/^\t/-\t/' | while IFS=$(printf '\t') read -r options uri name components; do
		case $uri in
		# A list of mirrors, as in Debian's images for clouds: the first will do.
		mirror+file:*) uri=$(awk '!/^#/ && NF > 0 { print $1; exit }' "${uri#mirror+file:}") ;;
		esac
		case $name in
		"$2" | stable | oldstable) name=$3 ;;
		"$2-updates" | stable-updates | oldstable-updates) name=$3-updates ;;
		"$2-security" | stable-security | oldstable-security) name=$3-security ;;
		*) continue ;;
		esac
		case "$uri/ $components " in
		*/debian/*" main "* | */debian-security/*" main "*)
			echo "deb $options $uri $name main" | sed 's/^deb - /deb /'
			;;
		esac
	done | awk '!seen[$0]++'
}
