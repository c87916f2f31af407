# Completion of tlsrpt(1) for bash.  It needs nothing but bash.

# _tlsrpt_words WORDS: those that begin with what is there
_tlsrpt_words() {
	local word
	for word in $1; do
		[[ $word == "$current"* ]] && COMPREPLY+=("$prefix$word")
	done
}

_tlsrpt_files() {
	compopt -o filenames 2>/dev/null
	local file
	while IFS= read -r file; do
		COMPREPLY+=("$prefix$file")
	done < <(compgen -f -- "$current")
}

# The names that can be explained; some have blanks in them.
_tlsrpt_names() {
	local name start=${current//\\/}
	while IFS= read -r name; do
		case $current in
		[\'\"]*) [[ $name == "${start:1}"* ]] && COMPREPLY+=("$name") ;;
		*) [[ $name == "$start"* ]] && COMPREPLY+=("$(printf %q "$name")") ;;
		esac
	done < <("${COMP_WORDS[0]/#\~/$HOME}" explain -f ndjson 2>/dev/null |
		sed -n 's/^{"kind":"[^"]*","name":"\([^"]*\)".*/\1/p' | sort -u)
}

_tlsrpt() {
	local commands='summary failures trend reports show policy explain note resolve reopen accept check
		alert digest page record export status prune drop quarantine reprocess'
	local formats='text json ndjson csv'
	local options='-f --format --ascii --unicode --no-pager -h --help'
	local store='-c --config --db'
	local filter='--domain --organization --since --until'
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command=summary prefix=
	COMPREPLY=()

	# --format=json is three words or, where = does not part words, one.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $current == --*=* ]]; then
		previous=${current%%=*}
		prefix=$previous=
		current=${current#*=}
	fi

	if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* ]]; then
		command=${COMP_WORDS[1]}
	fi
	case $command in
	explain | show | status | quarantine) options+=" $store" ;;
	record) options+=" $store --all --rua --server" ;;
	drop) options+=" $store --forget -n --dry-run" ;;
	prune) options+=" $store --keep --keep-totals -n --dry-run" ;;
	reprocess) options+=" $store $filter -n --dry-run" ;;
	summary | trend) options+=" $store $filter" ;;
	reports) options+=" $store $filter --failed --result-type --mx" ;;
	failures) options+=" $store $filter --authenticated-only" ;;
	note | resolve | reopen) options+=" $store --author --only-domain" ;;
	accept) options+=" $store --author --only-domain --until" ;;
	check)
		options+=' --config --db --domain -w --warning -c --critical --authenticated-only'
		options+=' --learning-ok --mta-sts'
		[[ $previous == -c ]] && previous=--critical
		;;
	alert)
		options+=" $store --domain --from --to --only-critical -n --dry-run --sendmail"
		formats="message html $formats"
		;;
	digest)
		options+=" $store --domain --until --from --to --authenticated-only --only-problems"
		formats="message html $formats"
		;;
	page)
		options+=" $store --output --domain --css --with-hosts"
		formats=html
		;;
	policy) options+=" $store $filter --check --expect --live --server" ;;
	export)
		options+=" $store $filter"
		formats+=' prometheus'
		;;
	help)
		((COMP_CWORD == 2)) && _tlsrpt_words "$commands"
		return
		;;
	*) return ;;
	esac

	case $previous in
	-f | --format) _tlsrpt_words "$formats" ;;
	-c | --config | --db | --expect | --mta-sts | --sendmail | --output | --css) _tlsrpt_files ;;
	--since | --until)
		[[ $command == accept ]] && return
		_tlsrpt_words 'today yesterday 7d 4w monday tuesday wednesday thursday friday
			saturday sunday'
		;;
	--keep | --keep-totals) _tlsrpt_words '30d 90d 400d 800d' ;;
	--domain | --only-domain | --organization | --author | --from | --to | -w | --warning | --critical | --rua | --server) ;;
	*)
		if [[ $current == -* ]]; then
			((COMP_CWORD == 1)) && options+=' --version'
			[[ $command == show ]] && options+=' -'
			_tlsrpt_words "$options"
		elif ((COMP_CWORD == 1)); then
			_tlsrpt_words "$commands help"
		elif [[ $command == show ]]; then
			_tlsrpt_files
		elif [[ $command == quarantine ]]; then
			((COMP_CWORD == 2)) && _tlsrpt_words 'list show retry drop'
			((COMP_CWORD == 3)) && [[ $previous == retry || $previous == drop ]] && _tlsrpt_words all
		elif [[ $command == explain ]]; then
			_tlsrpt_names
		elif [[ $command == record ]] && ((COMP_CWORD == 2)); then
			_tlsrpt_words 'generate check'
		fi
		;;
	esac
}

complete -F _tlsrpt tlsrpt
