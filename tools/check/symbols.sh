#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# The place opens nothing: symbols.sh PROGRAM lists the program's symbols of libsodium and refuses any that is not on
# the list below, and any function of the person's side of the vault.
# symbols.sh --catches PROGRAM SYMBOL succeeds when PROGRAM is refused because of SYMBOL: the check's own test.
set -eu

# What the place needs, and why it opens nothing.
allowed='
crypto_generichash crypto_generichash_init crypto_generichash_update crypto_generichash_final  hashes and keyed hashes
crypto_sign_verify_detached          who signed
crypto_core_ed25519_is_valid_point   is this a key
crypto_scalarmult                    is this a key that works (with the public scalar 1)
randombytes_buf randombytes_uniform  tokens, challenges, handles
sodium_init sodium_memcmp sodium_memzero sodium_is_zero
'

faults() {
  local program=$1 symbol
  nm -D --undefined-only "$program" >/dev/null
  for symbol in $(nm -D --undefined-only "$program" | awk '{print $2}' | sed 's/@.*//' | grep -E '^_?(crypto|sodium|randombytes)_' || true); do
    grep -qw -- "$symbol" <<<"$allowed" || echo "$symbol: a function of libsodium that the place has no use for"
  done
  for symbol in $(nm --defined-only "$program" | awk '{print $3}' | grep -E '^vault_(log_(init|take|wrap|key|seal|tip)|account_|commit_make|genesis|first_(seal|open)|unlock_(seal|open)|identity_(seal|open)|state_|local_|team_(wrap|unwrap|key)|file_|receipt_|login_(sign|key)$)' || true); do
    echo "$symbol: a function of the person's side of the vault"
  done
}

if [ "$1" = --catches ]; then
  faults "$2" | grep -q "^$3:" && { echo "caught: $3"; exit 0; }
  echo "a program with $3 was let through"; exit 1
fi
used=$(nm -D --undefined-only "$1" | grep -c ' crypto_' || true)
[ "$used" -ge 3 ] || { echo "$1 uses only $used functions of libsodium: this check did not do its work"; exit 1; }
found=$(faults "$1")
[ -z "$found" ] || { echo "$1"; echo "$found"; exit 1; }
echo "symbols: $used functions of libsodium, none that opens"
