#!/usr/bin/env bash
# Latency, throughput, start, freshness and memory of CubeProxy's own engine over the recorded queries: bench/cube.sh [SECONDS]
# The data are those of the recordings (5,000 orders, 15,000 items: the size of the default data set), served from CSV files.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-5}
dotnet build -c Release -v q --nologo Floe.CubeProxy/Floe.CubeProxy.csproj
dotnet build -c Release -v q --nologo bench/cube/Floe.Bench.Cube.csproj

recordings=$PWD/Floe.Tests/Cube/Recordings
work=$(mktemp -d)
export CUBEJS_API_SECRET=floe-bench-secret-of-enough-characters CUBEJS_SQL_PASSWORD=floe-bench-password
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done; rm -rf "$work"' EXIT

# The same model with a policy on the orders: a filter by four values of the token.
cp -r "$recordings/model" "$work/model"
awk '{ print } /sql_table: orders$/ { print "    access_policy:\n      - role: \"*\"\n        row_level:\n          filters:\n            - {member: region, operator: equals, values: [\"{ securityContext.region }\"]}" }' \
  "$recordings/model/orders.yml" > "$work/model/orders.yml"

# start MODEL NAME PORT [DATA]: prints the seconds from the process's start to a ready service.
start() {
  local begin pid log="$work/$2.log"
  begin=$(date +%s.%N)
  dotnet Floe.CubeProxy/bin/Release/net10.0/Floe.CubeProxy.dll --model "$1" --data "${4:-$recordings/data}" --port "$3" --sql-port "$(($3 + 10))" --clock 2026-11-21T00:10:00Z > "$log" 2>&1 &
  pid=$!
  pids+=("$pid")
  until curl -sf "http://127.0.0.1:$3/readyz" > /dev/null; do
    kill -0 "$pid" 2>/dev/null || { cat "$log" >&2; exit 1; }
    sleep 0.02
  done
  echo "start to ready ($2), s: $(echo "$(date +%s.%N) - $begin" | bc)"
}

echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load before: $(cut -d' ' -f1-3 /proc/loadavg)"
start "$recordings/model" plain 21811
start "$work/model" policy 21812
dotnet bench/cube/bin/Release/net10.0/Floe.Bench.Cube.dll http://127.0.0.1:21811 http://127.0.0.1:21812 "$recordings/cases" "$CUBEJS_API_SECRET" "$seconds" 21821 "$CUBEJS_SQL_PASSWORD"
cp -r "$recordings/data" "$work/data"
start "$recordings/model" fresh 21814 "$work/data"
dotnet bench/cube/bin/Release/net10.0/Floe.Bench.Cube.dll freshness http://127.0.0.1:21814 "$work/data" "$CUBEJS_API_SECRET" 10
awk '/^Pss:/ { printf "memory of the service (PSS): %d MB\n", $2 / 1024 }' "/proc/${pids[0]}/smaps_rollup"
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
