{{/* Variables by which Polaris and its admin tool find the database: the same for both, or they would not see the same realm. */}}
{{- define "floe-infrastructure.polarisDatabase" -}}
- name: POLARIS_PERSISTENCE_TYPE
  value: relational-jdbc
- name: POLARIS_REALM_CONTEXT_REALMS
  value: POLARIS
- name: QUARKUS_DATASOURCE_JDBC_URL
  value: jdbc:postgresql://{{ include "floe.postgresHost" . }}:{{ .Values.global.postgresql.port }}/polaris
- name: QUARKUS_DATASOURCE_USERNAME
  value: {{ .Values.postgresql.user | quote }}
{{ include "floe.credential" (list . "QUARKUS_DATASOURCE_PASSWORD" "postgres-password") }}
{{- end -}}

{{/*
Waits for PostgreSQL and makes a database that is not there, in the pod that needs it: a server whose volume is older than a component
still gets that component's database. (list $ database)
*/}}
{{- define "floe-infrastructure.database" -}}
{{- $root := index . 0 -}}
- name: database
  image: {{ include "floe.image" (list $root $root.Values.postgresql.image) }}
  imagePullPolicy: IfNotPresent
  command: [/bin/bash, /scripts/ensure-database.sh, {{ index . 1 }}]
  env:
    - name: PGHOST
      value: {{ include "floe.postgresHost" $root | quote }}
    - name: PGPORT
      value: {{ $root.Values.global.postgresql.port | quote }}
    - name: PGUSER
      value: {{ $root.Values.postgresql.user | quote }}
    {{- include "floe.credential" (list $root "PGPASSWORD" "postgres-password") | nindent 4 }}
  resources:
    {{- include "floe.resources" (list $root dict "job") | nindent 4 }}
  securityContext:
    {{- include "floe.containerSecurity" $root | nindent 4 }}
  volumeMounts:
    - name: scripts
      mountPath: /scripts
      readOnly: true
{{- end -}}

{{/* The rows of NOTES.txt: what, command, address. Also used by floe-platform. */}}
{{- define "floe-infrastructure.notes" -}}
{{- $forward := printf "kubectl -n %s port-forward svc" .Release.Namespace -}}
{{- if .Values.jaeger.enabled }}
  Jaeger (traces)          {{ $forward }}/{{ include "floe.name" (list . "jaeger") }} 16686:16686
                           http://localhost:16686
{{- end }}
{{- if .Values.marquez.enabled }}
  Marquez (lineage)        {{ $forward }}/{{ include "floe.name" (list . "marquez-web") }} 5001:3000
                           http://localhost:5001
{{- end }}
{{- if .Values.minio.enabled }}
  MinIO (objects)          {{ $forward }}/{{ include "floe.name" (list . "minio") }} 9001:9001
                           http://localhost:9001, user {{ .Values.minio.rootUser }}, password:
                           kubectl -n {{ .Release.Namespace }} get secret {{ include "floe.credentials" . }} -o jsonpath='{.data.minio-password}' | base64 -d
{{- end }}
{{- if .Values.polaris.enabled }}
  Polaris (catalog)        {{ $forward }}/{{ include "floe.name" (list . "polaris") }} 8181:8181
                           http://localhost:8181/api/catalog
{{- end }}
{{- end -}}
