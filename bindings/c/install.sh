#!/bin/sh
# Installs the C library: sh bindings/c/install.sh FOLDER, where FOLDER holds what cargo built
# (target/release). PREFIX (default /usr/local), LIBDIR (default PREFIX/lib), INCLUDEDIR (default
# PREFIX/include) and DESTDIR (default nothing) as usual.
set -eu
built=$1
here=$(dirname "$0")
prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
includedir=${INCLUDEDIR:-$prefix/include}
to=${DESTDIR:-}

version=$(sed -n 's/^#define CRM_VERSION "\(.*\)"$/\1/p' "$here/../../include/crm_core.h")
abi=$(sed -n 's/^#define CRM_ABI_VERSION //p' "$here/../../include/crm_core.h")

fill() { # FROM TO: writes a template with its names filled in
    sed -e "s|@PREFIX@|$prefix|g" -e "s|@LIBDIR@|$libdir|g" -e "s|@INCLUDEDIR@|$includedir|g" \
        -e "s|@VERSION@|$version|g" -e "s|@ABI@|$abi|g" "$1" > "$2"
    chmod 644 "$2"
}

mkdir -p "$to$libdir/pkgconfig" "$to$libdir/cmake/crm_core" "$to$includedir"
install -m 644 "$here"/../../include/crm_core*.h* "$to$includedir"
install -m 644 "$built/libcrm_core.a" "$to$libdir/libcrm_core.a"
install -m 755 "$built/libcrm_core.so" "$to$libdir/libcrm_core.so.$version"
ln -sf "libcrm_core.so.$version" "$to$libdir/libcrm_core.so.$abi"
ln -sf "libcrm_core.so.$abi" "$to$libdir/libcrm_core.so"
fill "$here/install/crm_core.pc.in" "$to$libdir/pkgconfig/crm_core.pc"
fill "$here/install/crm_coreConfig.cmake.in" "$to$libdir/cmake/crm_core/crm_coreConfig.cmake"
fill "$here/install/crm_coreConfigVersion.cmake.in" "$to$libdir/cmake/crm_core/crm_coreConfigVersion.cmake"
