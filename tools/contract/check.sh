#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# The printed interface is the committed one: check.sh CONTRACT-PROGRAM SOURCE-ROOT [--write]
set -eu
program=$1 top=$2 write=${3:-}
one() {
  if [ "$write" = --write ]; then "$program" "$1" >"$top/$2"; return; fi
  "$program" "$1" | diff -u "$top/$2" - || {
    echo "$2 is not what the tables say: run tools/contract/check.sh $program $top --write"; exit 1; }
}
one typescript web/net/contract.ts
one openapi docs/openapi.json
