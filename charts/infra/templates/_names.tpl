{{/* Called with (dict "root" $ "name" "grafana"). */}}
{{- define "infra.labels" -}}
coppice.dev/infra: "true"
{{- /* Infra is watched and guarded as environments are: by an owner, which is itself. */}}
coppice.dev/repository: infra
coppice.dev/worktree: infra
coppice.dev/service: {{ .name | quote }}
app.kubernetes.io/name: {{ .name | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/part-of: coppice-infra
{{- end }}

{{- define "infra.metadata" -}}
name: {{ .name | quote }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- include "infra.labels" . | nindent 2 }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
{{- end }}

{{/* What a selector goes by: must never change for an installed release. */}}
{{- define "infra.selector" -}}
coppice.dev/infra: "true"
coppice.dev/service: {{ .name | quote }}
{{- end }}

{{/* Names of what belongs to no namespace. */}}
{{- define "infra.clusterName" -}}
{{ printf "coppice-%s-%s" .root.Release.Namespace .name }}
{{- end }}

{{/* "true" when the part runs here: it is on, and nobody else's is used. */}}
{{- define "infra.runs" -}}
{{- $part := index .root.Values .part }}
{{- if and $part.enabled (not $part.address) }}true{{ end }}
{{- end }}

{{/* Called with (dict "root" $ "image" .Values.grafana.image). */}}
{{- define "infra.image" -}}
{{- $registry := coalesce .root.Values.global.registry .image.registry }}
{{- $name := .image.repository }}
{{- if $registry }}{{ $name = printf "%s/%s" $registry $name }}{{ end }}
{{- if .image.digest }}{{ printf "%s@%s" $name .image.digest }}{{ else }}{{ printf "%s:%s" $name .image.tag }}{{ end }}
{{- end }}
