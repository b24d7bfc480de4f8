{{- /* What the values hold of credentials, by key; empty when there is nothing. */}}
{{- define "iotda-relay.credentials" -}}
{{- $data := dict }}
{{- with .Values.kafka }}
{{- if and (include "iotda-relay.usesSasl" $) (not .sasl.existingSecret) }}
{{- $_ := set $data "kafka-username" .sasl.username }}
{{- $_ := set $data "kafka-password" .sasl.password }}
{{- end }}
{{- if include "iotda-relay.usesTls" $ }}
{{- if .tls.trust.certificates }}
{{- $_ := set $data "kafka-ca.crt" .tls.trust.certificates }}
{{- end }}
{{- if .tls.identity.certificate }}
{{- $_ := set $data "kafka-tls.crt" .tls.identity.certificate }}
{{- $_ := set $data "kafka-tls.key" .tls.identity.privateKey }}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.iotda.trust.certificates }}
{{- $_ := set $data "iotda-ca.crt" .Values.iotda.trust.certificates }}
{{- end }}
{{- if .Values.operator.password }}
{{- $_ := set $data "operator-password" .Values.operator.password }}
{{- end }}
{{- if $data }}
{{- toYaml $data }}
{{- end }}
{{- end }}
