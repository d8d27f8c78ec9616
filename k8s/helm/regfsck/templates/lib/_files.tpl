{{/*
Everything that a pod mounts, as a JSON list of name, volume, mountPath and, for the few that it may write to, writable. This is
the one place where that is decided: what is not writable here is mounted read-only. Takes root and registries.
*/}}
{{- define "regfsck.files" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
{{- $prefix := ternary "regfsck-" "" (eq $values.mode "sidecar") -}}
{{- $fullname := include "regfsck.fullname" .root -}}
{{- $files := list (dict "name" (print $prefix "tmp") "mountPath" "/tmp" "writable" true "volume" (dict "emptyDir" (dict "sizeLimit" "64Mi"))) -}}
{{- if ne $values.mode "cronjob" -}}
{{- $files = append $files (dict "name" (print $prefix "config") "mountPath" "/etc/regfsck" "volume" (dict "configMap" (dict "name" (printf "%s-%s" $fullname $values.mode)))) -}}
{{- end -}}
{{- if or $values.persistence.enabled (ne $values.mode "cronjob") -}}
{{- $state := dict "emptyDir" (dict "sizeLimit" "256Mi") -}}
{{- if $values.persistence.enabled -}}
{{- $claim := $values.persistence.existingClaim | default (printf "%s-%s" $fullname (default "state" .suffix)) -}}
{{- $state = dict "persistentVolumeClaim" (dict "claimName" $claim) -}}
{{- end -}}
{{- $files = append $files (dict "name" (print $prefix "state") "mountPath" "/var/lib/regfsck" "writable" true "volume" $state) -}}
{{- end -}}
{{- if and (eq $values.mode "cronjob") (or $values.textfile.hostPath $values.textfile.existingClaim) -}}
{{- $volume := dict "persistentVolumeClaim" (dict "claimName" $values.textfile.existingClaim) -}}
{{- with $values.textfile.hostPath -}}{{- $volume = dict "hostPath" (dict "path" . "type" "Directory") -}}{{- end -}}
{{- $files = append $files (dict "name" "textfile" "mountPath" "/var/lib/textfile" "writable" true "volume" $volume) -}}
{{- end -}}
{{- if include "regfsck.readsCluster" $root -}}
{{- /* As Kubernetes would mount it in every container. The token is renewed in the file, and read again. */ -}}
{{- $sources := list (dict "serviceAccountToken" (dict "path" "token" "expirationSeconds" 3600)) -}}
{{- $sources = append $sources (dict "configMap" (dict "name" "kube-root-ca.crt" "items" (list (dict "key" "ca.crt" "path" "ca.crt")))) -}}
{{- $sources = append $sources (dict "downwardAPI" (dict "items" (list (dict "path" "namespace" "fieldRef" (dict "fieldPath" "metadata.namespace"))))) -}}
{{- $files = append $files (dict "name" "account" "mountPath" "/var/run/secrets/kubernetes.io/serviceaccount" "volume" (dict "projected" (dict "sources" $sources))) -}}
{{- end -}}
{{- $storages := dict -}}
{{- range $registry := .registries -}}
{{- $about := dict "root" $root "registry" $registry -}}
{{- $files = concat $files (include "regfsck.secretFiles" $about | fromJsonArray) -}}
{{- with $registry.storage -}}
{{- /* One volume for a claim, however many registries are in it: two of them keep a pod from starting. */ -}}
{{- $volume := include "regfsck.storageVolume" . | fromJson -}}
{{- $key := toJson $volume -}}
{{- if not (hasKey $storages $key) -}}
{{- $own := ternary (printf "storage-%s" (include "regfsck.objectPart" $registry.name)) "registry-storage" (eq $values.mode "serve") -}}
{{- $_ := set $storages $key (.podVolume | default $own) -}}
{{- end -}}
{{- $file := dict "name" (get $storages $key) "mountPath" (include "regfsck.mountPath" (merge (dict "what" "storage") $about)) "volume" $volume -}}
{{- if and .hostPath (semverCompare ">=1.31.0-0" $root.Capabilities.KubeVersion.Version) -}}
{{- /* What is mounted below it on the node would be writable. Older servers do not know the field. */ -}}
{{- $_ := set $file "recursiveReadOnly" "IfPossible" -}}
{{- end -}}
{{- $files = append $files $file -}}
{{- end -}}
{{- end -}}
{{- if and $values.references (eq $values.mode "serve") -}}
{{- $about := dict "root" $root "registry" (include "regfsck.referencesAsRegistry" $root | fromJson) -}}
{{- $files = concat $files (include "regfsck.secretFiles" $about | fromJsonArray) -}}
{{- end -}}
{{- $seen := list -}}
{{- $distinct := list -}}
{{- range $file := $files -}}
{{- if not (has $file.mountPath $seen) -}}
{{- $seen = append $seen $file.mountPath -}}
{{- $distinct = append $distinct $file -}}
{{- end -}}
{{- end -}}
{{- $distinct | toJson -}}
{{- end -}}

{{/* Without `readOnly` on the claim: CSI drivers refuse a claim that is mounted so beside one that is not. The mount is. */}}
{{- define "regfsck.storageVolume" -}}
{{- if .podVolume -}}
{{- dict | toJson -}}
{{- else if .existingClaim -}}
{{- dict "persistentVolumeClaim" (dict "claimName" .existingClaim) | toJson -}}
{{- else if .nfs -}}
{{- dict "nfs" (dict "server" .nfs.server "path" .nfs.path "readOnly" true) | toJson -}}
{{- else -}}
{{- dict "hostPath" (dict "path" .hostPath "type" "Directory") | toJson -}}
{{- end -}}
{{- end -}}

{{/* Credentials and authority of one registry. */}}
{{- define "regfsck.secretFiles" -}}
{{- $secrets := include "regfsck.secrets" . | fromJson -}}
{{- $part := include "regfsck.objectPart" .registry.name -}}
{{- $own := ternary "" (printf "-%s" $part) (eq .root.Values.mode "cronjob") -}}
{{- $prefix := ternary "regfsck-" "" (eq .root.Values.mode "sidecar") -}}
{{- $files := list -}}
{{- with $secrets.credentials.existingSecret -}}
{{- $files = append $files (dict "name" (print $prefix "docker-config") "mountPath" "/etc/docker" "volume" (dict "secret" (dict "secretName" .))) -}}
{{- end -}}
{{- with ($secrets.credentials.tokenSecret | default dict).name -}}
{{- $files = append $files (dict "name" (print $prefix "token" $own) "mountPath" (include "regfsck.mountPath" (merge (dict "what" "token") $)) "volume" (dict "secret" (dict "secretName" .))) -}}
{{- end -}}
{{- with $secrets.credentials.clientCertSecret -}}
{{- $files = append $files (dict "name" (print $prefix "client" $own) "mountPath" (include "regfsck.mountPath" (merge (dict "what" "client") $)) "volume" (dict "secret" (dict "secretName" .))) -}}
{{- end -}}
{{- $name := print $prefix "authority" (ternary $own "" (not (empty .registry.ca))) -}}
{{- $at := include "regfsck.mountPath" (merge (dict "what" "authority") $) -}}
{{- if $secrets.ca.existingConfigMap -}}
{{- $files = append $files (dict "name" $name "mountPath" $at "volume" (dict "configMap" (dict "name" $secrets.ca.existingConfigMap))) -}}
{{- else if $secrets.ca.existingSecret -}}
{{- $files = append $files (dict "name" $name "mountPath" $at "volume" (dict "secret" (dict "secretName" $secrets.ca.existingSecret))) -}}
{{- end -}}
{{- $files | toJson -}}
{{- end -}}
