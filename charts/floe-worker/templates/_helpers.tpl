{{/* The worker's address in the cluster. */}}
{{- define "floe-worker.address" -}}
http://{{ include "floe.name" (list . "seedworker") }}:8080
{{- end -}}

{{/* A Job's name with a hash of what it does: Jobs cannot be changed, so a new content is a new Job, and the same content is not run again. (list $ name spec) */}}
{{- define "floe-worker.jobName" -}}
{{- printf "%s-%s" (include "floe.name" (list (index . 0) (index . 1)) | trunc 54 | trimSuffix "-") (index . 2 | sha256sum | trunc 8) -}}
{{- end -}}

{{/* The pod of a data product: a request to the worker, or a container of its own. (list $ product) */}}
{{- define "floe-worker.dataProduct" -}}
{{- $root := index . 0 -}}{{- $product := index . 1 -}}
metadata:
  labels:
    {{- include "floe.podLabels" (list $root "data-product") | nindent 4 }}
    floe/data-product: {{ $product.name }}
spec:
  {{- include "floe.pod" (list $root "data-product") | nindent 2 }}
  restartPolicy: Never
  securityContext:
    {{- include "floe.podSecurity" (list 65534 65534) | nindent 4 }}
  containers:
    - name: {{ $product.name }}
      {{- if $product.command }}
      image: {{ include "floe.image" (list $root $product.image) }}
      imagePullPolicy: IfNotPresent
      command: {{ toJson $product.command }}
      {{- else }}
      image: {{ include "floe.image" (list $root $root.Values.tools.image) }}
      imagePullPolicy: IfNotPresent
      command: [/bin/sh, /scripts/run.sh]
      {{- end }}
      env:
        - name: FLOE_WORKER
          value: {{ include "floe-worker.address" $root }}
        {{- if not $product.command }}
        - name: FLOE_JOB
          value: {{ $product.job }}
        - name: FLOE_PARAMETERS
          value: {{ $product.parameters | default dict | toJson | quote }}
        # The Job's own name: its pods ask for the same run, however often they are started again.
        - name: FLOE_RUN_KEY
          valueFrom:
            fieldRef:
              fieldPath: metadata.labels['job-name']
        {{- end }}
      {{- with $product.secrets }}
      envFrom:
        {{- range . }}
        - secretRef:
            name: {{ . }}
        {{- end }}
      {{- end }}
      resources:
        {{- include "floe.resources" (list $root $product "job") | nindent 8 }}
      securityContext:
        {{- include "floe.containerSecurity" $root | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if not $product.command }}
        - name: scripts
          mountPath: /scripts
          readOnly: true
        {{- end }}
        {{- if $product.artifacts }}
        - name: artifacts
          mountPath: /artifacts
          readOnly: true
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {}
    {{- if not $product.command }}
    - name: scripts
      configMap:
        name: {{ include "floe.name" (list $root "worker-scripts") }}
    {{- end }}
    {{- if $product.artifacts }}
    - name: artifacts
      configMap:
        name: {{ include "floe-worker.artifactsName" (list $root $product) }}
    {{- end }}
{{- end -}}

{{/* Artifacts are part of what a Job is: their name has the hash of their content. (list $ product) */}}
{{- define "floe-worker.artifactsName" -}}
{{- $product := index . 1 -}}
{{- include "floe-worker.jobName" (list (index . 0) (printf "dp-%s" $product.name) (toJson $product.artifacts)) -}}
{{- end -}}

{{/* The rows of NOTES.txt; also used by floe-platform. */}}
{{- define "floe-worker.notes" -}}
{{- $forward := printf "kubectl -n %s port-forward svc" .Release.Namespace }}
  Worker (jobs, runs)      {{ $forward }}/{{ include "floe.name" (list . "seedworker") }} 3000:8080
                           http://localhost:3000/api/runs, described at /openapi/v1.json
                           curl -X POST localhost:3000/api/jobs/generate_orders/runs -H 'Content-Type: application/json' -d '{"orders": 100}'
{{- end -}}

{{/* The Job that makes the first batch. */}}
{{- define "floe-worker.seedJob" -}}
{{- $job := .Values.seedJob -}}
# One pod per part of the data; all parts together are the whole, whichever pods made them.
completionMode: Indexed
completions: {{ $job.shards }}
parallelism: {{ min (int $job.parallelism) (int $job.shards) }}
backoffLimit: {{ $job.backoffLimit }}
activeDeadlineSeconds: {{ $job.deadlineSeconds }}
template:
  metadata:
    labels:
      {{- include "floe.podLabels" (list $ "seed") | nindent 6 }}
  spec:
    {{- include "floe.pod" (list $ "seed") | nindent 4 }}
    restartPolicy: Never
    securityContext:
      {{- include "floe.podSecurity" (list 1654 1654) | nindent 6 }}
    containers:
      - name: seed
        image: {{ include "floe.image" (list $ $.Values.seedworker.image) }}
        imagePullPolicy: IfNotPresent
        args:
          - generate
          - --lakehouse
          - --orders
          - {{ $job.orders | int64 | quote }}
          - --seed
          - {{ $job.seed | int64 | quote }}
          # The same for all parts, or they would not be parts of one whole.
          - --clock
          - {{ $job.clock | quote }}
          - --days
          - {{ $job.days | int | quote }}
          - --index
          - $(JOB_COMPLETION_INDEX)/{{ $job.shards }}
          - --quiet
        env:
          - name: JOB_COMPLETION_INDEX
            valueFrom:
              fieldRef:
                fieldPath: metadata.annotations['batch.kubernetes.io/job-completion-index']
          - name: DOTNET_EnableDiagnostics
            value: "0"
          {{- include "floe.credential" (list $ "CREDENTIAL_MINIO_USER" "minio-user") | nindent 10 }}
          {{- include "floe.credential" (list $ "CREDENTIAL_MINIO_PASSWORD" "minio-password") | nindent 10 }}
          - name: ConnectionStrings__minio
            value: {{ include "floe.minio" $ }}
          {{- include "floe.credential" (list $ "CREDENTIAL_LAKEHOUSE_WRITER" "lakehouse-writer-secret") | nindent 10 }}
          - name: ConnectionStrings__lakehouse
            value: {{ include "floe.lakehouse" (list $ "lakehouse-writer" "CREDENTIAL_LAKEHOUSE_WRITER") }}
          - name: Lakehouse__Bucket
            value: {{ $.Values.lakehouse.bucket | quote }}
        resources:
          {{- include "floe.resources" (list $ $job "job") | nindent 10 }}
        securityContext:
          {{- include "floe.containerSecurity" $ | nindent 10 }}
        volumeMounts:
          # Parquet on its way to the store.
          - name: tmp
            mountPath: /tmp
    volumes:
      - name: tmp
        emptyDir: {}
{{- end -}}
