# Sourced by contrib/run-tests: the walk through README.md, in a fresh root of a Debian suite.

# walk_readme SUITE: if there can be no such root, then that is a skip
walk_readme() {
	log=$build/walk-$1.log
	status=0
	"$top/contrib/suite" "$1" sh tests/walk/walk.sh >"$log" 2>&1 || status=$?
	grep -e '^not ok' -e '^# replaced' -e '^# .* left out$' "$log" || :
	case $status in
	0) result passed "walk/$1" ;;
	77)
		permit "walk/$1" "$(tail -n 1 "$log")"
		result skipped "walk/$1"
		;;
	*)
		echo "All of it: $log"
		result failed "walk/$1"
		return "$status"
		;;
	esac
}
