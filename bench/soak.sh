#!/usr/bin/env bash
# The whole stack in real time: a batch of 100 orders every 2 s by the schedule, maintenance every minute, Cube asked all the while.
#   bench/soak.sh [minutes]        default 20; prints a line per minute and a verdict; exits 1 when something failed or grew
# Figures: runs completed, failed and attempts that failed; orders as Cube counts them; data files of the current snapshots and all files in the store;
# resident memory (MB) of the worker, cubeproxy, catalog, store and dashboard, and proportional of the whole stack; the longest answer of Cube (ms).
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-20}
apphost=Floe.AppHost/bin/Release/net10.0/Floe.AppHost.dll
dotnet build Floe.AppHost -c Release --nologo -v quiet

work=$(mktemp -d)
marker="soak-$$"
export Schedule__Cron='*/2 * * * * ?' Schedule__MaintainCron='0 * * * * ?' Schedule__Orders=100
# As "dotnet run" has it from launchSettings.json.
export DASHBOARD__TELEMETRYLIMITS__MAXTRACECOUNT=1000 DASHBOARD__TELEMETRYLIMITS__MAXLOGCOUNT=5000
export Maintenance__SnapshotMinutes=1 Maintenance__MetadataFiles=5 Maintenance__OrphanMinutes=10
FLOE_BENCH=$marker DOTNET_ENVIRONMENT=Development ASPIRE_ALLOW_UNSECURED_TRANSPORT=true \
  dotnet "$apphost" --Floe:Services=embedded "--Floe:DataDirectory=$work/data" > "$work/log" 2>&1 &
pid=$!
stop() { kill -TERM $pid 2>/dev/null || true; wait $pid || true; rm -rf "$work"; }
trap stop EXIT
until grep -q 'Try next' "$work/log"; do
  kill -0 $pid 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.2
done
cube=$(grep -o 'CUBEPROXY=.*' "$work/log" | cut -d= -f2-)
token=$(grep -o 'TOKEN=.*' "$work/log" | head -1 | cut -d= -f2-)
worker=$(grep -o 'http://[^ ]*/api/jobs' "$work/log" | head -1 | sed 's#/api/jobs$##')

# Processes of this run by their command line.
of() {
  for p in /proc/[0-9]*; do
    if { tr '\0' '\n' < "$p/environ"; } 2>/dev/null | grep -qx "FLOE_BENCH=$marker" && { tr '\0' ' ' < "$p/cmdline"; } 2>/dev/null | grep -q "$1"; then
      echo "${p#/proc/}"
    fi
  done
}
rss() { local kb=0 n; for p in $(of "$1"); do n=$(awk '/^VmRSS/ { print $2 }' "/proc/$p/status" 2>/dev/null || echo 0); [ "${n:-0}" -gt "$kb" ] && kb=$n; done; echo $((kb / 1024)); }
pss() { local total=0 kb; for p in $(of .); do kb=$(awk '/^Pss:/ { print $2 }' "/proc/$p/smaps_rollup" 2>/dev/null || echo 0); total=$((total + ${kb:-0})); done; echo $((total / 1024)); }

# Cube is asked every half second; every answer must be right in form and never smaller than the one before.
(
  last=0
  while kill -0 $pid 2>/dev/null; do
    answer=$(curl -s -w ' %{time_total}' "$cube/cubejs-api/v1/load" -H "Authorization: $token" -G --data-urlencode 'query={"measures":["Orders.count"]}') || answer="no answer"
    count=$(echo "$answer" | grep -o '"Orders.count":"[0-9]*"' | grep -o '[0-9]*' || true)
    if [ -z "$count" ] || [ "$count" -lt "$last" ]; then echo "$(date -u +%T) after $last: $answer" >> "$work/bad"; else last=$count; fi
    echo "$last ${answer##* }" >> "$work/asked"
    sleep 0.5
  done
) &

echo "machine: $(nproc) cores, $(awk '/MemTotal/ { printf "%d GiB", $2 / 1048576 }' /proc/meminfo), $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load before: $(cut -d' ' -f1-3 /proc/loadavg)"
printf '%6s %9s %6s %7s %7s %10s %9s %6s %6s %9s %7s %5s %9s %5s %6s\n' minute completed failed retries orders data-files all-files MB worker cubeproxy polaris minio dashboard stack max-ms
failed=0
for m in $(seq "$minutes"); do
  sleep 60
  # The list is limited: what was seen before counts, too.
  curl -sf "$worker/api/runs?limit=100" | node -e '
    for (const r of JSON.parse(require("fs").readFileSync(0)).runs.filter(r => r.finishedAt)) console.log(r.id, r.state, (r.failures ?? []).length, r.job);' >> "$work/runs"
  sort -u -o "$work/runs" "$work/runs"
  read -r completed bad retries files <<< "$(awk '{ if ($2 == "completed") c++; else f++; r += $3; if ($4 == "maintain" && $2 == "completed") last = $1 } END { print c + 0, f + 0, r + 0, last == "" ? "-" : last }' "$work/runs")"
  data=-
  [ "$files" = - ] || data=$(curl -sf "$worker/api/runs/$files" | grep -o 'data files [0-9]* -> [0-9]*' | tail -1 | grep -o '[0-9]*$' || echo -)
  all=$(find "$work/data" -type f -path '*minio*' | wc -l)
  size=$({ du -sm "$work/data" 2> /dev/null || true; } | cut -f1) # files come and go meanwhile
  read -r orders slowest <<< "$(tail -100 "$work/asked" | awk '{ o = $1; if ($2 > t) t = $2 } END { printf "%d %d", o, t * 1000 }')"
  w=$(rss Floe.SeedWorker); c=$(rss Floe.CubeProxy)
  printf '%6s %9s %6s %7s %7s %10s %9s %6s %6s %9s %7s %5s %9s %5s %6s\n' "$m" "$completed" "$bad" "$retries" "$orders" "$data" "$all" "$size" "$w" "$c" "$(rss "Emulators.* polaris")" "$(rss "Emulators.* minio")" "$(rss "aspire-managed dashboard")" "$(pss)" "$slowest"
  echo "$m $all $w $c" >> "$work/minutes"
  failed=$bad
done
wrong=0; [ ! -s "$work/bad" ] || { wrong=$(wc -l < "$work/bad"); head -5 "$work/bad"; }
lost=$(grep -cE 'fail:|crit:' "$work/log" || true)
echo "wrong or missing answers of Cube: $wrong of $(wc -l < "$work/asked"); failed runs: $failed; errors in the log: $lost"
# Flat: the last quarter's most is not above the second quarter's most by more than a quarter (files) or a fifth (memory).
awk -v n="$minutes" -v wrong="$wrong" -v failed="$failed" '
  { q = int(($1 - 1) * 4 / n); if ($2 > f[q]) f[q] = $2; if ($3 > w[q]) w[q] = $3; if ($4 > c[q]) c[q] = $4 }
  END {
    printf "most in the 2nd and the last quarter: files %d, %d; worker %d, %d MB; cubeproxy %d, %d MB\n", f[1], f[3], w[1], w[3], c[1], c[3]
    flat = n < 8 || (f[3] <= f[1] * 1.25 && w[3] <= w[1] * 1.2 && c[3] <= c[1] * 1.2)
    print (n < 8 ? "too short to say what is flat" : flat ? "flat" : "NOT FLAT")
    exit !(flat && wrong == 0 && failed == 0)
  }' "$work/minutes"
