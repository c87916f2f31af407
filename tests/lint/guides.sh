#!/bin/sh
# What the guides for those who change the program name is there: files, functions, tests, targets.
. "$TESTS/cli/lib.sh"

guides="README.md tests/README.md contrib/HACKING.md"
for guide in $guides; do
	is "$(python3 "$TESTS/lint/guides.py" "$SOURCE" "$guide")" "" "what $guide names is there"
done

# What they have to name.
for folder in "$TESTS"/*/; do
	name=$(basename "$folder")
	grep -q "^| \`$name/\`" "$TESTS/README.md"
	ok $? "tests/README.md has a row for $name/"
done
for folder in "$SOURCE"/src/*/; do
	name=$(basename "$folder")
	grep -q "^    src/$name/ " "$SOURCE/contrib/HACKING.md"
	ok $? "HACKING.md has src/$name/ in its tree"
done
for guide in tests/README.md contrib/HACKING.md; do
	grep -q "]($guide)" "$SOURCE/README.md"
	ok $? "README.md points to $guide"
done

# A tree with a guide in which every second name is wrong.
mkdir -p tree/src/mail tree/tests/cli tree/tests/unit tree/contrib
printf 'static const int table[] = { 1 };\n\nint\nlive(int a)\n{\n\treturn dead(a);\n}\n' >tree/src/mail/one.c
: >tree/tests/cli/samples.sh
: >tree/tests/unit/test_one.c
echo 'add_custom_target(refresh)' >tree/CMakeLists.txt
cat >tree/contrib/GUIDE.md <<'END'
See `src/mail/one.c` and `src/mail/gone.c`, [this](../src/mail/) and [that](../src/gone/).
`src/mail/one.c:live` calls `src/mail/one.c:dead`; `src/mail/one.c:table`, `src/mail/one.c:chair`.
The tests `cli/samples`, `cli/gone`, `unit/one` and `unit/gone`; an example is `src/mail/NAME.c`.

    ninja -C build/release refresh     # not gone/away.c
    ninja -C build/release vanished
    contrib/GUIDE.md contrib/gone.md

`ninja refresh` and `ninja forget`, `GUIDE.md`, `GONE.md`
END
is "$(python3 "$TESTS/lint/guides.py" tree contrib/GUIDE.md)" "contrib/GUIDE.md:1: ../src/gone/
contrib/GUIDE.md:1: src/mail/gone.c
contrib/GUIDE.md:2: src/mail/one.c:dead
contrib/GUIDE.md:2: src/mail/one.c:chair
contrib/GUIDE.md:3: cli/gone
contrib/GUIDE.md:3: unit/gone
contrib/GUIDE.md:6: vanished
contrib/GUIDE.md:7: contrib/gone.md
contrib/GUIDE.md:9: forget
contrib/GUIDE.md:9: GONE.md" "each name that is not there is found"
finish
