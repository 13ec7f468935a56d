#!/usr/bin/env bash
# Builds a real kube-apiserver and kube-controller-manager (1.20.2) from Debian's source package where no container image and no cluster can be had, and keeps it in
# $FLOE_KUBE (default: ~/.cache/floe-kube). About 12 minutes of CPU and 2 GB of disk, once. Prints the server's path; the controllers lie beside it.
#   build/apiserver.sh
# Needs root for apt-get (golang-1.19, etcd-server) unless these are installed. bench/kubernetes.sh uses the result.
set -euo pipefail

version=1.20.2
home="${FLOE_KUBE:-$HOME/.cache/floe-kube}"
binary="$home/kube-apiserver-$version"
controllers="$home/kube-controller-manager-$version"
if [ -x "$binary" ] && [ -x "$controllers" ]; then echo "$binary"; exit 0; fi
mkdir -p "$home"
exec 3>&1 1>&2

go=/usr/lib/go-1.19/bin/go
if [ ! -x "$go" ] || [ ! -x /usr/bin/etcd ]; then
  apt-get install -y -q golang-1.19-go etcd-server
fi

# An apt of its own: the machine's lists stay as they are.
apt="$home/apt"
mkdir -p "$apt/lists/partial" "$apt/source"
key=/usr/share/keyrings/debian-archive-keyring.gpg
cat > "$apt/sources.list" <<LIST
deb-src [signed-by=$key] http://deb.debian.org/debian bookworm main
deb-src [signed-by=$key] http://deb.debian.org/debian-security bookworm-security main
LIST
options=(-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists" -o APT::Sandbox::User=root)
apt-get "${options[@]}" -q update
(cd "$apt/source" && apt-get "${options[@]}" -q source --download-only kubernetes)

# The old way of Go, a GOPATH: the package brings everything that it needs in vendor/.
export GOPATH="$home/gopath" GOCACHE="$home/gocache" GO111MODULE=off CGO_ENABLED=0 GOFLAGS=
tree="$GOPATH/src/k8s.io/kubernetes"
rm -rf "$tree"; mkdir -p "$(dirname "$tree")"
dpkg-source --no-check -x "$apt"/source/kubernetes_*.dsc "$tree"
cd "$tree"

# The server does not compile without its own description of its API, and the package has none.
"$go" build -o "$home/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
inputs="$( { grep -rlE '^// \+k8s:openapi-gen=true' --include=doc.go staging/src/k8s.io | xargs -n1 dirname | sed 's|^staging/src/|k8s.io/kubernetes/vendor/|'
  for package in api/resource runtime util/intstr version apis/meta/v1; do
    echo "k8s.io/kubernetes/vendor/k8s.io/apimachinery/pkg/$package"
  done; } | sort -u | paste -sd,)"
: > "$home/header.txt"
"$home/openapi-gen" --go-header-file "$home/header.txt" --output-base "$GOPATH/src" --output-package k8s.io/kubernetes/pkg/generated/openapi \
  --output-file-base zz_generated.openapi --report-filename "$home/openapi-violations.txt" --input-dirs "$inputs"

flags=()
for package in component-base/version client-go/pkg/version; do
  for pair in "gitVersion=v$version" gitMajor=1 gitMinor=20 gitTreeState=clean gitCommit=faecb196815e248d3ecfb03c680a4507229c2a56; do
    flags+=("-X k8s.io/kubernetes/vendor/k8s.io/$package.$pair")
  done
done
"$go" build -ldflags "-s -w ${flags[*]}" -o "$binary.tmp" ./cmd/kube-apiserver
"$go" build -ldflags "-s -w ${flags[*]}" -o "$controllers" ./cmd/kube-controller-manager
mv "$binary.tmp" "$binary"
rm -rf "$tree" "$GOCACHE"
echo "$binary" >&3
