#!/usr/bin/env bash
# Orders with their lines a second, to Parquet files and to committed Iceberg tables, beside DuckDB's own range() and Bogus in the same run.
#   bench/generate.sh [ORDERS] [ROUNDS]        medians over rounds (default 1000000 and 5); Bogus makes a twentieth of the orders
#   bench/generate.sh memory                   peak memory of 10 million orders with 30 million lines (about 1 GB of disk)
# A rate counts orders; each has three lines. Time is the program's own, without its start; "committed" is the worker's steps generate + commit
# over the embedded PostgreSQL, object store and catalog on the same machine.
set -euo pipefail
cd "$(dirname "$0")/.."
worker=Floe.SeedWorker/bin/Release/net10.0/Floe.SeedWorker.dll
others=bench/generate/bin/Release/net10.0/Floe.Bench.Generate.dll
emulators=Floe.Emulators/bin/Release/net10.0/Floe.Emulators.dll
for project in Floe.SeedWorker Floe.Emulators bench/generate; do dotnet build "$project" -c Release --nologo -v quiet > /dev/null; done
cores=$(nproc)
echo "machine: $cores cores, $(awk '/MemTotal/ { printf "%d GiB", $2 / 1048576 }' /proc/meminfo), $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load before: $(cut -d' ' -f1-3 /proc/loadavg)"

work=$(mktemp -d)
services=()
finish() { for s in "${services[@]:-}"; do [ -z "$s" ] || { kill "$s" && wait "$s"; } 2>/dev/null || true; done; rm -rf "$work"; }
trap finish EXIT
median() { sort -n | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# floe ORDERS THREADS: seconds and peak megabytes, by the program's last words.
floe() {
  rm -rf "$work/out"
  dotnet $worker generate --orders "$1" --threads "$2" --clock 2026-03-14 --quiet --out "$work/out" | sed -n 's/^in all.* in \([0-9.]*\) s:.*peak memory \([0-9,]*\) MB/\1 \2/p'
}

if [ "${1:-}" = memory ]; then
  read -r seconds megabytes <<< "$(floe 10000000 "$cores")"
  echo "10,000,000 orders with 30,000,000 lines: peak memory $megabytes MB, $seconds s"
  exit
fi

orders=${1:-1000000}
rounds=${2:-5}
few=$((orders / 20))

other() { rm -rf "$work/out"; dotnet $others "$1" "$2" "$3" "$work/out" | cut -d' ' -f1; }

# Where a service says that it listens.
address() { until grep -o "$2" "$1" | head -1 | grep .; do kill -0 "$3" || { cat "$1" >&2; exit 1; }; sleep 0.1; done; }

start_services() {
  export POSTGRES_USER=floe POSTGRES_PASSWORD=bench-secret FLOE_POSTGRES_DATABASES=polaris$(seq -f ,floe%g -s "" "$rounds") MINIO_ROOT_USER=floe-bench MINIO_ROOT_PASSWORD=bench-secret
  export AWS_ACCESS_KEY_ID=$MINIO_ROOT_USER AWS_SECRET_ACCESS_KEY=$MINIO_ROOT_PASSWORD AWS_REGION=us-east-1
  export POLARIS_REALM_CONTEXT_REALMS=POLARIS POLARIS_BOOTSTRAP_CREDENTIALS=POLARIS,root,bench-secret
  local pg=31431 cat=31432
  dotnet $emulators postgres --data "$work/pg" --port $pg > "$work/pg.log" 2>&1 & services+=($!)
  dotnet $emulators minio --data "$work/store" --port 0 > "$work/store.log" 2>&1 & services+=($!)
  store=$(address "$work/store.log" 'http://127.0.0.1:[0-9]*' $!)
  until grep -q ' is ready on ' "$work/pg.log"; do kill -0 ${services[0]} || { cat "$work/pg.log" >&2; exit 1; }; sleep 0.1; done
  QUARKUS_DATASOURCE_JDBC_URL=jdbc:postgresql://127.0.0.1:$pg/polaris QUARKUS_DATASOURCE_USERNAME=floe QUARKUS_DATASOURCE_PASSWORD=bench-secret \
    dotnet $emulators polaris --port $cat --management-port 0 > "$work/polaris.log" 2>&1 & services+=($!)
  database="Host=127.0.0.1;Port=$pg;Username=floe;Password=bench-secret;Database"
  catalog=http://127.0.0.1:$cat
  export ConnectionStrings__minio="Endpoint=$store;AccessKey=$MINIO_ROOT_USER;SecretKey=$MINIO_ROOT_PASSWORD;Region=us-east-1"
}

# committed ROUND: the worker seeds a lakehouse of its own; seconds of the steps generate + commit.
committed() {
  local log="$work/worker$1.log" url=http://127.0.0.1:31433 run=""
  local lake="Uri=$catalog/api/catalog;Warehouse=bench$1"
  # A lakehouse and a database of runs for every round.
  ConnectionStrings__floe="$database=floe$1" \
  ConnectionStrings__polaris="Endpoint=$catalog;ClientId=root;ClientSecret=bench-secret" \
  ConnectionStrings__lakehouse="$lake;ClientId=0123456789abcdef;ClientSecret=writer-secret;Scope=PRINCIPAL_ROLE:ALL" \
  ConnectionStrings__lakehouse_reader="$lake;ClientId=fedcba9876543210;ClientSecret=reader-secret;Scope=PRINCIPAL_ROLE:ALL" \
  Lakehouse__Bucket="bench$1" Lakehouse__CacheDirectory="$work/cache" ASPNETCORE_URLS=$url \
  Generation__Orders=$orders Generation__Customers=$((orders / 5)) Generation__Products=$((orders / 10 < 50000 ? orders / 10 : 50000)) \
    dotnet $worker > "$log" 2>&1 &
  local pid=$!
  services+=($pid)
  until run=$(curl -sf "$url/api/runs?limit=1" | grep -o '"id": *"[^"]*"' | cut -d'"' -f4) && [ -n "$run" ]; do sleep 0.1; done
  until curl -sf "$url/api/runs/$run" > "$work/run.json" && node -e '
      const run = JSON.parse(require("fs").readFileSync(process.argv[1]));
      if (run.state === "failed") { console.error(run.error); process.exit(3); }
      const steps = run.steps.filter(s => (s.name === "generate" || s.name === "commit") && s.state === "completed");
      if (steps.length < 2) process.exit(1);
      console.log(steps.reduce((sum, s) => sum + s.durationMs, 0) / 1000);' "$work/run.json" > "$work/seconds"; do
    [ $? -ne 3 ] || exit 1
    sleep 0.2
  done
  cat "$work/seconds"
  kill $pid; wait $pid 2>/dev/null || true
}

start_services
for i in $(seq "$rounds"); do
  floe "$orders" "$cores" > "$work/line"; cut -d' ' -f1 "$work/line" >> "$work/files"; cut -d' ' -f2 "$work/line" >> "$work/mem"
  floe "$orders" 1 | cut -d' ' -f1 >> "$work/files1"
  committed "$i" >> "$work/committed"
  other range "$orders" "$cores" >> "$work/range"
  other bogus $few "$cores" >> "$work/bogus"
done
report() { echo "$1: median $(awk -v n="$3" -v s="$(median < "$work/$2")" 'BEGIN { printf "%.2f M orders/s (%.2f s)", n / s / 1e6, s }')   all s: $(xargs < "$work/$2")"; }
report "Floe to Parquet files, $cores threads      " files "$orders"
report "Floe to Parquet files, 1 thread       " files1 "$orders"
report "Floe to committed Iceberg tables      " committed "$orders"
report "DuckDB range() to Parquet, $cores threads  " range "$orders"
report "Bogus and appender to Parquet, $cores thr. " bogus $few
ratio() { awk -v a="$(median < "$work/files")" -v b="$(median < "$work/$1")" -v n="$orders" -v m="$2" 'BEGIN { printf "%.1f", (n / a) / (m / b) }'; }
echo "Floe's files to DuckDB's range(): $(ratio range "$orders") times; to Bogus: $(ratio bogus $few) times"
echo "peak memory of Floe's files, MB: median $(tr -d , < "$work/mem" | median)"
