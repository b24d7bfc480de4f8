{{- /*
The paths below which a map holds a secret in plain text, one a line: (dict "value" VALUE "path" PATH). What is `${NAME}` comes from an
environment variable, and is none, unless it has a default or something beside it. Values are never printed.
*/}}
{{- define "iotda-relay.secretsIn" -}}
{{- $path := .path }}
{{- if regexMatch "^(config\\.)?relay\\.routes" $path }}
{{- /* Names of properties and selectors. */}}
{{- else if kindIs "map" .value }}
{{- range $key, $value := .value }}
{{- include "iotda-relay.secretsIn" (dict "value" $value "path" (printf "%s.%v" $path $key)) }}
{{- end }}
{{- else if kindIs "slice" .value }}
{{- range $i, $value := .value }}
{{- include "iotda-relay.secretsIn" (dict "value" $value "path" (printf "%s[%d]" $path $i)) }}
{{- end }}
{{- else if and (not (kindIs "bool" .value)) (not (kindIs "invalid" .value)) }}
{{- $text := toString .value }}
{{- /* References become a mere $; once more, because of defaults that are references. */}}
{{- range list 1 2 }}
{{- $text = regexReplaceAll "\\$\\{[^{}:]+(:\\$?)?\\}" $text "$$" }}
{{- end }}
{{- $named := regexMatch "(?i)(password|passphrase|secret|secret-?key|api-?key|access-?key|token)$" $path }}
{{- if or
      (and $named (regexMatch "[^\\s$]" $text))
      (regexMatch "(?i)(password|clientsecret) *= *(\"[^\"]*[^\"$ ]|'[^']*[^'$ ]|[^'\" ;]*[^'\" ;$])" $text)
      (regexMatch "://[^/@: ]*:[^/@ ]*[^/@$ ][^/@ ]*@" $text)
      (contains "PRIVATE KEY-----" $text) }}
{{ $path }}
{{- end }}
{{- end }}
{{- end }}
