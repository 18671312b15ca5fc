#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: Python 3.11 or newer, and the packages.
set -eu
root="${AUTOGRADER_ROOT:-/autograder}"
apt-get update
apt-get install --yes --no-install-recommends bubblewrap
python=""
for version in 3.13 3.12 3.11; do
    if command -v "python$version" > /dev/null; then
        python="python$version"
        break
    fi
done
if [ -z "$python" ]; then
    apt-get install --yes --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --no-cache-dir -r "$root/source/requirements.txt"
