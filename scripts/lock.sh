#!/bin/sh
# Pin the newest stable releases with hashes and without index addresses.
# usage: scripts/lock.sh BIN   (a folder with python; uv is installed there for the occasion)
set -eu
bin=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bin/python" -m pip install --quiet --target "$work/uv" uv
"$bin/python" - "$work" <<'PYTHON'
import sys, tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
run = [*project["dependencies"], "hatchling", "editables"]
for name, extra in (("run", []), ("dev", project["optional-dependencies"]["dev"])):
    with open(f"{sys.argv[1]}/{name}.in", "w") as file:
        file.write("\n".join([*run, *extra]) + "\n")
PYTHON
compile() {
    PYTHONPATH="$work/uv" "$work/uv/bin/uv" pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@"
}
compile "$work/run.in" -o requirements.lock
# pip takes a requirement with an extra only where the lock pins it with that extra.
compile "$work/dev.in" -c requirements.lock --no-strip-extras -o requirements-dev.lock
