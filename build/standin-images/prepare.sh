#!/bin/sh
# Runs once, when the image is built.
set -eu
mkdir -p /var/lib/postgresql /data /deployments/logs /usr/src/app /cube/conf /opt/jboss/container/java/run /www
chown 999:999 /var/lib/postgresql
chown 10000:10001 /deployments/logs
ln -sf /standin/start.sh /opt/jboss/container/java/run/run-java.sh
chmod 755 /standin/*.sh
