#!/usr/bin/env bash
# Makes the virtual environment in which moto's server runs, the emulator of AWS, and SeaweedFS, a second S3: setup.sh [FOLDER]. Does nothing where it is there and of these very
# versions. Tests look for it in node_modules/.cache/moto, or where ROLLCALL_TEST_MOTO says (the path of moto_server).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:-$here/../../../node_modules/.cache/moto}
made=$folder/requirements.made
cmp -s "$here/requirements.txt" "$made" && exit 0
rm -rf "$folder"
mkdir -p "$folder"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
cp "$here/requirements.txt" "$made"
