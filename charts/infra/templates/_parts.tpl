{{/* Where the others reach a part; '' when there is none. */}}
{{- define "infra.postgresqlAddress" -}}
{{- if .Values.postgresql.address }}{{ .Values.postgresql.address }}{{ else if .Values.postgresql.enabled }}postgresql:5432{{ end }}
{{- end }}
{{- define "infra.temporalAddress" -}}
{{- if .Values.temporal.address }}{{ .Values.temporal.address }}{{ else if .Values.temporal.enabled }}temporal-frontend:7233{{ end }}
{{- end }}
{{- define "infra.prometheusUrl" -}}
{{- if .Values.prometheus.address }}{{ .Values.prometheus.address }}{{ else if .Values.prometheus.enabled }}http://prometheus:9090{{ end }}
{{- end }}
{{- define "infra.lokiUrl" -}}
{{- if .Values.loki.address }}{{ .Values.loki.address | trimSuffix "/" }}{{ else if .Values.loki.enabled }}http://loki:3100{{ end }}
{{- end }}
{{- define "infra.jaegerUrl" -}}
{{- if .Values.jaeger.address }}{{ .Values.jaeger.address }}{{ else if .Values.jaeger.enabled }}http://jaeger:16686{{ end }}
{{- end }}
{{- define "infra.jaegerOtlp" -}}
{{- if .Values.jaeger.address }}{{ .Values.jaeger.otlpAddress }}{{ else if .Values.jaeger.enabled }}jaeger:4317{{ end }}
{{- end }}

{{- define "infra.postgresqlSecret" -}}
{{ .Values.postgresql.secret | default "infra-postgresql" }}
{{- end }}
{{- define "infra.grafanaSecret" -}}
{{ .Values.grafana.secret | default "infra-grafana" }}
{{- end }}

{{/* A volume named data. Called with (dict "root" $ "name" "loki" "storage" "8Gi"). */}}
{{- define "infra.dataVolume" -}}
- name: data
  {{- if .root.Values.global.persistence }}
  persistentVolumeClaim:
    claimName: {{ .name | quote }}
  {{- else if eq .name "postgresql" }}
  # Whoever goes over a limit is put out with all that it has: not databases.
  emptyDir: {}
  {{- else }}
  # Without a limit one part would fill the node's disk, and the kubelet would put environments out to make room.
  emptyDir:
    sizeLimit: {{ .storage | quote }}
  {{- end }}
{{- end }}

{{/* Four fifths of an amount that is written as Kubernetes does, in bytes as Prometheus does: it needs room beside what it keeps. */}}
{{- define "infra.mostOf" -}}
{{- $units := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 }}
{{- $number := regexFind "^[0-9]+(\\.[0-9]+)?" . }}
{{- $unit := trimPrefix $number . }}
{{- printf "%dB" (int64 (mulf (float64 $number) (float64 (get $units $unit)) 0.8)) }}
{{- end }}

{{/* It stays when a part is turned off or the release is uninstalled: only deleting the namespace deletes data. */}}
{{- define "infra.dataClaim" -}}
{{- if .root.Values.global.persistence }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "infra.metadata" . | nindent 2 }}
  annotations:
    helm.sh/resource-policy: keep
spec:
  accessModes: [ReadWriteOnce]
  {{- with .root.Values.global.storageClass }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ .storage | quote }}
{{- end }}
{{- end }}

{{/* Of a pod whose image has a user of that number. */}}
{{- define "infra.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ int .user }}
runAsGroup: {{ int .user }}
fsGroup: {{ int .user }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "infra.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
{{- end }}

{{/* Called with (dict "root" $ "name" "loki" "ports" (list (dict "name" "http" "port" 3100))). */}}
{{- define "infra.service" -}}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "infra.metadata" . | nindent 2 }}
spec:
  type: ClusterIP
  selector:
    {{- include "infra.selector" . | nindent 4 }}
  ports:
    {{- range .ports }}
    - name: {{ .name | quote }}
      port: {{ int .port }}
      targetPort: {{ int .port }}
      protocol: TCP
    {{- end }}
{{- end }}

{{/* Called with (dict "root" $ "name" "grafana" "host" "grafana" "port" 3000). */}}
{{- define "infra.ingress" -}}
{{- if .root.Values.ingress.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "infra.metadata" . | nindent 2 }}
spec:
  {{- with .root.Values.ingress.class }}
  ingressClassName: {{ . | quote }}
  {{- end }}
  rules:
    - host: {{ printf "%s.%s" .host .root.Values.ingress.domain | quote }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ .name | quote }}
                port:
                  number: {{ int .port }}
{{- end }}
{{- end }}

{{/* Who may call a part, where that is enforced. Called with "environments" and "ingress": lists of ports. */}}
{{- define "infra.networkPolicy" -}}
{{- if .root.Values.network.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "infra.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "infra.selector" . | nindent 6 }}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: {}
    {{- with .environments }}
    - from:
        - namespaceSelector:
            matchExpressions:
              - key: coppice.dev/worktree
                operator: Exists
      ports:
        {{- range . }}
        - port: {{ int . }}
          protocol: TCP
        {{- end }}
    {{- end }}
    {{- with .ingress }}
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ $.root.Values.network.ingress | quote }}
      ports:
        {{- range . }}
        - port: {{ int . }}
          protocol: TCP
        {{- end }}
    {{- end }}
{{- end }}
{{- end }}
