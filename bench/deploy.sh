#!/usr/bin/env bash
# The deployment steps of the AppHost (aspire do …) against a real API server: deploy in stages, status, new versions, rollbacks in a row, a version that cannot be
# pulled and the way back from it, the charts' tests, removal. Each step is checked by what is in the cluster afterwards.
#   bench/deploy.sh            # the AppHost is built; build/apiserver.sh makes the server (1.20.2) where it is not there
# As in bench/kubernetes.sh no container runs. kubectl is asked through a script that calls the server 1.32, because the steps refuse what is older than 1.25.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/kubernetes/cluster.sh

apphost="Floe.AppHost/bin/${CONFIGURATION:-Debug}/net10.0/Floe.AppHost.dll"
[ -f "$apphost" ] || dotnet build Floe.AppHost --configuration "${CONFIGURATION:-Debug}" --verbosity quiet --nologo
real="$(command -v kubectl)"
cat > "$work/kubectl" <<SCRIPT
#!/bin/sh
case "\$1" in version) echo '{"serverVersion":{"major":"1","minor":"32"}}' ;; *) exec "$real" "\$@" ;; esac
SCRIPT
chmod +x "$work/kubectl"
kubectl apply -f - > /dev/null <<NODE
apiVersion: v1
kind: Node
metadata: {name: stand-in}
status: {allocatable: {memory: 16Gi, cpu: "4"}}
NODE

tag() { printf 'floe-worker:\n  seedworker:\n    image:\n      tag: "%s"\n' "$1" > "$work/values.yaml"; }
# Runs a step; what it printed is in $work/step.txt.
try() {
  local step="$1"; shift
  dotnet "$apphost" --operation publish --step "$step" --output-path "$work/out" --Floe:Deploy:Context=t --Floe:Deploy:Kubectl="$work/kubectl" --Floe:Deploy:Helm="$helm" \
    --Floe:Deploy:StateDirectory="$work/state" --Floe:Publish:ChartsDirectory="$work/charts" --Floe:Publish:ValuesFile="$work/values.yaml" "$@" > "$work/step.txt" 2>&1
}
step() { local t; t=$(date +%s%N); try "$@" || { cat "$work/step.txt"; fail "$1 ended with an error"; }; say "$1 $(( ($(date +%s%N) - t) / 1000000 )) ms"; grep -oE "(is ready: .*|revision [0-9]+ again.|: deployed, revision [0-9]+|not deployed from here|its tests pass|is removed)" "$work/step.txt" | sort -u | sed 's/^/  /' || true; }
refuses() { local why="$1"; shift; if try "$@"; then cat "$work/step.txt"; fail "$1 should have failed: $why"; fi; grep -q "$why" "$work/step.txt" || { cat "$work/step.txt"; fail "$1 did not say '$why'"; }; say "$1 refuses: $(grep -o "[^.]*$why[^.]*\." "$work/step.txt" | head -1)"; }
namespace=floe
image() { kubectl -n "$namespace" get deployments -l app.kubernetes.io/name=seedworker -o jsonpath='{.items[*].spec.template.spec.containers[0].image}' | sed 's/.*://'; }
runs() { [ "$(image)" = "$1" ] || fail "the worker is $(image) and not $1"; say "  the worker's pods are of $1"; }
secrets() { kubectl -n "$namespace" get secrets -l app.kubernetes.io/part-of=floe -o jsonpath='{range .items[*]}{.metadata.name}{.data}{end}' | sha256sum; }

tag 0.1.0
step deploy-local-infra
namespace="$(kubectl get deployments --all-namespaces -l app.kubernetes.io/part-of=floe -o jsonpath='{.items[0].metadata.namespace}')"
[ -z "$(image)" ] || fail "deploy-local-infra brought the worker, too"
step status
step deploy-local-full; runs 0.1.0
keys="$(secrets)"
tag 0.2.0; step deploy-local-full; runs 0.2.0
tag 0.3.0; step deploy-local-full; runs 0.3.0
step verify-local
step rollback-local; runs 0.2.0
step rollback-local; runs 0.1.0
refuses "No earlier good deployment" rollback-local; runs 0.1.0
tag broken; refuses "cannot be pulled" deploy-local-full --Floe:Deploy:Rollback=true --Floe:Deploy:TimeoutSeconds=60
grep -q "Rolled back" "$work/step.txt" || { cat "$work/step.txt"; fail "a failed deployment did not go back"; }
runs 0.1.0
tag 0.4.0; step deploy-local-full --Floe:Deploy:Verify=true; grep -q "its tests pass" "$work/step.txt" || fail "the deployment was not verified"; runs 0.4.0
step status
step undeploy-local
[ -z "$(image)" ] || fail "the worker is still there"
infra="$(kubectl -n "$namespace" get deployments,statefulsets -l app.kubernetes.io/part-of=floe -o name)"; [ -z "$infra" ] || fail "left: $infra"
[ "$(secrets)" = "$keys" ] || fail "the credentials are not those of the first deployment"
say "  the credentials stayed as they were throughout"
step status
say "all passed"
