#!/usr/bin/env bash
# Incremental transform of small batches beside a full refresh of the same tables, and how soon data is in the marts and in a query.
#   bench/transform.sh [ORDERS] [BATCHES] [CUSTOMERS] [PRODUCTS]      default 1000000 orders, 7 batches of 100, a fifth as many customers, 50000 products
# Embedded PostgreSQL, object store and catalog, the worker and CubeProxy on the same machine. "transform" is the worker's steps build + land: data tests
# included; CPU seconds are the worker's for the whole run. Medians over the batches; the full refreshes come after them on the same tables.
set -euo pipefail
cd "$(dirname "$0")/.."
orders=${1:-1000000}
batches=${2:-7}
customers=${3:-$((orders / 5))}
products=${4:-$((orders / 10 < 50000 ? orders / 10 : 50000))}
for project in Floe.SeedWorker Floe.CubeProxy Floe.Emulators; do dotnet build "$project" -c Release --nologo -v quiet > /dev/null; done
echo "machine: $(nproc) cores, $(awk '/MemTotal/ { printf "%d GiB", $2 / 1048576 }' /proc/meminfo), $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load before: $(cut -d' ' -f1-3 /proc/loadavg)"

work=$(mktemp -d)
services=()
finish() { for s in "${services[@]:-}"; do [ -z "$s" ] || { kill "$s" && wait "$s"; } 2>/dev/null || true; done; rm -rf "$work"; }
trap finish EXIT
emulators=Floe.Emulators/bin/Release/net10.0/Floe.Emulators.dll
address() { until grep -o "$2" "$1" | head -1 | grep .; do kill -0 "$3" || { cat "$1" >&2; exit 1; }; sleep 0.1; done; }

export POSTGRES_USER=floe POSTGRES_PASSWORD=bench-secret FLOE_POSTGRES_DATABASES=polaris,floe,small MINIO_ROOT_USER=floe-bench MINIO_ROOT_PASSWORD=bench-secret
export AWS_ACCESS_KEY_ID=$MINIO_ROOT_USER AWS_SECRET_ACCESS_KEY=$MINIO_ROOT_PASSWORD AWS_REGION=us-east-1
export POLARIS_REALM_CONTEXT_REALMS=POLARIS POLARIS_BOOTSTRAP_CREDENTIALS=POLARIS,root,bench-secret
pg=31441 cat=31442 worker=31443 cube=31444
dotnet $emulators postgres --data "$work/pg" --port $pg > "$work/pg.log" 2>&1 & services+=($!)
dotnet $emulators minio --data "$work/store" --port 0 > "$work/store.log" 2>&1 & services+=($!)
store=$(address "$work/store.log" 'http://127.0.0.1:[0-9]*' $!)
until grep -q ' is ready on ' "$work/pg.log"; do kill -0 ${services[0]} || { cat "$work/pg.log" >&2; exit 1; }; sleep 0.1; done # databases made, too
QUARKUS_DATASOURCE_JDBC_URL=jdbc:postgresql://127.0.0.1:$pg/polaris QUARKUS_DATASOURCE_USERNAME=floe QUARKUS_DATASOURCE_PASSWORD=bench-secret \
  dotnet $emulators polaris --port $cat --management-port 0 > "$work/polaris.log" 2>&1 & services+=($!)
export ConnectionStrings__minio="Endpoint=$store;AccessKey=$MINIO_ROOT_USER;SecretKey=$MINIO_ROOT_PASSWORD;Region=us-east-1"
export CUBEJS_API_SECRET=bench-secret-of-sixteen-and-more

# start NAME DATABASE ORDERS CUSTOMERS PRODUCTS: a worker and a CubeProxy on a lakehouse of their own.
start() {
  local lake="Uri=http://127.0.0.1:$cat/api/catalog;Warehouse=$1"
  ConnectionStrings__floe="Host=127.0.0.1;Port=$pg;Username=floe;Password=bench-secret;Database=$2" \
  ConnectionStrings__polaris="Endpoint=http://127.0.0.1:$cat;ClientId=root;ClientSecret=bench-secret" \
  ConnectionStrings__lakehouse="$lake;ClientId=0123456789abcdef;ClientSecret=writer-secret;Scope=PRINCIPAL_ROLE:ALL" \
  ConnectionStrings__lakehouse_reader="$lake;ClientId=fedcba9876543210;ClientSecret=reader-secret;Scope=PRINCIPAL_ROLE:ALL" \
  Lakehouse__Bucket="$1" Lakehouse__CacheDirectory="$work/cache-$1" ASPNETCORE_URLS=http://127.0.0.1:$worker \
  Generation__Orders=$3 Generation__Customers=$4 Generation__Products=$5 \
    dotnet Floe.SeedWorker/bin/Release/net10.0/Floe.SeedWorker.dll > "$work/worker-$1.log" 2>&1 &
  workerpid=$!; services+=($workerpid)
  until curl -sf "http://127.0.0.1:$worker/api/runs?limit=1" | grep -q '"id"'; do kill -0 $workerpid || { cat "$work/worker-$1.log" >&2; exit 1; }; sleep 0.2; done
}
start_cube() {
  ConnectionStrings__lakehouse="Uri=http://127.0.0.1:$cat/api/catalog;Warehouse=$1;ClientId=fedcba9876543210;ClientSecret=reader-secret;Scope=PRINCIPAL_ROLE:ALL" \
  Lakehouse__CacheDirectory="$work/cache-cube-$1" ASPNETCORE_URLS=http://127.0.0.1:$cube \
    dotnet Floe.CubeProxy/bin/Release/net10.0/Floe.CubeProxy.dll > "$work/cube-$1.log" 2>&1 &
  cubepid=$!; services+=($cubepid)
}
stop() { kill "$@"; wait "$@" 2>/dev/null || true; }

cat > "$work/measure.mjs" <<'JS'
import { readFileSync } from 'node:fs';
import { createHmac } from 'node:crypto';
const [, , worker, cube, pid, what, count] = process.argv;
const ticks = () => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(f[11]) + Number(f[12])) / 100; };
const get = async url => { const r = await fetch(url); if (!r.ok) throw new Error(`${url}: ${r.status} ${await r.text()}`); return r.json(); };
const b64 = o => Buffer.from(typeof o === 'string' ? o : JSON.stringify(o)).toString('base64url');
const head = `${b64({ alg: 'HS256', typ: 'JWT' })}.${b64({ exp: Math.floor(Date.now() / 1000) + 36000 })}`;
const token = `${head}.${createHmac('sha256', process.env.CUBEJS_API_SECRET).update(head).digest('base64url')}`;
const orders = async () => {
  const query = encodeURIComponent(JSON.stringify({ measures: ['Orders.count'] }));
  const r = await fetch(`${cube}/cubejs-api/v1/load?query=${query}`, { headers: { Authorization: token } }).catch(() => null);
  if (r === null || !r.ok) return -1;
  return Number((await r.json()).data?.[0]?.['Orders.count'] ?? -1);
};
const sleep = ms => new Promise(r => setTimeout(r, ms));
const start = async (job, body) => {
  const r = await fetch(`${worker}/api/jobs/${job}/runs`, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  if (r.status !== 202) throw new Error(`${r.status} ${await r.text()}`);
  return (await r.json()).id;
};
const finished = async id => {
  for (;;) {
    const run = await get(`${worker}/api/runs/${id}`);
    if (run.state === 'failed') throw new Error(run.error);
    if (run.state === 'completed') return run;
    await sleep(20);
  }
};
const median = v => { const s = [...v].sort((a, b) => a - b); return s.length % 2 ? s[(s.length - 1) / 2] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2; };
const seconds = (run, ...steps) => run.steps.filter(s => steps.includes(s.name)).reduce((sum, s) => sum + s.durationMs, 0) / 1000;
const line = (name, v, more = '') => console.log(`${name}: median ${median(v).toFixed(2)} s   all: ${v.map(x => x.toFixed(2)).join(' ')}${more}`);
const detail = run => console.log('  ' + run.steps.find(s => s.name === 'build').detail.slice(0, 700));

if (what === 'seed') {
  const run = await finished((await get(`${worker}/api/runs?limit=1`)).runs[0].id);
  console.log(`${count}: tables to marts ${seconds(run, 'generate', 'commit', 'build', 'land').toFixed(2)} s (generate and commit ${seconds(run, 'generate', 'commit').toFixed(2)} s, transform ${seconds(run, 'build', 'land').toFixed(2)} s)`);
} else if (what === 'batches') {
  const all = [], cpu = [], visible = [];
  for (let i = 0; i < Number(count); i++) {
    const before = cube ? await orders() : 0, t0 = performance.now(), c0 = ticks();
    const id = await start('generate_orders', { orders: 100 });
    const waiting = finished(id);
    if (cube) { while (await orders() < before + 100) await sleep(10); visible.push((performance.now() - t0) / 1000); }
    const run = await waiting;
    cpu.push(ticks() - c0);
    all.push(seconds(run, 'build', 'land'));
    if (i === Number(count) - 1) { detail(run); console.log(`  steps: ${run.steps.map(s => `${s.name} ${Math.round(s.durationMs)} ms`).join(', ')}`); }
  }
  line('incremental transform of 100 orders', all, `   worker's CPU with generation: median ${median(cpu).toFixed(2)} s`);
  if (cube) line('trigger until a query shows the orders', visible);
} else {
  const all = [], cpu = [];
  for (let i = 0; i < Number(count); i++) {
    const c0 = ticks();
    const run = await finished(await start('transform', { fullRefresh: true }));
    cpu.push(ticks() - c0);
    all.push(seconds(run, 'build', 'land'));
    if (i === 0) detail(run);
  }
  line('full refresh', all, `   CPU: median ${median(cpu).toFixed(2)} s`);
}
JS
measure() { node "$work/measure.mjs" http://127.0.0.1:$worker "$1" "$workerpid" "$2" "$3"; }

echo "-- default seed, 5000 orders"
start small small 5000 1000 500
measure "" seed "default seed"
start_cube small
until curl -sf "http://127.0.0.1:$cube/readyz" > /dev/null; do kill -0 $cubepid || { cat "$work/cube-small.log" >&2; exit 1; }; sleep 0.1; done
measure http://127.0.0.1:$cube batches "$batches"
measure "" full 3
stop $cubepid $workerpid

echo "-- $orders orders, $customers customers, $products products"
start large floe "$orders" "$customers" "$products"
measure "" seed "seed"
measure "" batches "$batches"
measure "" full 2
