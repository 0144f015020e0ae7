#!/bin/sh
# misuse.sh COMPILER FILE…: a file with the line "// error: PATTERN" must compile with -DCORRECT,
# and without it fail with a message that matches.
set -eu
compile="$1 -fsyntax-only"
shift
for file in "$@"; do
    pattern=$(sed -n 's|^// error: ||p' "$file")
    $compile -DCORRECT "$file" || { echo "$file: the correct use does not compile"; exit 1; }
    if messages=$($compile "$file" 2>&1); then
        echo "$file: the misuse compiles"
        exit 1
    fi
    echo "$messages" | grep -q "$pattern" || { echo "$file: fails for another reason: $messages"; exit 1; }
done
