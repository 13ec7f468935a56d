# Sourced by bench/append.sh and bench/commit.sh: the embedded store and catalog in a folder of their own, stopped and removed at the end.
dotnet build -c Release -v q --nologo Floe.Emulators/Floe.Emulators.csproj
dotnet build -c Release -v q --nologo bench/lakehouse/Floe.Bench.Lakehouse.csproj

data=$(mktemp -d)
store= catalog=
stop() {
  for pid in $catalog $store; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  rm -rf "$data"
}
trap stop EXIT
export MINIO_ROOT_USER=floe-bench MINIO_ROOT_PASSWORD=floe-bench-secret
export AWS_ACCESS_KEY_ID=$MINIO_ROOT_USER AWS_SECRET_ACCESS_KEY=$MINIO_ROOT_PASSWORD
emulators=Floe.Emulators/bin/Release/net10.0/Floe.Emulators.dll

# await NAME PID: waits until the service says where it listens, and prints the address.
await() {
  until grep -o 'http://127.0.0.1:[0-9]*' "$data/$1.log" | head -1 | grep .; do
    kill -0 "$2" 2>/dev/null || { cat "$data/$1.log" >&2; exit 1; }
    sleep 0.1
  done
}
dotnet $emulators minio --data "$data/store" --port 0 > "$data/store.log" 2>&1 &
store=$!
dotnet $emulators polaris --data "$data/polaris" --port 0 --management-port 0 > "$data/catalog.log" 2>&1 &
catalog=$!
export FLOE_BENCH_STORE=$(await store $store)
export FLOE_BENCH_CATALOG=$(await catalog $catalog)
export FLOE_BENCH_STORE_PID=$store FLOE_BENCH_CATALOG_PID=$catalog
until [ -s "$data/polaris/credentials" ]; do sleep 0.1; done
set -a; . "$data/polaris/credentials"; set +a
echo "machine: $(nproc) cores, $(awk '/MemTotal/ { printf "%d GiB", $2 / 1048576 }' /proc/meminfo), $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), load before: $(cut -d' ' -f1-3 /proc/loadavg)"
