#!/bin/sh
# Throughput and memory of the embedded S3 store on loopback: bench/minio.sh [MEGABYTES]; exit code 1 when a limit is missed.
set -eu
cd "$(dirname "$0")/.."
megabytes=${1:-512}
dotnet build -c Release -v q --nologo Floe.Emulators/Floe.Emulators.csproj
dotnet build -c Release -v q --nologo bench/minio/Floe.Bench.Minio.csproj

data=$(mktemp -d)
export MINIO_ROOT_USER=floe-bench MINIO_ROOT_PASSWORD=floe-bench-secret
export AWS_ACCESS_KEY_ID=$MINIO_ROOT_USER AWS_SECRET_ACCESS_KEY=$MINIO_ROOT_PASSWORD
dotnet Floe.Emulators/bin/Release/net10.0/Floe.Emulators.dll minio --data "$data" --port 0 > "$data.log" 2>&1 &
store=$!
trap 'kill $store 2>/dev/null; wait $store 2>/dev/null || true; rm -rf "$data" "$data.log"' EXIT
until endpoint=$(grep -o 'http://127.0.0.1:[0-9]*' "$data.log"); do
  kill -0 $store 2>/dev/null || { cat "$data.log"; exit 1; }
  sleep 0.1
done
dotnet bench/minio/bin/Release/net10.0/Floe.Bench.Minio.dll "$endpoint" "$megabytes" $store
