#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# engine.sh FILE: the engine as a shared library, with the face that training needs (dump.c).
set -euo pipefail
cd "$(dirname "$0")/../.."
exec gcc -std=gnu2x -O2 -fPIC -shared -I. -include base/banned.h -D_GNU_SOURCE -ffp-contract=off -o "$1" \
  listening/train/dump.c listening/lexicon/lexicon.c listening/model/{model,net}.c listening/words/{engine,features,hint,json,names,plain,rules,session,signals,text}.c \
  base/result.c base/slice.c
