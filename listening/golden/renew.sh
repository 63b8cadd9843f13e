#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# renew.sh HEARKEN: writes the expected figures of the golden conversations anew, after features or weights changed on
# purpose. Look at the difference before you commit it.
set -euo pipefail
hearken=$(realpath "${1:?the built hearken}")
cd "$(dirname "$0")"
for name in heard heard-recogniser told edges; do
  "$hearken" listen --json --model ../model/en.hkm $name.json > $name.model.json
  "$hearken" listen --json --rules $name.json > $name.rules.json
done
