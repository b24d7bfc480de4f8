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

{{- define "iotda-relay.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
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
namespace: {{ default (include "iotda-relay.namespace" .context) .namespace }}
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

{{- /* (list IMAGE TAG), where IMAGE has registry, repository and digest. */}}
{{- define "iotda-relay.imageName" -}}
{{- $image := index . 0 }}
{{- $name := $image.repository }}
{{- with $image.registry }}
{{- $name = printf "%s/%s" (trimSuffix "/" .) $name }}
{{- end }}
{{- if $image.digest }}
{{- printf "%s@%s" $name $image.digest }}
{{- else }}
{{- printf "%s:%s" $name (index . 1) }}
{{- end }}
{{- end }}

{{- define "iotda-relay.image" -}}
{{- include "iotda-relay.imageName" (list .Values.image (default .Chart.AppVersion .Values.image.tag)) }}
{{- end }}

{{- define "iotda-relay.preset" -}}
{{- toYaml (default dict (get (.Files.Get "files/presets.yaml" | fromYaml) .Values.preset)) }}
{{- end }}

{{- /* A null takes a key of the preset away, such as limits.cpu: Kubernetes does not accept it as a quantity. */}}
{{- define "iotda-relay.resources" -}}
{{- $preset := include "iotda-relay.preset" . | fromYaml }}
{{- $resources := mergeOverwrite (default dict $preset.resources) (deepCopy .Values.resources) }}
{{- range $kind := keys $resources }}
{{- $bounds := get $resources $kind }}
{{- if kindIs "map" $bounds }}
{{- range $name := keys $bounds }}
{{- if kindIs "invalid" (get $bounds $name) }}
{{- $_ := unset $bounds $name }}
{{- end }}
{{- end }}
{{- end }}
{{- if not $bounds }}
{{- $_ := unset $resources $kind }}
{{- end }}
{{- end }}
{{- toYaml $resources }}
{{- end }}

{{- /* A quantity of CPU in thousandths: 250m, "1", 0.5. */}}
{{- define "iotda-relay.millicores" -}}
{{- $text := toString . }}
{{- if hasSuffix "m" $text }}
{{- trimSuffix "m" $text | int }}
{{- else }}
{{- mulf (float64 $text) 1000 | int }}
{{- end }}
{{- end }}

{{- /* Without a limit the JVM would count all processors of the node, and size its threads and buffers for them. */}}
{{- define "iotda-relay.javaToolOptions" -}}
{{- $preset := include "iotda-relay.preset" . | fromYaml }}
{{- $resources := include "iotda-relay.resources" . | fromYaml }}
{{- $percent := int (dig "jvm" "maxRamPercentage" 50 $preset) }}
{{- if .Values.jvm.maxRamPercentage }}
{{- $percent = int .Values.jvm.maxRamPercentage }}
{{- end }}
{{- $options := list (printf "-XX:MaxRAMPercentage=%d" $percent) }}
{{- with default (dig "jvm" "maxDirectMemorySize" "" $preset) .Values.jvm.maxDirectMemorySize }}
{{- $options = append $options (printf "-XX:MaxDirectMemorySize=%s" .) }}
{{- end }}
{{- with dig "resources" "limits" "cpu" "" $preset }}
{{- if not (dig "limits" "cpu" "" $resources) }}
{{- $options = append $options (printf "-XX:ActiveProcessorCount=%d" (divf (include "iotda-relay.millicores" .) 1000 | ceil | int)) }}
{{- end }}
{{- end }}
{{- with .Values.jvm.options }}
{{- $options = append $options . }}
{{- end }}
{{- join " " $options }}
{{- end }}

{{- /* Every key under a map by its path with dots, whether it was written nested or with dots: (dict "value" MAP "path" "" "into" DICT). */}}
{{- define "iotda-relay.flatten" -}}
{{- $here := . }}
{{- range $key, $value := .value }}
{{- $path := ternary (printf "%v" $key) (printf "%s.%v" $here.path $key) (eq $here.path "") }}
{{- if kindIs "map" $value }}
{{- include "iotda-relay.flatten" (dict "value" $value "path" $path "into" $here.into) }}
{{- else }}
{{- $_ := set $here.into $path $value }}
{{- end }}
{{- end }}
{{- end }}

{{- define "iotda-relay.flatConfig" -}}
{{- $flat := dict }}
{{- include "iotda-relay.flatten" (dict "value" .Values.config "path" "" "into" $flat) }}
{{- toJson $flat }}
{{- end }}

{{- /* Whether management has a port of its own: everything that the relay serves is there then. */}}
{{- define "iotda-relay.managementPort" -}}
{{- $flat := include "iotda-relay.flatConfig" . | fromJson }}
{{- $own := get $flat "management.server.port" | toString }}
{{- if and $own (ne $own (get $flat "server.port" | default 8080 | toString)) }}{{ $own }}{{ end }}
{{- end }}

{{- /* The port that the relay's endpoints are on. */}}
{{- define "iotda-relay.port" -}}
{{- $flat := include "iotda-relay.flatConfig" . | fromJson }}
{{- include "iotda-relay.managementPort" . | default (get $flat "server.port" | default 8080 | toString) | int }}
{{- end }}

{{- /* http or https, as Spring Boot decides: a port of management's own has its own server.ssl, or else that of the server. */}}
{{- define "iotda-relay.scheme" -}}
{{- $flat := include "iotda-relay.flatConfig" . | fromJson }}
{{- $prefixes := list "server.ssl." }}
{{- if include "iotda-relay.managementPort" . }}
{{- $prefixes = list "management.server.ssl." "server.ssl." }}
{{- end }}
{{- $scheme := "" }}
{{- range $prefix := $prefixes }}
{{- range $key := keys $flat }}
{{- if and (not $scheme) (hasPrefix $prefix $key) }}
{{- $enabled := get $flat (printf "%senabled" $prefix) | toString }}
{{- $scheme = ternary "http" "https" (eq $enabled "false") }}
{{- end }}
{{- end }}
{{- end }}
{{- default "http" $scheme }}
{{- end }}

{{- /*
A short digest of what a Secret holds, for its name. The name is visible to whoever may list pods, so a fast hash would let them
guess a password offline. This is scrypt, salted by namespace and name: (dict "context" $ "purpose" ... "text" ...).
*/}}
{{- define "iotda-relay.digest" -}}
{{- $known := get .context.Values "digests" | default dict }}
{{- if not (hasKey $known .purpose) }}
{{- $user := printf "%s/%s" (include "iotda-relay.namespace" .context) (include "iotda-relay.fullname" .context) }}
{{- $_ := set $known .purpose (derivePassword 1 "maximum" .text $user .purpose | sha256sum | trunc 10) }}
{{- $_ := set .context.Values "digests" $known }}
{{- end }}
{{- get $known .purpose }}
{{- end }}

{{- /*
What is named by its content is created before everything else, by install, upgrade and rollback alike, and never deleted by them: pods
of former revisions may start again at any time. A resource policy "keep" would do for upgrades, but then `helm rollback` refuses.
*/}}
{{- define "iotda-relay.kept" -}}
helm.sh/hook: pre-install,pre-upgrade,pre-rollback
helm.sh/hook-delete-policy: before-hook-creation
helm.sh/hook-weight: "-5"
{{- end }}

{{- define "iotda-relay.configName" -}}
{{- if .Values.existingConfigMap }}
{{- .Values.existingConfigMap }}
{{- else }}
{{- printf "%s-config-%s" (include "iotda-relay.fullname" .) (include "iotda-relay.configuration" . | sha256sum | trunc 10) }}
{{- end }}
{{- end }}

{{- define "iotda-relay.usesSasl" -}}
{{- if hasPrefix "SASL_" .Values.kafka.security.protocol }}true{{ end }}
{{- end }}

{{- define "iotda-relay.usesTls" -}}
{{- if hasSuffix "SSL" .Values.kafka.security.protocol }}true{{ end }}
{{- end }}

{{- /* Names of Secrets: existing ones, or those that the chart creates; empty where there is none. */}}
{{- define "iotda-relay.credentialsName" -}}
{{- printf "%s-credentials-%s" (include "iotda-relay.fullname" .) (include "iotda-relay.digest" (dict "context" . "purpose" "credentials" "text" (include "iotda-relay.credentials" .))) }}
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
{{- else if .Values.devices.content }}
{{- printf "%s-devices-%s" (include "iotda-relay.fullname" .) (include "iotda-relay.digest" (dict "context" . "purpose" "devices" "text" (printf "%s\n%s" .Values.devices.key .Values.devices.content))) }}
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
{{- /* A mounted directory may be 90 seconds behind: as long as the kubelet takes to look again. */}}
{{- $_ := set $relay "devices" (dict "file" (printf "file:/etc/iotda-relay/devices/%s" .Values.devices.key) "unknown-grace" "110s") }}
{{- end }}
{{- if .Values.tokenKeys.existingSecret }}
{{- $_ := set (default dict $relay.tokens) "keys" "file:/etc/iotda-relay/token-keys" | set $relay "tokens" }}
{{- end }}
{{- if include "iotda-relay.iotdaTrustSecret" . }}
{{- $_ := set (default dict $relay.iotda) "ssl-bundle" "iotda" | set $relay "iotda" }}
{{- end }}
{{- if include "iotda-relay.isGroup" . }}
{{- $_ := set $relay "desk" (dict "peers" (printf "dns:%s-headless:%s" (include "iotda-relay.fullname" .) (include "iotda-relay.port" .))) }}
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
{{- $sdk := dict "resource-attributes" (dict "service.instance.id" "${POD_NAME}" "k8s.pod.name" "${POD_NAME}" "k8s.namespace.name" (include "iotda-relay.namespace" .)) }}
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
{{- $logging := dict }}
{{- if ne .Values.logging.format "text" }}
{{- $_ := set $logging "structured" (dict "format" (dict "console" .Values.logging.format)) }}
{{- end }}
{{- with .Values.logging.level }}
{{- $_ := set $logging "level" (dict "io.iotdarelay" .) }}
{{- end }}
{{- with $logging }}
{{- $_ := set $configuration "logging" . }}
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
{{- range kindIs "string" .topics | ternary (toString .topics | splitList ",") .topics }}
{{ trim . }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Whether replicas are somebody else's business. */}}
{{- define "iotda-relay.isScaled" -}}
{{- if or .Values.autoscaling.enabled .Values.keda.enabled }}true{{ end }}
{{- end }}

{{- /* Whether there may be several replicas, which answer operators for each other. */}}
{{- define "iotda-relay.isGroup" -}}
{{- if or (include "iotda-relay.isScaled" .) (gt (int .Values.replicaCount) 1) }}true{{ end }}
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
