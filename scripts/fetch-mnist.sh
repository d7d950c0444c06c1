#!/usr/bin/env bash
# Downloads the four MNIST files as DIR/<name>.gz, unless they are there. A file with wrong content is replaced when the
# right one has arrived.
#
# usage: scripts/fetch-mnist.sh [DIR]     (default: data/mnist, where dropsweep looks for it)
# DROPSWEEP_MNIST_MIRRORS: URL prefixes, separated by spaces, tried in this order instead of the public mirrors.
# Exit code: 0 all four there and right; 65 mirrors sent only wrong content; 66 no mirror had it; 74 DIR not writable.
set -euo pipefail

dir=${1:-data/mnist}
mirrors=(https://ossci-datasets.s3.amazonaws.com/mnist https://storage.googleapis.com/cvdf-datasets/mnist)
read -ra mirrors <<<"${DROPSWEEP_MNIST_MIRRORS:-${mirrors[*]}}"

die() { # STATUS MESSAGE
    echo "dropsweep: error: $2" >&2
    exit "$1"
}

# Whether a file, plain or gzip, has content with this SHA-256.
has_sum() { # FILE SHA256
    local sum
    sum=$({ if [[ $1 == *.gz ]]; then gzip -dc -- "$1"; else cat -- "$1"; fi | sha256sum; } 2>/dev/null) &&
        [[ ${sum%% *} == "$2" ]]
}

# Whether DIR has the file, in either spelling of its name, plain or gzip, as dropsweep reads them.
is_there() { # NAME SHA256
    local file
    for file in "$dir/$1" "$dir/${1/-idx/.idx}" "$dir/$1.gz" "$dir/${1/-idx/.idx}.gz"; do
        if [[ -f $file ]] && has_sum "$file" "$2"; then return 0; fi
    done
    return 1
}

# The error message of curl, without the "curl: (7) " in front.
complaint() { # FILE
    local line
    line=$(sed -n '1s/^curl: ([0-9]*) //p' "$1")
    echo "${line:-no answer}"
}

names=() sums=()
while read -r sum name; do
    is_there "$name" "$sum" || { names+=("$name") && sums+=("$sum"); }
done <"$(dirname "${BASH_SOURCE[0]}")/mnist.sha256"
((${#names[@]})) || exit 0

command -v curl >/dev/null ||
    die 66 "MNIST is not in $dir and curl is not installed; install curl or put the files there"
# Downloads go to a directory on the same file system, so that the last step is a rename.
made=$([[ -d $dir ]] || echo "$dir")
new=$({ mkdir -p "$dir" && mktemp -d "$dir/.fetch.XXXXXX"; } 2>/dev/null) ||
    die 74 "cannot write to $dir; make it writable or name another directory"
# Only called by the trap.
# shellcheck disable=SC2046,SC2317
clean_up() {
    kill $(jobs -p) 2>/dev/null || true
    wait
    rm -rf "$new"
    # An empty data/mnist would look like data to dropsweep.
    [[ -z $made ]] || rmdir "$made" 2>/dev/null || true
}
trap clean_up EXIT # also when a signal ends the script

# First all mirrors get a HEAD request at once: any HTTP answer counts. Without a network the script ends after this, in
# 6 s however many mirrors there are (timeout: a name look-up may outlast curl's own limit).
knocks=()
for i in "${!mirrors[@]}"; do
    mirrors[i]=${mirrors[i]%/}
    timeout 8 curl --silent --show-error --head --max-time 6 --output /dev/null "${mirrors[i]}/${names[0]}.gz" \
        2>"$new/complaint.$i" &
    knocks+=($!)
done

reasons='' wrong=0
for i in "${!mirrors[@]}"; do
    if ! wait "${knocks[i]}"; then
        reasons+=", ${mirrors[i]}: $(complaint "$new/complaint.$i")"
        continue
    fi
    for k in "${!names[@]}"; do
        name=${names[k]}
        status=0
        # Ends early only when no byte arrives (for 5 s in curl's moving average, about 10 s in all): a slow connection
        # may take as long as it needs. In the background, so that a signal does not wait for the transfer.
        curl --silent --show-error --fail --location --connect-timeout 6 --speed-limit 1 --speed-time 5 \
            --output "$new/$name.gz" "${mirrors[i]}/$name.gz" 2>"$new/complaint.$i" &
        wait $! || status=$?
        if ((status == 23)); then die 74 "cannot write $dir/$name.gz; is the disk full?"; fi
        if ((status)); then
            reasons+=", ${mirrors[i]}: $(complaint "$new/complaint.$i")"
            break # the other files would fail as well
        fi
        if ! has_sum "$new/$name.gz" "${sums[k]}"; then
            reasons+=", ${mirrors[i]}: $name.gz has wrong content"
            wrong=1
            break
        fi
        mv -f "$new/$name.gz" "$dir/$name.gz" || die 74 "cannot write $dir/$name.gz; make it writable"
        echo "dropsweep: fetched $dir/$name.gz from ${mirrors[i]}"
        unset 'names[k]'
    done
    ((${#names[@]})) || exit 0
done

status=66
((!wrong)) || status=65
die $status "MNIST could not be fetched (${reasons#, });\
 put the files into $dir, or name a mirror in DROPSWEEP_MNIST_MIRRORS"
