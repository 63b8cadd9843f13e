#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# installed_test.sh BUILD CC [FLAG...]: the library as other people's software meets it. What `meson install` lays down
# is found by pkg-config, and the example of the manual page compiles against that alone and finds its reflection.
set -euo pipefail
build=$1
shift
to=$(mktemp -d)
trap 'rm -rf "$to"' EXIT
meson install -C "$build" --no-rebuild --quiet --destdir "$to" --tags devel,man >/dev/null
PKG_CONFIG_LIBDIR=$(dirname "$(find "$to" -name hearken-listening.pc)")
export PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR=$to
page=$(find "$to" -name 'hearken_listening.3')

cd "$to"
sed -n '/^\.SH EXAMPLE/,/^\.fi/p' "$page" | grep -v '^\.' | sed 's/\\en/\\n/g' >example.c
# Two words of flags each: to be split.
# shellcheck disable=SC2046
"$@" -std=gnu2x -Wall -Werror $(pkg-config --cflags hearken-listening) example.c \
  $(pkg-config --libs --static hearken-listening) -o example
said=$(./example)
echo "the example says: $said"
[[ $said == "reflection, 0."* ]]
