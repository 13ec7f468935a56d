#!/usr/bin/env bash
# CubeProxy's own engine over 10 million orders with 30 million lines, from the Parquet files of Floe's own generator, served alone:
#   bench/cube-large.sh [ORDERS] [ROUNDS]      default 10000000 orders and 10 rounds; about 1.5 GB of disk and 8 GB of memory
# FLOE_BENCH_DATA names a folder to keep the files in, or one that has them already. Queries are asked one after the other, none from kept answers;
# the run ends when one that should read a rollup does not, or the other way round.
set -euo pipefail
cd "$(dirname "$0")/.."
orders=${1:-10000000}
rounds=${2:-10}
for project in Floe.SeedWorker Floe.CubeProxy bench/cube; do dotnet build "$project" -c Release --nologo -v quiet > /dev/null; done

work=$(mktemp -d)
data=${FLOE_BENCH_DATA:-$work/data}
service=
trap '[ -z "$service" ] || { kill "$service" && wait "$service"; } 2>/dev/null || true; rm -rf "$work"' EXIT
[ -d "$data/orders" ] || dotnet Floe.SeedWorker/bin/Release/net10.0/Floe.SeedWorker.dll generate --orders "$orders" --clock 2026-11-21T00:00:00Z --quiet --out "$data"

mkdir "$work/model"
cat > "$work/model/shop.yml" <<'MODEL'
cubes:
  - name: Orders
    sql_table: bronze.orders
    joins:
      - {name: Customers, sql: "{CUBE}.customer_id = {Customers}.customer_id", relationship: many_to_one}
      - {name: OrderItems, sql: "{CUBE}.order_id = {OrderItems}.order_id", relationship: one_to_many}
    dimensions:
      - {name: id, sql: "{CUBE}.order_id", type: string, primary_key: true}
      - {name: status, sql: status, type: string}
      - {name: order_date, sql: order_date, type: time}
    measures:
      - {name: count, type: count}
      - {name: total_revenue, sql: total_amount, type: sum}
      - {name: average_order_value, sql: "{total_revenue} / NULLIF({count}, 0)", type: number}
      - {name: largest, sql: total_amount, type: max}
    pre_aggregations:
      - {name: by_day, measures: [count, total_revenue, average_order_value], dimensions: [status, Customers.region], time_dimension: order_date, granularity: day}
  - name: OrderItems
    sql_table: bronze.order_items
    joins:
      - {name: Products, sql: "{CUBE}.product_id = {Products}.product_id", relationship: many_to_one}
    dimensions:
      - {name: id, sql: "{CUBE}.order_item_id", type: string, primary_key: true}
      - {name: quantity_of_line, sql: quantity, type: number}
    measures:
      - {name: count, type: count}
      - {name: quantity, sql: quantity, type: sum}
      - {name: revenue, sql: subtotal, type: sum}
      - {name: smallest_price, sql: unit_price, type: min}
    pre_aggregations:
      - {name: by_category, measures: [count, quantity, revenue], dimensions: [Products.category]}
  - name: Customers
    sql_table: bronze.customers
    dimensions:
      - {name: id, sql: "{CUBE}.customer_id", type: string, primary_key: true}
      - {name: region, sql: region, type: string}
    measures:
      - {name: count, type: count}
  - name: Products
    sql_table: bronze.products
    dimensions:
      - {name: id, sql: "{CUBE}.product_id", type: string, primary_key: true}
      - {name: category, sql: category, type: string}
    measures:
      - {name: count, type: count}
MODEL
cat > "$work/queries" <<'QUERIES'
covered by a rollup	{"measures":["Orders.count","Orders.total_revenue"]}
covered by a rollup	{"measures":["Orders.total_revenue","Orders.average_order_value"],"dimensions":["Orders.status"]}
covered by a rollup	{"measures":["Orders.total_revenue"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"month"}]}
covered by a rollup	{"measures":["Orders.count"],"dimensions":["Customers.region"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"day","dateRange":["2026-01-01","2026-03-31"]}]}
covered by a rollup	{"measures":["Orders.total_revenue"],"dimensions":["Customers.region"],"filters":[{"member":"Orders.status","operator":"equals","values":["delivered"]}]}
covered by a rollup	{"measures":["OrderItems.revenue","OrderItems.quantity"],"dimensions":["Products.category"]}
uncovered, simple aggregates	{"measures":["Orders.largest"]}
uncovered, simple aggregates	{"measures":["Orders.largest"],"dimensions":["Orders.status"]}
uncovered, simple aggregates	{"measures":["Orders.count","Orders.total_revenue","Orders.largest"],"filters":[{"member":"Orders.status","operator":"equals","values":["shipped"]}]}
uncovered, simple aggregates	{"measures":["Orders.largest"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"month"}]}
uncovered, simple aggregates	{"measures":["Orders.total_revenue"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"hour","dateRange":["2026-11-01","2026-11-07"]}]}
uncovered, simple aggregates	{"measures":["OrderItems.smallest_price"]}
uncovered, simple aggregates	{"measures":["OrderItems.revenue","OrderItems.count"],"dimensions":["OrderItems.quantity_of_line"]}
uncovered, simple aggregates	{"measures":["OrderItems.smallest_price"],"dimensions":["Products.category"]}
QUERIES

export CUBEJS_API_SECRET=floe-bench-secret-of-enough-characters Cube__MemoryLimit=10GB
port=21813
echo "machine: $(nproc) cores, $(awk '/MemTotal/ { printf "%d GiB", $2 / 1048576 }' /proc/meminfo), $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load before: $(cut -d' ' -f1-3 /proc/loadavg)"
begin=$(date +%s.%N)
dotnet Floe.CubeProxy/bin/Release/net10.0/Floe.CubeProxy.dll --model "$work/model" --data "$data" --port $port > "$work/log" 2>&1 &
service=$!
until curl -sf "http://127.0.0.1:$port/readyz" > /dev/null; do
  kill -0 "$service" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.2
done
echo "start to ready, tables and rollups loaded, s: $(echo "$(date +%s.%N) - $begin" | bc)"
grep -i 'rollup' "$work/log" || true
dotnet bench/cube/bin/Release/net10.0/Floe.Bench.Cube.dll queries "http://127.0.0.1:$port" "$work/queries" "$CUBEJS_API_SECRET" "$rounds"
awk '/^VmRSS:|^VmHWM:/ { printf "memory of the service, %s %d MB\n", $1 == "VmRSS:" ? "now" : "at most", $2 / 1024 }' "/proc/$service/status"
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
