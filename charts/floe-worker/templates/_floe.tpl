{{/*
What all charts of Floe share. This file is the same, byte for byte, in floe-infrastructure, floe-worker and floe-cube (a test compares them):
a library chart would have to be packaged into each chart before any of them could be rendered from a checkout.
Helpers that need a second argument take a list: (list $ "component").
*/}}

{{/* Name of a component's objects: <release>-<component>. (list $ component) */}}
{{- define "floe.name" -}}
{{- printf "%s-%s" ((index . 0).Release.Name | trunc 40 | trimSuffix "-") (index . 1) -}}
{{- end -}}

{{/* Name of a component of the release that floe-infrastructure is installed by. (list $ component) */}}
{{- define "floe.infrastructure" -}}
{{- $release := (index . 0).Values.global.infrastructureRelease | default (index . 0).Release.Name -}}
{{- printf "%s-%s" ($release | trunc 40 | trimSuffix "-") (index . 1) -}}
{{- end -}}

{{/* Secret with the credentials of PostgreSQL, the S3 store and the catalog. */}}
{{- define "floe.credentials" -}}
{{- .Values.global.credentialsSecret | default (include "floe.infrastructure" (list . "credentials")) -}}
{{- end -}}

{{/* Selectors must never change, so nothing that does (a version) is here. (list $ component) */}}
{{- define "floe.selectorLabels" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- end -}}

{{/* (list $ component) */}}
{{- define "floe.labels" -}}
{{- $root := index . 0 -}}
{{ include "floe.selectorLabels" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: floe
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Labels of pods: without the chart's version, so that a new chart alone restarts nothing. (list $ component) */}}
{{- define "floe.podLabels" -}}
{{ include "floe.selectorLabels" . }}
app.kubernetes.io/part-of: floe
{{- end -}}

{{/* registry/repository:tag, or @digest; global.imageRegistry names a mirror, no tag means this chart's appVersion. (list $ image) */}}
{{- define "floe.image" -}}
{{- $root := index . 0 -}}{{- $image := index . 1 -}}
{{- $registry := $root.Values.global.imageRegistry | default $image.registry -}}
{{- if $image.digest -}}
{{- printf "%s/%s@%s" $registry $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s/%s:%s" $registry $image.repository ($image.tag | default $root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* Requests and limits by size and kind of work. service: small servers; engine: DuckDB inside; java: a JVM; database; job: short work. */}}
{{- define "floe.presets" -}}
small:
  service: {requests: {cpu: 100m, memory: 256Mi}, limits: {cpu: 500m, memory: 512Mi}}
  engine: {requests: {cpu: 250m, memory: 512Mi}, limits: {cpu: 1000m, memory: 1Gi}}
  java: {requests: {cpu: 250m, memory: 768Mi}, limits: {cpu: 1000m, memory: 1536Mi}}
  database: {requests: {cpu: 100m, memory: 256Mi}, limits: {cpu: 1000m, memory: 1Gi}}
  job: {requests: {cpu: 100m, memory: 256Mi}, limits: {cpu: 500m, memory: 512Mi}}
medium:
  service: {requests: {cpu: 250m, memory: 512Mi}, limits: {cpu: 1000m, memory: 1Gi}}
  engine: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 2000m, memory: 2Gi}}
  java: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 2000m, memory: 2Gi}}
  database: {requests: {cpu: 250m, memory: 512Mi}, limits: {cpu: 2000m, memory: 2Gi}}
  job: {requests: {cpu: 250m, memory: 512Mi}, limits: {cpu: 1000m, memory: 1Gi}}
large:
  service: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 2000m, memory: 2Gi}}
  engine: {requests: {cpu: 1000m, memory: 2Gi}, limits: {cpu: 4000m, memory: 4Gi}}
  java: {requests: {cpu: 1000m, memory: 2Gi}, limits: {cpu: 4000m, memory: 4Gi}}
  database: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 4000m, memory: 4Gi}}
  job: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 2000m, memory: 2Gi}}
{{- end -}}

{{/* Size of a component: its own preset, else that of the installation. (list $ values) */}}
{{- define "floe.preset" -}}
{{- (index . 1).preset | default (index . 0).Values.global.preset -}}
{{- end -}}

{{/* A component's own resources win over its preset. (list $ values kind) */}}
{{- define "floe.resources" -}}
{{- $values := index . 1 -}}
{{- if $values.resources -}}
{{- toYaml $values.resources -}}
{{- else -}}
{{- $preset := index (include "floe.presets" . | fromYaml) (include "floe.preset" .) -}}
{{- toYaml (index $preset (index . 2)) -}}
{{- end -}}
{{- end -}}

{{/* What does not make a pod of the restricted security standard has no place here. (list uid gid) */}}
{{- define "floe.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ index . 0 }}
runAsGroup: {{ index . 1 }}
fsGroup: {{ index . 1 }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "floe.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/*
Probes that tell a dead process within 30 seconds (8 s x 3, 4 s to answer) and a server that cannot serve within 20.
(dict "port" name "live" path-or-empty "ready" path-or-empty "startup" seconds); without a path the port itself is asked.
*/}}
{{- define "floe.probes" -}}
startupProbe:
  {{- include "floe.probe" (list .port .live) | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 4
  failureThreshold: {{ div .startup 5 }}
livenessProbe:
  {{- include "floe.probe" (list .port .live) | nindent 2 }}
  periodSeconds: 8
  timeoutSeconds: 4
  failureThreshold: 3
readinessProbe:
  {{- include "floe.probe" (list .port .ready) | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 4
  failureThreshold: 3
{{- end -}}

{{- define "floe.probe" -}}
{{- if index . 1 -}}
httpGet:
  path: {{ index . 1 }}
  port: {{ index . 0 }}
{{- else -}}
tcpSocket:
  port: {{ index . 0 }}
{{- end -}}
{{- end -}}

{{/* What every pod says beside its containers. (list $ component) */}}
{{- define "floe.pod" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ include "floe.serviceAccount" $root }}
automountServiceAccountToken: false
# Variables like FLOE_POSTGRES_PORT for every service of the namespace would mix with those that the programs read.
enableServiceLinks: false
{{- with $root.Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $root.Values.scheduling.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $root.Values.scheduling.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.scheduling.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.scheduling.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Replicas on different nodes where there are several. (list $ component) */}}
{{- define "floe.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "floe.selectorLabels" . | nindent 8 }}
{{- end -}}

{{/* A new pod is ready before an old one goes. */}}
{{- define "floe.rollingUpdate" -}}
type: RollingUpdate
rollingUpdate:
  maxSurge: 1
  maxUnavailable: 0
{{- end -}}

{{- define "floe.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (printf "%s-%s" (.Release.Name | trunc 40 | trimSuffix "-") (.Chart.Name | trimPrefix "floe-")) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* A variable from the secret of credentials. (list $ variable key) */}}
{{- define "floe.credential" -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ include "floe.credentials" (index . 0) }}
      key: {{ index . 2 }}
{{- end -}}

{{/*
A service. Each port: name, port, target (name of the container's port) and, for NodePort, nodePort.
(dict "root" $ "component" name "type" type "ports" list)
*/}}
{{- define "floe.service" -}}
{{- $type := .type | default "ClusterIP" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "floe.name" (list .root .component) }}
  labels:
    {{- include "floe.labels" (list .root .component) | nindent 4 }}
spec:
  type: {{ $type }}
  selector:
    {{- include "floe.selectorLabels" (list .root .component) | nindent 4 }}
  ports:
    {{- range .ports }}
    - name: {{ .name }}
      port: {{ .port }}
      targetPort: {{ .target | default .name }}
      protocol: TCP
      {{- if and .nodePort (eq $type "NodePort") }}
      nodePort: {{ .nodePort }}
      {{- end }}
    {{- end }}
{{- end -}}

{{/* At most one replica at a time is taken away; for one replica a budget would only block the draining of its node. (dict "root" $ "component" name "replicas" n) */}}
{{- define "floe.disruptionBudget" -}}
{{- if and .root.Values.podDisruptionBudget.enabled (gt (int .replicas) 1) -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "floe.name" (list .root .component) }}
  labels:
    {{- include "floe.labels" (list .root .component) | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "floe.selectorLabels" (list .root .component) | nindent 6 }}
{{- end -}}
{{- end -}}

{{/*
Who may speak with a component: Floe's pods of the namespace, on the ports that it serves; on "open" ports also networkPolicy.clients.
Out: the cluster's DNS, Floe's pods, networkPolicy.extraEgress. (dict "root" $ "component" name "ports" list "open" list)
*/}}
{{- define "floe.networkPolicy" -}}
{{- if .root.Values.networkPolicy.enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "floe.name" (list .root .component) }}
  labels:
    {{- include "floe.labels" (list .root .component) | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "floe.selectorLabels" (list .root .component) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- if not .ports }}
  ingress: []
  {{- else }}
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/part-of: floe
      ports:
        {{- range .ports }}
        - protocol: TCP
          port: {{ . }}
        {{- end }}
    {{- if and .open .root.Values.networkPolicy.clients }}
    - from:
        {{- toYaml .root.Values.networkPolicy.clients | nindent 8 }}
      ports:
        {{- range .open }}
        - protocol: TCP
          port: {{ . }}
        {{- end }}
    {{- end }}
  {{- end }}
  egress:
    - to:
        - namespaceSelector: {}
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
    - to:
        - podSelector:
            matchLabels:
              app.kubernetes.io/part-of: floe
    {{- with .root.Values.networkPolicy.extraEgress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
{{- end -}}

{{/* A place for a StatefulSet's data: a claim of its own, or for trying out an emptyDir. (list $ persistence) */}}
{{- define "floe.claim" -}}
{{- $root := index . 0 -}}{{- $persistence := index . 1 -}}
volumeClaimTemplates:
  # No label that changes: these templates cannot be updated.
  - metadata:
      name: data
    spec:
      accessModes: [ReadWriteOnce]
      {{- with $persistence.storageClass | default $root.Values.global.storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources:
        requests:
          storage: {{ $persistence.size }}
{{- end -}}

{{- define "floe.postgresHost" -}}
{{- .Values.global.postgresql.host | default (include "floe.infrastructure" (list . "postgres")) -}}
{{- end -}}

{{- define "floe.minioEndpoint" -}}
{{- .Values.global.minio.endpoint | default (printf "http://%s:9000" (include "floe.infrastructure" (list . "minio"))) -}}
{{- end -}}

{{- define "floe.polarisEndpoint" -}}
{{- .Values.global.polaris.endpoint | default (printf "http://%s:8181" (include "floe.infrastructure" (list . "polaris"))) -}}
{{- end -}}

{{/* Traces go to the collector of global.telemetry.endpoint, else to Jaeger. (list $ service name) */}}
{{- define "floe.telemetry" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.global.telemetry.enabled -}}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ $root.Values.global.telemetry.endpoint | default (printf "http://%s:4317" (include "floe.infrastructure" (list $root "jaeger"))) | quote }}
- name: OTEL_EXPORTER_OTLP_PROTOCOL
  value: grpc
- name: OTEL_SERVICE_NAME
  value: {{ index . 1 }}
- name: OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY
  value: in_memory
{{- end -}}
{{- end -}}

{{/* Lineage goes to the receiver of global.lineage.endpoint, else to Marquez. */}}
{{- define "floe.lineage" -}}
{{- if .Values.global.lineage.enabled -}}
- name: Lineage__Url
  value: {{ .Values.global.lineage.endpoint | default (printf "http://%s:5000" (include "floe.infrastructure" (list . "marquez"))) | quote }}
{{- end -}}
{{- end -}}

{{/* OAuth2 client id of a principal: no secret, derived from its name as in Floe.AppHost/Polaris/PolarisPrincipalResource.cs. */}}
{{- define "floe.clientId" -}}
{{- printf "floe/%s" . | sha256sum | trunc 16 -}}
{{- end -}}

{{/* Connection string of the catalog for a principal. (list $ principal variable-with-its-secret) */}}
{{- define "floe.lakehouse" -}}
Uri={{ include "floe.polarisEndpoint" (index . 0) }}/api/catalog;Warehouse=lakehouse;ClientId={{ include "floe.clientId" (index . 1) }};ClientSecret=$({{ index . 2 }});Scope=PRINCIPAL_ROLE:ALL
{{- end -}}

{{/* Connection string of the S3 store. */}}
{{- define "floe.minio" -}}
Endpoint={{ include "floe.minioEndpoint" . }};AccessKey=$(CREDENTIAL_MINIO_USER);SecretKey=$(CREDENTIAL_MINIO_PASSWORD);Region=us-east-1
{{- end -}}
