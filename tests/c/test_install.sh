#!/bin/sh
# test_install.sh FOLDER: installs the library there and builds programs against it as users do,
# with pkg-config and with CMake (the program $CMAKE), shared and static.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
rm -rf "$1"
mkdir -p "$1"
folder=$(cd "$1" && pwd)
expected=$root/examples/lost_for_good.txt

same_output() { # PROGRAM: prints what the example must print
    "$@" > "$folder/out"
    diff "$expected" "$folder/out"
}

PREFIX=$folder/usr sh "$root/bindings/c/install.sh" "$root/target/release"

# A package is staged in a folder that its paths do not mention.
PREFIX=/opt/crm DESTDIR=$folder/package sh "$root/bindings/c/install.sh" "$root/target/release"
grep -q '^prefix=/opt/crm$' "$folder/package/opt/crm/lib/pkgconfig/crm_core.pc"
if grep -rl "$folder" "$folder/package" --include='*.pc' --include='*.cmake'; then
    echo "a staged package mentions its staging folder"
    exit 1
fi

if command -v pkg-config > /dev/null; then
    flags=$(PKG_CONFIG_PATH=$folder/usr/lib/pkgconfig pkg-config --cflags --libs crm_core)
    # shellcheck disable=SC2086
    ${CC:-cc} "$root/examples/c/lost_for_good.c" -o "$folder/by_pkg_config" $flags
    LD_LIBRARY_PATH=$folder/usr/lib same_output "$folder/by_pkg_config"
    readelf -d "$folder/by_pkg_config" | grep -q 'NEEDED.*\[libcrm_core\.so\.0\]'
else
    echo "pkg-config is not installed: its file is not tried"
fi

# The tree may be moved before CMake finds it.
mv "$folder/usr" "$folder/moved"
if ! "$CMAKE" -S "$root/tests/c/cmake" -B "$folder/cmake" -DCMAKE_PREFIX_PATH="$folder/moved" \
    -DEXAMPLES="$root/examples" > "$folder/cmake.log" 2>&1 ||
    ! "$CMAKE" --build "$folder/cmake" >> "$folder/cmake.log" 2>&1; then
    cat "$folder/cmake.log"
    exit 1
fi
for program in shared_c static_c shared_cpp static_cpp; do
    same_output "$folder/cmake/$program"
done
readelf -d "$folder/cmake/shared_c" | grep -q 'NEEDED.*\[libcrm_core\.so\.0\]'
if readelf -d "$folder/cmake/static_c" | grep -q libcrm_core; then
    echo "the static program needs the shared library"
    exit 1
fi
