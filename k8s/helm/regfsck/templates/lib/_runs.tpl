{{/*
The CronJobs of a registry, as a JSON list: one, or one for each profile. Takes root and registry.
*/}}
{{- define "regfsck.runs" -}}
{{- $runs := list -}}
{{- $profiles := .registry.profiles | default (list dict) -}}
{{- range $profile := $profiles -}}
{{- $runs = append $runs (include "regfsck.run" (merge (dict "profile" $profile) $) | fromJson) -}}
{{- end -}}
{{- $runs | toJson -}}
{{- end -}}

{{- define "regfsck.run" -}}
{{- $values := .root.Values -}}
{{- $settings := dict -}}
{{- $layers := list $values.settings (include "regfsck.ownSettings" .registry | fromJson) (include "regfsck.ownSettings" .profile | fromJson) (include "regfsck.fileSettings" . | fromJson) -}}
{{- range $layer := $layers -}}
{{- range $key, $value := $layer -}}{{- $_ := set $settings $key $value -}}{{- end -}}
{{- end -}}
{{- $interval := .profile.interval | default .registry.interval | default $values.interval -}}
{{- $time := dict "interval" $interval "deadline" ($settings.deadline | default "") -}}
{{- $_ := set $settings "interval" $interval -}}
{{- $_ := set $settings "deadline" (include "regfsck.deadline" $time) -}}
{{- $suffix := include "regfsck.objectPart" .registry.name -}}
{{- with .profile.name -}}
{{- $suffix = printf "%s-%s" $suffix (include "regfsck.objectPart" .) -}}
{{- $_ := set $settings "profile" . -}}
{{- end -}}
{{- $shards := .registry.shards | default 1 | int -}}
{{- if $values.persistence.enabled -}}
{{- if .registry.url -}}{{- $_ := set $settings "manifest-cache" "/var/lib/regfsck/manifests" -}}{{- end -}}
{{- end -}}
{{- if or $values.textfile.hostPath $values.textfile.existingClaim -}}{{- $_ := set $settings "textfile" "/var/lib/textfile" -}}{{- end -}}
{{- $isDeep := eq "content" (toString $settings.depth) -}}
{{- $seconds := include "regfsck.seconds" $interval | int -}}
{{- dict
  "suffix" $suffix
  "settings" $settings
  "interval" $seconds
  "activeDeadline" (include "regfsck.activeDeadline" $time | int)
  "schedule" (.profile.schedule | default (ternary "" .registry.schedule (hasKey .profile "interval")) | default (include "regfsck.schedule" $seconds))
  "component" (ternary "deep-probe" "probe" $isDeep)
  "shards" $shards
  "resources" (.profile.resources | default .registry.resources | default (ternary $values.cronJob.deepResources $values.cronJob.resources $isDeep))
  | toJson -}}
{{- end -}}
