{{/* DuckDB's memory in CubeProxy: about half of what the size's pods may have; the rest is .NET's, and answers on their way. */}}
{{- define "floe-cube.memoryLimit" -}}
{{- .Values.cubeproxy.memoryLimit | default (get (dict "small" "512MB" "medium" "1GB" "large" "2GB") (include "floe.preset" (list . .Values.cubeproxy))) -}}
{{- end -}}

{{- define "floe-cube.apiSecret" -}}
{{- .Values.apiSecret.existingSecret | default (include "floe.name" (list . "cube-api")) -}}
{{- end -}}

{{/* A variable from that secret. (list $ variable key) */}}
{{- define "floe-cube.secret" -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ include "floe-cube.apiSecret" (index . 0) }}
      key: {{ index . 2 }}
{{- end -}}

{{/* S3 without its scheme, as DuckDB and Cube Store want it. */}}
{{- define "floe-cube.minioHost" -}}
{{- include "floe.minioEndpoint" . | trimPrefix "http://" | trimPrefix "https://" -}}
{{- end -}}

{{- define "floe-cube.minioTls" -}}
{{- hasPrefix "https://" (include "floe.minioEndpoint" .) -}}
{{- end -}}

{{/* Addresses of the Cube Store workers, for the router and for each other. */}}
{{- define "floe-cube.storeWorkers" -}}
{{- $name := include "floe.name" (list . "cubestore-worker") -}}
{{- range $i := until (int .Values.cubeStore.workers.replicas) -}}
{{- if $i }},{{ end }}{{ $name }}-{{ $i }}.{{ $name }}:10001
{{- end -}}
{{- end -}}

{{/* Where all nodes of Cube Store keep what they share. */}}
{{- define "floe-cube.storeRemote" -}}
{{- if eq .Values.cubeStore.remote.type "minio" }}
- name: CUBESTORE_MINIO_BUCKET
  value: {{ .Values.cubeStore.remote.bucket | quote }}
- name: CUBESTORE_MINIO_SUB_PATH
  value: cubestore
- name: CUBESTORE_MINIO_SERVER_ENDPOINT
  value: {{ include "floe.minioEndpoint" . | quote }}
- name: CUBESTORE_MINIO_REGION
  value: us-east-1
{{ include "floe.credential" (list . "CUBESTORE_MINIO_ACCESS_KEY_ID" "minio-user") }}
{{ include "floe.credential" (list . "CUBESTORE_MINIO_SECRET_ACCESS_KEY" "minio-password") }}
{{- else }}
- name: CUBESTORE_REMOTE_DIR
  value: /cube/remote
{{- end }}
{{- end -}}

{{- define "floe-cube.storeMounts" -}}
- name: data
  mountPath: /cube/.cubestore
  subPath: cubestore
- name: tmp
  mountPath: /tmp
{{- if eq .Values.cubeStore.remote.type "local" }}
- name: data
  mountPath: /cube/remote
  subPath: remote
{{- else if eq .Values.cubeStore.remote.type "claim" }}
- name: remote
  mountPath: /cube/remote
{{- end }}
{{- end -}}

{{- define "floe-cube.storeVolumes" -}}
- name: tmp
  emptyDir: {}
{{- if eq .Values.cubeStore.remote.type "claim" }}
- name: remote
  persistentVolumeClaim:
    claimName: {{ .Values.cubeStore.remote.existingClaim }}
{{- end }}
{{- if not .Values.cubeStore.persistence.enabled }}
- name: data
  emptyDir: {}
{{- end }}
{{- end -}}

{{/* The pod of Cube, for the API and for the refresh worker. (dict "root" $ "component" name "values" values "refresh" bool) */}}
{{- define "floe-cube.cubePod" -}}
{{- $ := .root -}}
metadata:
  labels:
    {{- include "floe.podLabels" (list $ .component) | nindent 4 }}
  annotations:
    checksum/model: {{ include (print $.Template.BasePath "/cube/config.yaml") $ | sha256sum }}
spec:
  {{- include "floe.pod" (list $ .component) | nindent 2 }}
  {{- include "floe.spread" (list $ .component) | nindent 2 }}
  terminationGracePeriodSeconds: 30
  securityContext:
    {{- include "floe.podSecurity" (list 1000 1000) | nindent 4 }}
  containers:
    - name: cube
      image: {{ include "floe.image" (list $ $.Values.cube.image) }}
      imagePullPolicy: IfNotPresent
      env:
        {{- include "floe-cube.secret" (list $ "CUBEJS_API_SECRET" "cube-secret") | nindent 8 }}
        - name: CUBEJS_DB_TYPE
          value: duckdb
        {{- if $.Values.cubeStore.enabled }}
        - name: CUBEJS_CACHE_AND_QUEUE_DRIVER
          value: cubestore
        - name: CUBEJS_CUBESTORE_HOST
          value: {{ include "floe.name" (list $ "cubestore-router") }}
        - name: CUBEJS_CUBESTORE_PORT
          value: "3030"
        {{- else }}
        - name: CUBEJS_CACHE_AND_QUEUE_DRIVER
          value: memory
        {{- end }}
        - name: CUBEJS_TELEMETRY
          value: "false"
        {{- if .refresh }}
        - name: CUBEJS_REFRESH_WORKER
          value: "true"
        {{- else }}
        - name: CUBEJS_PG_SQL_PORT
          value: "15432"
        - name: CUBEJS_SQL_USER
          value: cube
        {{- include "floe-cube.secret" (list $ "CUBEJS_SQL_PASSWORD" "cube-secret") | nindent 8 }}
        {{- end }}
        - name: CUBEJS_DB_DUCKDB_S3_ENDPOINT
          value: {{ include "floe-cube.minioHost" $ | quote }}
        - name: CUBEJS_DB_DUCKDB_S3_REGION
          value: us-east-1
        {{- include "floe.credential" (list $ "CUBEJS_DB_DUCKDB_S3_ACCESS_KEY_ID" "minio-user") | nindent 8 }}
        {{- include "floe.credential" (list $ "CUBEJS_DB_DUCKDB_S3_SECRET_ACCESS_KEY" "minio-password") | nindent 8 }}
        - name: CUBEJS_DB_DUCKDB_S3_USE_SSL
          value: {{ include "floe-cube.minioTls" $ | quote }}
        - name: CUBEJS_DB_DUCKDB_S3_URL_STYLE
          value: path
        # For cube.js, which attaches the catalog.
        - name: FLOE_CATALOG_URI
          value: {{ include "floe.polarisEndpoint" $ }}/api/catalog
        - name: FLOE_CATALOG_CLIENT_ID
          value: {{ include "floe.clientId" "lakehouse-reader" | quote }}
        {{- include "floe.credential" (list $ "FLOE_CATALOG_CLIENT_SECRET" "lakehouse-reader-secret") | nindent 8 }}
        # DuckDB keeps its extensions below its home.
        - name: HOME
          value: /tmp
      ports:
        - name: http
          containerPort: 4000
          protocol: TCP
        {{- if not .refresh }}
        - name: sql
          containerPort: 15432
          protocol: TCP
        {{- end }}
      # Cube's own /livez fails when the database is away, and a restart does not bring that back: so the port is asked.
      {{- include "floe.probes" (dict "port" "http" "live" "" "ready" "/readyz" "startup" 120) | nindent 6 }}
      resources:
        {{- include "floe.resources" (list $ .values "engine") | nindent 8 }}
      securityContext:
        {{- include "floe.containerSecurity" $ | nindent 8 }}
      volumeMounts:
        - name: model
          mountPath: /cube/conf/model
          readOnly: true
        - name: config
          mountPath: /cube/conf/cube.js
          subPath: cube.js
          readOnly: true
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: model
      configMap:
        name: {{ include "floe.name" (list $ "cube-model") }}
    - name: config
      configMap:
        name: {{ include "floe.name" (list $ "cube-config") }}
    - name: tmp
      emptyDir: {}
{{- end -}}

{{/* The rows of NOTES.txt; also used by floe-platform. */}}
{{- define "floe-cube.notes" -}}
{{- $forward := printf "kubectl -n %s port-forward svc" .Release.Namespace }}
  Cube REST                {{ $forward }}/{{ include "floe.name" (list . "cubeproxy") }} 4000:8080
                           http://localhost:4000/cubejs-api/v1/meta{{ if .Values.cubeproxy.page }}, and the Floe page at http://localhost:4000{{ end }}; tokens are signed (HS256) with
                           kubectl -n {{ .Release.Namespace }} get secret {{ include "floe-cube.apiSecret" . }} -o jsonpath='{.data.cube-api-secret}' | base64 -d
  Cube SQL                 {{ $forward }}/{{ include "floe.name" (list . "cubeproxy") }} 15432:15432
                           psql -h localhost -p 15432 -U {{ .Values.cubeproxy.sqlUser }} cube; the password is that secret's cube-sql-password
{{- end -}}
