{{/* The uids are those that the dashboard names: src/core/dashboards. */}}
{{- define "infra.grafanaSources" -}}
{{- $sources := list }}
{{- with include "infra.prometheusUrl" . }}
{{- $sources = append $sources (dict "name" "Prometheus" "uid" "prometheus" "type" "prometheus" "access" "proxy" "orgId" 1 "url" . "isDefault" true "editable" false "jsonData" (dict "timeInterval" $.Values.prometheus.scrapeInterval "httpMethod" "POST")) }}
{{- end }}
{{- with include "infra.lokiUrl" . }}
{{- $trace := list }}
{{- if include "infra.jaegerUrl" $ }}
{{- $trace = list (dict "name" "Trace" "matcherType" "label" "matcherRegex" "trace_id" "datasourceUid" "jaeger" "url" "$${__value.raw}") }}
{{- end }}
{{- $sources = append $sources (dict "name" "Loki" "uid" "loki" "type" "loki" "access" "proxy" "orgId" 1 "url" . "editable" false "jsonData" (dict "maxLines" 1000 "derivedFields" $trace)) }}
{{- end }}
{{- with include "infra.jaegerUrl" . }}
{{- $sources = append $sources (dict "name" "Jaeger" "uid" "jaeger" "type" "jaeger" "access" "proxy" "orgId" 1 "url" . "editable" false) }}
{{- end }}
{{- toYaml (dict "apiVersion" 1 "prune" true "datasources" $sources) }}
{{- end }}
