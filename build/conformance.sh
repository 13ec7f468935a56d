#!/usr/bin/env bash
# The conformance suite against an S3 store and a Polaris at an address: docs/conformance.md.
#   FLOE_S3_URL, FLOE_S3_KEY, FLOE_S3_SECRET                   the store
#   FLOE_POLARIS_URL, FLOE_POLARIS_CLIENT, FLOE_POLARIS_SECRET the catalog, by its root principal
#   FLOE_POLARIS_S3_URL                                        the store's address as the catalog sees it, where that is another
# Without FLOE_S3_URL both emulators are started as processes of their own, on free ports and an empty folder, and judged.
# Without FLOE_POLARIS_URL the store alone is judged. Arguments go to "dotnet test" (then the choice of tests is theirs).
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build -v q --nologo Floe.Tests/Floe.Tests.csproj

if [ -z "${FLOE_S3_URL:-}" ]; then
  if [ -n "${FLOE_POLARIS_URL:-}" ]; then
    echo "FLOE_POLARIS_URL is set, but FLOE_S3_URL is not: name the store that this catalog writes to." >&2
    exit 64
  fi
  folder=$(mktemp -d)
  processes=()
  stop() { for process in "${processes[@]}"; do kill "$process" 2>/dev/null && wait "$process" 2>/dev/null || true; done; rm -rf "$folder"; }
  trap stop EXIT
  # $1 service, then its options; says the address once the service has told it.
  start() {
    local log="$folder/$1.log"
    dotnet Floe.Emulators/bin/Debug/net10.0/Floe.Emulators.dll "$@" > "$log" 2>&1 &
    processes+=($!)
    until url=$(grep -om1 'is up on http://127.0.0.1:[0-9]*' "$log"); do
      kill -0 $! 2>/dev/null || { cat "$log" >&2; exit 1; }
      sleep 0.1
    done
    url=${url#is up on }
  }
  unset MINIO_ROOT_USER MINIO_ROOT_PASSWORD POLARIS_BOOTSTRAP_CREDENTIALS QUARKUS_DATASOURCE_JDBC_URL QUARKUS_DATASOURCE_USERNAME QUARKUS_DATASOURCE_PASSWORD
  start minio --port 0 --data "$folder/minio"
  export FLOE_S3_URL=$url
  start polaris --port 0 --management-port 0 --data "$folder/polaris" --s3-credentials "$folder/minio/credentials"
  export FLOE_POLARIS_URL=$url
  . "$folder/minio/credentials"
  . "$folder/polaris/credentials"
  export FLOE_S3_KEY=$AWS_ACCESS_KEY_ID FLOE_S3_SECRET=$AWS_SECRET_ACCESS_KEY
  export FLOE_POLARIS_CLIENT=$POLARIS_CLIENT_ID FLOE_POLARIS_SECRET=$POLARIS_CLIENT_SECRET
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
elif [ -z "${FLOE_POLARIS_URL:-}" ]; then
  [ $# -gt 0 ] || set -- --filter "FullyQualifiedName~Floe.Tests.Minio"
fi

echo "S3 store: $FLOE_S3_URL; catalog: ${FLOE_POLARIS_URL:-not judged}"
dotnet test Floe.Tests --no-build --nologo -p:Suite=Conformance "$@"
