#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Builds the listening engine twice: build-wasm/listening.wasm for every browser and listening-simd.wasm for those
# with SIMD (the page picks). Both must give the same bits as the native build: no fused multiply-add, no other libm than our own.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/wasm/flags.sh

OUT=${1:-build-wasm}
mapfile -t files < <(ls listening/{lexicon,model,words}/*.c base/slice.c base/result.c listening/wasm/abi.c |
    grep -vE '(_test|_fuzz)\.c$')
mkdir -p "$OUT"
if fresh "$OUT/listening.stamp" "$0" tools/wasm/flags.sh tools/wasm/imports.mjs "${files[@]}" listening/*.h listening/*/*.h base/*.h &&
    [ -e "$OUT/listening.wasm" ] && [ -e "$OUT/listening-simd.wasm" ]; then exit 0; fi
build() { # build NAME FLAG...
    local name=$1
    shift
    rm -rf "$OUT/$name"
    compile_all "$OUT/$name" "${WASM_FLAGS[@]}" -O3 "${OUR_FLAGS[@]}" "$@" -- "${files[@]}"
    "$CLANG" "${WASM_TARGET[@]}" "${LINK_FLAGS[@]}" "$OUT/$name"/*.o -o "$OUT/$name.wasm" \
        -Wl,-z,stack-size=262144,--max-memory=268435456
}
build listening
build listening-simd -msimd128
for name in listening listening-simd; do
    node tools/wasm/imports.mjs "$OUT/$name.wasm" --gives memory --gives _initialize --gives listening_weights \
        --gives listening_open --gives listening_input --gives listening_output --gives listening_conversation \
        --gives listening_hint --gives listening_wipe
done
built "$OUT/listening.stamp"
