{{/*
What a record belongs to is said by Kubernetes, not by who sent it: what a sender says of it is taken away first. A pod is
known by the address that a connection comes from, or for what was read from a file by the file's name.
*/}}
{{- define "infra.collectorAttributes" -}}
# What came before the pods are known would belong to nobody.
wait_for_metadata: true
wait_for_metadata_timeout: 30s
extract:
  metadata: [k8s.namespace.name, k8s.pod.name]
  labels:
    - { from: pod, key: coppice.dev/service, tag_name: coppice.service }
    - { from: pod, key: app.kubernetes.io/part-of, tag_name: coppice.worktree }
  annotations:
    - { from: pod, key: coppice.dev/branch, tag_name: coppice.branch }
{{- end }}

{{/* The service is the pod's. Metrics keep what tells them apart and nothing else: each more is another series. */}}
{{- define "infra.collectorTransforms" -}}
{{- $service := `set(resource.attributes["service.name"], resource.attributes["coppice.service"]) where resource.attributes["coppice.service"] != nil` -}}
{{- $done := `delete_key(resource.attributes, "coppice.service")` -}}
error_mode: ignore
trace_statements:
  - {{ $service }}
  - {{ $done }}
log_statements:
  - {{ $service }}
  - {{ $done }}
metric_statements:
  - {{ $service }}
  - keep_keys(resource.attributes, ["service.name", "k8s.namespace.name", "k8s.pod.name", "coppice.worktree", "coppice.branch"])
{{- end }}

{{- define "infra.collectorConfig" -}}
{{- $traces := include "infra.jaegerOtlp" . }}
{{- $logs := include "infra.lokiUrl" . }}
extensions:
  health_check:
    endpoint: 0.0.0.0:13133
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
      http:
        endpoint: 0.0.0.0:4318
processors:
  memory_limiter:
    check_interval: 1s
    limit_percentage: 80
    spike_limit_percentage: 20
  resource/sender:
    attributes:
      - { key: k8s.namespace.name, action: delete }
      - { key: k8s.pod.name, action: delete }
      - { key: coppice.service, action: delete }
      - { key: coppice.worktree, action: delete }
      - { key: coppice.branch, action: delete }
  k8s_attributes:
    auth_type: serviceAccount
    pod_association:
      - sources:
          - from: connection
    {{- include "infra.collectorAttributes" . | nindent 4 }}
  transform/platform:
    {{- include "infra.collectorTransforms" . | nindent 4 }}
  batch: {}
exporters:
  # Scraped by Prometheus: so that nobody in the cluster can write into Prometheus what names another environment.
  prometheus:
    endpoint: 0.0.0.0:8889
    metric_expiration: 5m
    resource_constant_labels:
      included: ["*"]
  {{- with $traces }}
  otlp_grpc/jaeger:
    endpoint: {{ . | quote }}
    tls:
      insecure: true
  {{- end }}
  {{- with $logs }}
  otlp_http/loki:
    endpoint: {{ printf "%s/otlp" . | quote }}
  {{- end }}
  {{- if not (and $traces $logs) }}
  nop: {}
  {{- end }}
service:
  extensions: [health_check]
  telemetry:
    logs:
      level: warn
  pipelines:
    traces:
      receivers: [otlp]
      processors: [memory_limiter, resource/sender, k8s_attributes, transform/platform, batch]
      exporters: [{{ if $traces }}otlp_grpc/jaeger{{ else }}nop{{ end }}]
    metrics:
      receivers: [otlp]
      processors: [memory_limiter, resource/sender, k8s_attributes, transform/platform, batch]
      exporters: [prometheus]
    logs:
      receivers: [otlp]
      processors: [memory_limiter, resource/sender, k8s_attributes, transform/platform, batch]
      exporters: [{{ if $logs }}otlp_http/loki{{ else }}nop{{ end }}]
{{- end }}

{{- define "infra.podLogsConfig" -}}
extensions:
  health_check:
    endpoint: 0.0.0.0:13133
  file_storage:
    directory: /var/lib/otelcol
receivers:
  file_log:
    include:
      - /var/log/pods/worktree-*/*/*.log
      - /var/log/pods/{{ .Release.Namespace }}_*/*/*.log
    exclude:
      - /var/log/pods/{{ .Release.Namespace }}_otel-pod-logs-*/*/*.log
    start_at: end
    include_file_path: true
    include_file_name: false
    storage: file_storage
    operators:
      - type: container
processors:
  memory_limiter:
    check_interval: 1s
    limit_percentage: 80
    spike_limit_percentage: 20
  k8s_attributes:
    auth_type: serviceAccount
    filter:
      node_from_env_var: NODE_NAME
    pod_association:
      - sources:
          - from: resource_attribute
            name: k8s.pod.uid
    {{- include "infra.collectorAttributes" . | nindent 4 }}
  transform/platform:
    {{- include "infra.collectorTransforms" . | nindent 4 }}
  batch: {}
exporters:
  otlp_http/loki:
    endpoint: {{ printf "%s/otlp" (include "infra.lokiUrl" .) | quote }}
service:
  extensions: [health_check, file_storage]
  telemetry:
    logs:
      level: warn
  pipelines:
    logs:
      receivers: [file_log]
      processors: [memory_limiter, k8s_attributes, transform/platform, batch]
      exporters: [otlp_http/loki]
{{- end }}
