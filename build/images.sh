#!/usr/bin/env bash
# Builds the images of the worker and of CubeProxy with podman (or docker).
#   build/images.sh                     # on Microsoft's chiselled base, as ghcr.io/floe/seedworker:<version> and ghcr.io/floe/cubeproxy:<version>
#   build/images.sh --scratch           # on a base made from Debian's packages, where no registry can be reached
#   build/images.sh --scratch --test    # and shows that they are small, start, answer, and stop: with the emulators of this repository
#   build/images.sh --test --no-build   # shows it of images that are there
#   REPOSITORY=registry.example.com/floe VERSION=1.2.3 build/images.sh
set -euo pipefail
cd "$(dirname "$0")/.."

version="${VERSION:-$(sed -n 's/^appVersion: *//p' charts/floe-platform/Chart.yaml)}"
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || { echo "VERSION is '$version'; it must be a semantic version such as 1.2.3"; exit 2; }
repository="${REPOSITORY:-ghcr.io/floe}"
tool="${PODMAN:-$(command -v podman || command -v docker || true)}"
[ -n "$tool" ] || { echo "neither podman nor docker is installed; PODMAN=/somewhere/podman names one that is not in the path"; exit 2; }
scratch=false; check=false; build=true
for argument in "$@"; do
  case "$argument" in --scratch) scratch=true ;; --test) check=true ;; --no-build) build=false ;; *) echo "$argument is no option; there are --scratch, --test and --no-build"; exit 2 ;; esac
done

work="$(mktemp -d)"
containers=("floe-image-test-seedworker-$$" "floe-image-test-cubeproxy-$$"); pids=()
cleanup() {
  for name in "${containers[@]}"; do "$tool" rm --force "$name" > /dev/null 2>&1 || true; done
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

# Containers in a place like the build machines: no right to raise limits, no systemd.
if [ "$(id -u)" = 0 ] && [ ! -d /run/systemd/system ] && [ -z "${CONTAINERS_CONF:-}" ] && [ "$(basename "$tool")" = podman ]; then
  export CONTAINERS_CONF="$work/containers.conf"
  printf '%s\n' '[containers]' 'default_ulimits = ["nofile=1024:1024","nproc=1024:1024"]' '[engine]' 'runtime = "runc"' 'cgroup_manager = "cgroupfs"' 'events_logger = "file"' > "$CONTAINERS_CONF"
fi

build_images() {
  arguments=()
  if "$scratch"; then
    mkdir -p "$work/base/packages" "$work/base/rootfs"
    (cd "$work/base/packages" && apt-get -o APT::Sandbox::User=root download -q libc6 libgcc-s1 libstdc++6 zlib1g libssl3 ca-certificates tzdata > /dev/null)
    root="$work/base/rootfs"
    for package in "$work"/base/packages/*.deb; do dpkg-deb --extract "$package" "$root"; done
    mkdir -p "$root/etc/ssl/certs" "$root/tmp"; chmod 1777 "$root/tmp"
    cat "$root"/usr/share/ca-certificates/mozilla/*.crt > "$root/etc/ssl/certs/ca-certificates.crt"
    rm -rf "$root"/usr/share/{doc,lintian,man,locale,gcc,ca-certificates,bug} "$root"/usr/lib/x86_64-linux-gnu/{gconv,audit,engines-3} "$root"/usr/sbin "$root"/usr/bin "$root/usr/share/zoneinfo/right" "$root/usr/share/zoneinfo/posix"
    echo 'app:x:1654:1654::/home/app:/sbin/nologin' > "$root/etc/passwd"; echo 'app:x:1654:' > "$root/etc/group"
    "$tool" build --quiet --layers --tag localhost/floe/base:1 --file build/images/base.Containerfile "$work/base" > /dev/null
    arguments=(--build-arg BASE=localhost/floe/base:1)
  fi

  for service in seedworker cubeproxy; do
    project=$([ "$service" = seedworker ] && echo Floe.SeedWorker || echo Floe.CubeProxy)
    dotnet publish "$project" -p:PublishProfile=Image -p:Version="$version" --output "$work/context/$service" --verbosity quiet --nologo
    mv "$work/context/$service/libduckdb.so" "$work/context/libduckdb.so"
  done
  # A sixth of the library are symbols for debuggers.
  if command -v strip > /dev/null; then strip --strip-unneeded "$work/context/libduckdb.so"; fi
  chmod -R a+rX "$work/context"
  # Layers are told apart by content and time of files.
  find "$work/context" -exec touch -h -d '2026-01-01 00:00:00 UTC' {} +
  for service in seedworker cubeproxy; do
    "$tool" build --quiet --layers --tag "$repository/$service:$version" --label org.opencontainers.image.version="$version" "${arguments[@]}" --file "build/images/$service.Containerfile" "$work/context" > /dev/null
  done
}
if "$build"; then build_images; fi

# Bytes of an image, and of both together with what they share counted once.
size() { "$tool" image inspect --format '{{.Size}}' "$1"; }
megabytes() { awk -v bytes="$1" 'BEGIN { printf "%.0f MB", bytes / 1e6 }'; }
seedworker=$(size "$repository/seedworker:$version"); cubeproxy=$(size "$repository/cubeproxy:$version")
# The last layer is what the worker's image does not have too.
own=$("$tool" history --format '{{.Size}}' "$repository/cubeproxy:$version" | sed 's/\([0-9]\)\([kMG]B\)/\1 \2/' | awk '$1 > 0 { printf "%.0f", $1 * ($2 == "GB" ? 1e9 : $2 == "MB" ? 1e6 : 1e3); exit }')
together=$(( seedworker + own ))
echo "$repository/seedworker:$version $(megabytes "$seedworker"), $repository/cubeproxy:$version $(megabytes "$cubeproxy"), together $(megabytes "$together") (base and DuckDB are shared)"
for layer in $("$tool" image inspect --format '{{range .RootFS.Layers}}{{.}} {{end}}' "$repository/seedworker:$version"); do
  "$tool" image inspect --format '{{range .RootFS.Layers}}{{.}} {{end}}' "$repository/cubeproxy:$version" | grep -q "$layer" && echo "  shared $layer"
done
"$check" || exit 0

[ "$seedworker" -lt 150000000 ] && [ "$cubeproxy" -lt 150000000 ] && [ "$together" -lt 250000000 ] || { echo "FAILED: an image must be below 150 MB, both together below 250 MB"; exit 1; }

# The services that they need, from this repository.
port() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }
emulators=$(ls -t Floe.Emulators/bin/*/net10.0/Floe.Emulators.dll 2>/dev/null | head -1)
[ -n "$emulators" ] || { dotnet build Floe.Emulators --verbosity quiet --nologo; emulators=$(ls -t Floe.Emulators/bin/*/net10.0/Floe.Emulators.dll | head -1); }
secret() { openssl rand -hex 16; }
pg_port=$(port); s3_port=$(port); catalog_port=$(port); management_port=$(port); worker_port=$(port); cube_port=$(port)
pg_password=$(secret); s3_password=$(secret); root_secret=$(secret); writer_secret=$(secret); reader_secret=$(secret); api_secret=$(secret)
POSTGRES_USER=postgres POSTGRES_PASSWORD=$pg_password FLOE_POSTGRES_DATABASES=polaris,floe dotnet "$emulators" postgres --data "$work/postgres" --port "$pg_port" > "$work/postgres.log" 2>&1 & pids+=($!)
MINIO_ROOT_USER=floe MINIO_ROOT_PASSWORD=$s3_password dotnet "$emulators" minio --data "$work/minio" --port "$s3_port" > "$work/minio.log" 2>&1 & pids+=($!)
until curl -sf "http://127.0.0.1:$s3_port/minio/health/ready" > /dev/null && (echo > "/dev/tcp/127.0.0.1/$pg_port") 2>/dev/null; do sleep 0.3; done
QUARKUS_DATASOURCE_JDBC_URL=jdbc:postgresql://127.0.0.1:$pg_port/polaris QUARKUS_DATASOURCE_USERNAME=postgres QUARKUS_DATASOURCE_PASSWORD=$pg_password POLARIS_REALM_CONTEXT_REALMS=POLARIS \
  POLARIS_BOOTSTRAP_CREDENTIALS=POLARIS,root,$root_secret AWS_ACCESS_KEY_ID=floe AWS_SECRET_ACCESS_KEY=$s3_password AWS_REGION=us-east-1 \
  dotnet "$emulators" polaris --port "$catalog_port" --management-port "$management_port" > "$work/polaris.log" 2>&1 & pids+=($!)
minio="Endpoint=http://127.0.0.1:$s3_port;AccessKey=floe;SecretKey=$s3_password;Region=us-east-1"
lakehouse() { echo "Uri=http://127.0.0.1:$catalog_port/api/catalog;Warehouse=lakehouse;ClientId=$1;ClientSecret=$2;Scope=PRINCIPAL_ROLE:ALL"; }

# As a pod of the restricted standard: no root, no capabilities, a read-only file system.
start() {
  local name="floe-image-test-$1-$$"
  "$tool" run --detach --name "$name" --network host --read-only --tmpfs /tmp:mode=1777 --cap-drop all --security-opt no-new-privileges "${@:3}" "$2" > /dev/null
  echo "$name"
}
wait_for() {
  local since; since=$(date +%s%N)
  for _ in $(seq 1 400); do
    if curl -sf "$2" > /dev/null; then echo "  $1 answers $2 after $(( ($(date +%s%N) - since) / 1000000 )) ms"; return; fi
    [ "$("$tool" inspect --format '{{.State.Running}}' "$3")" = true ] || break
    sleep 0.25
  done
  "$tool" logs --tail 30 "$3"; curl -s "$2"; echo "FAILED: $1 does not answer $2"; exit 1
}
stop() {
  local since code; since=$(date +%s%N)
  "$tool" stop --time 20 "$2" > /dev/null
  code=$("$tool" inspect --format '{{.State.ExitCode}}' "$2")
  echo "  $1 stops in $(( ($(date +%s%N) - since) / 1000000 )) ms with exit code $code"
  [ "$code" = 0 ] || { echo "FAILED: $1 must stop with exit code 0"; exit 1; }
}

worker=$(start seedworker "$repository/seedworker:$version" --env HTTP_PORTS="$worker_port" --env "ConnectionStrings__minio=$minio" --env "ConnectionStrings__polaris=Endpoint=http://127.0.0.1:$catalog_port;ClientId=root;ClientSecret=$root_secret" \
  --env "ConnectionStrings__lakehouse=$(lakehouse 6ef208b5c96903bd "$writer_secret")" --env "ConnectionStrings__lakehouse_reader=$(lakehouse cf91d0c84e6ee54a "$reader_secret")" \
  --env "ConnectionStrings__floe=Host=127.0.0.1;Port=$pg_port;Username=postgres;Password=$pg_password;Database=floe" --env Lakehouse__Bucket=floe)
wait_for seedworker "http://127.0.0.1:$worker_port/alive" "$worker"
wait_for seedworker "http://127.0.0.1:$worker_port/health" "$worker"
curl -sf "http://127.0.0.1:$worker_port/openapi/v1.json" > /dev/null || { echo "FAILED: no /openapi/v1.json"; exit 1; }
# The script by which the chart's Jobs ask the worker for a run; a second time with the same key it is the same run.
sed -n '/run.sh: |/,$p' charts/floe-worker/templates/scripts.yaml | sed '1d; /^{{/d; s/^    //' > "$work/run.sh"
ask() { FLOE_WORKER=http://127.0.0.1:$worker_port FLOE_JOB="$1" FLOE_PARAMETERS="$2" FLOE_RUN_KEY="$3" sh "$work/run.sh" > "$work/$3.json"; }
id_of() { grep -o '"id": *"[^"]*"' "$work/$1.json" | head -1; }
for job in transform generate_orders maintain; do
  ask "$job" '{}' "test-$job" || { cat "$work/test-$job.json"; echo "FAILED: the job $job by the script of the chart's Jobs"; exit 1; }
  first=$(id_of "test-$job")
  ask "$job" '{}' "test-$job"
  [ -n "$first" ] && [ "$(id_of "test-$job")" = "$first" ] || { echo "FAILED: one key gave two runs"; exit 1; }
  echo "  $job by the script of the chart's Jobs: $(grep -o '"state": *"[a-z]*"' "$work/test-$job.json" | head -1)"
done
if ask generate_orders '{"orders": -1}' test-wrong; then echo "FAILED: a wrong parameter must end the Job with an error"; exit 1; fi
echo "  a wrong parameter: $(grep -o '"detail": *"[^"]*"' "$work/test-wrong.json")"
cube=$(start cubeproxy "$repository/cubeproxy:$version" --env HTTP_PORTS="$cube_port" --env "ConnectionStrings__minio=$minio" --env "ConnectionStrings__lakehouse=$(lakehouse cf91d0c84e6ee54a "$reader_secret")" --env "CUBEJS_API_SECRET=$api_secret")
wait_for cubeproxy "http://127.0.0.1:$cube_port/alive" "$cube"
wait_for cubeproxy "http://127.0.0.1:$cube_port/health" "$cube"
token=$(node -e 'const c=require("crypto"),b=o=>Buffer.from(JSON.stringify(o)).toString("base64url"),h=b({alg:"HS256",typ:"JWT"})+"."+b({exp:Date.now()/1000+600|0});console.log(h+"."+c.createHmac("sha256",process.argv[1]).update(h).digest("base64url"))' "$api_secret")
answer=$(curl -sfG "http://127.0.0.1:$cube_port/cubejs-api/v1/load" -H "Authorization: $token" --data-urlencode 'query={"measures":["Orders.count"]}')
echo "  orders by the API: $(echo "$answer" | grep -o '"Orders.count":"[0-9]*"')"
echo "$answer" | grep -q '"Orders.count":"5[0-9]*"' || { echo "FAILED: the API must count the 5000 orders of the first batch and those since"; exit 1; }
"$tool" exec "$cube" /bin/sh -c true 2>/dev/null && echo "  (the base has a shell)"
stop cubeproxy "$cube"
stop seedworker "$worker"
echo "passed"
