#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Installs what is missing from tools/packages.txt and nothing else. Asks for sudo only when something is missing.
#   tools/install-packages.sh run|test|model        `test:` and `model:` mark what only these need
#   tools/install-packages.sh list run|test|model   prints the names
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
list_only=no
if [ "${1:-}" = list ]; then
    list_only=yes
    shift
fi
purpose=${1:?"say for what: run or test"}

wanted=()
while read -r name rest; do
    case "$name" in '' | '#'*) continue ;; esac
    if [ "$purpose" != test ] && [[ "$rest" == "# test:"* ]]; then continue; fi
    if [ "$purpose" != model ] && [[ "$rest" == "# model:"* ]]; then continue; fi
    wanted+=("$name")
done <"$here/packages.txt"
if [ $list_only = yes ]; then
    printf '%s\n' "${wanted[@]}"
    exit 0
fi

missing=()
for name in "${wanted[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$name")
done
# The pages are built with Node 18 or later; Debian's own is taken only where there is none.
node_major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p' || true)
if [ "${node_major:-0}" -lt 18 ]; then missing+=(nodejs); fi
command -v npm >/dev/null 2>&1 || missing+=(npm)

if [ ${#missing[@]} -eq 0 ]; then
    echo "packages: everything is here"
    exit 0
fi
echo "packages: installing ${missing[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "Some packages are missing and this is neither root nor a machine with sudo. As root, run:" >&2
        echo "    apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
# RUNLEVEL=1: packages that bring a service do not start it
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}"
