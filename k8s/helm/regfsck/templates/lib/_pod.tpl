{{/*
Parts of a pod that all modes share. They take root, registries, and what differs: component, restartPolicy, container, suffix of
the claim.
*/}}
{{- define "regfsck.podSpec" -}}
{{- $values := .root.Values -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .restartPolicy }}
restartPolicy: {{ . }}
{{- end }}
terminationGracePeriodSeconds: 10
{{- with include "regfsck.serviceAccountName" .root }}
serviceAccountName: {{ . }}
{{- end }}
{{- with $values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  {{- include "regfsck.podSecurityContext" . | nindent 2 }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "regfsck.affinity" . | fromJson }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - {{ .container | indent 4 | trim }}
volumes:
  {{- include "regfsck.volumes" . | trim | nindent 2 }}
{{- end -}}

{{/*
A new volume belongs to root; fsGroup opens it for others. It would do the same to the files of a registry, so no pod that
mounts one has it.
*/}}
{{- define "regfsck.podSecurityContext" -}}
{{- $context := deepCopy .root.Values.podSecurityContext -}}
{{- $storages := list -}}
{{- range .registries -}}{{- with .storage -}}{{- $storages = append $storages . -}}{{- end -}}{{- end -}}
{{- $persistence := .root.Values.persistence -}}
{{- if and $persistence.enabled (not $storages) $context.runAsGroup -}}
{{- $_ := set $context "fsGroup" $context.runAsGroup -}}
{{- $_ := set $context "fsGroupChangePolicy" "OnRootMismatch" -}}
{{- end -}}
{{- toYaml $context -}}
{{- end -}}

{{/* To the nodes of registries whose volume only one node may mount, beside what the values ask for. As JSON. */}}
{{- define "regfsck.affinity" -}}
{{- $affinity := deepCopy .root.Values.affinity -}}
{{- range .registries -}}
{{- with (.storage | default dict).registryPods -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" .) -}}
{{- $pods := get $affinity "podAffinity" | default dict -}}
{{- $required := get $pods "requiredDuringSchedulingIgnoredDuringExecution" | default list -}}
{{- if not (has $term $required) -}}{{- $required = append $required $term -}}{{- end -}}
{{- $_ := set $pods "requiredDuringSchedulingIgnoredDuringExecution" $required -}}
{{- $_ := set $affinity "podAffinity" $pods -}}
{{- end -}}
{{- end -}}
{{- $affinity | toJson -}}
{{- end -}}

{{/* What a container says of itself in every mode. */}}
{{- define "regfsck.containerHead" -}}
name: regfsck
image: {{ include "regfsck.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end -}}

{{- define "regfsck.env" -}}
{{- $env := list -}}
{{- range include "regfsck.files" . | fromJsonArray -}}
{{- if eq .mountPath "/etc/docker" -}}{{- $env = append $env (dict "name" "DOCKER_CONFIG" "value" .mountPath) -}}{{- end -}}
{{- end -}}
{{- with .env -}}{{- $env = concat $env . -}}{{- end -}}
{{- with concat $env .root.Values.extraEnv }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "regfsck.volumeMounts" -}}
{{- $scratch := list -}}
{{- range .root.Values.extraVolumes -}}{{- if hasKey . "emptyDir" -}}{{- $scratch = append $scratch .name -}}{{- end -}}{{- end -}}
{{- range include "regfsck.files" . | fromJsonArray }}
- name: {{ .name }}
  mountPath: {{ .mountPath }}
  {{- if not .writable }}
  readOnly: true
  {{- end }}
  {{- with .recursiveReadOnly }}
  recursiveReadOnly: {{ . }}
  {{- end }}
{{- end }}
{{- range $mount := .root.Values.extraVolumeMounts }}
- {{ toYaml (ternary $mount (merge (dict "readOnly" true) $mount) (has $mount.name $scratch)) | indent 2 | trim }}
{{- end }}
{{- end -}}

{{- define "regfsck.volumes" -}}
{{- $seen := list -}}
{{- range $file := include "regfsck.files" . | fromJsonArray }}
{{- if and $file.volume (not (has $file.name $seen)) }}
{{- $seen = append $seen $file.name }}
- name: {{ $file.name }}
  {{- toYaml $file.volume | nindent 2 }}
{{- end }}
{{- end }}
{{- with .root.Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
