#!/usr/bin/env bash
# Time of small commits against the embedded catalog and store.
#   bench/commit.sh [COMMITS]      medians over that many commits of each kind (default 200)
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/lakehouse/services.sh
dotnet bench/lakehouse/bin/Release/net10.0/Floe.Bench.Lakehouse.dll commit "${1:-200}" "$data"
