#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Builds the vault's own C tests as WASM programs in build-wasm/vault-tests/: the same sources as the native tests, on the
# WASM build of libsodium, with vault/wasm/testing/cmocka.h in cmocka's place.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/wasm/flags.sh

OUT=build-wasm/vault-tests
tools/wasm/libsodium.sh
mapfile -t library < <(ls vault/*.c base/slice.c base/result.c | grep -vE '(_test|_fuzz)\.c$')
mkdir -p $OUT
STAMP="$(cat build-wasm/libsodium.stamp "$0" tools/wasm/flags.sh vault/*.[ch] vault/wasm/*.[ch] vault/wasm/testing/*.[ch] base/*.[ch] | sha256sum)"
if [ "$(cat $OUT/stamp 2>/dev/null)" = "$STAMP" ]; then exit 0; fi
rm -rf $OUT
flags=("${WASM_FLAGS[@]}" -std=gnu2x -w -I. -isystem build-wasm/include -isystem vault/wasm/testing -DSODIUM_STATIC=1)
compile_all $OUT/library "${flags[@]}" -- "${library[@]}" vault/stage_test.c vault/wasm/random.c \
    vault/wasm/testing/sodium_support.c
for file in vault/*_test.c; do
    name=$(basename "$file" _test.c)
    # stage is no test; unlock bounds the process's own memory, which WASM has no call for (the KDF's answers are in the
    # vectors).
    case $name in stage | unlock) continue ;; esac
    "$CLANG" "${WASM_TARGET[@]}" "${WASM_INCLUDES[@]}" "${flags[@]}" -c "$file" -o "$OUT/$name.o"
    "$CLANG" "${WASM_TARGET[@]}" "$OUT/$name.o" $OUT/library/*.o build-wasm/libsodium/*.o -o "$OUT/$name.wasm" \
        -Wl,--gc-sections,--stack-first,-z,stack-size=8388608,--max-memory=1090519040
done
echo "$STAMP" >$OUT/stamp
