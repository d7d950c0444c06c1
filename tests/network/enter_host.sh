#!/bin/sh
# Runs a command on one of the hosts of hosts.py, as ssh does on another machine.
#
# usage: enter_host.sh [-x] HOST COMMAND...
[ "$1" != -x ] || shift # of ssh: no X11
exec ip netns exec "$1" unshare --uts sh -c 'hostname "$0"; exec sh -c "$*"' "$@"
