#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Runs the tests, suite after suite, and ends with one line: N passed, N failed.
#   tools/test.sh                 everything, short forms
#   tools/test.sh check           only what needs no running place: layers, format, contract, types
#   tools/test.sh NAME...         only the suites with these names
#   tools/test.sh crash --cycles N --points N     the long crash harnesses
# Each suite's whole output is kept in build-test/logs/NAME.log and shown when it fails.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

BUILD=build-test
WEB=build-web
LOGS=$BUILD/logs
only=()
passed=0 failed=0 failures=()
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
export HEARKEN_BUILD=$PWD/$BUILD HEARKEN_WEB=$PWD/$WEB

# How many tests a log counts: cmocka groups, node's runner, and our own "N passed, N failed" lines.
count_in_log() {
    awk '
        /^\[  PASSED  \] [0-9]+ test/ { p += $4 }
        /^\[  FAILED  \] [0-9]+ test/ { f += $4 }
        /^# pass [0-9]+/ || /^ℹ pass [0-9]+/ { p += $3 }
        /^# fail [0-9]+/ || /^ℹ fail [0-9]+/ { f += $3 }
        /^([a-z_-]+: )?[0-9]+ passed, [0-9]+ failed/ { for (i = 1; i < NF; i++) { if ($(i+1) ~ /^passed/) p += $i; if ($(i+1) ~ /^failed/) f += $i } }
        END { print p + 0, f + 0 }' "$1"
}

# Checks and builds have no cases of their own and count as one. A suite of cases whose log counts none did not run.
WITHOUT_CASES=' build layers format c-gcc c-clang wasm types catalogues pages '

suite() { # suite NAME COMMAND...
    local name=$1 log=$LOGS/$1.log p f started=$SECONDS
    shift
    if [ ${#only[@]} -gt 0 ] && [[ " ${only[*]} " != *" $name "* ]]; then return 0; fi
    "$@" >"$log" 2>&1 9>&-
    local status=$?
    read -r p f < <(count_in_log "$log")
    if [ $status -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    if [ $status -eq 0 ] && [ "$p" -eq 0 ]; then
        if [[ $WITHOUT_CASES == *" $name "* ]]; then p=1; else f=1; fi
    fi
    passed=$((passed + p)) failed=$((failed + f))
    printf '%-22s %5d passed %3d failed  %4d s\n' "$name" "$p" "$f" $((SECONDS - started))
    if [ $status -ne 0 ] || [ "$f" -gt 0 ]; then
        failures+=("$name")
        tail -n 60 "$log" | sed 's/^/    /'
        return 1
    fi
}

meson_build() { # meson_build DIR CC OPTIONS...
    local dir=$1 cc=$2
    shift 2
    [ -f "$dir/build.ninja" ] || CC=$cc meson setup "$dir" "$@" || { rm -rf "$dir/meson-private"; return 1; }
    ninja -C "$dir"
}

meson_suite() { # meson_suite NAME
    meson test -C $BUILD --no-rebuild --suite "$1" --timeout-multiplier 4 --logbase "$1" >/dev/null
    local status=$?
    node tools/check/meson-results.mjs "$BUILD/meson-logs/$1.json"
    return $status
}

format_is_ours() {
    local files
    mapfile -t files < <(git ls-files '*.c' '*.h')
    clang-format-14 --dry-run --Werror "${files[@]}"
}

# The names of what failed and the first line of why, last of all: whoever sees only the end of the output sees these.
what_failed() { # what_failed LOG
    awk '
        /^ *not ok / || /^\[  FAILED  \] [^0-9]/ { sub(/^ */, ""); print "    " $0; named = 1; next }
        named && /^ *error: / { sub(/^ */, ""); print "        " $0; if (/\|-?$/) { getline; sub(/^ */, ""); print "        " $0 } named = 0 }
        /^# Error: / { print "    " $0 }' "$1" | cut -c -300 | head -n 12
}

finish() {
    local name
    for name in "${failures[@]}"; do
        echo "failed: $name"
        what_failed "$LOGS/$name.log"
    done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

mkdir -p $LOGS
# Two runs in one folder would write into the same logs and builds; stopping make does not stop this script.
exec 9>"$LOGS/lock"
flock -n 9 || { echo "Tests run in this folder already. Wait for them, or stop tools/test.sh first." >&2; exit 1; }
case "${1:-}" in
crash)
    shift
    suite build meson_build build gcc &&
        suite crash node journeys/crash/run.mjs --build build "$@"
    finish
    ;;
check) only=(checks layers format c-gcc types catalogues) ;;
*) only=("$@") ;;
esac

suite checks node --test $(git ls-files 'tools/check/*.test.mjs')
suite layers node tools/check/layers.mjs
suite format format_is_ours
suite c-gcc meson_build $BUILD gcc -Db_sanitize=address,undefined -Db_lundef=false
suite c-clang meson_build build-clang clang-14 -Db_sanitize=none
suite unit meson_suite unit
suite wasm tools/wasm/build.sh
suite types npm run --silent check
suite catalogues node tools/check/catalogues.mjs
suite pages node tools/web/build.mjs --out $WEB
suite web-unit npm run --silent test:unit
suite vault-wasm npm run --silent test:wasm
suite listening-wasm node --test listening/golden/golden.test.mjs
suite vault-browser npm run --silent test:wasm-browser
suite hostile meson_suite hostile
suite crash node journeys/crash/run.mjs --build $BUILD --short
# Two stories at a time: each waits for one page or another most of its time, and none asks what the hour is.
suite journeys node --test --test-concurrency=2 $(git ls-files 'journeys/*.test.mjs')
finish
