#!/bin/sh
# Called by Maven: build.sh bundle FOLDER | build.sh check SKIPPED
set -eu
for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "the console is built by Node 20.19 or newer with npm, and $tool was not found: install it, or build without the console by -Dconsole.skip" >&2; exit 1; }
done
exec node build.mjs "$@"
