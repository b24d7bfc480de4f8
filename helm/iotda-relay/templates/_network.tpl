{{- /* The port of a URL, or the one that its scheme implies. */}}
{{- define "iotda-relay.portOf" -}}
{{- $authority := regexFind "^[a-z]+://[^/]+" (trim .) }}
{{- regexFind ":[0-9]+$" $authority | trimPrefix ":" | default (hasPrefix "http://" $authority | ternary "80" "443") }}
{{- end }}

{{- /* The ports that the relay connects to, as lists by the blocks of networkPolicy.egress; a block without ports has no rule. */}}
{{- define "iotda-relay.policyPorts" -}}
{{- $configuration := include "iotda-relay.configuration" . | fromYaml }}
{{- $egress := .Values.networkPolicy.egress }}
{{- $kafka := $egress.kafka.ports }}
{{- if not $kafka }}
{{- range splitList "," .Values.kafka.bootstrapServers }}
{{- with regexFind "[0-9]+$" . }}
{{- $kafka = append $kafka (int .) }}
{{- end }}
{{- end }}
{{- end }}
{{- $proxy := list }}
{{- range list "iotda" "platform" }}
{{- if include "iotda-relay.proxyHost" (dict "context" $ "side" .) }}
{{- with dig "relay" . "proxy" "port" "" $configuration | toString | regexFind "^[0-9]+$" }}
{{- $proxy = append $proxy (int .) }}
{{- end }}
{{- end }}
{{- end }}
{{- if or (include "iotda-relay.proxyHost" (dict "context" $ "side" "iotda")) (include "iotda-relay.proxyHost" (dict "context" $ "side" "platform")) }}
{{- $proxy = default $proxy $egress.proxy.ports }}
{{- end }}
{{- $platform := list }}
{{- with dig "relay" "platform" "endpoint" "" $configuration }}
{{- $platform = list (include "iotda-relay.portOf" . | int) }}
{{- end }}
{{- $urls := dig "relay" "registry" "url" list $configuration }}
{{- $registries := list }}
{{- range kindIs "string" $urls | ternary (toString $urls | splitList ",") $urls }}
{{- $registries = append $registries (include "iotda-relay.portOf" . | int) }}
{{- end }}
{{- if $registries }}
{{- $registries = default $registries $egress.registry.ports }}
{{- end }}
{{- $collectors := list }}
{{- with .Values.opentelemetry.endpoint }}
{{- $collectors = default (list (include "iotda-relay.portOf" . | int)) $egress.opentelemetry.ports }}
{{- end }}
{{- $endpoint := dig "relay" "iotda" "endpoint" "" $configuration }}
{{- dict "kafka" $kafka "iotda" (list (include "iotda-relay.portOf" $endpoint | int)) "platform" $platform "proxy" $proxy "registry" $registries "opentelemetry" $collectors "dns" $egress.dns.ports | toJson }}
{{- end }}

{{- /* The proxy of a side of the platform: (dict "context" $ "side" "iotda"), or "platform", which is used only if it has an endpoint. */}}
{{- define "iotda-relay.proxyHost" -}}
{{- $configuration := include "iotda-relay.configuration" .context | fromYaml }}
{{- if or (eq .side "iotda") (dig "relay" "platform" "endpoint" "" $configuration) }}
{{- dig "relay" .side "proxy" "host" "" $configuration }}
{{- end }}
{{- end }}

{{- /* What the policy lacks, one line each: whoever is not named is not reached, and that should not be a surprise. */}}
{{- define "iotda-relay.unnamedPeers" -}}
{{- $policy := .Values.networkPolicy }}
{{- if $policy.enabled }}
{{- $ports := include "iotda-relay.policyPorts" . | fromJson }}
{{- $needed := dict "kafka" "the brokers" "iotda" "the platform" }}
{{- if $ports.platform }}
{{- $_ := set $needed "platform" "the host of relay.platform" }}
{{- end }}
{{- range $side := list "iotda" "platform" }}
{{- if include "iotda-relay.proxyHost" (dict "context" $ "side" $side) }}
{{- $_ := set $needed "proxy" (printf "the proxy of %srelay.%s.proxy" (hasKey $needed "proxy" | ternary "relay.iotda.proxy and " "") $side) }}
{{- if include "iotda-relay.configuration" $ | fromYaml | dig "relay" $side "proxy" "no-proxy" "" }}
{{- $_ := set $needed $side (printf "the platform, which relay.%s.proxy.no-proxy may exempt," $side) }}
{{- else }}
{{- $_ := unset $needed $side }}
{{- end }}
{{- end }}
{{- end }}
{{- if $ports.registry }}
{{- $_ := set $needed "registry" "the schema registry of relay.registry.url" }}
{{- end }}
{{- if $ports.opentelemetry }}
{{- $_ := set $needed "opentelemetry" "the collector of opentelemetry.endpoint" }}
{{- end }}
{{- $_ := set $needed "dns" "the DNS servers" }}
{{- range $name := list "kafka" "iotda" "platform" "proxy" "registry" "opentelemetry" "dns" }}
{{- $block := get $policy.egress $name }}
{{- $peers := ternary "cidrs" "to" (has $name (list "iotda" "platform")) }}
{{- if and (hasKey $needed $name) (not (or $block.anywhere (get $block $peers))) }}
networkPolicy.egress.{{ $name }}: name {{ get $needed $name }} in {{ $peers }}, or set anywhere: true
{{- end }}
{{- if and (get $block $peers) $block.anywhere (ne $name "dns") }}
networkPolicy.egress.{{ $name }}: {{ $peers }} and anywhere exclude each other
{{- end }}
{{- if and (has $name (list "kafka" "proxy" "dns")) (hasKey $needed $name) (not (get $ports $name)) }}
networkPolicy.egress.{{ $name }}.ports: is required, since the values do not say the port
{{- end }}
{{- end }}
{{- $callers := dict "monitoring" (or .Values.serviceMonitor.enabled .Values.podMonitor.enabled) "controller" .Values.ingress.enabled }}
{{- $who := dict "monitoring" "Prometheus" "controller" "the ingress controller" }}
{{- range $name := list "monitoring" "controller" }}
{{- $block := get $policy.ingress $name }}
{{- if and (get $callers $name) (not (or $block.anywhere $block.from)) }}
networkPolicy.ingress.{{ $name }}: name {{ get $who $name }} in from, or set anywhere: true
{{- end }}
{{- if and $block.from $block.anywhere }}
networkPolicy.ingress.{{ $name }}: from and anywhere exclude each other
{{- end }}
{{- end }}
{{- end }}
{{- end }}
