#!/usr/bin/env bash
# Start-up, memory and seeding of the whole embedded stack, measured from outside as a user feels them.
#   bench/start.sh [rounds]        medians over rounds (default 5) of: cold start, warm start, seed, memory
# Cold = empty data directory, warm = data present; both built. Time runs from the start of the AppHost's process to the first right answer of Cube's API.
set -euo pipefail
# No orders come by themselves while it measures.
export Schedule__Cron=
cd "$(dirname "$0")/.."
rounds=${1:-5}
apphost=Floe.AppHost/bin/Release/net10.0/Floe.AppHost.dll
dotnet build Floe.AppHost -c Release --nologo -v quiet

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
query='query={"measures":["Orders.count"]}'

now() { date +%s.%N; }
since() { echo "$(now) - $1" | bc; }
median() { sort -n | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# Sum of proportional set sizes (MB) of every process that carries this run's marker.
pss() {
  local total=0 kb
  for p in /proc/[0-9]*; do
    if { tr '\0' '\n' < "$p/environ"; } 2>/dev/null | grep -qx "FLOE_BENCH=$1"; then
      kb=$(awk '/^Pss:/ { print $2 }' "$p/smaps_rollup" 2>/dev/null || echo 0)
      total=$((total + ${kb:-0}))
    fi
  done
  echo $((total / 1024))
}

# start DIR NAME: prints seconds to the first right answer; adds to mem, leaves seed.
start() {
  local begin log="$work/$2.log" marker="$$-$2" pid url token answer
  begin=$(now)
  FLOE_BENCH="$marker" DOTNET_ENVIRONMENT=Development ASPIRE_ALLOW_UNSECURED_TRANSPORT=true \
    dotnet "$apphost" --Floe:Services=embedded "--Floe:DataDirectory=$1" > "$log" 2>&1 &
  pid=$!
  until grep -q 'Try next' "$log" 2>/dev/null; do
    kill -0 $pid 2>/dev/null || { cat "$log" >&2; echo "the AppHost ended" >&2; exit 1; }
    sleep 0.05
  done
  url=$(grep -o 'CUBEPROXY=.*' "$log" | cut -d= -f2-); token=$(grep -o 'TOKEN=.*' "$log" | head -1 | cut -d= -f2-)
  answer=$(curl -sf "$url/cubejs-api/v1/load" -H "Authorization: $token" -G --data-urlencode "$query")
  echo "$answer" | grep -q '"Orders.count":"5000"' || { echo "wrong answer: $answer" >&2; exit 1; }
  since "$begin"
  pss "$marker" >> "$work/mem"
  # The worker's own account of its first run: generate -> committed tables -> marts.
  curl -sf "$(grep -o 'http://[^ ]*/api/jobs' "$log" | sed 's#/jobs$#/runs#')" | node -e '
    const seed = JSON.parse(require("fs").readFileSync(0)).runs.find(run => run.job === "seed_demo_data");
    console.log((Date.parse(seed.finishedAt) - Date.parse(seed.startedAt)) / 1000);' > "$work/seed"
  kill -TERM $pid; wait $pid || true
}

echo "machine: $(nproc) cores, $(awk '/MemTotal/ { printf "%d GiB", $2 / 1048576 }' /proc/meminfo), $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load before: $(cut -d' ' -f1-3 /proc/loadavg)"
for i in $(seq "$rounds"); do
  start "$work/data$i" "cold$i" >> "$work/cold"
  cat "$work/seed" >> "$work/seeds"
  start "$work/data$i" "warm$i" >> "$work/warm"
done
echo "cold start to first answer, s:  median $(median < "$work/cold")   all: $(xargs < "$work/cold")"
echo "warm start to first answer, s:  median $(median < "$work/warm")   all: $(xargs < "$work/warm")"
echo "seed of the default set to the marts, s: median $(median < "$work/seeds")   all: $(xargs < "$work/seeds")"
echo "memory of the whole stack, MB PSS after the first answer: median $(median < "$work/mem")   all: $(xargs < "$work/mem")"
