#!/bin/sh
# Becomes the given command in a root of its own, made of this machine's programs: read-only, but for one folder, and not
# as root. Run in a mount namespace of its own. room.sh ROOM OPT CONF DATA USER SEEN... -- COMMAND...; SEEN are further
# folders of this machine that are seen there.
set -eu
room=$1 opt=$2 conf=$3 data=$4 user=$5
shift 5
mount --make-rprivate /
mount -t tmpfs -o mode=755 room "$room"
mkdir "$room/etc" "$room/opt" "$room/data" "$room/tmp" "$room/proc" "$room/dev"
for each in bin lib lib32 lib64 libx32 sbin usr; do
    if [ -L "/$each" ]; then
        cp -P "/$each" "$room/"
    elif [ -d "/$each" ]; then
        mkdir "$room/$each"
        mount --bind "/$each" "$room/$each"
        mount -o remount,bind,ro "$room/$each"
    fi
done
for each in passwd group hosts nsswitch.conf ld.so.cache; do
    [ ! -e "/etc/$each" ] || cp "/etc/$each" "$room/etc/"
done
mount -t tmpfs -o mode=1777 tmp "$room/tmp"
while [ "$1" != -- ]; do # after /tmp, below which a checkout may lie
    mkdir -p "$room$1"
    mount --bind "$1" "$room$1"
    shift
done
shift
mount --bind "$opt" "$room/opt"
mount -o remount,bind,ro "$room/opt"
cp -R "$conf" "$room/etc/apis-main-controller"
chmod -R u=rwX,go=rX "$room/etc/apis-main-controller"
for each in null urandom; do
    : >"$room/dev/$each"
    mount --bind "/dev/$each" "$room/dev/$each"
done
mount -t proc proc "$room/proc"
mount --bind "$data" "$room/data"
mount -o remount,ro "$room"
exec chroot "$room" /usr/bin/setpriv "--reuid=${user%:*}" "--regid=${user#*:}" --clear-groups --no-new-privs \
    --bounding-set=-all --inh-caps=-all "$@"
