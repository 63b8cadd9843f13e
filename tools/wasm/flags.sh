# SPDX-License-Identifier: AGPL-3.0-or-later
# What every WASM build here has in common; sourced by its neighbours, run from the top of the tree.
# Only three include directories exist: the compiler's own, wasi-libc's and ours. /usr/include never comes in.
CLANG=${WASM_CC:-clang-14}
WASM_TARGET=(--target=wasm32-wasi)
WASM_INCLUDES=(-nostdinc -isystem "$($CLANG -print-resource-dir)/include" -isystem /usr/include/wasm32-wasi)
# -ffp-contract=off: + - * / and sqrt give the same bits here as natively. Prefix maps: no path of the build machine
# gets into the module, so that two builds anywhere give one hash.
WASM_FLAGS=(-Oz -fvisibility=hidden -ffunction-sections -fdata-sections -ffp-contract=off
    "-ffile-prefix-map=$PWD=.")
OUR_FLAGS=(-std=gnu2x -Wall -Wextra -Werror -Wshadow -Wcast-qual -Wvla -Wmissing-prototypes -Wno-unused-parameter
    -I. -include base/banned.h)
# No stdio, no clock, no files: a reactor with a fixed stack below the data, so that an overflow traps.
# Memory is exported, not imported: an imported one would need all its zeroes written into the file.
LINK_FLAGS=(-mexec-model=reactor "-Wl,--gc-sections,--strip-all,--stack-first,--export-dynamic,--fatal-warnings")

# compile_all OUT_DIR FLAG... -- FILE...: objects of all files, two at a time, only those whose source is newer.
compile_all() {
    local out=$1 flags=()
    shift
    while [ "$1" != -- ]; do flags+=("$1"); shift; done
    shift
    mkdir -p "$out"
    printf '%s\n' "$@" | xargs -P2 -I{} bash -c '
        object=$0/$(echo "$1" | sed "s#[/.]#_#g").o
        shift_flags=("${@:2}")
        exec "${shift_flags[@]}" -c "$1" -o "$object"' "$out" {} "$CLANG" "${WASM_TARGET[@]}" "${WASM_INCLUDES[@]}" "${flags[@]}"
}

# fresh STAMP_FILE FILE...: are the modules of the last build made from exactly these files? Otherwise notes them down for
# `built STAMP_FILE` to keep once the build is through.
fresh() {
    local stamp=$1
    shift
    STAMP=$(sha256sum "$@" | sha256sum)
    [ "$(cat "$stamp" 2>/dev/null)" = "$STAMP" ]
}
built() {
    echo "$STAMP" >"$1"
}
