#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Builds build-wasm/vault.wasm (fixed memory, no KDF in it) and build-wasm/kdf.wasm (Argon2 alone, run once and thrown
# away), and checks what they import and export. Give another directory to build somewhere else: two builds of one
# tree are the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/wasm/flags.sh

OUT=${1:-build-wasm}
VAULT_PAGES=48   # 3 MiB, for good: nothing grows, no view detaches, the whole of it can be wiped
KDF_PAGES=16640 # 1,040 MiB: Argon2's largest permitted memory and what is needed beside it

tools/wasm/libsodium.sh "$OUT"
mapfile -t files < <(ls vault/*.c base/slice.c base/result.c | grep -vE '(_test|_fuzz|_testing|stage_test)\.c$|^vault/kdf\.c$')
if fresh "$OUT/vault.stamp" "$0" tools/wasm/flags.sh tools/wasm/imports.mjs "$OUT/libsodium.stamp" vault/*.[ch] vault/wasm/*.[ch] \
    base/*.[ch] && [ -e "$OUT/vault.wasm" ] && [ -e "$OUT/kdf.wasm" ]; then exit 0; fi
rm -rf "$OUT/vault" "$OUT/kdf"
flags=("${WASM_FLAGS[@]}" "${OUR_FLAGS[@]}" -isystem "$OUT/include" -DSODIUM_STATIC=1)
compile_all "$OUT/vault" "${flags[@]}" -- "${files[@]}" vault/wasm/abi*.c vault/wasm/random.c
compile_all "$OUT/kdf" "${flags[@]}" -- vault/kdf.c vault/wasm/kdf_abi.c vault/wasm/random.c

"$CLANG" "${WASM_TARGET[@]}" "${LINK_FLAGS[@]}" "$OUT"/vault/*.o "$OUT"/libsodium/*.o -o "$OUT/vault.wasm" \
    -Wl,-z,stack-size=65536,--initial-memory=$((VAULT_PAGES * 65536)),--max-memory=$((VAULT_PAGES * 65536))
"$CLANG" "${WASM_TARGET[@]}" "${LINK_FLAGS[@]}" "$OUT"/kdf/*.o "$OUT"/vault/vault_public*.o "$OUT"/vault/base*.o \
    "$OUT"/libsodium/*.o -o "$OUT/kdf.wasm" \
    -Wl,--wrap=fill_segment_ref,-z,stack-size=65536,--max-memory=$((KDF_PAGES * 65536))

node tools/wasm/imports.mjs "$OUT/vault.wasm" --may hearken.random_fill \
    --gives memory --gives _initialize --gives vault_request --gives vault_reply --gives vault_buffer_bytes --gives vault_call \
    --gives vault_reply_wipe
node tools/wasm/imports.mjs "$OUT/kdf.wasm" --may hearken.kdf_progress \
    --gives memory --gives _initialize --gives kdf_buffer --gives kdf_run
built "$OUT/vault.stamp"
