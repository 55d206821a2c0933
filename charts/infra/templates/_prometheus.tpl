{{- define "infra.prometheusConfig" -}}
global:
  scrape_interval: {{ .Values.prometheus.scrapeInterval }}
  evaluation_interval: 1m
scrape_configs:
  # Pods that ask for it by annotation: those of environments, and infra's own. What namespace, service, worktree and branch
  # a sample belongs to is said by Kubernetes; a pod that says otherwise finds its own words under exported_….
  - job_name: pods
    honor_labels: false
    sample_limit: 20000
    label_limit: 40
    label_value_length_limit: 500
    kubernetes_sd_configs:
      - role: pod
    relabel_configs:
      - source_labels:
          - __meta_kubernetes_namespace
          - __meta_kubernetes_pod_labelpresent_coppice_dev_worktree
          - __meta_kubernetes_pod_labelpresent_coppice_dev_infra
        action: keep
        regex: (worktree-.+;true;.*|{{ .Release.Namespace }};.*;true)
      - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
        action: keep
        regex: "true"
      - source_labels: [__meta_kubernetes_pod_phase]
        action: drop
        regex: Succeeded|Failed
      - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path]
        target_label: __metrics_path__
        regex: (/.*)
      - source_labels: [__meta_kubernetes_pod_ip, __meta_kubernetes_pod_annotation_prometheus_io_port]
        target_label: __address__
        regex: ([\d.]+);(\d+)
        replacement: $1:$2
      - source_labels: [__meta_kubernetes_pod_ip, __meta_kubernetes_pod_annotation_prometheus_io_port]
        target_label: __address__
        regex: ([\da-fA-F]*:[\da-fA-F:]*);(\d+)
        replacement: "[$1]:$2"
      - source_labels: [__meta_kubernetes_namespace]
        target_label: namespace
      - source_labels: [__meta_kubernetes_pod_label_coppice_dev_service]
        target_label: service
      - source_labels: [__meta_kubernetes_pod_name]
        target_label: pod
      - source_labels: [__meta_kubernetes_pod_label_coppice_dev_worktree, __meta_kubernetes_pod_label_app_kubernetes_io_part_of]
        target_label: worktree
        regex: ([0-9a-f]+);(.+)
        replacement: $2
      - source_labels: [__meta_kubernetes_pod_annotation_coppice_dev_branch]
        target_label: branch
  # Processor, memory and starts of containers. Asked of the kubelet itself: by way of the API server it would take a right
  # (nodes/proxy) by which commands can be run in any pod. A kubelet's certificate is mostly signed by itself.
  - job_name: kubelets
    scheme: https
    metrics_path: /metrics/resource
    authorization:
      credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token
    tls_config:
      insecure_skip_verify: true
    kubernetes_sd_configs:
      - role: node
    relabel_configs:
      - source_labels: [__meta_kubernetes_node_name]
        target_label: node
    metric_relabel_configs:
      - source_labels: [__name__, namespace]
        action: keep
        regex: container_.+;(worktree-.+|{{ .Release.Namespace }})
  {{- if include "infra.runs" (dict "root" $ "part" "collector") }}
  # What services sent by OTLP. The collector has set these labels, whatever the services said.
  - job_name: collector
    honor_labels: true
    static_configs:
      - targets: ["otel-collector:8889"]
    metric_relabel_configs:
      - source_labels: [k8s_namespace_name]
        target_label: namespace
        regex: (.+)
      - source_labels: [service_name]
        target_label: service
        regex: (.+)
      - source_labels: [k8s_pod_name]
        target_label: pod
        regex: (.+)
      - source_labels: [coppice_worktree]
        target_label: worktree
        regex: (.+)
      - source_labels: [coppice_branch]
        target_label: branch
        regex: (.+)
      - action: labeldrop
        regex: k8s_namespace_name|service_name|k8s_pod_name|coppice_worktree|coppice_branch
  {{- end }}
{{- end }}
