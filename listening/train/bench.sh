#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# make bench-listening: the figures of the listening engine, with intervals, beside one expert against nine others and
# the published models; the traps by kind; the speed. Where the public sets are not at hand it says so and uses our own
# lines alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
hearken=${1:-build}/cli/hearken
data=${HEARKEN_DATA:-../shared/data/listening}
python=/usr/bin/python3
"$python" -c 'import sklearn' 2>/dev/null || { echo "bench-listening needs python3-sklearn" >&2; exit 1; }
mkdir -p .cache/listening
listening/train/engine.sh .cache/listening/dump.so
arguments=(--engine .cache/listening/dump.so --hearken "$hearken")
[ -d "$data" ] && arguments+=(--data "$data")
exec "$python" listening/train/bench.py "${arguments[@]}"
