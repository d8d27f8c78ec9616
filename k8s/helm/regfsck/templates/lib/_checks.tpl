{{/*
What values.schema.json cannot say: keys that do not fit together. All problems at once, one sentence each, as a JSON list.
*/}}
{{- define "regfsck.problems" -}}
{{- $root := . -}}
{{- $values := .Values -}}
{{- $mode := .Values.mode -}}
{{- $problems := list -}}
{{- if and $values.references (ne $mode "serve") -}}
{{- $problems = append $problems "references: only for mode: serve" -}}
{{- end -}}
{{- if not (or $values.registries (and $values.references (eq $mode "serve"))) -}}
{{- $problems = append $problems "registries: name at least one registry, such as {name: private, url: \"https://registry.example.com\"}" -}}
{{- end -}}
{{- if and (eq $mode "cronjob") $values.registries (not (or $values.pushgateway.url $values.textfile.hostPath $values.textfile.existingClaim)) -}}
{{- $problems = append $problems "pushgateway.url: a CronJob tells what it finds through a Pushgateway (or textfile); set it, or use mode: serve, which Prometheus scrapes" -}}
{{- end -}}
{{- if and (ne $mode "cronjob") (or $values.pushgateway.url $values.textfile.hostPath $values.textfile.existingClaim) -}}
{{- $problems = append $problems (printf "pushgateway, textfile: only for mode: cronjob; in mode: %s Prometheus scrapes /metrics" $mode) -}}
{{- end -}}
{{- if and $values.serviceMonitor.enabled (ne $mode "serve") -}}
{{- $problems = append $problems (printf "serviceMonitor: only for mode: serve; %s" (ternary "what a CronJob pushes is scraped at the Pushgateway" "use podMonitor for a sidecar" (eq $mode "cronjob"))) -}}
{{- end -}}
{{- if and $values.podMonitor.enabled (eq $mode "cronjob") -}}
{{- $problems = append $problems "podMonitor: only for mode: serve and mode: sidecar; what a CronJob pushes is scraped at the Pushgateway" -}}
{{- end -}}
{{- if and $values.podMonitor.enabled $values.serviceMonitor.enabled -}}
{{- $problems = append $problems "podMonitor, serviceMonitor: enable one of the two; with both every metric is there twice" -}}
{{- end -}}
{{- if and $values.networkPolicy.enabled (eq $mode "sidecar") -}}
{{- $problems = append $problems "networkPolicy: not for mode: sidecar; it would cut off the registry in the same pod" -}}
{{- end -}}
{{- if and $values.persistence.enabled (eq $mode "sidecar") -}}
{{- $problems = append $problems "persistence: not for mode: sidecar; the claim could be the registry's own, and would be mounted for writing" -}}
{{- end -}}
{{- if and $values.textfile.hostPath $values.textfile.existingClaim -}}
{{- $problems = append $problems "textfile: hostPath or existingClaim, not both" -}}
{{- end -}}
{{- if and $values.ca.existingConfigMap $values.ca.existingSecret -}}
{{- $problems = append $problems "ca: existingConfigMap or existingSecret, not both" -}}
{{- end -}}
{{- range $key := list "fsGroup" "fsGroupChangePolicy" -}}
{{- if hasKey $values.podSecurityContext $key -}}
{{- $problems = append $problems (printf "podSecurityContext.%s: not here; it would give the files of a registry another group" $key) -}}
{{- end -}}
{{- end -}}
{{- range $key := list "listen" "state" "defaults" "registries" "references" -}}
{{- if hasKey $values.serve.settings $key -}}
{{- $problems = append $problems (printf "serve.settings.%s: the chart writes this key itself, from other values" $key) -}}
{{- end -}}
{{- end -}}
{{- $sets := list -}}
{{- range $entry := $values.references -}}
{{- if has $entry.name $sets -}}{{- $problems = append $problems (printf "references: two are called %s" $entry.name) -}}{{- end -}}
{{- $sets = append $sets $entry.name -}}
{{- if eq (hasKey $entry "kubernetes") (not (empty $entry.from)) -}}
{{- $problems = append $problems (printf "references (%s): expected kubernetes or from, one of the two" $entry.name) -}}
{{- end -}}
{{- end -}}
{{- if and (include "regfsck.readsCluster" $root) (not $values.rbac.create) (not $values.serviceAccount.name) -}}
{{- $problems = append $problems "rbac.create: false: name an account that may read the cluster: serviceAccount.name" -}}
{{- end -}}
{{- $mountable := list -}}
{{- $taken := list -}}
{{- range include "regfsck.files" (dict "root" $root "registries" list) | fromJsonArray -}}{{- $taken = append $taken .name -}}{{- end -}}
{{- range $registry := $values.registries -}}
{{- range include "regfsck.files" (dict "root" $root "registries" (list $registry)) | fromJsonArray -}}{{- $taken = append $taken .name -}}{{- end -}}
{{- end -}}
{{- range $values.extraVolumes -}}
{{- $mountable = append $mountable .name -}}
{{- if has .name $taken -}}{{- $problems = append $problems (printf "extraVolumes: there is a volume %s already" .name) -}}{{- end -}}
{{- end -}}
{{- range $values.extraVolumeMounts -}}
{{- if not (has .name $mountable) -}}
{{- $problems = append $problems (printf "extraVolumeMounts: there is no volume %s in extraVolumes" .name) -}}
{{- end -}}
{{- end -}}
{{- $names := list -}}
{{- $dockerConfigs := list -}}
{{- $podVolumes := list -}}
{{- range $registry := $values.registries -}}
{{- $problems = concat $problems (include "regfsck.registryProblems" (dict "root" $root "registry" $registry) | fromJsonArray) -}}
{{- $part := include "regfsck.objectPart" $registry.name -}}
{{- if has $part $names -}}{{- $problems = append $problems (printf "registries: two are called %s" $part) -}}{{- end -}}
{{- $names = append $names $part -}}
{{- with (include "regfsck.secrets" (dict "root" $root "registry" $registry) | fromJson).credentials.existingSecret -}}{{- $dockerConfigs = append $dockerConfigs . -}}{{- end -}}
{{- with ($registry.storage | default dict).podVolume -}}{{- $podVolumes = append $podVolumes . -}}{{- end -}}
{{- end -}}
{{- if and (ne $mode "cronjob") (gt (len (uniq $dockerConfigs)) 1) -}}
{{- $problems = append $problems (printf "credentials.existingSecret: one process reads one docker config: put the logins of all registries into one Secret (here: %s)" (uniq $dockerConfigs | join ", ")) -}}
{{- end -}}
{{- if gt (len (uniq $podVolumes)) 1 -}}
{{- $problems = append $problems (printf "registries: a sidecar reads one volume of its pod, not %s" (uniq $podVolumes | join ", ")) -}}
{{- end -}}
{{- $problems | toJson -}}
{{- end -}}

{{/* The same of one registry. Takes root and registry. */}}
{{- define "regfsck.registryProblems" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
{{- $mode := $values.mode -}}
{{- $registry := .registry -}}
{{- $at := printf "registries (%s)" $registry.name -}}
{{- $problems := list -}}
{{- if eq (empty $registry.url) (empty $registry.storage) -}}
{{- $problems = append $problems (printf "%s: expected a url or a storage, one of the two" $at) -}}
{{- end -}}
{{- if and $values.dashboard.enabled (eq $mode "cronjob") (eq $registry.name "dashboard") -}}
{{- $problems = append $problems (printf "%s: this name is taken by the ConfigMap of the dashboard" $at) -}}
{{- end -}}
{{- if and $registry.url (eq $mode "sidecar") -}}
{{- $problems = append $problems (printf "%s: a sidecar reads a volume of its pod: set storage.podVolume; a url is for the other modes" $at) -}}
{{- end -}}
{{- if and $registry.shards (ne $mode "cronjob") -}}
{{- $problems = append $problems (printf "%s: shards are only for mode: cronjob" $at) -}}
{{- end -}}
{{- with $registry.ca -}}
{{- if and .existingConfigMap .existingSecret -}}{{- $problems = append $problems (printf "%s: ca: existingConfigMap or existingSecret, not both" $at) -}}{{- end -}}
{{- end -}}
{{- with $registry.storage -}}
{{- $problems = concat $problems (include "regfsck.storageProblems" (dict "root" $root "storage" . "at" $at) | fromJsonArray) -}}
{{- end -}}
{{- $seen := list -}}
{{- range $registry.profiles -}}
{{- if has .name $seen -}}{{- $problems = append $problems (printf "%s: two profiles are called %s" $at .name) -}}{{- end -}}
{{- $seen = append $seen .name -}}
{{- end -}}
{{- if eq $mode "cronjob" -}}
{{- range $entry := prepend ($registry.profiles | default list) $registry -}}
{{- if and $entry.schedule (not $entry.interval) -}}
{{- $problems = append $problems (printf "%s: set interval too where schedule is set: alerts count in it" $at) -}}
{{- end -}}
{{- end -}}
{{- range $run := include "regfsck.runs" . | fromJsonArray -}}
{{- $name := printf "%s-%s" (include "regfsck.fullname" $root) $run.suffix -}}
{{- if gt (len $name) 52 -}}
{{- $problems = append $problems (printf "%s: %s is too long for a CronJob (52 characters at most); set a shorter fullnameOverride" $at $name) -}}
{{- end -}}
{{- if lt (int $run.interval) 300 -}}
{{- $problems = append $problems (printf "%s: interval: expected at least 5m, not %s; scan more often with mode: serve" $at (include "regfsck.duration" $run.interval)) -}}
{{- else if not $run.schedule -}}
{{- $problems = append $problems (printf "%s: no cron schedule follows from an interval of %s; set schedule too" $at (include "regfsck.duration" $run.interval)) -}}
{{- end -}}
{{- if and (gt (int $run.shards) 1) $values.persistence.enabled (not $values.persistence.existingClaim) (not (has "ReadWriteMany" $values.persistence.accessModes)) -}}
{{- $problems = append $problems (printf "%s: with shards persistence.accessModes has to be [ReadWriteMany]: the pods run at one time" $at) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $problems | toJson -}}
{{- end -}}

{{/* Nothing may write to a registry's storage, by no other name either. Takes root, storage and at. */}}
{{- define "regfsck.storageProblems" -}}
{{- $values := .root.Values -}}
{{- $problems := list -}}
{{- $sources := 0 -}}
{{- range list .storage.existingClaim .storage.hostPath .storage.nfs .storage.podVolume -}}{{- if . -}}{{- $sources = add1 $sources -}}{{- end -}}{{- end -}}
{{- if eq $values.mode "sidecar" -}}
{{- if or (ne 1 (int $sources)) (not .storage.podVolume) -}}
{{- $problems = append $problems (printf "%s: storage: a sidecar reads a volume of its pod: set podVolume, and nothing else" .at) -}}
{{- end -}}
{{- else if or (ne 1 (int $sources)) .storage.podVolume -}}
{{- $problems = append $problems (printf "%s: storage: expected one of existingClaim, hostPath and nfs (podVolume is for mode: sidecar)" .at) -}}
{{- end -}}
{{- with .storage.existingClaim -}}
{{- if or (and $values.persistence.enabled (eq . $values.persistence.existingClaim)) (eq . $values.textfile.existingClaim) -}}
{{- $problems = append $problems (printf "%s: storage: %s is the registry's own claim; persistence and textfile would write to it" $.at .) -}}
{{- end -}}
{{- end -}}
{{- if and .storage.hostPath $values.textfile.hostPath -}}
{{- $storage := printf "%s/" (clean .storage.hostPath) -}}
{{- $textfile := printf "%s/" (clean $values.textfile.hostPath) -}}
{{- if or (hasPrefix $storage $textfile) (hasPrefix $textfile $storage) -}}
{{- $problems = append $problems (printf "%s: storage: textfile.hostPath %s would write into it" .at $values.textfile.hostPath) -}}
{{- end -}}
{{- end -}}
{{- if and $values.persistence.enabled (not $values.persistence.existingClaim) (ne $values.mode "sidecar") -}}
{{- $problems = append $problems (printf "%s: storage: a new claim belongs to root, and the fsGroup that opens it would change the registry's files too; set persistence.existingClaim to one that %s may write to" .at (ternary (printf "uid %d" (get $values.podSecurityContext "runAsUser" | int)) "the pod" (hasKey $values.podSecurityContext "runAsUser"))) -}}
{{- end -}}
{{- $problems | toJson -}}
{{- end -}}
