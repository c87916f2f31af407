#!/bin/sh
# The dashboards of contrib/grafana are those that dashboards.py makes.
#   committed.sh            compares
#   committed.sh refresh    shows each difference, and writes them anew
. "$TESTS/cli/lib.sh"

mkdir made
python3 "$TESTS/grafana/dashboards.py" made
ok $? "dashboards are made"
for file in "$SOURCE"/contrib/grafana/*.json made/*.json; do
	name=${file##*/}
	if [ "${1:-}" = refresh ] && [ -e "made/$name" ]; then
		diff -u "$SOURCE/contrib/grafana/$name" "made/$name" || cp "made/$name" "$SOURCE/contrib/grafana/"
	fi
	cmp "$SOURCE/contrib/grafana/$name" "made/$name"
	ok $? "$name"
done
finish
