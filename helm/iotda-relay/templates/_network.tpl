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
{{- if include "iotda-relay.proxyHost" . }}
{{- $proxy = $egress.proxy.ports }}
{{- if not $proxy }}
{{- with dig "relay" "iotda" "proxy" "port" "" $configuration | toString | regexFind "^[0-9]+$" }}
{{- $proxy = list (int .) }}
{{- end }}
{{- end }}
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
{{- dict "kafka" $kafka "iotda" (list (include "iotda-relay.portOf" $endpoint | int)) "proxy" $proxy "registry" $registries "opentelemetry" $collectors "dns" $egress.dns.ports | toJson }}
{{- end }}

{{- define "iotda-relay.proxyHost" -}}
{{- dig "relay" "iotda" "proxy" "host" "" (include "iotda-relay.configuration" . | fromYaml) }}
{{- end }}

{{- /* What the policy lacks, one line each: whoever is not named is not reached, and that should not be a surprise. */}}
{{- define "iotda-relay.unnamedPeers" -}}
{{- $policy := .Values.networkPolicy }}
{{- if $policy.enabled }}
{{- $ports := include "iotda-relay.policyPorts" . | fromJson }}
{{- $needed := dict "kafka" "the brokers" "iotda" "the platform" }}
{{- if include "iotda-relay.proxyHost" . }}
{{- $_ := set $needed "proxy" "the proxy of relay.iotda.proxy" }}
{{- if include "iotda-relay.configuration" . | fromYaml | dig "relay" "iotda" "proxy" "no-proxy" "" }}
{{- $_ := set $needed "iotda" "the platform, which relay.iotda.proxy.no-proxy may exempt," }}
{{- else }}
{{- $_ := unset $needed "iotda" }}
{{- end }}
{{- end }}
{{- if $ports.registry }}
{{- $_ := set $needed "registry" "the schema registry of relay.registry.url" }}
{{- end }}
{{- if $ports.opentelemetry }}
{{- $_ := set $needed "opentelemetry" "the collector of opentelemetry.endpoint" }}
{{- end }}
{{- $_ := set $needed "dns" "the DNS servers" }}
{{- range $name := list "kafka" "iotda" "proxy" "registry" "opentelemetry" "dns" }}
{{- $block := get $policy.egress $name }}
{{- $peers := ternary "cidrs" "to" (eq $name "iotda") }}
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
