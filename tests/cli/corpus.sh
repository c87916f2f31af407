#!/bin/sh
# The public samples beside the project, where they are: $TLSRPT_CORPUS
. "$TESTS/cli/lib.sh"

[ -d "${TLSRPT_CORPUS:-}" ] || skip "no folder of public samples is named by TLSRPT_CORPUS"
cd / && rm -rf "$WORK"
exec sh "$TESTS/cli/samples.sh" "$TESTS/data/corpus.tsv" "$TLSRPT_CORPUS"
