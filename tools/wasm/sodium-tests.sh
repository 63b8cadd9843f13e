#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Builds chosen tests of libsodium's own suite against our WASM objects, one module each, into
# build-wasm/sodium-tests/ beside the output each must print. vault/wasm/sodium.wasm.test.ts runs them.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/wasm/flags.sh

OUT=build-wasm/sodium-tests
TESTS=(aead_chacha20poly1305 aead_xchacha20poly1305 auth auth2 auth3 auth5 auth6 auth7 box box2 box7 box8 box_easy
    box_easy2 box_seal box_seed chacha20 codecs core_ed25519 ed25519_convert generichash generichash2 generichash3 hash
    hash3 kdf kx onetimeauth onetimeauth2 onetimeauth7 pwhash_argon2id scalarmult scalarmult2 scalarmult5 scalarmult6
    scalarmult7 scalarmult8 scalarmult_ed25519 secretbox secretbox2 secretbox_easy secretbox_easy2 secretstream sign
    sodium_utils verify1 xchacha20)

tools/wasm/libsodium.sh
SOURCE=$(tools/wasm/fetch-libsodium.sh)
STAMP="$(cat build-wasm/libsodium.stamp "$0" vault/wasm/random.c vault/wasm/testing/sodium_support.c | sha256sum)"
if [ "$(cat $OUT/stamp 2>/dev/null)" = "$STAMP" ]; then exit 0; fi
rm -rf $OUT
mkdir -p $OUT

build_one() {
    "$CLANG" "${WASM_TARGET[@]}" -O2 -w -DBROWSER_TESTS=1 "-DTEST_NAME=\"$1\"" -D_WASI_EMULATED_SIGNAL \
        -isystem build-wasm/include -I build-wasm/include/sodium -I "$SOURCE/test/quirks" -I . \
        "$SOURCE/test/default/$1.c" vault/wasm/random.c vault/wasm/testing/sodium_support.c build-wasm/libsodium/*.o \
        -lwasi-emulated-signal -Wl,--gc-sections,-z,stack-size=1048576,--max-memory=1090519040 -o "$OUT/$1.wasm"
    cp "$SOURCE/test/default/$1.exp" "$OUT/$1.exp"
}
for name in "${TESTS[@]}"; do build_one "$name"; done
echo "$STAMP" >$OUT/stamp
echo "libsodium's own tests: ${#TESTS[@]} built"
