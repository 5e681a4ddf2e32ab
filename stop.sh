#!/bin/sh
# Stops the program that was started from this checkout: `sh stop.sh` the real one, `sh stop.sh simulated` that of a
# simulated cluster. Never the other one, nor any other process: each id in the pid file is checked to be a running
# startMain.py of this very folder before it is told to stop. A running Stop all or safe ending finishes first (at most
# 90 s); call this again to end at once. Exit status 0: none is running now; 1: one is, and the last line says why.
set -eu
root=$(cd "$(dirname "$0")" && pwd -P)
case $#:${1-} in
    0:) folder=log kind= other=log/simulated ;;
    1:simulated) folder=log/simulated kind="simulated " other= ;;
    *)
        echo "stop.sh takes nothing, or simulated; not '$*'." >&2
        exit 2
        ;;
esac

# Whose a process is: "ours", "foreign" if it may be this checkout's but another user's, else "none".
whose() {
    if [ ! -r "/proc/$1/cmdline" ]; then
        case $(LC_ALL=C kill -0 "$1" 2>&1) in
            *ermitted*) echo foreign ;;
            *) echo none ;;
        esac
        return
    fi
    script=$(tr '\0' '\n' < "/proc/$1/cmdline" 2>/dev/null | grep -m 1 'startMain\.py$') || { echo none; return; }
    case $script in
        /*) ;;
        *)
            if ! cwd=$(readlink "/proc/$1/cwd"); then
                if [ -e "/proc/$1" ]; then echo foreign; else echo none; fi
                return
            fi
            script=$cwd/$script
            ;;
    esac
    if [ "$(readlink -f "$script")" = "$root/startMain.py" ]; then echo ours; else echo none; fi
}

user() {
    stat -c %U "/proc/$1" 2>/dev/null || stat -c %U "$root/$folder/startMain.pid" 2>/dev/null || echo "another user"
}

pids() {
    [ ! -e "$root/$1/startMain.pid" ] || grep -E '^[0-9]+$' "$root/$1/startMain.pid" || true
}

for place in "$root/log" "$root/$folder"; do
    if [ -d "$place" ] && [ ! -x "$place" ]; then
        echo "$place can be looked into by $(stat -c %U "$place") only: run this as that user." >&2
        exit 1
    fi
done
if [ -e "$root/$folder/startMain.pid" ] && [ ! -r "$root/$folder/startMain.pid" ]; then
    echo "$folder/startMain.pid can be read by $(stat -c %U "$root/$folder/startMain.pid") only: run this as that user." >&2
    exit 1
fi

stopping=
foreign=
for pid in $(pids "$folder"); do
    case $(whose "$pid") in
        ours) if kill -TERM "$pid" 2>/dev/null; then stopping="$stopping $pid"; else foreign="$foreign $pid"; fi ;;
        foreign) foreign="$foreign $pid" ;;
    esac
done

waited=0
for pid in $stopping; do
    while [ "$(whose "$pid")" = ours ]; do
        if [ "$waited" -ge 95 ]; then
            echo "Process $pid has not stopped within 95 s; call stop.sh again to end it at once." >&2
            exit 1
        fi
        [ "$waited" -eq 6 ] && echo "Process $pid is finishing a Stop all or a safe ending (at most 90 s)."
        sleep 1
        waited=$((waited + 1))
    done
done
if [ -n "$stopping" ]; then
    echo "Stopped:$stopping"
fi
left=
for pid in $foreign; do
    [ "$(whose "$pid")" != none ] || continue
    left=yes
    echo "Process $pid is of the user $(user "$pid"), so it was not stopped: run this as that user." >&2
done
[ -z "$left" ] || exit 1
[ -n "$stopping" ] || echo "No ${kind}program of this checkout is running."
if [ -n "$other" ]; then
    for pid in $(pids "$other"); do
        [ "$(whose "$pid")" = none ] || echo "A simulated one goes on: process $pid; \`sh stop.sh simulated\` ends it."
    done
fi
