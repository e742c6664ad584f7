#!/usr/bin/env bash
# Installs schemathesis, pinned, into a virtual environment of its own. Needs python3-venv and PyPI.
#   test/live/schemathesis/setup.sh [FOLDER]
set -euo pipefail
folder=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/node_modules/.cache/schemathesis}
[[ -x $folder/bin/schemathesis ]] && exit
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5
