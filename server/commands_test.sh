#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# The commands of hearkend as an administrator types them: commands_test.sh HEARKEND
set -u
hearkend=$1
folder=$(mktemp -d /tmp/hearken-commands-XXXXXX)
passed=0 failed=0 place=
end() { [ -z "$place" ] || { kill "$place" 2>/dev/null; wait "$place" 2>/dev/null; }; rm -rf "$folder"; }
trap end EXIT
port=$((20000 + RANDOM)) other=$((20000 + RANDOM))
unset HEARKEND_DB HEARKEND_CONFIG
export HEARKEND_DB=$folder/db

is() { # is WORDS CODE PATTERN COMMAND...: its exit code, and what it says on both streams
  local words=$1 code=$2 pattern=$3 said got
  shift 3
  said=$("$@" 2>&1)
  got=$?
  if [ "$got" -eq "$code" ] && grep -qE -- "$pattern" <<<"$said"; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAILED: $words: exit $got, expected $code; said: $said"; fi
}

is 'help is given' 0 'hearkend COMMAND' "$hearkend" --help
is 'every command has help' 0 '--db FILE' "$hearkend" serve --help
is 'nothing asked is asked wrongly' 2 'hearkend COMMAND' "$hearkend"
is 'an unknown command' 2 'no command' "$hearkend" dance
is 'an unknown flag' 2 '.' "$hearkend" init --dance yes
is 'init needs a name' 2 'name' "$hearkend" init
is 'serving what is not there' 1 'key file' "$hearkend" serve --listen 127.0.0.1:$other
is 'an address that is none' 1 'not of the form' "$hearkend" serve --listen 127.0.0.1:0
rm -f "$folder"/db*
is 'init gives one invitation' 0 '"invitation":"1\.[A-Za-z0-9_-]{107}"' "$hearkend" init --name 'A test' --json
is 'init never overwrites' 1 'a place already' "$hearkend" init --name Another
is 'the audit of a new place' 0 '"whole":true,"count":0' "$hearkend" audit verify --json
is 'a head that is none' 2 'COUNT:HASH' "$hearkend" audit verify --head 12
is 'a head of another place' 1 'broken|rebuilt' "$hearkend" audit verify --head 3:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
is 'backup needs a file' 2 'name the file' "$hearkend" backup
is 'audit knows one thing' 2 'audit verify' "$hearkend" audit dance
[ "$(stat -c %a "$folder/db-key" "$folder/db" | sort -u)" = 600 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'FAILED: files others can read'; }

"$hearkend" serve --listen "127.0.0.1:$port" >"$folder/out" 2>"$folder/err" &
place=$!
for _ in $(seq 100); do grep -q port "$folder/out" && break; sleep 0.1; done
is 'it answers' 0 '"name":"A test"' curl -sf "http://127.0.0.1:$port/api/place"
is 'two do not serve one database' 1 '.' timeout 20 "$hearkend" serve --listen "127.0.0.1:$other"
is 'backup while it serves' 0 'written' "$hearkend" backup "$folder/backup" --json
is 'check while it serves' 0 '"about":"database","is":"sound"' "$hearkend" check --json --listen "127.0.0.1:$port" --backup "$folder/backup"
is 'check sees a missing backup' 1 '"about":"backup","is":"BROKEN"' "$hearkend" check --json --listen "127.0.0.1:$port" --backup "$folder/nothing"
is 'no restore under a running place' 1 'nothing was changed' "$hearkend" restore "$folder/backup"
epoch() { curl -sf "http://127.0.0.1:$1/api/place" | sed 's/.*"epoch":\([0-9]*\).*/\1/'; }
before=$(epoch "$port")
kill -TERM "$place"; wait "$place"
[ $? -eq 0 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'FAILED: SIGTERM is no error'; }
place=
is 'restore' 0 '"restored":true' "$hearkend" restore "$folder/backup" --json
is 'restore from what is none' 1 'nothing was changed' "$hearkend" restore "$folder/nothing"
"$hearkend" serve --listen "127.0.0.1:$port" >"$folder/out" 2>"$folder/err" &
place=$!
for _ in $(seq 100); do grep -q port "$folder/out" && break; sleep 0.1; done
[ -n "$before" ] && [ "$(epoch "$port")" != "$before" ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'FAILED: a restored place has a new epoch'; }
kill -TERM "$place"; wait "$place"; place=

printf 'backup = %s/nothing\n' "$folder" >"$folder/conf"
is 'the file is read' 1 '"about":"backup","is":"BROKEN"' "$hearkend" check --json --config "$folder/conf"
is 'the environment beats the file' 0 '"about":"backup","is":"sound"' env HEARKEND_BACKUP="$folder/backup" "$hearkend" check --json --config "$folder/conf"
is 'a flag beats the environment' 1 '"about":"backup","is":"BROKEN"' env HEARKEND_BACKUP="$folder/backup" "$hearkend" check --json --backup "$folder/none"
printf 'nmae = typo\n' >"$folder/conf"
is 'a typing error in the file is named' 2 'nmae|line 1' "$hearkend" check --config "$folder/conf"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -ge 28 ]
