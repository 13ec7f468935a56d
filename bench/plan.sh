#!/bin/sh
# Time to plan a scan over 10,000 data files, with filters and without, from files and from the embedded S3 store: bench/plan.sh [ROUNDS]
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-15}
dotnet build -c Release -v q --nologo Floe.Emulators/Floe.Emulators.csproj
dotnet build -c Release -v q --nologo bench/plan/Floe.Bench.Plan.csproj

data=$(mktemp -d)
export MINIO_ROOT_USER=floe-bench MINIO_ROOT_PASSWORD=floe-bench-secret
export AWS_ACCESS_KEY_ID=$MINIO_ROOT_USER AWS_SECRET_ACCESS_KEY=$MINIO_ROOT_PASSWORD
dotnet Floe.Emulators/bin/Release/net10.0/Floe.Emulators.dll minio --data "$data/store" --port 0 > "$data.log" 2>&1 &
store=$!
trap 'kill $store 2>/dev/null; wait $store 2>/dev/null || true; rm -rf "$data" "$data.log"' EXIT
until endpoint=$(grep -o 'http://127.0.0.1:[0-9]*' "$data.log"); do
  kill -0 $store 2>/dev/null || { cat "$data.log"; exit 1; }
  sleep 0.1
done
dotnet bench/plan/bin/Release/net10.0/Floe.Bench.Plan.dll "$endpoint" "$data" "$rounds"
