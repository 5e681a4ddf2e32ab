#!/bin/sh
# Builds venv/ beside this file, from any folder, and installs what the program needs; `sh venv.sh dev` adds what its
# tests need. One that was built by a Python that is gone since is built anew, one of a checkout that was moved since is
# set to its new place; one of another user is left alone.
# With no package index: put the wheels in a folder and run `PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels/ sh venv.sh`.
set -eu
cd -- "$(dirname -- "$(readlink -f -- "$0")")"
python=${PYTHON:-python3}
extra=${1:-}
case "$extra" in
    "") what=. ;;
    dev) what='.[dev]' ;;
    *) echo "venv.sh takes nothing, or dev; not '$extra'." >&2; exit 2 ;;
esac

fail() {
    echo "$1" >&2
    exit 1
}

may_be_written() {
    for place in . venv; do
        [ ! -d "$place" ] || [ -w "$place" ] ||
            fail "$(pwd)/venv is not this user's to build: $(readlink -f "$place") is of the user $(stat -Lc %U "$place"); run this as that user."
    done
}

command -v "$python" >/dev/null 2>&1 || fail "There is no $python: install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" --version) is too old: this needs Python 3.11 or newer; name one with PYTHON=python3.11."
if [ ! -x venv/bin/python ] || ! venv/bin/python -m pip --version >/dev/null 2>&1; then
    "$python" -c 'import ensurepip' 2>/dev/null ||
        fail "Python's venv module is missing: install python3-venv (Debian: apt-get install python3-venv)."
    may_be_written
    "$python" -m venv --clear venv || fail "venv/ could not be made."
fi

# The chart library, of package.json's version: with what checks the page's scripts where that is there or wanted.
charts=$(sed -n 's/.*"uplot": "\(.*\)".*/\1/p' package.json 2>/dev/null || true)
if [ -n "$charts" ] && ! grep -qs "\"version\": \"$charts\"" node_modules/uplot/package.json; then
    all=--omit=dev
    [ -z "$extra" ] && [ ! -d node_modules/@biomejs ] || all=
    if ! command -v npm >/dev/null 2>&1; then
        echo "The history's charts need npm: install it (Debian: apt-get install npm) and run sh venv.sh again, or copy node_modules/uplot here. All else works without." >&2
    elif [ ! -w . ] || [ ! -w venv ]; then
        echo "The history's charts are not installed: run sh venv.sh as the user $(stat -Lc %U .). All else works without." >&2
    else
        # shellcheck disable=SC2086  # none, or one word
        npm ci $all --no-audit --no-fund --fetch-retries=0 --fetch-timeout=20000 >venv/npm.log 2>&1 ||
            echo "The history's charts could not be installed (see venv/npm.log): run sh venv.sh where npm reaches its packages, or copy node_modules/uplot here. All else works without." >&2
    fi
fi

# Installed before, in this very place, from this very pyproject.toml, by this very Python: nothing to do. The commands in
# venv/bin name the place in which they were installed: after a move all of them are written anew.
stamp=venv/.installed${extra:+-$extra}
sum="$(cksum < pyproject.toml) $(venv/bin/python -c 'import sys; print(sys.version)')"
here=$(pwd -P)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum
$here" ] && exit 0
again=
if [ -f "$stamp" ] && [ "$(tail -n 1 "$stamp")" != "$here" ]; then again=--force-reinstall; fi

may_be_written
# shellcheck disable=SC2086  # none, or one word
venv/bin/python -m pip install --disable-pip-version-check $again --editable "$what" >venv/install.log 2>&1 ||
    fail "The packages could not be installed (see venv/install.log). With no package index in reach, run sh venv.sh${extra:+ $extra} && venv/bin/python -m pip download -d wheels setuptools '$what' where there is one, copy wheels/ here, and put PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels/ before the same command."
printf '%s\n%s\n' "$sum" "$here" > "$stamp"
