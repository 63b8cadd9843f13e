#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Fetches the source of this machine's own libsodium as a Debian source package, with Debian's patches applied, into
# .cache/libsodium-VERSION/ and prints that path. Nothing of it is ever committed.
#
# Which server it comes from is this machine's affair: a private deb-src list is made from the machine's own apt
# sources, and the system's lists stay as they are. What it must be is ours: the files are pinned by their hash below, and
# the version must be the one of the installed libsodium, so that native and WASM are one library.
set -euo pipefail
cd "$(dirname "$0")/../.."

VERSION=1.0.18-1+deb12u1
PINS='d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4  libsodium_1.0.18.orig.tar.gz
f410474e46346b06b162defa05b1be26906aeed6cf309e3d4ebe30b4d1350733  libsodium_1.0.18-1+deb12u1.debian.tar.xz
2c23c57b5a9385dab5a1916014c9b5f2cdd7dadeb8a35b28c1bfb603ce7095c4  libsodium_1.0.18-1+deb12u1.dsc'

installed=$(dpkg-query -W -f '${Version}' libsodium-dev)
if [ "$installed" != "$VERSION" ]; then
    echo "libsodium-dev is $installed here, but the WASM build is pinned to $VERSION: move the pin in $0 (with its hashes) so that both are one version" >&2
    exit 1
fi

dest=.cache/libsodium-$VERSION
if [ -e "$dest/.complete" ]; then
    echo "$dest"
    exit 0
fi

mkdir -p .cache
work=$(mktemp -d "$PWD/.cache/fetch-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/parts" "$work/got"

# deb lines of either style become deb-src lines.
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$file" ] || continue
    sed -n 's/^deb /deb-src /p' "$file" >"$work/parts/$(basename "$file" .list).list"
done
for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/parts/$(basename "$file")"
done

private=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/parts" -o "Dir::State::lists=$work/lists"
    -o APT::Sandbox::User=root -o Acquire::Retries=3 -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
log=$work/log
if ! (apt-get "${private[@]}" update && cd "$work/got" &&
    apt-get "${private[@]}" --download-only source "libsodium=$VERSION") >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
(cd "$work/got" && sha256sum --quiet --check <<<"$PINS") >&2
(cd "$work/got" && dpkg-source --no-check -x "libsodium_$VERSION.dsc" src) >>"$log" 2>&1 || { cat "$log" >&2; exit 1; }

rm -rf "$dest"
mv "$work/got/src" "$dest"
touch "$dest/.complete"
echo "$dest"
