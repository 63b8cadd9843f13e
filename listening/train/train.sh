#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# make model: trains listening/model/en.hkm again. With the public sets beside the checkout (../shared/data/listening
# or HEARKEN_DATA) on them and our own corpus; without, on the corpus alone, into a file that does not replace ours.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=listening/train
data=${HEARKEN_DATA:-../shared/data/listening}
python=/usr/bin/python3
mkdir -p .cache/listening
$here/engine.sh .cache/listening/dump.so
"$python" -c 'import sklearn' 2>/dev/null || { echo "make model needs python3-sklearn (and python3-torch for the net)" >&2; exit 1; }
# What the net learns to read from: public word vectors and a large encoder. Only here, never in the product.
npm ci --prefix $here/teacher --ignore-scripts --no-audit --no-fund --silent
if [ -d "$data" ]; then
  exec "$python" $here/train.py --engine .cache/listening/dump.so --corpus listening/corpus --data "$data" \
    --keep .cache/listening/out-of-fold.npz --out listening/model/en.hkm "$@"
fi
echo "The public sets are not here ($data): training on our own corpus alone, into .cache/listening/corpus-only.hkm" >&2
exec "$python" $here/train.py --engine .cache/listening/dump.so --corpus listening/corpus \
  --out .cache/listening/corpus-only.hkm "$@"
