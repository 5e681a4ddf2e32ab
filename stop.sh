#!/bin/sh
# Stops the program that was started from this checkout, from any folder: `sh stop.sh` the real one, `sh stop.sh
# simulated` that of a simulated cluster; with `--data DIR` (or APIS_MC_DATA) the one whose data lie there. Never the other one, nor any
# other process: each id in the pid file is checked to be the very process that wrote it there. It says whose program
# that was. A running Stop all or safe ending finishes first (at most 90 s); call this again to end at once.
# Exit status 0: none is running now; 1: one is, and the last line says why.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd -P)
data=${APIS_MC_DATA:-}
kind=
not_understood() {
    echo "stop.sh takes nothing, simulated, --data DIR, or both; not '$1'." >&2
    exit 2
}
given="$*"
while [ $# -gt 0 ]; do
    case $1 in
        simulated) [ -z "$kind" ] || not_understood "$given"; kind="simulated " ;;
        --data) [ $# -gt 1 ] && [ -n "$2" ] || not_understood "$given"; data=$2; shift ;;
        --data=?*) data=${1#--data=} ;;
        *) not_understood "$given" ;;
    esac
    shift
done
case $data in
    "") data=$root of="of this checkout" ;;
    /*) of="with its data in $data" ;;
    *) data=$root/$data of="with its data in $data" ;; # as the setting has it
esac
real=$data/log
simulated=$data/log/simulated
if [ -n "$kind" ]; then folder=$simulated; else folder=$real; fi
file=$folder/startMain.pid

# What the program wrote of itself beside the pid file: address, data, since, started.
about() {
    sed -n "s/^$2=//p" "${3:-$folder}/startMain.$1.about" 2>/dev/null | head -n 1
}

# When the system started a process, in its own ticks after this very boot.
started() {
    ticks=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20) || ticks=
    [ -z "$ticks" ] || echo "$ticks $(cat /proc/sys/kernel/random/boot_id)"
}

# The script of this checkout that a process runs by its command line: "ours", "foreign" if that cannot be seen, "none".
by_name() {
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

# Whose a process is: "ours", "foreign" if it may be ours but another user's, else "none".
whose() {
    if [ ! -r "/proc/$1/cmdline" ]; then
        case $(LC_ALL=C kill -0 "$1" 2>&1) in
            *ermitted*) echo foreign ;;
            *) echo none ;;
        esac
        return
    fi
    told=$(about "$1" started "${2:-$folder}")
    now=$(started "$1")
    if [ -n "$told" ] && [ -n "$now" ]; then
        if [ "$told" = "$now" ]; then echo ours; else echo none; fi
    else
        by_name "$1"
    fi
}

# What is known of one of our processes: " (user, address, data, since)", or nothing.
described() {
    address=$(about "$1" address "${2:-$folder}")
    [ -z "$address" ] || echo " ($address, data in $(about "$1" data "${2:-$folder}"), since $(about "$1" since "${2:-$folder}"), user $(user "$1"))"
}

user() {
    stat -c %U "/proc/$1" 2>/dev/null || stat -c %U "$file" 2>/dev/null || echo "another user"
}

pids() {
    [ ! -e "$1/startMain.pid" ] || grep -E '^[0-9]+$' "$1/startMain.pid" || true
}

for place in "$data" "$real" "$folder"; do
    if [ -d "$place" ] && [ ! -x "$place" ]; then
        echo "$place can be looked into by $(stat -c %U "$place") only: run this as that user." >&2
        exit 1
    fi
done
if [ -e "$file" ] && [ ! -r "$file" ]; then
    echo "$file can be read by $(stat -c %U "$file") only: run this as that user." >&2
    exit 1
fi

named=$(pids "$folder")
stopping=
foreign=
for pid in $named; do
    case $(whose "$pid") in
        ours)
            words="$pid$(described "$pid")"
            if kill -TERM "$pid" 2>/dev/null; then
                stopping="$stopping $pid"
                stopped="${stopped:+$stopped
}Stopped: $words"
            else
                foreign="$foreign $pid"
            fi
            ;;
        foreign) foreign="$foreign $pid" ;;
        none)
            name=$(cat "/proc/$pid/comm" 2>/dev/null) || continue
            echo "Left alone: process $pid ($name of the user $(user "$pid")) is another program, though $file names it."
            ;;
    esac
done

waited=0
for pid in $stopping; do
    first=$(started "$pid")
    while [ -n "$first" ] && [ "$(started "$pid")" = "$first" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$pid/status" 2>/dev/null; do
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
    echo "$stopped"
fi
left=
for pid in $foreign; do
    [ "$(whose "$pid")" != none ] || continue
    left=yes
    echo "Process $pid$(described "$pid") is of the user $(user "$pid"), so it was not stopped: run this as that user." >&2
done

# A program of this checkout that no pid file here names: its data are elsewhere, or its disk took no pid file.
listed=" $(echo $named $(pids "$real") $(pids "$simulated")) "
for each in $(grep -la 'startMain[.]py' /proc/[0-9]*/cmdline 2>/dev/null || true); do
    pid=${each#/proc/}
    pid=${pid%/cmdline}
    case $listed in *" $pid "*) continue ;; esac
    words=$(tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null) || continue
    case ${words%% *} in *python*) ;; *) continue ;; esac
    case " $words " in *" --simulate"*) like="simulated " ;; *) like= ;; esac
    [ "$like" = "$kind" ] && [ "$(by_name "$pid")" = ours ] || continue
    where="no pid file in $folder names it, so it was not stopped"
    its=$(tr '\0' '\n' < "/proc/$pid/cmdline" 2>/dev/null | sed -n '/^--data$/{n;p;q;};s/^--data=//p' | head -n 1)
    case " $words" in
        *" --data "* | *" --data="*) echo "Another one of this checkout goes on, with data elsewhere: process $pid of the user $(user "$pid"); \`sh stop.sh ${kind}--data $its\` ends it." ;;
        *)
            [ "$data" = "$root" ] || continue
            left=yes
            echo "Process $pid of the user $(user "$pid") runs startMain.py of this checkout, but $where: name its data folder (sh stop.sh ${kind}--data DIR), or end it with kill $pid." >&2
            ;;
    esac
done
[ -z "$left" ] || exit 1
[ -n "$stopping" ] || echo "No ${kind}program $of is running."
if [ -z "$kind" ]; then
    for pid in $(pids "$simulated"); do
        [ "$(whose "$pid" "$simulated")" = none ] || echo "A simulated one goes on: process $pid$(described "$pid" "$simulated"); \`sh stop.sh${given:+ $given} simulated\` ends it."
    done
fi
