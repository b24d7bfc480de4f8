{{- define "iotda-relay.podTemplate" -}}
{{- $trust := include "iotda-relay.kafkaTrustSecret" . }}
{{- $identity := include "iotda-relay.kafkaIdentitySecret" . }}
{{- $platform := include "iotda-relay.iotdaTrustSecret" . }}
{{- $sasl := include "iotda-relay.saslFiles" . }}
{{- $devices := include "iotda-relay.devicesSecret" . }}
{{- $scheme := include "iotda-relay.scheme" . | upper }}
{{- /* Files belong to root and to the group fsGroup. Where nobody sets a group, only others may read them. */}}
{{- /* 0440 and 0444, in decimal: an octal number means something else to a parser of YAML 1.2. */}}
{{- $mode := ternary 288 292 (not (kindIs "invalid" .Values.podSecurityContext.fsGroup)) }}
metadata:
  labels:
    {{- toYaml (merge (include "iotda-relay.selectorLabels" . | fromYaml) (dict "app.kubernetes.io/version" .Chart.AppVersion) (deepCopy .Values.podLabels) (deepCopy .Values.commonLabels)) | nindent 4 }}
  {{- with merge (deepCopy .Values.podAnnotations) (deepCopy .Values.commonAnnotations) }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "iotda-relay.serviceAccountName" . }}
  automountServiceAccountToken: false
  # A Service named "relay" would become variables such as RELAY_PORT, which the relay would refuse as unknown keys of its own.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "iotda-relay.terminationGracePeriodSeconds" . }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- $constraints := list }}
    {{- range . }}
    {{- $constraints = append $constraints (merge (deepCopy .) (dict "labelSelector" (dict "matchLabels" (include "iotda-relay.selectorLabels" $ | fromYaml)))) }}
    {{- end }}
    {{- toYaml $constraints | nindent 4 }}
  {{- end }}
  {{- with .Values.dnsPolicy }}
  dnsPolicy: {{ . }}
  {{- end }}
  {{- with .Values.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.hostAliases }}
  hostAliases:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.initContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: relay
      image: {{ include "iotda-relay.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      {{- with .Values.securityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      args:
        - --spring.config.additional-location=file:/etc/iotda-relay/config/relay.yaml
        {{- with .Values.extraArgs }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      env:
        - name: JDK_JAVA_OPTIONS
          value: {{ include "iotda-relay.javaToolOptions" . | quote }}
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        {{- with include "iotda-relay.secretEnv" . | trim }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: http
          containerPort: {{ include "iotda-relay.port" . }}
          protocol: TCP
      startupProbe:
        httpGet:
          path: /actuator/health/liveness
          port: http
          {{- if eq $scheme "HTTPS" }}
          scheme: HTTPS
          {{- end }}
        {{- toYaml .Values.startupProbe | nindent 8 }}
      readinessProbe:
        httpGet:
          path: /actuator/health/readiness
          port: http
          {{- if eq $scheme "HTTPS" }}
          scheme: HTTPS
          {{- end }}
        {{- toYaml .Values.readinessProbe | nindent 8 }}
      livenessProbe:
        httpGet:
          path: /actuator/health/liveness
          port: http
          {{- if eq $scheme "HTTPS" }}
          scheme: HTTPS
          {{- end }}
        {{- toYaml .Values.livenessProbe | nindent 8 }}
      {{- with .Values.lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "iotda-relay.resources" . | fromYaml }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: config
          mountPath: /etc/iotda-relay/config
          readOnly: true
        - name: tmp
          mountPath: /tmp
        {{- if $devices }}
        # The whole directory: a file mounted by subPath never changes.
        - name: devices
          mountPath: /etc/iotda-relay/devices
          readOnly: true
        {{- end }}
        {{- if .Values.models.existingConfigMap }}
        - name: models
          mountPath: /etc/iotda-relay/models
          readOnly: true
        {{- end }}
        {{- if .Values.tokenKeys.existingSecret }}
        - name: token-keys
          mountPath: /etc/iotda-relay/token-keys
          readOnly: true
        {{- end }}
        {{- if $sasl }}
        - name: kafka-credentials
          mountPath: /etc/iotda-relay/kafka-credentials
          readOnly: true
        {{- end }}
        {{- if $trust }}
        - name: kafka-trust
          mountPath: /etc/iotda-relay/kafka-trust
          readOnly: true
        {{- end }}
        {{- if $identity }}
        - name: kafka-identity
          mountPath: /etc/iotda-relay/kafka-identity
          readOnly: true
        {{- end }}
        {{- if $platform }}
        - name: iotda-trust
          mountPath: /etc/iotda-relay/iotda-trust
          readOnly: true
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with .Values.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ include "iotda-relay.configName" . }}
        defaultMode: {{ $mode }}
    - name: tmp
      emptyDir:
        sizeLimit: 64Mi
    {{- with $devices }}
    - name: devices
      secret:
        secretName: {{ . }}
        defaultMode: {{ $mode }}
        items:
          - key: {{ $.Values.devices.key }}
            path: {{ $.Values.devices.key }}
    {{- end }}
    {{- with .Values.models.existingConfigMap }}
    - name: models
      configMap:
        name: {{ . }}
        defaultMode: {{ $mode }}
    {{- end }}
    {{- with .Values.tokenKeys.existingSecret }}
    - name: token-keys
      secret:
        secretName: {{ . }}
        defaultMode: {{ $mode }}
    {{- end }}
    {{- with $sasl }}
    {{- $created := not $.Values.kafka.sasl.existingSecret }}
    - name: kafka-credentials
      secret:
        secretName: {{ . }}
        defaultMode: {{ $mode }}
        items:
          - key: {{ ternary "kafka-username" $.Values.kafka.sasl.usernameKey $created }}
            path: username
          - key: {{ ternary "kafka-password" $.Values.kafka.sasl.passwordKey $created }}
            path: password
    {{- end }}
    {{- with $trust }}
    {{- $tls := $.Values.kafka.tls.trust }}
    - name: kafka-trust
      secret:
        secretName: {{ . }}
        defaultMode: {{ $mode }}
        items:
          {{- if $tls.existingSecret }}
          - key: {{ $tls.key }}
            path: {{ $tls.key }}
          {{- else }}
          - key: kafka-ca.crt
            path: ca.crt
          {{- end }}
    {{- end }}
    {{- with $identity }}
    {{- $tls := $.Values.kafka.tls }}
    - name: kafka-identity
      secret:
        secretName: {{ . }}
        defaultMode: {{ $mode }}
        items:
          {{- if not $tls.identity.existingSecret }}
          - key: kafka-tls.crt
            path: tls.crt
          - key: kafka-tls.key
            path: tls.key
          {{- else if eq $tls.type "PEM" }}
          - key: {{ $tls.identity.certificateKey }}
            path: {{ $tls.identity.certificateKey }}
          - key: {{ $tls.identity.privateKeyKey }}
            path: {{ $tls.identity.privateKeyKey }}
          {{- else }}
          - key: {{ $tls.identity.keyStoreKey }}
            path: {{ $tls.identity.keyStoreKey }}
          {{- end }}
    {{- end }}
    {{- with $platform }}
    - name: iotda-trust
      secret:
        secretName: {{ . }}
        defaultMode: {{ $mode }}
        items:
          {{- if $.Values.iotda.trust.existingSecret }}
          - key: {{ $.Values.iotda.trust.key }}
            path: {{ $.Values.iotda.trust.key }}
          {{- else }}
          - key: iotda-ca.crt
            path: ca.crt
          {{- end }}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
