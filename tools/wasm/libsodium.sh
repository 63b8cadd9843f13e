#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Compiles Debian's libsodium source to WASM objects in build-wasm/libsodium/ and lays its headers in
# build-wasm/include. No configure, no SIMD, no assembler: the portable C files, one clang line each.
#
# Left out: randombytes/ and core.c (vault/wasm/random.c gives the few functions of theirs that are wanted, over one
# import) and everything for other processors. Asserts stay. ED25519_NONDETERMINISTIC is not set, so signatures are
# the same as natively.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/wasm/flags.sh

OUT=${1:-build-wasm}
SOURCE=$(tools/wasm/fetch-libsodium.sh)
STAMP="$SOURCE $(cat "$0" tools/wasm/flags.sh | sha256sum)"
if [ "$(cat "$OUT/libsodium.stamp" 2>/dev/null)" = "$STAMP" ]; then
    exit 0
fi

SODIUM=$SOURCE/src/libsodium
rm -rf "$OUT/include" "$OUT/libsodium"
mkdir -p "$OUT/include"
cp -r "$SODIUM/include/sodium.h" "$SODIUM/include/sodium" "$OUT/include/"
version=$(sed -n 's/^AC_INIT(\[libsodium\],\[\([0-9.]*\)\].*/\1/p' "$SOURCE/configure.ac")
major=$(sed -n 's/^SODIUM_LIBRARY_VERSION_MAJOR=//p' "$SOURCE/configure.ac")
minor=$(sed -n 's/^SODIUM_LIBRARY_VERSION_MINOR=//p' "$SOURCE/configure.ac")
sed -e "s/@VERSION@/$version/" -e "s/@SODIUM_LIBRARY_VERSION_MAJOR@/$major/" \
    -e "s/@SODIUM_LIBRARY_VERSION_MINOR@/$minor/" -e '/@SODIUM_LIBRARY_MINIMAL_DEF@/d' \
    "$SODIUM/include/sodium/version.h.in" >"$OUT/include/sodium/version.h"

mapfile -t files < <(cd "$SODIUM" && find . -name '*.c' | sed 's#^\./##' | sort |
    grep -vE '^randombytes/|^sodium/core\.c|aesni|avx|sse|sandy2x|xmm6|scryptsalsa|salsa20(8|12)|obsolete')
(
    top=$PWD
    case $OUT in /*) into=$OUT ;; *) into=$top/$OUT ;; esac
    cd "$SODIUM"
    flags=(-fvisibility=hidden -ffunction-sections -fdata-sections -w "-ffile-prefix-map=$PWD=libsodium"
        "-isystem$into/include" "-I$into/include/sodium" -DSODIUM_STATIC=1 -DCONFIGURED=1 -DNATIVE_LITTLE_ENDIAN=1
        -DHAVE_WEAK_SYMBOLS=1 -DHAVE_C_VARARRAYS=1 -DHAVE_INLINE_ASM=1 -D_WASI_EMULATED_SIGNAL)
    # Argon2 and what it hashes with: as fast as can be. All else small: a message is as fast either way, and a page that
    # is carried over a bad line matters more than 0.1 ms at signing.
    mapfile -t fast < <(printf '%s\n' "${files[@]}" | grep -E '^crypto_pwhash/|blake2b')
    mapfile -t small < <(printf '%s\n' "${files[@]}" | grep -vE '^crypto_pwhash/|blake2b')
    compile_all "$into/libsodium" -O3 "${flags[@]}" -- "${fast[@]}"
    compile_all "$into/libsodium" -Oz "${flags[@]}" -- "${small[@]}"
)
echo "$STAMP" >"$OUT/libsodium.stamp"
echo "libsodium $version: ${#files[@]} files"
