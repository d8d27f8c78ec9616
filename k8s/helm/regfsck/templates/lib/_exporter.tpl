{{/* The container that runs `serve`. Takes root, registries, port (its name), and ready: whether it may be asked if it is ready. */}}
{{- define "regfsck.exporter" -}}
{{- $values := .root.Values -}}
{{ include "regfsck.containerHead" .root }}
args:
  - serve
  - --config
  - /etc/regfsck/regfsck.yaml
  {{- with $values.extraArgs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- include "regfsck.env" . }}
ports:
  - name: {{ .port }}
    containerPort: {{ include "regfsck.port" .root }}
livenessProbe:
  httpGet:
    path: /healthz
    port: {{ .port }}
  periodSeconds: 15
  timeoutSeconds: 5
  failureThreshold: 4
{{- if .ready }}
readinessProbe:
  httpGet:
    path: /readyz
    port: {{ .port }}
  periodSeconds: 10
  timeoutSeconds: 5
{{- end }}
resources:
  {{- toYaml .resources | nindent 2 }}
securityContext:
  {{- toYaml .securityContext | nindent 2 }}
volumeMounts:
  {{- include "regfsck.volumeMounts" . | trim | nindent 2 }}
{{- end -}}

{{- define "regfsck.port" -}}
{{- regexFind "[0-9]+$" .Values.serve.listen -}}
{{- end -}}

{{/*
For the registry's own pod. Of its own, whatever that pod says: nothing here depends on how the registry runs. No readinessProbe:
an exporter that is not ready would take the registry out of its Service. Takes the root context, so that another chart can
include it: {{ include "regfsck.sidecar.container" .Subcharts.regfsck }}.
*/}}
{{- define "regfsck.sidecar.container" -}}
{{- $context := merge (dict) .Values.securityContext (pick .Values.podSecurityContext "runAsNonRoot" "runAsUser" "runAsGroup" "seccompProfile" "seLinuxOptions" "appArmorProfile") -}}
{{- include "regfsck.exporter" (dict "root" . "registries" .Values.registries "port" "regfsck" "ready" false "resources" .Values.sidecar.resources "securityContext" $context) -}}
{{- end -}}

{{- define "regfsck.sidecar.volumes" -}}
{{- include "regfsck.volumes" (dict "root" . "registries" .Values.registries) | trim -}}
{{- end -}}

{{/* What the PodMonitor selects. */}}
{{- define "regfsck.sidecar.labels" -}}
regfsck.example/sidecar: {{ include "regfsck.fullname" . }}
{{- end -}}
