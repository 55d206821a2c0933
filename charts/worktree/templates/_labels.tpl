{{/*
Whose an object is. No text of a person ever becomes a label: branch and folder are annotations. Such text is always quoted
(not toJson, which leaves characters as they are that end a line in YAML) and never a template.
*/}}
{{- define "worktree.ownerLabels" -}}
coppice.dev/repository: {{ .Values.worktree.repositoryId | quote }}
coppice.dev/worktree: {{ .Values.worktree.worktreeId | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/part-of: {{ .Values.worktree.name | quote }}
{{- end }}

{{- define "worktree.managedBy" -}}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end }}

{{- define "worktree.annotations" -}}
coppice.dev/branch: {{ .Values.worktree.branch | quote }}
coppice.dev/folder: {{ .Values.worktree.folder | quote }}
{{- end }}

{{/* Called with (dict "root" $ "service" $service). */}}
{{- define "worktree.serviceLabels" -}}
{{ include "worktree.ownerLabels" .root }}
coppice.dev/service: {{ .service.name | quote }}
app.kubernetes.io/name: {{ .service.name | quote }}
{{- end }}

{{/* What a selector goes by: must never change for an installed release. */}}
{{- define "worktree.selector" -}}
coppice.dev/worktree: {{ .root.Values.worktree.worktreeId | quote }}
coppice.dev/service: {{ .service.name | quote }}
{{- end }}
