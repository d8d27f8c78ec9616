{{/* What `references` ask of the cluster: entries with `kubernetes` that bring no account of their own. */}}

{{/* Whether any reads the cluster that this runs in; empty for no. */}}
{{- define "regfsck.readsCluster" -}}
{{- if eq .Values.mode "serve" -}}
{{- range .Values.references -}}{{- if include "regfsck.isInCluster" . -}}yes{{- end -}}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "regfsck.isInCluster" -}}
{{- if and (hasKey . "kubernetes") (not (.kubernetes | default dict).kubeconfig) -}}yes{{- end -}}
{{- end -}}

{{/* The hosts of what is deployed, as one registry: the logins of all in one docker config, and the authority of all. A token is for one host. */}}
{{- define "regfsck.referencesAsRegistry" -}}
{{- dict "name" "references" "url" "https://registries" "credentials" (pick .Values.credentials "existingSecret") | toJson -}}
{{- end -}}

{{/* The entries with the authority that the chart mounts, as JSON. */}}
{{- define "regfsck.references" -}}
{{- $settings := include "regfsck.fileSettings" (dict "root" . "registry" (include "regfsck.referencesAsRegistry" . | fromJson)) | fromJson -}}
{{- $entries := list -}}
{{- range .Values.references -}}{{- $entries = append $entries (merge (dict) . $settings) -}}{{- end -}}
{{- $entries | toJson -}}
{{- end -}}

{{/*
The rules of each place, as a JSON mapping from the namespace (empty: the cluster) to a list of rules. Nodes have no namespace.
Secrets only where the entry uses them.
*/}}
{{- define "regfsck.rights" -}}
{{- $verbs := list "get" "list" "watch" -}}
{{- $places := dict -}}
{{- range $entry := .Values.references -}}
{{- if include "regfsck.isInCluster" $entry -}}
{{- $rules := include "regfsck.workloadRules" $entry | fromYamlArray -}}
{{- if eq (get $entry "platform" | toString) "auto" -}}
{{- $rule := dict "apiGroups" (list "") "resources" (list "nodes") "verbs" $verbs -}}
{{- $_ := set $places "" (append (get $places "" | default list) $rule) -}}
{{- end -}}
{{- $namespaces := ($entry.kubernetes | default dict).namespaces | default (list "") -}}
{{- range $namespace := $namespaces -}}
{{- $known := get $places $namespace | default list -}}
{{- range $rule := $rules -}}{{- if not (has $rule $known) -}}{{- $known = append $known $rule -}}{{- end -}}{{- end -}}
{{- $_ := set $places $namespace (uniq $known) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $places | toJson -}}
{{- end -}}

{{- define "regfsck.workloadRules" -}}
- apiGroups: [""]
  resources: [pods, replicationcontrollers]
  verbs: [get, list, watch]
- apiGroups: [apps]
  resources: [daemonsets, deployments, replicasets, statefulsets]
  verbs: [get, list, watch]
- apiGroups: [batch]
  resources: [cronjobs, jobs]
  verbs: [get, list, watch]
{{- if get . "use-pull-secrets" }}
- apiGroups: [""]
  resources: [secrets, serviceaccounts]
  verbs: [get, list, watch]
{{- end }}
{{- end -}}

{{/* Objects of the cluster have no namespace, so its name is part of theirs. */}}
{{- define "regfsck.clusterName" -}}
{{- printf "%s-%s-reader" .Release.Namespace (include "regfsck.fullname" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
