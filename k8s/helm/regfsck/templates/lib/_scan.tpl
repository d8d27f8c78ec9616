{{/* The container of a CronJob. Takes run and what a pod takes. */}}
{{- define "regfsck.scanContainer" -}}
{{- $values := .root.Values -}}
{{ include "regfsck.containerHead" .root }}
args:
  - scan
  - $(TARGET)
  - --registry=$(REGISTRY)
  {{- if $values.pushgateway.url }}
  - --push=$(PUSHGATEWAY)
  {{- end }}
  {{- range include "regfsck.arguments" .run.settings | fromJsonArray }}
  - {{ . | quote }}
  {{- end }}
  {{- if $values.persistence.enabled }}
  - --state=/var/lib/regfsck/{{ .run.suffix }}{{ if gt (int .run.shards) 1 }}-$(JOB_COMPLETION_INDEX){{ end }}.json
  {{- end }}
  # A failed Job means that the probe is broken, never that the registry is: the metrics report that.
  - --fail-on=never
  {{- if gt (int .run.shards) 1 }}
  - --shard=$(JOB_COMPLETION_INDEX)/{{ .run.shards }}
  {{- end }}
  {{- with $values.extraArgs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
envFrom:
  - configMapRef:
      name: {{ include "regfsck.fullname" .root }}-{{ include "regfsck.objectPart" .registry.name }}
{{- include "regfsck.env" . }}
resources:
  {{- toYaml .run.resources | nindent 2 }}
securityContext:
  {{- toYaml $values.securityContext | nindent 2 }}
volumeMounts:
  {{- include "regfsck.volumeMounts" . | trim | nindent 2 }}
{{- end -}}
