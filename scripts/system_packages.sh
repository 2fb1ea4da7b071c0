#!/bin/sh
# The programs that tests need beside Python. As root on Debian or Ubuntu they are installed;
# elsewhere the one command is printed and the run fails: nothing is skipped silently.
set -eu

missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }

need git git
need ssh-keygen openssh-client
need openssl openssl
need pdfsig poppler-utils
need pdftoppm poppler-utils
need qpdf qpdf
need softhsm2-util softhsm2
# Ubuntu's chromium package is a shell around a snap; any of these names will do.
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
    command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"

[ -z "$missing" ] && exit 0
packages=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing what the tests need: $packages"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
else
    echo "the tests need: $packages" >&2
    echo "    sudo apt-get install -y $packages" >&2
    exit 1
fi
