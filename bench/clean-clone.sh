#!/usr/bin/env bash
# From a clean clone with an empty npm folder to the first right answer: restore, npm, build, start.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
begin=$(date +%s.%N)
git clone --quiet "$source_dir" "$work/floe"
cd "$work/floe"
dotnet run --project Floe.AppHost -- --Floe:Services=embedded > "$work/log" 2>&1 &
pid=$!
trap 'kill -TERM $pid 2>/dev/null || true; wait $pid 2>/dev/null || true; rm -rf "$work"' EXIT
until grep -q 'Try next' "$work/log"; do
  kill -0 $pid 2>/dev/null || { cat "$work/log"; exit 1; }
  sleep 0.1
done
url=$(grep -o 'CUBEPROXY=.*' "$work/log" | cut -d= -f2-); token=$(grep -o 'TOKEN=.*' "$work/log" | head -1 | cut -d= -f2-)
curl -sf "$url/cubejs-api/v1/load" -H "Authorization: $token" -G --data-urlencode 'query={"measures":["Orders.count"]}' | grep -o '"Orders.count":"[0-9]*"'
echo "clean clone to first answer: $(echo "$(date +%s.%N) - $begin" | bc) s ($(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg))"
