#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Builds every fuzzer (executables called *_fuzz) with clang's libFuzzer and sanitizers and runs each for some seconds.
#   tools/fuzz.sh [SECONDS_EACH]
# It starts from the kept inputs in fuzz/kept/NAME. What a fuzzer finds is left in build-fuzz/found/NAME; what it learned stays in build-fuzz/corpus/NAME for the next time.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-60}
[ -f build-fuzz/build.ninja ] ||
    CC=clang-14 meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false >/dev/null || exit 1
ninja -C build-fuzz --quiet || exit 1

passed=0 failed=0
while read -r program; do
    name=$(basename "$program")
    mkdir -p "build-fuzz/corpus/$name" "build-fuzz/found/$name"
    if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="build-fuzz/found/$name/" "build-fuzz/corpus/$name" $([ -d "fuzz/kept/${name%_fuzz}" ] && echo "fuzz/kept/${name%_fuzz}") >"build-fuzz/found/$name.log" 2>&1; then
        passed=$((passed + 1))
        printf '%-28s %s inputs\n' "$name" "$(sed -n 's/.*number_of_executed_units: *//p' "build-fuzz/found/$name.log")"
    else
        failed=$((failed + 1))
        printf '%-28s FAILED\n' "$name"
        tail -n 30 "build-fuzz/found/$name.log" | sed 's/^/    /'
    fi
done < <(find build-fuzz -type f -name '*_fuzz' -perm -u+x | sort)
[ $((passed + failed)) -gt 0 ] || { echo "no fuzzer was built"; exit 1; }
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
