#!/bin/sh
# What the man page of tlsrpt and its completions say is what the program has.
. "$TESTS/cli/lib.sh"

tlsrpt=$BIN/tlsrpt
page=$SOURCE/src/tlsrpt/tlsrpt.1
bash_file=$SOURCE/contrib/completion/tlsrpt.bash
zsh_file=$SOURCE/contrib/completion/_tlsrpt

# same_lines ONE OTHER NAME: both files hold the same lines, and some
same_lines() {
	if [ ! -s "$1" ]; then
		ok 1 "$3 (nothing to compare)"
	elif diff "$1" "$2" >differences; then
		ok 0 "$3"
	else
		ok 1 "$3"
		sed 's/^/# /' differences
	fi
}

# option_names <TEXT: those at the starts of its lines
option_names() {
	grep -Eo -- '^ *(-[a-z], )?--?[a-z][a-z-]*' | grep -Eo -- '--?[a-z][a-z-]*' | sort -u
}

# bash_completes WORD...: what bash offers for the last of these words, one in a line
bash_completes() {
	# shellcheck disable=SC2016
	bash --norc -c 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tlsrpt
		printf "%s\n" "${COMPREPLY[@]}"' "$bash_file" "$tlsrpt" "$@" 2>&1 | sort
}

# zsh_offers WORD...: what zsh is told, with zsh's own functions replaced by ones that print
zsh_offers() {
	# shellcheck disable=SC2016
	zsh -f -c '_arguments() { shift; print -l -- $@ }; _describe() { print -l -- ${(P)2} }
		compadd() { print -l -- ${(P)2} }; _call_program() { shift; "$@" }
		file=$1; shift; service=tlsrpt; words=(tlsrpt "$@"); CURRENT=$#words; PREFIX=$words[-1]
		source $file' zsh "$zsh_file" "$@" 2>&1
}

# -- the man page

run mandoc -Tlint -W warning "$page"
is "$code $(cat out err)" "0 " "mandoc finds nothing in tlsrpt.1"

run "$tlsrpt" help
is "$code" 0 "help exits with 0"
sed -n '/^Commands:$/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' out | sort >commands
echo help | sort - commands >commands.help
awk '/^\.Sh /{on = $2 == "COMMANDS"} on && /^\.It Cm [a-z]/{print $3}' "$page" | sort >page.commands
same_lines commands.help page.commands "the man page has the commands"

sed -n '/^Commands:$/,/^$/s/^  \([a-z].*[^ ]\)   *[A-Z].*/\1/p' out | tr -d '[]' | tr '|' ' ' \
	| tr -s ' ' | sed 's/ $//' | sort >operands
awk '/^\.Sh /{on = $2 == "COMMANDS"} on && /^\.It Cm [a-z]/ && $3 != "help" {
	gsub(/\.It| Cm| Op| Ar| \||\\/, "")
	sub(/^ /, "")
	print
}' "$page" | sort >page.operands
same_lines operands page.operands "and their operands"

# The synopsis, as "COMMAND OPTION"; the short options stand there for the long ones.
awk '
/^\.Sh /{on = $2 == "SYNOPSIS"}
!on {next}
/^\.Nm/{n = 0; next}
/^\.(Op )?Cm / && n == 0 {
	for (i = 2; i <= NF; i++)
		if ($i ~ /^[a-z]+$/)
			command[++n] = $i
	next
}
/^\.Op Fl /{
	name = $3 == "c" ? "-config" : $3 == "f" ? "-format" : $3
	for (i = 1; i <= n; i++)
		print command[i], "-" name
}' "$page" | sort >page.synopsis

: >synopsis
while read -r command; do
	run "$tlsrpt" help "$command"
	option_names <out >"options.$command"
	is "$code" 0 "help $command exits with 0"
	sed -n "s/^--/$command --/p" "options.$command" | grep -v -e ' --help$' >>synopsis
done <commands
sort -o synopsis synopsis
same_lines synopsis page.synopsis "the synopsis has the options of each command"

cat options.* | sort -u >options
awk '/^\.Sh /{on = $2 == "OPTIONS"}
	on && /^\.It Fl /{
		for (i = 2; i < NF; i++)
			if ($i == "Fl")
				print "-" $(i + 1)
	}' "$page" | sort -u >page.options
same_lines options page.options "the man page has the options"

run "$tlsrpt" --version
matches "$code $(cat out)" '^0 tlsrpt [0-9.]+$' "--version prints the version"

awk '/\.name = /{command = $0; gsub(/.*name = "|",.*/, "", command)}
	/\.default_days = /{print command, $3 + 0}' "$SOURCE"/src/tlsrpt/cmd_*.c | sort >days
awk '/^\.It Cm /{command = $3}
	match($0, /^The default span is [0-9]+ days/) {print command, $5}' "$page" | sort >page.days
same_lines days page.days "the man page has the default time spans"

awk '/^\.Sh /{on = $2 == "EXIT"} on && /^\.It /{print $2}' "$page" | tr '\n' ' ' >statuses
is "$(cat statuses)" "0 1 2 " "the man page has three exit statuses"

grep -Eo 'contrib/[a-z./-]*' "$page" | sed 's/\.$//' | sort -u | while read -r path; do
	[ -e "$SOURCE/$path" ] || echo "$path"
done >missing
is "$(cat missing)" "" "what it names of the source is there"

# operands_of COMMAND: sets $store and $operand to what it needs to work
operands_of() {
	operand=
	store="--config empty.conf --db $DB"
	case $1 in
	record) operand='check v=TLSRPTv1;rua=mailto:tls@example.com' ;;
	show | note | resolve | accept) operand=1 ;;
	# The clock may be years after the samples.
	prune) operand=--dry-run ;;
	drop)
		operand="--forget 2026-11-09T00:00:00Z_example.com"
		ingest <"$DATA/json/good/google.json"
		;;
	reopen)
		operand=1
		"$tlsrpt" resolve $store 1 >/dev/null
		;;
	digest) operand="--to root" ;;
	alert) operand="--to root --dry-run" ;;
	page) operand="--output page.html" ;;
	# What was stored just now is of another time than that of the clock.
	check) store="$store --now 1795176000" ;;
	esac
}

# What check finds is its exit code.
works() {
	"$tlsrpt" "$@"
	status=$?
	[ "$status" -eq 0 ] || { [ "$1" = check ] && [ "$status" -le 2 ]; }
}

# -- on a store

for file in "$DATA"/mail/good/*.eml; do
	ingest <"$file"
	[ "$code" -eq 0 ] || ok 1 "${file##*/} is stored"
done
cp "$DATA/mail/good/google-2026-11-16-success.eml" message.eml

# A page is HTML alone.
grep -vx page commands | while read -r command; do
	operands_of "$command"
	# shellcheck disable=SC2086
	"$tlsrpt" "$command" -f json $store $operand >answer
	sed -n "s/^  \"schema\": \"\(.*\)\",/$command \1/p" answer | tr '\n' ' '
	sed -n 's/^  "\(.*\)": \[]*,*$/\1/p' answer | paste -s -d ,
done >tables
awk '/^\.It .* Ta tlsrpt\// {
	sub(/^\.It /, "")
	gsub(/ Ta /, " ")
	gsub(/, /, ",")
	print
}' "$page" | sort >page.tables
sort -o tables tables
same_lines tables page.tables "the man page has the schema and the tables of each command"

# The examples, with a program in front that keeps the machine's configuration out.
mkdir bin
cat >bin/tlsrpt <<END
#!/bin/sh
set -- "\$@" --config "$WORK/empty.conf"
exec "$tlsrpt" "\$@"
END
# Nothing is to be mailed.
printf '#!/bin/sh\ngrep ^Subject: >/dev/null\n' >bin/sendmail
chmod +x bin/tlsrpt bin/sendmail
awk '/^\.Bd /{on = 1} /^\.Ed/{on = 0} on && /^tlsrpt( |$)/ {gsub(/\\e/, "\\"); print}' "$page" \
	>examples
matches "$(wc -l <examples)" '[1-9][0-9]' "the man page has examples"
sed -n '/^## Reading/,/^## /s/^    \(tlsrpt.*[^ ]\)  *#.*/\1/p' "$SOURCE/README.md" >readme
matches "$(wc -l <readme)" '[5-9]|[1-9][0-9]' "so has README.md"
cat readme >>examples
while read -r example; do
	run env PATH="$WORK/bin:$PATH" TLSRPT_DB="$DB" bash -o pipefail -c "$example"
	case $example in
	*check*) matches "$code $(cat err)" '^[0-3] $' "example: $example" ;;
	*) is "$code $(cat err)" "0 " "example: $example" ;;
	esac
done <examples

# -- bash

bash_completes "" >offered
same_lines commands.help offered "bash offers the commands"
bash_completes s >offered
is "$(paste -s -d ' ' offered)" "show status summary" "those with a prefix"
bash_completes help "" >offered
same_lines commands offered "all after help"
while read -r command; do
	bash_completes "$command" - | grep -vx -e - >offered
	same_lines "options.$command" offered "bash offers the options of $command"
done <commands
bash_completes - | grep -vx -e --version >offered
same_lines options.summary offered "without a command those of summary"
is "$(bash_completes --v)" --version "and --version"
is "$(bash_completes trend --no)" --no-pager "an option with a prefix"

# A wrong format is refused, one that is offered is not.
while read -r command; do
	operands_of "$command"
	sed -n 's/.*--format=FORMAT *//p' <<END | tr -d ' ' | tr ',' '\n' | sort >formats
$("$tlsrpt" help "$command")
END
	bash_completes "$command" -f "" >offered
	same_lines formats offered "bash offers the formats of $command"
	while read -r format; do
		# shellcheck disable=SC2086
		operands_of "$command"
		works "$command" -f "$format" $store $operand >/dev/null || echo "$format"
	done <offered >refused 2>&1
	is "$(cat refused)" "" "and they work"
done <commands
is "$(bash_completes trend --format j)" json "a format after a blank"
is "$(bash_completes trend --format = j)" json "after a = that is a word of its own"
is "$(bash_completes trend --format=j)" --format=json "and after one that is not"

for word in $(bash_completes trend --since ""); do
	run "$tlsrpt" trend --config empty.conf --db "$DB" --since "$word"
	is "$code" 0 "the day $word works"
done

"$tlsrpt" explain -f ndjson >explanations
sed -n 's/.*"name":"\([^"]*\)".*/\1/p' explanations | sort -u >names
is "$(grep -c . explanations)" "$("$tlsrpt" explain -f json | grep -c '"name":')" \
	"explain has a line for each name"
is "$(bash_completes explain sts-)" "$(grep ^sts- names)" "bash offers names to explain"
bash_completes explain "'" >offered
same_lines names offered "all of them in quotes"
is "$(bash_completes explain 'certificate\ h')" 'certificate\ has\ expired' "blanks are escaped"
while IFS= read -r name; do
	"$tlsrpt" explain "$name" >/dev/null || echo "$name"
done <names >refused 2>&1
is "$(cat refused)" "" "all of them are explained"

is "$(bash_completes record "" | paste -s -d ' ')" "check generate" "and what record does"
is "$(bash_completes show mess)" message.eml "bash offers files to show"
is "$(bash_completes show -)" "$(echo - | sort - options.show)" "and - for standard input"
is "$(bash_completes trend --db test.d)" "$(printf 'test.db\ntest.db-lock\ntest.db-shm\ntest.db-wal' \
	| grep -e 'test\.d')" "and for a store"
is "$(bash_completes nonsense "")" "" "nothing after an unknown command"

# -- zsh

run zsh -n "$zsh_file"
is "$code $(cat err)" "0 " "zsh parses its file"
is "$(head -n 1 "$zsh_file")" "#compdef tlsrpt" "and finds it"
zsh_offers "" | sed 's/:.*//' | sort >offered
same_lines commands.help offered "zsh offers the commands"
zsh_offers help "" | sed 's/:.*//' | sort >offered
same_lines commands offered "those after help"
while read -r command; do
	zsh_offers "$command" - | sed 's/^([^)]*)//; s/^\*//' >specs
	option_names <specs >offered
	same_lines "options.$command" offered "zsh offers the options of $command"
	sed -n 's/.*--format=FORMAT *//p' <<END | tr -d ',' >formats
$("$tlsrpt" help "$command")
END
	sed -n 's/^--format=.*:(\(.*\))$/\1/p' specs >offered
	same_lines formats offered "and its formats"
done <commands
zsh_offers - | sed 's/^([^)]*)//' | option_names | grep -vx -e --version >offered
same_lines options.summary offered "without a command those of summary"
# shellcheck disable=SC2016
run env PATH="$BIN:$PATH" zsh -f -c '_arguments() { _tlsrpt_names }
	compadd() { print -l -- ${(P)2} }; _call_program() { shift; "$@" }
	service=tlsrpt; words=(tlsrpt explain ""); CURRENT=3; source $1' zsh "$zsh_file"
sort out >offered
same_lines names offered "zsh offers names to explain"
finish
