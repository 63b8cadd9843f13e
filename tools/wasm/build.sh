#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Builds every WASM module into build-wasm/ and checks what each imports and exports. `make wasm` is this.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/wasm/build-vault.sh "$@"
tools/wasm/build-listening.sh "$@"
