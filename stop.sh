#!/bin/sh
# Stops the program that was started from this checkout, and no other: each id in log/startMain.pid is checked to be
# a running startMain.py of this very folder before it is told to stop. A running Stop all or safe ending finishes
# first (at most 90 s); call this again to end at once.
set -eu
root=$(cd "$(dirname "$0")" && pwd -P)
file=$root/log/startMain.pid

ours() {
    [ -r "/proc/$1/cmdline" ] || return 1
    script=$(tr '\0' '\n' < "/proc/$1/cmdline" 2>/dev/null | grep -m 1 'startMain\.py$') || return 1
    case $script in
        /*) ;;
        *) script=$(readlink "/proc/$1/cwd")/$script || return 1 ;;
    esac
    [ "$(readlink -f "$script")" = "$root/startMain.py" ]
}

stopping=
if [ -r "$file" ]; then
    while read -r pid; do
        case $pid in
            "" | *[!0-9]*) continue ;;
        esac
        if ours "$pid" && kill -TERM "$pid"; then
            stopping="$stopping $pid"
        fi
    done < "$file"
fi
if [ -z "$stopping" ]; then
    echo "No program of this checkout is running."
    exit 0
fi

waited=0
for pid in $stopping; do
    while ours "$pid"; do
        if [ "$waited" -ge 95 ]; then
            echo "Process $pid has not stopped within 95 s; call stop.sh again to end it at once." >&2
            exit 1
        fi
        [ "$waited" -eq 6 ] && echo "Process $pid is finishing a Stop all or a safe ending (at most 90 s)."
        sleep 1
        waited=$((waited + 1))
    done
done
echo "Stopped:$stopping"
