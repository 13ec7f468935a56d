#!/bin/sh
# Stands in for the official image named by STANDIN: takes its variables, arguments, ports and mounts, refuses what it would refuse, and starts Floe's own service.
set -eu

need() { for name in "$@"; do eval "value=\${$name:-}"; [ -n "$value" ] || { echo "stand-in of $STANDIN: the variable $name is missing" >&2; exit 1; }; done; }
refuse() { echo "stand-in of $STANDIN: $*" >&2; exit 1; }
emulate() { exec dotnet /app/emulators/Floe.Emulators.dll "$@"; }
# The emulators listen for their own machine alone; the container's network reaches them through this.
open() { nc -ll -p "$1" -e nc 127.0.0.1 "$2" < /dev/null & }

case "$STANDIN" in
  postgres)
    # 18: the volume is /var/lib/postgresql, and the data below it by major version.
    need POSTGRES_PASSWORD
    grep -q ' /var/lib/postgresql/data ' /proc/mounts && refuse "the volume is at /var/lib/postgresql/data; from 18 on it must be at /var/lib/postgresql"
    open 5432 15432
    FLOE_POSTGRES_DATABASES="${POSTGRES_DB:-}" emulate postgres --data /var/lib/postgresql/18 --port 15432 --bin-dir /app/postgres/bin ;;
  minio)
    [ "${1:-}" = server ] || refuse "its first argument must be 'server'; it has '$*'"
    [ "${2:-}" = /data ] || refuse "its second argument must be the folder /data; it has '$*'"
    need MINIO_ROOT_USER MINIO_ROOT_PASSWORD
    open 9000 19000
    open 9001 19000
    emulate minio --data /data --port 19000 ;;
  polaris)
    need POLARIS_PERSISTENCE_TYPE POLARIS_REALM_CONTEXT_REALMS QUARKUS_DATASOURCE_JDBC_URL QUARKUS_DATASOURCE_USERNAME QUARKUS_DATASOURCE_PASSWORD AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION
    # With a database behind it the server sets up no realm: the admin tool does.
    [ -z "${POLARIS_BOOTSTRAP_CREDENTIALS:-}" ] || refuse "POLARIS_BOOTSTRAP_CREDENTIALS is for Polaris without a database"
    [ "$POLARIS_FEATURES__ENABLE_CREDENTIAL_RESET_" = true ] || refuse "the principals' credentials cannot be set"
    if [ "${POLARIS_AUTHENTICATION_TOKEN_BROKER_TYPE:-}" = symmetric-key ]; then
      need POLARIS_AUTHENTICATION_TOKEN_BROKER_SYMMETRIC_KEY_SECRET
      [ "${#POLARIS_AUTHENTICATION_TOKEN_BROKER_SYMMETRIC_KEY_SECRET}" -ge 32 ] || refuse "the token broker's key must have 32 characters"
    fi
    open 8181 18181
    open 8182 18182
    emulate polaris --port 18181 --management-port 18182 ;;
  polaris-admin-tool)
    # bootstrap -r REALM -c REALM,ID,SECRET
    [ "${1:-}" = bootstrap ] && [ "${2:-}" = -r ] && [ "${4:-}" = -c ] || refuse "it is called by 'bootstrap -r REALM -c REALM,ID,SECRET'"
    need POLARIS_PERSISTENCE_TYPE QUARKUS_DATASOURCE_JDBC_URL QUARKUS_DATASOURCE_USERNAME QUARKUS_DATASOURCE_PASSWORD
    [ -z "${AWS_ACCESS_KEY_ID:-}" ] || refuse "it needs no keys of the store"
    POLARIS_BOOTSTRAP_CREDENTIALS="$5" AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none dotnet /app/emulators/Floe.Emulators.dll polaris --port 18181 --management-port 18182 &
    until wget -q -O /dev/null http://127.0.0.1:18182/q/health/ready 2> /dev/null; do kill -0 $! || refuse "the realm could not be set up"; sleep 1; done
    kill $!
    wait $! || true
    echo "realm $3 is set up" ;;
  jaeger)
    mkdir -p /tmp/health /tmp/ui/api
    echo '{"status":"Server available"}' > /tmp/health/status
    echo '{"data":[],"total":0}' > /tmp/ui/api/services
    # What is sent is taken and dropped.
    nc -ll -p 4317 -e cat < /dev/null > /dev/null & nc -ll -p 4318 -e cat < /dev/null > /dev/null &
    httpd -p 16686 -h /tmp/ui
    exec httpd -f -p 13133 -h /tmp/health ;;
  marquez)
    need MARQUEZ_PORT MARQUEZ_ADMIN_PORT
    # Without a configuration of its own the image knows one database, user and password, and looks for OpenSearch.
    [ -n "${MARQUEZ_CONFIG:-}" ] || refuse "MARQUEZ_CONFIG is missing, so the database would be marquez/marquez/marquez"
    [ -f "$MARQUEZ_CONFIG" ] || refuse "there is no configuration $MARQUEZ_CONFIG"
    need MIGRATE_ON_STARTUP SEARCH_ENABLED POSTGRES_HOST POSTGRES_PORT POSTGRES_DB POSTGRES_USER POSTGRES_PASSWORD
    for name in $(grep -o '\${[A-Z_]*}' "$MARQUEZ_CONFIG" | tr -d '${}'); do need "$name"; done
    open "$MARQUEZ_PORT" 15000
    open "$MARQUEZ_ADMIN_PORT" 15001
    emulate marquez --port 15000 --admin-port 15001 ;;
  marquez-web)
    need MARQUEZ_HOST MARQUEZ_PORT WEB_PORT REACT_APP_ADVANCED_SEARCH
    wget -q -O /dev/null "http://$MARQUEZ_HOST:$MARQUEZ_PORT/api/v1/namespaces" || echo "Marquez does not answer at $MARQUEZ_HOST:$MARQUEZ_PORT yet" >&2
    mkdir -p /tmp/web
    echo OK > /tmp/web/healthcheck
    exec httpd -f -p "$WEB_PORT" -h /tmp/web ;;
  cube)
    need CUBEJS_API_SECRET CUBEJS_DB_TYPE CUBEJS_PG_SQL_PORT FLOE_CATALOG_URI FLOE_CATALOG_CLIENT_ID FLOE_CATALOG_CLIENT_SECRET CUBEJS_DB_DUCKDB_S3_ENDPOINT CUBEJS_DB_DUCKDB_S3_REGION CUBEJS_DB_DUCKDB_S3_ACCESS_KEY_ID CUBEJS_DB_DUCKDB_S3_SECRET_ACCESS_KEY
    [ -f /cube/conf/cube.js ] || refuse "there is no /cube/conf/cube.js"
    # Its SQL API takes tokens for passwords, which CubeProxy's does not; that one is inside.
    CUBEJS_SQL_PASSWORD="$CUBEJS_API_SECRET" dotnet /app/cube-sql/CubeSql.dll "$CUBEJS_PG_SQL_PORT" 15433 &
    # Names with a double underscore are none for a shell.
    exec env "ConnectionStrings__minio=Endpoint=http://$CUBEJS_DB_DUCKDB_S3_ENDPOINT;AccessKey=$CUBEJS_DB_DUCKDB_S3_ACCESS_KEY_ID;SecretKey=$CUBEJS_DB_DUCKDB_S3_SECRET_ACCESS_KEY;Region=$CUBEJS_DB_DUCKDB_S3_REGION" \
      "ConnectionStrings__lakehouse=Uri=$FLOE_CATALOG_URI;Warehouse=lakehouse;ClientId=$FLOE_CATALOG_CLIENT_ID;ClientSecret=$FLOE_CATALOG_CLIENT_SECRET;Scope=PRINCIPAL_ROLE:ALL" \
      CUBEJS_SQL_USER=cube CUBEJS_SQL_PASSWORD="$CUBEJS_API_SECRET" CUBEJS_PG_SQL_PORT=15433 HTTP_PORTS=4000 dotnet /app/cubeproxy/Floe.CubeProxy.dll --model /cube/conf/model ;;
  *) refuse "there is no such stand-in" ;;
esac
