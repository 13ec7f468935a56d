#!/usr/bin/env bash
# Cube itself (0.33.65 from npm, over PostgreSQL), CubeProxy before it, and CubeProxy's own engine, side by side: bench/cube-real.sh [SECONDS]
# The same data (5,000 orders, 15,000 items), model and queries. "Repeated" are queries that were asked before, "new" ones that nobody asked.
# Needs node, npm, psql and a network or npm cache for the first run (210 MB).
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-3}
dotnet build -c Release -v q --nologo Floe.CubeProxy/Floe.CubeProxy.csproj
dotnet build -c Release -v q --nologo Floe.Emulators/Floe.Emulators.csproj
dotnet build -c Release -v q --nologo bench/cube/Floe.Bench.Cube.csproj

recordings=$PWD/Floe.Tests/Cube/Recordings
work=$(mktemp -d)
export CUBEJS_API_SECRET=floe-bench-secret-of-enough-characters
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done; rm -rf "$work"' EXIT

# Cube, once per lock file, where the tests have it too.
manifests=$PWD/Floe.Tests/Clients/cube
cube=$PWD/node_modules/.floe/cube-$(sha256sum "$manifests/package-lock.json" | cut -c1-12)
if [ ! -d "$cube" ]; then
  mkdir "$cube.$$"
  cp "$manifests"/package*.json "$cube.$$"
  npm install --prefix "$cube.$$" --ignore-scripts --no-audit --no-fund --loglevel=error
  mv "$cube.$$" "$cube"
fi

# ready NAME PID COMMAND...: prints the seconds from the last start to the command's success.
begin=0
ready() {
  local name=$1 pid=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || { cat "$work"/*.log >&2; exit 1; }
    sleep 0.02
  done
  echo "start to first answer ($name), s: $(echo "$(date +%s.%N) - $begin" | bc)"
}
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
content=$(printf '{"alg":"HS256"}' | base64url).$(printf '{"exp":4000000000}' | base64url)
token=$content.$(printf '%s' "$content" | openssl dgst -sha256 -hmac "$CUBEJS_API_SECRET" -binary | base64url)
answers() { [ "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: $token" -G "http://127.0.0.1:$1/cubejs-api/v1/load" --data-urlencode 'query={"measures":["Orders.count"]}')" = 200 ]; }

echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load before: $(cut -d' ' -f1-3 /proc/loadavg)"

export PGPASSWORD=floe-bench
begin=$(date +%s.%N)
POSTGRES_USER=floe POSTGRES_PASSWORD=$PGPASSWORD FLOE_POSTGRES_DATABASES=shop dotnet Floe.Emulators/bin/Release/net10.0/Floe.Emulators.dll postgres --data "$work/postgres" --port 21820 > "$work/postgres.log" 2>&1 &
pids+=($!)
sql() { psql -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p 21820 -U floe shop "$@"; }
ready PostgreSQL "${pids[0]}" sql -c 'select 1'
sql -c "CREATE TABLE customers (id int primary key, name text, region text, segment text, created_at timestamp);
  CREATE TABLE products (id int primary key, name text, category text, price numeric(12,2));
  CREATE TABLE orders (id int primary key, customer_id int, status text, region text, order_date timestamp, total_amount numeric(12,2));
  CREATE TABLE order_items (id int primary key, order_id int, product_id int, quantity int, unit_price numeric(12,2));"
for table in customers products orders order_items; do sql -c "\\copy $table FROM '$recordings/data/$table.csv' (FORMAT csv, HEADER)"; done
sql -c "CREATE INDEX ON order_items (order_id); CREATE INDEX ON orders (customer_id); ANALYZE"

mkdir "$work/cube"
cp -r "$recordings/model" "$work/cube/model"
begin=$(date +%s.%N)
(cd "$work/cube" && exec env PORT=21821 CUBEJS_DB_TYPE=postgres CUBEJS_DB_HOST=127.0.0.1 CUBEJS_DB_PORT=21820 CUBEJS_DB_NAME=shop CUBEJS_DB_USER=floe CUBEJS_DB_PASS=$PGPASSWORD \
  CUBEJS_CACHE_AND_QUEUE_DRIVER=memory CUBEJS_SCHEMA_PATH=model CUBEJS_TELEMETRY=false NODE_ENV=production \
  node --require "$manifests/listen-on-loopback.cjs" "$cube/node_modules/.bin/cubejs-server" server) > "$work/cube.log" 2>&1 &
pids+=($!)
ready Cube "${pids[1]}" answers 21821

begin=$(date +%s.%N)
Floe__Cube__Upstream=http://127.0.0.1:21821 Floe__Cube__Secret=$CUBEJS_API_SECRET \
  dotnet Floe.CubeProxy/bin/Release/net10.0/Floe.CubeProxy.dll --model "$recordings/model" --data "$recordings/data" --port 21822 > "$work/proxy.log" 2>&1 &
pids+=($!)
ready "CubeProxy before Cube" "${pids[2]}" answers 21822

begin=$(date +%s.%N)
dotnet Floe.CubeProxy/bin/Release/net10.0/Floe.CubeProxy.dll --model "$recordings/model" --data "$recordings/data" --port 21823 > "$work/engine.log" 2>&1 &
pids+=($!)
ready "CubeProxy's engine" "${pids[3]}" answers 21823

dotnet bench/cube/bin/Release/net10.0/Floe.Bench.Cube.dll compare "$recordings/cases" "$CUBEJS_API_SECRET" "$seconds" \
  "Cube=http://127.0.0.1:21821" "CubeProxy before Cube=http://127.0.0.1:21822" "CubeProxy's engine=http://127.0.0.1:21823"
pss() { awk '/^Pss:/ { printf "%d", $2 / 1024 }' "/proc/$1/smaps_rollup"; }
echo "memory (PSS), MB: Cube $(pss "${pids[1]}") without its PostgreSQL, CubeProxy before it $(pss "${pids[2]}"), CubeProxy's engine $(pss "${pids[3]}")"
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
