{{/* Whose an object is. No text of a person ever becomes a label: branch and folder are annotations. */}}
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
coppice.dev/branch: {{ .Values.worktree.branch | toJson }}
coppice.dev/folder: {{ .Values.worktree.folder | toJson }}
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
