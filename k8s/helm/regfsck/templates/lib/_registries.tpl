{{/*
What becomes of an entry of `registries`: options of `scan`, as arguments (mode cronjob) or in a configuration file (serve,
sidecar). Both come from the same settings.
*/}}

{{/* What is mounted where, in a pod of several registries each in a directory of its own. Takes root, registry and what. */}}
{{- define "regfsck.mountPath" -}}
{{- $own := printf "/etc/registries/%s" (include "regfsck.objectPart" .registry.name) -}}
{{- if eq .what "storage" -}}
{{- ternary (printf "/var/lib/registries/%s" (include "regfsck.objectPart" .registry.name)) "/var/lib/registry" (eq .root.Values.mode "serve") -}}
{{- else if eq .what "docker" -}}
/etc/docker
{{- else if eq .root.Values.mode "cronjob" -}}
/etc/{{ .what }}
{{- else if and (eq .what "authority") (not .registry.ca) -}}
/etc/authority
{{- else -}}
{{ $own }}/{{ .what }}
{{- end -}}
{{- end -}}

{{/* The URL that is asked, if any: the registry itself, or the API that its storage is held against. */}}
{{- define "regfsck.api" -}}
{{- .url | default (.settings | default dict).against | default "" -}}
{{- end -}}

{{- define "regfsck.target" -}}
{{- if .registry.url -}}
{{- .registry.url -}}
{{- else -}}
{{- $at := include "regfsck.mountPath" (merge (dict "what" "storage") .) -}}
{{- with (.registry.storage | default dict).path -}}
{{- printf "%s/%s" $at (trimAll "/" .) -}}
{{- else -}}
{{- $at -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Credentials and authority of a registry: its own, or those for all. Storage alone needs neither. As JSON. */}}
{{- define "regfsck.secrets" -}}
{{- $credentials := .registry.credentials | default .root.Values.credentials | default dict -}}
{{- $ca := .registry.ca | default .root.Values.ca | default dict -}}
{{- if include "regfsck.api" .registry -}}
{{- dict "credentials" $credentials "ca" $ca | toJson -}}
{{- else -}}
{{- dict "credentials" dict "ca" dict | toJson -}}
{{- end -}}
{{- end -}}

{{/* The options that one entry sets itself, registry or profile, as JSON. */}}
{{- define "regfsck.ownSettings" -}}
{{- $settings := deepCopy (.settings | default dict) -}}
{{- range $key := list "depth" "repositories" "exclude" "deadline" -}}
{{- with get $ $key -}}{{- $_ := set $settings $key . -}}{{- end -}}
{{- end -}}
{{- $settings | toJson -}}
{{- end -}}

{{/* The options about files that the chart mounts for a registry, as JSON. */}}
{{- define "regfsck.fileSettings" -}}
{{- $secrets := include "regfsck.secrets" . | fromJson -}}
{{- $settings := dict -}}
{{- with $secrets.credentials.tokenSecret -}}
{{- if .name -}}
{{- $_ := set $settings "token-file" (printf "%s/%s" (include "regfsck.mountPath" (merge (dict "what" "token") $)) (.key | default "token")) -}}
{{- end -}}
{{- end -}}
{{- if $secrets.credentials.clientCertSecret -}}
{{- $at := include "regfsck.mountPath" (merge (dict "what" "client") $) -}}
{{- $_ := set $settings "client-cert" (printf "%s/tls.crt" $at) -}}
{{- $_ := set $settings "client-key" (printf "%s/tls.key" $at) -}}
{{- end -}}
{{- if or $secrets.ca.existingConfigMap $secrets.ca.existingSecret -}}
{{- $_ := set $settings "ca-file" (printf "%s/%s" (include "regfsck.mountPath" (merge (dict "what" "authority") $)) ($secrets.ca.key | default "ca.crt")) -}}
{{- end -}}
{{- $settings | toJson -}}
{{- end -}}

{{/* Settings as arguments, a JSON list. `$(` would be a variable of Kubernetes. */}}
{{- define "regfsck.arguments" -}}
{{- $arguments := list -}}
{{- range $key, $value := . -}}
{{- if kindIs "bool" $value -}}
{{- if and $value (eq $key "pull-through") -}}{{- $arguments = append $arguments "--pull-through=*" -}}
{{- else if $value -}}{{- $arguments = append $arguments (printf "--%s" $key) -}}{{- end -}}
{{- else -}}
{{- range $each := ternary $value (list $value) (kindIs "slice" $value) -}}
{{- $text := ternary (toString $each) (toJson $each) (kindIs "string" $each) -}}
{{- $arguments = append $arguments (printf "--%s=%s" $key ($text | replace "$(" "$$(")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $arguments | toJson -}}
{{- end -}}

{{/* The configuration file of `serve`. */}}
{{- define "regfsck.configFile" -}}
{{- $root := . -}}
{{- $registries := list -}}
{{- range $registry := .Values.registries -}}
{{- $about := dict "root" $root "registry" $registry -}}
{{- $entry := include "regfsck.ownSettings" $registry | fromJson -}}
{{- range $key, $value := include "regfsck.fileSettings" $about | fromJson -}}{{- $_ := set $entry $key $value -}}{{- end -}}
{{- $_ := set $entry "name" $registry.name -}}
{{- $_ := set $entry "target" (include "regfsck.target" $about) -}}
{{- $profiles := list -}}
{{- range $profile := $registry.profiles -}}
{{- $own := include "regfsck.ownSettings" $profile | fromJson -}}
{{- $_ := set $own "name" $profile.name -}}
{{- $_ := set $own "interval" ($profile.interval | default $registry.interval | default $root.Values.interval) -}}
{{- $profiles = append $profiles $own -}}
{{- end -}}
{{- if $profiles -}}
{{- $_ := set $entry "profiles" $profiles -}}
{{- else -}}
{{- $_ := set $entry "interval" ($registry.interval | default $root.Values.interval) -}}
{{- end -}}
{{- $registries = append $registries $entry -}}
{{- end -}}
{{- $file := deepCopy .Values.serve.settings -}}
{{- $_ := set $file "listen" .Values.serve.listen -}}
{{- $_ := set $file "state" "/var/lib/regfsck" -}}
{{- with .Values.settings -}}{{- $_ := set $file "defaults" . -}}{{- end -}}
{{- if or $registries (not .Values.references) -}}{{- $_ := set $file "registries" $registries -}}{{- end -}}
{{- if .Values.references -}}{{- $_ := set $file "references" (include "regfsck.references" . | fromJsonArray) -}}{{- end -}}
{{- toYaml $file -}}
{{- end -}}
