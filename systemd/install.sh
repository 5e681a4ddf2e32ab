#!/bin/sh
# `make install` and `make uninstall`: the program as a service of a plain Debian, from this checkout.
# PREFIX is where the program goes, CONFDIR where its settings stand, UNITDIR and SYSUSERSDIR are systemd's; DESTDIR is put
# before all of them, for a package or a trial: nothing outside of it is touched then. PIP_FLAGS go to pip, and BUILT_WITH
# names a Python with pip instead of venv/'s. The data and the settings are never touched once they are there.
set -eu
cd -- "$(dirname -- "$(readlink -f -- "$0")")/.."
name=apis-main-controller
dest=${DESTDIR:-}
prefix=${PREFIX:-/opt/$name}
conf=${CONFDIR:-/etc/$name}
units=${UNITDIR:-/etc/systemd/system}
sysusers=${SYSUSERSDIR:-/etc/sysusers.d}
lib=$dest$prefix/lib/$name
doc=$dest$prefix/share/doc/$name
bin=$dest$prefix/bin/$name

fail() {
    echo "$1" >&2
    exit 1
}

for place in "$prefix" "$conf" "$units" "$sysusers" ${dest:+"$dest"}; do
    case $place in
        *[!A-Za-z0-9/._+-]*) fail "'$place' has a character that systemd's files would need quoted; name another folder." ;;
        /*) ;;
        *) fail "'$place' is no whole path: it must begin with /." ;;
    esac
done
[ -n "$dest" ] || [ "$(id -u)" = 0 ] || fail "Run this as root (sudo make ${1:-}), or name a folder for it: make ${1:-} DESTDIR=/tmp/there."
running=no
[ -n "$dest" ] || [ ! -d /run/systemd/system ] || running=yes

# Puts one file in its place, whole.
put() {
    mkdir -p -- "$(dirname -- "$1")"
    cat >"$1.new"
    chmod "$2" "$1.new"
    mv -f -- "$1.new" "$1"
}

# A file of settings, which stays as it is where it is there.
put_once() {
    if [ -e "$1" ]; then cat >/dev/null; else put "$1" 644; fi
}

if [ "${1:-}" = uninstall ]; then
    if [ "$running" = yes ] && [ -e "$units/$name.service" ]; then
        systemctl disable --now "$name.service"
    fi
    rm -rf -- "$lib" "$lib.new" "$lib.old" "$doc"
    rm -f -- "$bin" "$dest$units/$name.service" "$dest$sysusers/$name.conf"
    rmdir -p -- "$dest$prefix/bin" "$dest$prefix/lib" "$dest$prefix/share/doc" 2>/dev/null || true
    [ "$running" = no ] || systemctl daemon-reload
    echo "Uninstalled. Left as they are: $conf, /var/lib/$name and the user apis-mc."
    exit 0
fi
[ "${1:-}" = install ] || fail "install.sh takes install or uninstall."

python=${BUILT_WITH:-}
if [ -z "$python" ]; then
    sh venv.sh
    python=$(pwd)/venv/bin/python
fi
base=$("$python" -c 'import sys; print(sys._base_executable)')
source=$(mktemp -d)
trap 'rm -rf -- "$source"' EXIT
# From a copy, so that nothing of root's is left in the checkout.
for each in main_controller views js css img pyproject.toml setup.py MANIFEST.in README.md LICENSE NOTICE.md logging.conf; do
    cp -R -- "$each" "$source/"
done
if [ -d node_modules/uplot ]; then
    mkdir "$source/node_modules"
    cp -RL -- node_modules/uplot "$source/node_modules/"
else
    echo "The history will have tables and no charts: their library is not in node_modules/ (npm ci --omit=dev)." >&2
    WITHOUT_CHARTS=1
    export WITHOUT_CHARTS
fi
mkdir -p -- "$(dirname -- "$lib")"
rm -rf -- "$lib.new"
umask 022
# shellcheck disable=SC2086  # a list of flags
"$python" -m pip --disable-pip-version-check install --quiet --no-warn-script-location --target "$lib.new" ${PIP_FLAGS:-} "$source"
rm -rf -- "$lib.new/bin"
chmod -R u=rwX,go=rX -- "$lib.new"
version=$(cd / && "$base" -sP -c '
import sys
sys.path.insert(0, sys.argv[1])
import main_controller, main_controller.wiring.controller
print("APIS Main Controller", main_controller.__version__)' "$lib.new") ||
    fail "What was built does not start, so nothing was changed."
put_once "$dest$conf/logging.conf" <logging.conf
put_once "$dest$conf/site.toml" <systemd/site.toml
ln -srf -- "$dest$conf/logging.conf" "$lib.new/main_controller/page/logging.conf" # the site's, over every upgrade
rm -rf -- "$lib.old"
[ ! -d "$lib" ] || mv -- "$lib" "$lib.old"
mv -- "$lib.new" "$lib"
rm -rf -- "$lib.old"
put "$bin" 755 <<END
#!$base -sP
"""Starts the APIS Main Controller that is installed beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib" / "$name"))

from main_controller.wiring.command import run

sys.exit(run())
END
# As they lie in the checkout, so that their links lead somewhere; none of an older version stays.
rm -rf -- "$doc"
for each in docs/*.* docs/*/*.* benchmarks/README.md README.md CHANGELOG.md SECURITY.md NOTICE.md LICENSE logging.conf; do
    [ ! -f "$each" ] || put "$doc/$each" 644 <"$each"
done
sed -e "s|/opt/$name|$prefix|g" -e "s|/etc/$name|$conf|g" "systemd/$name.service" | put "$dest$units/$name.service" 644
put "$dest$sysusers/$name.conf" 644 <"systemd/$name.sysusers"
if [ "$running" = yes ]; then
    systemd-sysusers "$sysusers/$name.conf"
    systemctl daemon-reload
    if systemctl is-active --quiet "$name.service"; then
        echo "$version is installed; what runs is the one before: systemctl restart $name"
        exit 0
    fi
fi
if [ -n "$dest" ]; then
    echo "$version is installed below $dest, and nothing else was touched. Look at $dest$conf/site.toml."
    exit 0
fi
echo "$version is installed. Look at $conf/site.toml, then: systemctl enable --now $name"
