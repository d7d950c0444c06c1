#!/usr/bin/env bash
# Makes the manual pages of dropsweep and of each of its commands from the output of --help.
#
# usage: packaging/man.sh PROGRAM DIRECTORY
set -euo pipefail

program=$1 directory=$2
here=$(dirname "${BASH_SOURCE[0]}")
version=$("$program" --version)
rm -rf "$directory"
mkdir -p "$directory"
stand_in=$(mktemp -d)
trap 'rm -rf "$stand_in"' EXIT

page() { # DESCRIPTION [COMMAND]
    local name=dropsweep${2:+-$2}
    # help2man runs a program with the name of the page, and recognizes sections by a capital letter.
    cat >"$stand_in/$name" <<END
#!/bin/sh
"$program" ${2:-} --help | sed 's/^usage:/Usage:/; s/^options:/Options:/; s/^commands:/Commands:/'
END
    chmod +x "$stand_in/$name"
    help2man --no-info --name "$1" --version-string "${version#* }" --include "$here/man.inc" "$stand_in/$name" |
        gzip -9n >"$directory/$name.1.gz"
}

page "distributed dropout sweeps, reproducible to the last bit"
"$program" --help | sed -nE '/^commands:/,/^$/s/^  ([a-z]+)[A-Z. ]+/\1 /p' | while read -r command description; do
    page "$description" "$command"
done
