{{/* Seconds of a duration such as 90, 90s, 15m, 1h30m or 7d. */}}
{{- define "regfsck.seconds" -}}
{{- $text := ternary (toString .) (toJson .) (kindIs "string" .) -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+[smhd]?" $text -1 -}}
{{- $unit := get (dict "m" 60 "h" 3600 "d" 86400) (regexFind "[smhd]?$" .) | default 1 -}}
{{- $sum = add $sum (mul (regexFind "^[0-9]+" . | int) $unit) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}

{{/* Seconds as the shortest duration. */}}
{{- define "regfsck.duration" -}}
{{- $seconds := int . -}}
{{- if eq 0 (mod $seconds 3600) -}}
{{- printf "%dh" (div $seconds 3600) -}}
{{- else if eq 0 (mod $seconds 60) -}}
{{- printf "%dm" (div $seconds 60) -}}
{{- else -}}
{{- printf "%ds" $seconds -}}
{{- end -}}
{{- end -}}

{{/* The cron schedule that has an interval, given in seconds; empty where none has. */}}
{{- define "regfsck.schedule" -}}
{{- $seconds := int . -}}
{{- $minutes := div $seconds 60 -}}
{{- $hours := div $seconds 3600 -}}
{{- if ne 0 (mod $seconds 60) -}}
{{- else if and (lt $minutes 60) (gt $minutes 0) -}}
{{- if eq 0 (mod 60 $minutes) -}}*/{{ $minutes }} * * * *{{- end -}}
{{- else if ne 0 (mod $seconds 3600) -}}
{{- else if eq $hours 1 -}}17 * * * *
{{- else if eq $hours 24 -}}17 1 * * *
{{- else if eq $hours 168 -}}17 1 * * 6
{{- else if and (gt $hours 1) (lt $hours 24) -}}
{{- if eq 0 (mod 24 $hours) -}}17 */{{ $hours }} * * *{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Seconds after which Kubernetes ends a run: before the next one is due, and after a day. Takes interval and deadline, as
durations. A deadline that is given has a twenty-fourth of the time on top, to tell what was found.
*/}}
{{- define "regfsck.activeDeadline" -}}
{{- if .deadline -}}
{{- $deadline := include "regfsck.seconds" .deadline | int -}}
{{- add $deadline (max 60 (div $deadline 23)) -}}
{{- else -}}
{{- min 86400 (sub (include "regfsck.seconds" .interval | int) 60) -}}
{{- end -}}
{{- end -}}

{{/* When a run stops by itself and reports what it has, before Kubernetes kills it. */}}
{{- define "regfsck.deadline" -}}
{{- if .deadline -}}
{{- .deadline -}}
{{- else -}}
{{- $active := include "regfsck.activeDeadline" . | int -}}
{{- $seconds := sub $active (max 60 (div $active 24)) -}}
{{- include "regfsck.duration" (sub $seconds (mod $seconds 60)) -}}
{{- end -}}
{{- end -}}
