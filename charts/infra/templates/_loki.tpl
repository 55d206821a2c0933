{{- define "infra.lokiConfig" -}}
auth_enabled: false
analytics:
  reporting_enabled: false
server:
  http_listen_port: 3100
  log_level: warn
common:
  path_prefix: /loki
  replication_factor: 1
  instance_addr: 127.0.0.1
  ring:
    kvstore:
      store: inmemory
  storage:
    filesystem:
      chunks_directory: /loki/chunks
      rules_directory: /loki/rules
schema_config:
  configs:
    - from: "2025-01-01"
      store: tsdb
      object_store: filesystem
      schema: v13
      index:
        prefix: index_
        period: 24h
compactor:
  working_directory: /loki/compactor
  retention_enabled: true
  delete_request_store: filesystem
limits_config:
  retention_period: {{ .Values.loki.retention }}
  allow_structured_metadata: true
  volume_enabled: true
  max_label_names_per_series: 5
  # Streams are told apart by namespace and service alone: their number is that of services. All else, the branch
  # too, is metadata of each record.
  otlp_config:
    resource_attributes:
      ignore_defaults: true
      attributes_config:
        - action: index_label
          attributes: [k8s.namespace.name, service.name]
{{- end }}
