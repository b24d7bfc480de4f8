{{- /* What no schema can see, since it takes two values to be wrong. All of it is reported at once. */}}
{{- define "iotda-relay.validate" -}}
{{- $wrong := list }}
{{- $spring := dig "spring" dict .Values.config }}
{{- $kafka := .Values.kafka }}
{{- $existing := .Values.existingConfigMap }}
{{- $flat := include "iotda-relay.flatConfig" . | fromJson }}
{{- if $existing }}
{{- range $name, $set := dict "relay.iotda.endpoint" .Values.relay.iotda.endpoint "relay.routes" .Values.relay.routes "relay.mapping" .Values.relay.mapping "config" .Values.config }}
{{- if $set }}
{{- $wrong = append $wrong (printf "%s: has no effect with existingConfigMap" $name) }}
{{- end }}
{{- end }}
{{- else if not .Values.relay.iotda.endpoint }}
{{- $wrong = append $wrong "relay.iotda.endpoint: is required: the device-side HTTPS address of the IoTDA instance" }}
{{- else if not (regexMatch "^https://[^/@]+$|\\$\\{" .Values.relay.iotda.endpoint) }}
{{- $wrong = append $wrong (printf "relay.iotda.endpoint: %s must be https://HOST or https://HOST:PORT, with nothing after it" (regexReplaceAll "://.*@" .Values.relay.iotda.endpoint "://(hidden)@" | quote)) }}
{{- end }}
{{- if and .Values.relay.routes .Values.relay.mapping }}
{{- $wrong = append $wrong "relay.mapping: excludes relay.routes" }}
{{- else if not (or .Values.relay.routes .Values.relay.mapping $existing) }}
{{- $wrong = append $wrong "relay.routes: at least one route is required, or relay.mapping" }}
{{- end }}
{{- range $i, $route := .Values.relay.routes }}
{{- range $j, $service := $route.services }}
{{- range $name := list "true" "false" }}
{{- if hasKey (default dict $service.properties) $name }}
{{- $wrong = append $wrong (printf "relay.routes[%d].services[%d].properties: a name such as y, n, on, off, yes or no must be quoted; without quotes YAML reads it as %s" $i $j $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if not (or $existing (include "iotda-relay.devicesSecret" .) (dig "devices" "file" "" .Values.relay) (dig "devices" "topic" "" .Values.relay)) }}
{{- $wrong = append $wrong "devices: a source of devices is required: devices.existingSecret, devices.content, or relay.devices.topic" }}
{{- end }}
{{- if and .Values.devices.content .Values.devices.existingSecret }}
{{- $wrong = append $wrong "devices: content and existingSecret exclude each other" }}
{{- end }}
{{- if and (not $existing) (eq (dig "tokens" "store" "memory" .Values.relay) "topic") (not .Values.tokenKeys.existingSecret) (not (dig "tokens" "keys" "" .Values.relay)) }}
{{- $wrong = append $wrong "tokenKeys.existingSecret: is required with relay.tokens.store: topic" }}
{{- end }}
{{- if not (or $existing $kafka.bootstrapServers (dig "kafka" "bootstrap-servers" "" $spring) (hasKey $spring "kafka.bootstrap-servers") (hasKey .Values.config "spring.kafka.bootstrap-servers")) }}
{{- $wrong = append $wrong "kafka.bootstrapServers: is required" }}
{{- else if and $kafka.bootstrapServers (not (regexMatch "^[^\\s,]+:[0-9]{1,5}(,[^\\s,]+:[0-9]{1,5})*$" $kafka.bootstrapServers)) }}
{{- $wrong = append $wrong (printf "kafka.bootstrapServers: %s must be HOST:PORT, or several separated by commas without blanks" (quote $kafka.bootstrapServers)) }}
{{- end }}
{{- if include "iotda-relay.usesSasl" . }}
{{- if not $kafka.sasl.mechanism }}
{{- $wrong = append $wrong (printf "kafka.sasl.mechanism: is required with %s" $kafka.security.protocol) }}
{{- end }}
{{- if and $kafka.sasl.existingSecret (or $kafka.sasl.username $kafka.sasl.password) }}
{{- $wrong = append $wrong "kafka.sasl: username and password exclude existingSecret" }}
{{- else if not (or $kafka.sasl.existingSecret (and $kafka.sasl.username $kafka.sasl.password)) }}
{{- $wrong = append $wrong "kafka.sasl: existingSecret, or username and password, are required" }}
{{- end }}
{{- else if or $kafka.sasl.mechanism $kafka.sasl.username $kafka.sasl.password $kafka.sasl.existingSecret }}
{{- $wrong = append $wrong (printf "kafka.sasl: has no effect with kafka.security.protocol %s" $kafka.security.protocol) }}
{{- end }}
{{- with $kafka.tls }}
{{- if include "iotda-relay.usesTls" $ }}
{{- if and .trust.certificates .trust.existingSecret }}
{{- $wrong = append $wrong "kafka.tls.trust: certificates and existingSecret exclude each other" }}
{{- end }}
{{- if and (or .identity.certificate .identity.privateKey) .identity.existingSecret }}
{{- $wrong = append $wrong "kafka.tls.identity: certificate and privateKey exclude existingSecret" }}
{{- end }}
{{- if ne (empty .identity.certificate) (empty .identity.privateKey) }}
{{- $wrong = append $wrong "kafka.tls.identity: certificate and privateKey belong together" }}
{{- end }}
{{- if and (ne .type "PEM") (or .trust.certificates .identity.certificate) }}
{{- $wrong = append $wrong (printf "kafka.tls.type: %s comes from existing Secrets only; certificates in values are PEM" .type) }}
{{- end }}
{{- if and .identity.passwordKey (not .identity.existingSecret) }}
{{- $wrong = append $wrong "kafka.tls.identity.passwordKey: is a key of existingSecret, which is not set" }}
{{- end }}
{{- if and .trust.passwordKey (or (not .trust.existingSecret) (eq .type "PEM")) }}
{{- $wrong = append $wrong "kafka.tls.trust.passwordKey: is for a trust store in existingSecret" }}
{{- end }}
{{- else if or .trust.certificates .trust.existingSecret .identity.certificate .identity.existingSecret }}
{{- $wrong = append $wrong (printf "kafka.tls: has no effect with kafka.security.protocol %s" $kafka.security.protocol) }}
{{- end }}
{{- end }}
{{- if and $kafka.sessionTimeout (eq $kafka.groupProtocol "consumer") }}
{{- $wrong = append $wrong "kafka.sessionTimeout: belongs to the broker with groupProtocol consumer (group.consumer.session.timeout.ms)" }}
{{- end }}
{{- if and .Values.iotda.trust.certificates .Values.iotda.trust.existingSecret }}
{{- $wrong = append $wrong "iotda.trust: certificates and existingSecret exclude each other" }}
{{- end }}
{{- if and .Values.operator.password .Values.operator.existingSecret }}
{{- $wrong = append $wrong "operator: password and existingSecret exclude each other" }}
{{- end }}
{{- if contains "${" .Values.operator.password }}
{{- $wrong = append $wrong "operator.password: must not contain ${, which Spring would replace" }}
{{- end }}
{{- range $name, $value := dict "relay" .Values.relay "config" .Values.config }}
{{- range include "iotda-relay.secretsIn" (dict "value" $value "path" $name) | trim | splitList "\n" }}
{{- with trim . }}
{{- $wrong = append $wrong (printf "%s: is a secret, and would be readable in the ConfigMap: keep it in a Secret, name that in extraEnv, and write ${NAME} here" .) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name := list "server.port" "management.server.port" }}
{{- if hasKey $flat $name }}
{{- $port := get $flat $name | toString }}
{{- if not (and (regexMatch "^[0-9]{1,5}$" $port) (gt (int $port) 0) (lt (int $port) 65536)) }}
{{- $wrong = append $wrong (printf "config.%s: %s must be a number from 1 to 65535: probes, monitors and helm test need it" $name (quote $port)) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name := list "management.server.base-path" "management.endpoints.web.base-path" "spring.webflux.base-path" }}
{{- if hasKey $flat $name }}
{{- $wrong = append $wrong (printf "config.%s: is not supported: probes, monitors and helm test ask under /actuator" $name) }}
{{- end }}
{{- end }}
{{- range $name := list "server.ssl.client-auth" "management.server.ssl.client-auth" }}
{{- if eq (get $flat $name | toString | lower) "need" }}
{{- $wrong = append $wrong (printf "config.%s: need is not supported: the kubelet's probes have no certificate" $name) }}
{{- end }}
{{- end }}
{{- with .Values.ingress }}
{{- if and .enabled (not .hosts) }}
{{- $wrong = append $wrong "ingress.hosts: at least one is required" }}
{{- end }}
{{- end }}
{{- range $name, $image := dict "image" .Values.image "tests.image" .Values.tests.image }}
{{- $host := regexFind "^[^/]+/" $image.repository | trimSuffix "/" }}
{{- if and $image.registry (regexMatch "[.:]|^localhost$" $host) }}
{{- $wrong = append $wrong (printf "%s.repository: begins with the registry %s, and %s.registry is %s: name it there, or set that to \"\"" $name $host $name (quote $image.registry)) }}
{{- end }}
{{- end }}
{{- range include "iotda-relay.unnamedPeers" . | trim | splitList "\n" }}
{{- with trim . }}
{{- $wrong = append $wrong . }}
{{- end }}
{{- end }}
{{- if and .Values.keda.enabled (not $kafka.bootstrapServers) }}
{{- $wrong = append $wrong "keda.enabled: needs kafka.bootstrapServers" }}
{{- end }}
{{- if and $existing .Values.keda.enabled (not .Values.keda.topics) }}
{{- $wrong = append $wrong "keda.topics: is required with existingConfigMap" }}
{{- end }}
{{- if and .Values.autoscaling.enabled .Values.keda.enabled }}
{{- $wrong = append $wrong "autoscaling.enabled: excludes keda.enabled; only one can decide on replicas" }}
{{- end }}
{{- with .Values.autoscaling }}
{{- if .enabled }}
{{- if gt (int .minReplicas) (int .maxReplicas) }}
{{- $wrong = append $wrong "autoscaling.minReplicas: must not exceed maxReplicas" }}
{{- end }}
{{- if not (or .targetCPUUtilizationPercentage .targetMemoryUtilizationPercentage .metrics) }}
{{- $wrong = append $wrong "autoscaling: a target or a metric is required" }}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.keda.enabled }}
{{- if gt (int .Values.keda.minReplicaCount) (int .Values.keda.maxReplicaCount) }}
{{- $wrong = append $wrong "keda.minReplicaCount: must not exceed maxReplicaCount" }}
{{- end }}
{{- if not .Values.keda.topics }}
{{- if .Values.relay.mapping }}
{{- $wrong = append $wrong "keda.topics: is required, since the topics of relay.mapping are not in the values" }}
{{- end }}
{{- range .Values.relay.routes }}
{{- if not .topics }}
{{- $wrong = append $wrong (printf "keda.topics: is required, since route %s has a topic-pattern" (default "without a name" .name)) }}
{{- end }}
{{- end }}
{{- end }}
{{- if and (ne $kafka.tls.type "PEM") (not .Values.keda.authenticationRef) (or (include "iotda-relay.kafkaTrustSecret" .) (include "iotda-relay.kafkaIdentitySecret" .)) }}
{{- $wrong = append $wrong (printf "keda.authenticationRef: is required with kafka.tls.type %s; KEDA reads PEM only" $kafka.tls.type) }}
{{- end }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled }}
{{- $wrong = append $wrong "serviceMonitor.enabled: excludes podMonitor.enabled; everything would be scraped twice" }}
{{- end }}
{{- $noticed := mul (int (default 10 .Values.readinessProbe.periodSeconds)) (int (default 3 .Values.readinessProbe.failureThreshold)) }}
{{- if le (int .Values.minReadySeconds) (int $noticed) }}
{{- $wrong = append $wrong (printf "minReadySeconds: %d must exceed the %d seconds (periodSeconds times failureThreshold) that readinessProbe takes to notice an unready pod; the roll-out would continue meanwhile" (int .Values.minReadySeconds) (int $noticed)) }}
{{- end }}
{{- $drain := include "iotda-relay.seconds" (include "iotda-relay.drainTimeout" .) }}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds }}
{{- if not $drain }}
{{- $wrong = append $wrong (printf "terminationGracePeriodSeconds: is required, since relay.source.drain-timeout %s is not of the form 500ms, 20s, 1m, 1h or PT1M30S" (include "iotda-relay.drainTimeout" . | quote)) }}
{{- end }}
{{- else if and $drain (lt (int .Values.terminationGracePeriodSeconds) (int $drain)) }}
{{- $wrong = append $wrong (printf "terminationGracePeriodSeconds: %d is shorter than relay.source.drain-timeout, %ss; the pod would be killed while it drains" (int .Values.terminationGracePeriodSeconds) $drain) }}
{{- end }}
{{- if $wrong }}
{{- fail (printf "\n\nInvalid values:\n- %s\n" (join "\n- " $wrong)) }}
{{- end }}
{{- end }}
