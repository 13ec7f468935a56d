#!/usr/bin/env bash
# Backup and restore of a whole running stack: orders are sold, a backup is made, more are sold, the data directory is deleted, a new stack takes the
# backup, and Cube must answer what it answered when the backup was made.
#   bench/restore.sh        a few minutes; prints the answers and the steps of both jobs; exits 1 when an answer differs
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build Floe.AppHost --nologo -v quiet
apphost=$PWD/Floe.AppHost/bin/Debug/net10.0/Floe.AppHost.dll

work=$(mktemp -d)
pid=
export Schedule__Cron= Schedule__MaintainCron=
stop() { [ -z "$pid" ] || { kill -TERM "$pid" 2>/dev/null && wait "$pid"; } || true; pid=; }
trap 'stop; rm -rf "$work"' EXIT
start() {
  DOTNET_ENVIRONMENT=Development ASPIRE_ALLOW_UNSECURED_TRANSPORT=true \
    dotnet "$apphost" --Floe:Services=embedded "--Floe:DataDirectory=$work/data" > "$work/log" 2>&1 &
  pid=$!
  until grep -q 'Try next' "$work/log"; do
    kill -0 $pid 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.2
  done
  cube=$(grep -o 'CUBEPROXY=.*' "$work/log" | cut -d= -f2-)
  token=$(grep -o 'TOKEN=.*' "$work/log" | head -1 | cut -d= -f2-)
  worker=$(grep -o 'http://[^ ]*/api/jobs' "$work/log" | head -1)
  worker=${worker%/api/jobs}
}
ask() {
  curl -sf "$cube/cubejs-api/v1/load" -H "Authorization: $token" -G --data-urlencode \
    'query={"measures":["Orders.count","Orders.total_revenue"],"dimensions":["Orders.status"],"order":{"Orders.status":"asc"}}' | grep -o '"data":\[[^]]*\]'
}
# job NAME [BODY]: waits for its end and prints its steps; fails when it failed.
job() {
  local id run
  id=$(curl -sf -X POST "$worker/api/jobs/$1/runs" -H 'Content-Type: application/json' -d "${2:-{\}}" | grep -o '"id":"[^"]*"' | head -1 | cut -d'"' -f4)
  until run=$(curl -sf "$worker/api/runs/$id") && grep -qE '^.{0,200}"state":"(completed|failed)"' <<< "$run"; do sleep 0.3; done
  node -e 'const r = JSON.parse(process.argv[1]); for (const s of r.steps) console.log(`  ${r.job} ${s.name}: ${s.detail ?? s.rows ?? ""} (${Math.round(s.durationMs)} ms)`); if (r.error) console.log(`  ${r.error}`); process.exit(r.state === "completed" ? 0 : 1)' "$run"
}
# Waits until Cube answers something else than before, or the time is over.
changed() { for _ in $(seq 100); do [ "$(ask)" != "$1" ] && return; sleep 0.2; done; }

start
before=$(ask); job generate_orders > /dev/null; changed "$before"
then=$(ask); echo "when the backup is made: $then"
job backup
job generate_orders > /dev/null; changed "$then"
later=$(ask); echo "later: $later"
[ "$later" != "$then" ] || { echo "FAIL: the later orders are not seen"; exit 1; }
job restore && { echo "FAIL: a restore replaced tables without being told to"; exit 1; }
stop
rm -rf "$work/data"

start
job restore '{"overwrite": true}'
for _ in $(seq 100); do [ "$(ask)" = "$then" ] && break; sleep 0.2; done
restored=$(ask); echo "restored: $restored"
[ "$restored" = "$then" ] || { echo "FAIL: the answers differ"; exit 1; }
job generate_orders > /dev/null
echo "PASS: the answers are those of the backup, and the next batch was taken"
