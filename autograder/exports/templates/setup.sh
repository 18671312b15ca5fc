#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: Python 3.11 or newer, and the packages.
set -eu
root="${AUTOGRADER_ROOT:-/autograder}"
apt-get update
apt-get install --yes --no-install-recommends bubblewrap
python=""
for version in 3.13 3.12 3.11; do
    if "python$version" -c "" 2> /dev/null; then
        python="python$version"
        break
    fi
done
python="${python:-python3.11}"
# Ubuntu's Python comes without venv; a Python of another origin has no such package, and needs none.
apt-get install --yes --no-install-recommends "$python" "$python-venv" || command -v "$python"
"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --no-cache-dir -r "$root/source/requirements.txt"
