{{/* Names, labels and the image, as `helm create` makes them. */}}
{{- define "regfsck.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "regfsck.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What selects pods. Never changes for a release: selectors cannot. */}}
{{- define "regfsck.selectorLabels" -}}
app.kubernetes.io/name: {{ include "regfsck.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "regfsck.labels" -}}
{{ include "regfsck.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of a pod: takes root and component. */}}
{{- define "regfsck.podLabels" -}}
{{ include "regfsck.selectorLabels" .root }}
app.kubernetes.io/component: {{ .component }}
{{- with merge (dict) .root.Values.podLabels .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Name, namespace and labels of an object. Takes root, suffix of its name, component, more labels and annotations. */}}
{{- define "regfsck.metadata" -}}
name: {{ include "regfsck.fullname" .root }}{{ with .suffix }}-{{ . }}{{ end }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "regfsck.labels" .root | nindent 2 }}
  {{- with .component }}
  app.kubernetes.io/component: {{ . }}
  {{- end }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "regfsck.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "regfsck.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "regfsck.fullname" .) .Values.serviceAccount.name -}}
{{- else if include "regfsck.makesReader" . -}}
{{- printf "%s-reader" (include "regfsck.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* Whether the chart makes an account for reading the cluster: rights never go to the default one. */}}
{{- define "regfsck.makesReader" -}}
{{- if and .Values.rbac.create (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) (include "regfsck.readsCluster" .) -}}yes{{- end -}}
{{- end -}}

{{/* A registry's name as part of an object's name. */}}
{{- define "regfsck.objectPart" -}}
{{- . | lower | replace "." "-" -}}
{{- end -}}
