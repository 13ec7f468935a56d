#!/usr/bin/env bash
# The charts against a real API server: install, upgrade with nothing new, upgrade with something new, twice, roll back, uninstall, install again.
#   bench/kubernetes.sh            # build/apiserver.sh makes the server (1.20.2) where it is not there
# With the controllers of Kubernetes, and a script in place of nodes that says of every pod that it runs: shown is what server, controllers and Helm accept, refuse,
# keep, change and wait for; no container runs.
# Charts are copied without their kubeVersion, and without what came after 1.20 (budgets of policy/v1, CronJobs of batch/v1).
set -euo pipefail
cd "$(dirname "$0")/.."

. bench/kubernetes/cluster.sh

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
