#!/usr/bin/env bash
# Append of 4 M rows (1 M orders, 3 M order lines) in batches to committed S3 tables, beside DuckDB alone writing the same Parquet locally.
#   bench/append.sh [ROUNDS] [ORDERS]      medians over rounds (default 5)
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/lakehouse/services.sh
dotnet bench/lakehouse/bin/Release/net10.0/Floe.Bench.Lakehouse.dll append "${1:-5}" "${2:-1000000}" "$data"
