#!/usr/bin/env bash
# What telemetry adds to a query: bench/telemetry.sh [ROUNDS]
# Two CubeProxies over the recorded tables, one without and one with traces, metrics and logs to a receiver, asked in turn.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-20}
dotnet build -c Release -v q --nologo Floe.CubeProxy/Floe.CubeProxy.csproj
dotnet build -c Release -v q --nologo bench/cube/Floe.Bench.Cube.csproj

recordings=$PWD/Floe.Tests/Cube/Recordings
work=$(mktemp -d)
export CUBEJS_API_SECRET=floe-bench-secret-of-enough-characters
receiver=21833
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done; rm -rf "$work"' EXIT

# start PORT [VARIABLE=VALUE...]
start() {
  local port=$1
  shift
  env "$@" dotnet Floe.CubeProxy/bin/Release/net10.0/Floe.CubeProxy.dll --model "$recordings/model" --data "$recordings/data" --port "$port" --clock 2026-11-21T00:10:00Z > "$work/$port.log" 2>&1 &
  pids+=("$!")
  until curl -sf "http://127.0.0.1:$port/readyz" > /dev/null; do
    kill -0 "${pids[-1]}" 2>/dev/null || { cat "$work/$port.log" >&2; exit 1; }
    sleep 0.05
  done
}

echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load before: $(cut -d' ' -f1-3 /proc/loadavg)"
start 21831
start 21832 "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$receiver" OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_BSP_SCHEDULE_DELAY=1000 OTEL_METRIC_EXPORT_INTERVAL=1000
dotnet bench/cube/bin/Release/net10.0/Floe.Bench.Cube.dll telemetry http://127.0.0.1:21831 http://127.0.0.1:21832 "$recordings/cases" "$CUBEJS_API_SECRET" "$rounds" "$receiver"
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
