{{- define "iotda-relay.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* At most 50 characters: the longest suffix, and a StatefulSet's revision, have to fit behind. */}}
{{- define "iotda-relay.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What a selector may hold: it never changes from version to version. */}}
{{- define "iotda-relay.selectorLabels" -}}
app.kubernetes.io/name: {{ include "iotda-relay.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: relay
{{- end }}

{{- /* Labels of an object: (dict "context" $ "component" "relay" "labels" ...). */}}
{{- define "iotda-relay.labels" -}}
{{- $context := .context }}
{{- $labels := dict
      "app.kubernetes.io/name" (include "iotda-relay.name" $context)
      "app.kubernetes.io/instance" $context.Release.Name
      "app.kubernetes.io/component" (default "relay" .component)
      "app.kubernetes.io/version" $context.Chart.AppVersion
      "app.kubernetes.io/managed-by" $context.Release.Service
      "helm.sh/chart" (printf "%s-%s" $context.Chart.Name ($context.Chart.Version | replace "+" "_")) }}
{{- toYaml (merge $labels (deepCopy (default dict .labels)) (deepCopy $context.Values.commonLabels)) }}
{{- end }}

{{- /* name, namespace, labels and annotations: (dict "context" $ "name" ... "component" ... "labels" ... "annotations" ... "namespace" ...). */}}
{{- define "iotda-relay.metadata" -}}
name: {{ default (include "iotda-relay.fullname" .context) .name }}
namespace: {{ default .context.Release.Namespace .namespace }}
labels:
  {{- include "iotda-relay.labels" . | nindent 2 }}
{{- with merge (deepCopy (default dict .annotations)) (deepCopy .context.Values.commonAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "iotda-relay.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "iotda-relay.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "iotda-relay.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "iotda-relay.preset" -}}
{{- toYaml (default dict (get (.Files.Get "files/presets.yaml" | fromYaml) .Values.preset)) }}
{{- end }}

{{- define "iotda-relay.resources" -}}
{{- $preset := include "iotda-relay.preset" . | fromYaml }}
{{- toYaml (mergeOverwrite (default dict $preset.resources) (deepCopy .Values.resources)) }}
{{- end }}

{{- define "iotda-relay.javaToolOptions" -}}
{{- $preset := include "iotda-relay.preset" . | fromYaml }}
{{- $percent := int (dig "jvm" "maxRamPercentage" 50 $preset) }}
{{- if .Values.jvm.maxRamPercentage }}
{{- $percent = int .Values.jvm.maxRamPercentage }}
{{- end }}
{{- printf "-XX:MaxRAMPercentage=%d %s" $percent .Values.jvm.options | trim }}
{{- end }}

{{- /* The port that the relay listens on. */}}
{{- define "iotda-relay.port" -}}
{{- int (dig "server" "port" 8080 .Values.config) }}
{{- end }}

{{- define "iotda-relay.usesSasl" -}}
{{- if hasPrefix "SASL_" .Values.kafka.security.protocol }}true{{ end }}
{{- end }}

{{- define "iotda-relay.usesTls" -}}
{{- if hasSuffix "SSL" .Values.kafka.security.protocol }}true{{ end }}
{{- end }}

{{- /* Names of Secrets: existing ones, or those that the chart creates; empty where there is none. */}}
{{- define "iotda-relay.credentialsName" -}}
{{ include "iotda-relay.fullname" . }}-credentials
{{- end }}

{{- define "iotda-relay.saslSecret" -}}
{{- if include "iotda-relay.usesSasl" . }}
{{- default (include "iotda-relay.credentialsName" .) .Values.kafka.sasl.existingSecret }}
{{- end }}
{{- end }}

{{- /* The Secret whose name and password are mounted. A complete sasl.jaas.config is a variable instead. */}}
{{- define "iotda-relay.saslFiles" -}}
{{- if not (and .Values.kafka.sasl.existingSecret .Values.kafka.sasl.jaasConfigKey) }}
{{- include "iotda-relay.saslSecret" . }}
{{- end }}
{{- end }}

{{- define "iotda-relay.operatorSecret" -}}
{{- with .Values.operator }}
{{- if .existingSecret }}{{ .existingSecret }}
{{- else if .password }}{{ include "iotda-relay.credentialsName" $ }}
{{- end }}
{{- end }}
{{- end }}

{{- define "iotda-relay.kafkaTrustSecret" -}}
{{- if include "iotda-relay.usesTls" . }}
{{- with .Values.kafka.tls.trust }}
{{- if .existingSecret }}{{ .existingSecret }}
{{- else if .certificates }}{{ include "iotda-relay.credentialsName" $ }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "iotda-relay.kafkaIdentitySecret" -}}
{{- if include "iotda-relay.usesTls" . }}
{{- with .Values.kafka.tls.identity }}
{{- if .existingSecret }}{{ .existingSecret }}
{{- else if .certificate }}{{ include "iotda-relay.credentialsName" $ }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "iotda-relay.iotdaTrustSecret" -}}
{{- with .Values.iotda.trust }}
{{- if .existingSecret }}{{ .existingSecret }}
{{- else if .certificates }}{{ include "iotda-relay.credentialsName" $ }}
{{- end }}
{{- end }}
{{- end }}

{{- define "iotda-relay.devicesSecret" -}}
{{- if .Values.devices.existingSecret }}{{ .Values.devices.existingSecret }}
{{- else if .Values.devices.content }}{{ include "iotda-relay.fullname" . }}-devices
{{- end }}
{{- end }}

{{- define "iotda-relay.loginModule" -}}
{{- if eq .Values.kafka.sasl.mechanism "PLAIN" -}}
org.apache.kafka.common.security.plain.PlainLoginModule
{{- else -}}
org.apache.kafka.common.security.scram.ScramLoginModule
{{- end }}
{{- end }}

{{- /* The relay's own keys: what the values say, over what the preset says, over what other values imply. */}}
{{- define "iotda-relay.relay" -}}
{{- $preset := include "iotda-relay.preset" . | fromYaml }}
{{- $relay := default dict $preset.relay }}
{{- if include "iotda-relay.devicesSecret" . }}
{{- $_ := set $relay "devices" (dict "file" (printf "file:/etc/iotda-relay/devices/%s" .Values.devices.key)) }}
{{- end }}
{{- if include "iotda-relay.iotdaTrustSecret" . }}
{{- $_ := set (default dict $relay.iotda) "ssl-bundle" "iotda" | set $relay "iotda" }}
{{- end }}
{{- toYaml (mergeOverwrite $relay (deepCopy .Values.relay)) }}
{{- end }}

{{- /* One bundle of certificates and keys, as Spring Boot names it: what is in the Secrets that are mounted. */}}
{{- define "iotda-relay.kafkaBundle" -}}
{{- $tls := .Values.kafka.tls }}
{{- $trust := include "iotda-relay.kafkaTrustSecret" . }}
{{- $identity := include "iotda-relay.kafkaIdentitySecret" . }}
{{- $bundle := dict }}
{{- if eq $tls.type "PEM" }}
{{- $_ := set $bundle "reload-on-update" true }}
{{- if $trust }}
{{- $_ := set $bundle "truststore" (dict "certificate" (printf "file:/etc/iotda-relay/kafka-trust/%s" (ternary $tls.trust.key "ca.crt" (ne $tls.trust.existingSecret "")))) }}
{{- end }}
{{- if $identity }}
{{- $existing := ne $tls.identity.existingSecret "" }}
{{- $store := dict
      "certificate" (printf "file:/etc/iotda-relay/kafka-identity/%s" (ternary $tls.identity.certificateKey "tls.crt" $existing))
      "private-key" (printf "file:/etc/iotda-relay/kafka-identity/%s" (ternary $tls.identity.privateKeyKey "tls.key" $existing)) }}
{{- if $tls.identity.passwordKey }}
{{- $_ := set $store "private-key-password" "${KAFKA_IDENTITY_PASSWORD}" }}
{{- end }}
{{- $_ := set $bundle "keystore" $store }}
{{- end }}
pem:
  kafka:
    {{- toYaml $bundle | nindent 4 }}
{{- else }}
{{- $_ := set $bundle "reload-on-update" true }}
{{- if $trust }}
{{- $store := dict "location" (printf "file:/etc/iotda-relay/kafka-trust/%s" $tls.trust.key) "type" $tls.type }}
{{- if $tls.trust.passwordKey }}
{{- $_ := set $store "password" "${KAFKA_TRUST_PASSWORD}" }}
{{- end }}
{{- $_ := set $bundle "truststore" $store }}
{{- end }}
{{- if $identity }}
{{- $store := dict "location" (printf "file:/etc/iotda-relay/kafka-identity/%s" $tls.identity.keyStoreKey) "type" $tls.type }}
{{- if $tls.identity.passwordKey }}
{{- $_ := set $store "password" "${KAFKA_IDENTITY_PASSWORD}" }}
{{- end }}
{{- $_ := set $bundle "keystore" $store }}
{{- end }}
jks:
  kafka:
    {{- toYaml $bundle | nindent 4 }}
{{- end }}
{{- end }}

{{- /* What is under spring, made of the values kafka, iotda and operator. */}}
{{- define "iotda-relay.spring" -}}
{{- $kafka := dict "consumer" (dict "group-id" .Values.kafka.groupId) }}
{{- with .Values.kafka.bootstrapServers }}
{{- $_ := set $kafka "bootstrap-servers" . }}
{{- end }}
{{- $properties := dict }}
{{- $consumer := dict }}
{{- if eq .Values.kafka.groupProtocol "consumer" }}
{{- $_ := set $consumer "group.protocol" "consumer" }}
{{- else if .Values.kafka.sessionTimeout }}
{{- $_ := set $consumer "session.timeout.ms" (int .Values.kafka.sessionTimeout) }}
{{- else if eq .Values.kind "StatefulSet" }}
{{- $_ := set $consumer "session.timeout.ms" 60000 }}
{{- end }}
{{- if eq .Values.kind "StatefulSet" }}
{{- $_ := set $consumer "group.instance.id" "${POD_NAME}" }}
{{- end }}
{{- if $consumer }}
{{- $_ := set $kafka.consumer "properties" $consumer }}
{{- end }}
{{- if ne .Values.kafka.security.protocol "PLAINTEXT" }}
{{- $_ := set $kafka "security" (dict "protocol" .Values.kafka.security.protocol) }}
{{- end }}
{{- if include "iotda-relay.usesSasl" . }}
{{- $_ := set $properties "sasl.mechanism" .Values.kafka.sasl.mechanism }}
{{- if include "iotda-relay.saslFiles" . }}
{{- $_ := set $properties "sasl.client.callback.handler.class" "io.iotdarelay.source.MountedCredentials" }}
{{- $_ := set $properties "sasl.jaas.config" (printf "%s required usernameFile=\"/etc/iotda-relay/kafka-credentials/username\" passwordFile=\"/etc/iotda-relay/kafka-credentials/password\";" (include "iotda-relay.loginModule" .)) }}
{{- else }}
{{- $_ := set $properties "sasl.jaas.config" "${KAFKA_JAAS_CONFIG}" }}
{{- end }}
{{- end }}
{{- if $properties }}
{{- $_ := set $kafka "properties" $properties }}
{{- end }}
{{- $spring := dict "kafka" $kafka }}
{{- $bundles := dict }}
{{- if or (include "iotda-relay.kafkaTrustSecret" .) (include "iotda-relay.kafkaIdentitySecret" .) }}
{{- $bundles = include "iotda-relay.kafkaBundle" . | fromYaml }}
{{- $_ := set $kafka "ssl" (dict "bundle" "kafka") }}
{{- end }}
{{- if include "iotda-relay.iotdaTrustSecret" . }}
{{- $key := ternary .Values.iotda.trust.key "ca.crt" (ne .Values.iotda.trust.existingSecret "") }}
{{- $bundles = mergeOverwrite $bundles (dict "pem" (dict "iotda" (dict "reload-on-update" true "truststore" (dict "certificate" (printf "file:/etc/iotda-relay/iotda-trust/%s" $key))))) }}
{{- end }}
{{- if $bundles }}
{{- $_ := set $spring "ssl" (dict "bundle" $bundles) }}
{{- end }}
{{- if include "iotda-relay.operatorSecret" . }}
{{- $user := ternary "${OPERATOR_USERNAME}" .Values.operator.username (and (ne .Values.operator.existingSecret "") (ne .Values.operator.usernameKey "")) }}
{{- $_ := set $spring "security" (dict "user" (dict "name" $user "password" "${OPERATOR_PASSWORD}")) }}
{{- end }}
{{- toYaml $spring }}
{{- end }}

{{- /* What is under management, made of the values opentelemetry: an address for each signal that is exported. */}}
{{- define "iotda-relay.management" -}}
{{- $otel := .Values.opentelemetry }}
{{- $endpoint := trimSuffix "/" $otel.endpoint }}
{{- $management := dict }}
{{- if $endpoint }}
{{- $sdk := dict "resource-attributes" (dict "service.instance.id" "${POD_NAME}" "k8s.pod.name" "${POD_NAME}" "k8s.namespace.name" .Release.Namespace) }}
{{- if $otel.traces }}
{{- $_ := set $sdk "tracing" (dict "export" (dict "otlp" (dict "endpoint" (printf "%s/v1/traces" $endpoint)))) }}
{{- $_ := set $management "tracing" (dict "sampling" (dict "probability" $otel.samplingProbability)) }}
{{- end }}
{{- if $otel.logs }}
{{- $_ := set $sdk "logging" (dict "export" (dict "otlp" (dict "endpoint" (printf "%s/v1/logs" $endpoint)))) }}
{{- end }}
{{- if $otel.metrics }}
{{- $_ := set $management "otlp" (dict "metrics" (dict "export" (dict "url" (printf "%s/v1/metrics" $endpoint)))) }}
{{- end }}
{{- $_ := set $management "opentelemetry" $sdk }}
{{- end }}
{{- toYaml $management }}
{{- end }}

{{- /* The whole of relay.yaml. */}}
{{- define "iotda-relay.configuration" -}}
{{- $configuration := dict
      "relay" (include "iotda-relay.relay" . | fromYaml)
      "spring" (include "iotda-relay.spring" . | fromYaml) }}
{{- with include "iotda-relay.management" . | fromYaml }}
{{- $_ := set $configuration "management" . }}
{{- end }}
{{- if ne .Values.logging.format "text" }}
{{- $_ := set $configuration "logging" (dict "structured" (dict "format" (dict "console" .Values.logging.format))) }}
{{- end }}
{{- toYaml (mergeOverwrite $configuration (deepCopy .Values.config)) }}
{{- end }}

{{- /* Environment variables from Secrets. */}}
{{- define "iotda-relay.secretEnv" -}}
{{- if and (include "iotda-relay.usesSasl" .) (not (include "iotda-relay.saslFiles" .)) }}
{{- with .Values.kafka.sasl }}
{{- include "iotda-relay.secretVariable" (list "KAFKA_JAAS_CONFIG" .existingSecret .jaasConfigKey) }}
{{- end }}
{{- end }}
{{- with include "iotda-relay.kafkaTrustSecret" . }}
{{- if $.Values.kafka.tls.trust.passwordKey }}
{{- include "iotda-relay.secretVariable" (list "KAFKA_TRUST_PASSWORD" . $.Values.kafka.tls.trust.passwordKey) }}
{{- end }}
{{- end }}
{{- with include "iotda-relay.kafkaIdentitySecret" . }}
{{- if $.Values.kafka.tls.identity.passwordKey }}
{{- include "iotda-relay.secretVariable" (list "KAFKA_IDENTITY_PASSWORD" . $.Values.kafka.tls.identity.passwordKey) }}
{{- end }}
{{- end }}
{{- with include "iotda-relay.operatorSecret" . }}
{{- $operator := $.Values.operator }}
{{- if and $operator.existingSecret $operator.usernameKey }}
{{- include "iotda-relay.secretVariable" (list "OPERATOR_USERNAME" . $operator.usernameKey) }}
{{- end }}
{{- include "iotda-relay.secretVariable" (list "OPERATOR_PASSWORD" . (ternary $operator.passwordKey "operator-password" (ne $operator.existingSecret ""))) }}
{{- end }}
{{- end }}

{{- /* (list VARIABLE SECRET KEY) */}}
{{- define "iotda-relay.secretVariable" }}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end }}

{{- /* Seconds that a Spring duration takes, rounded up: 20s, 1m, 500ms, 1500 (milliseconds), PT1M30S; empty when it is another. */}}
{{- define "iotda-relay.seconds" -}}
{{- $text := . | toString | trim | lower }}
{{- if regexMatch "^[0-9]+(ms)?$" $text }}
{{- div (add (atoi (trimSuffix "ms" $text)) 999) 1000 }}
{{- else if regexMatch "^[0-9]+s$" $text }}
{{- atoi (trimSuffix "s" $text) }}
{{- else if regexMatch "^[0-9]+m$" $text }}
{{- mul (atoi (trimSuffix "m" $text)) 60 }}
{{- else if regexMatch "^[0-9]+h$" $text }}
{{- mul (atoi (trimSuffix "h" $text)) 3600 }}
{{- else if regexMatch "^pt([0-9]+h)?([0-9]+m)?([0-9]+(\\.[0-9]+)?s)?$" $text }}
{{- $hours := regexFind "[0-9]+h" $text | trimSuffix "h" | default "0" | atoi }}
{{- $minutes := regexFind "[0-9]+m" $text | trimSuffix "m" | default "0" | atoi }}
{{- $seconds := regexFind "[0-9.]+s" $text | trimSuffix "s" | default "0" | float64 | ceil | int }}
{{- add (mul $hours 3600) (mul $minutes 60) $seconds }}
{{- end }}
{{- end }}

{{- define "iotda-relay.drainTimeout" -}}
{{- $source := dig "source" dict (include "iotda-relay.configuration" . | fromYaml).relay }}
{{- get $source "drain-timeout" | default "20s" }}
{{- end }}

{{- define "iotda-relay.terminationGracePeriodSeconds" -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds }}
{{- add (include "iotda-relay.seconds" (include "iotda-relay.drainTimeout" .) | default "20" | int) 10 }}
{{- else }}
{{- int .Values.terminationGracePeriodSeconds }}
{{- end }}
{{- end }}

{{- /* The topics that routes name, one a line. */}}
{{- define "iotda-relay.topics" -}}
{{- range .Values.relay.routes }}
{{- range .topics }}
{{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Whether replicas are somebody else's business. */}}
{{- define "iotda-relay.isScaled" -}}
{{- if or .Values.autoscaling.enabled .Values.keda.enabled }}true{{ end }}
{{- end }}

{{- define "iotda-relay.scaleTarget" -}}
apiVersion: apps/v1
kind: {{ .Values.kind }}
name: {{ include "iotda-relay.fullname" . }}
{{- end }}

{{- define "iotda-relay.kedaAuthentication" -}}
{{- if .Values.keda.authenticationRef }}{{ .Values.keda.authenticationRef }}
{{- else if or (include "iotda-relay.saslSecret" .) (include "iotda-relay.kafkaTrustSecret" .) (include "iotda-relay.kafkaIdentitySecret" .) }}
{{- include "iotda-relay.fullname" . }}-kafka
{{- end }}
{{- end }}
