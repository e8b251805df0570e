{{/* What things are called, what every pod has in common, and what a values file may not leave out. */}}

{{- define "liandong.labels" -}}
app.kubernetes.io/name: liandong
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "liandong.selector" -}}
app.kubernetes.io/name: liandong
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "liandong.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* The secret and key of the database's address, for the role that works in the tables. */}}
{{- define "liandong.database" -}}
{{- if eq .Values.database.source "external" }}
name: {{ required "secrets.database: the name of the secret that holds the database's address (DATABASE_URL)" .Values.secrets.database }}
key: {{ .Values.secrets.databaseKey }}
{{- else if eq .Values.database.source "operator" }}
name: {{ .Release.Name }}-database-works
key: DATABASE_URL
{{- else }}
name: {{ .Release.Name }}-database
key: DATABASE_URL
{{- end }}
{{- end }}

{{/* The same for the role that owns and migrates them: given to the worker and the migration only. */}}
{{- define "liandong.owner" -}}
{{- if eq .Values.database.source "external" }}
name: {{ required "secrets.database: the name of the secret that holds the database's address (DATABASE_URL)" .Values.secrets.database }}
key: {{ .Values.secrets.ownerKey }}
{{- else if eq .Values.database.source "operator" }}
name: {{ .Release.Name }}-database-app
key: uri
{{- else }}
name: {{ .Release.Name }}-database
key: OWNER_DATABASE_URL
{{- end }}
{{- end }}

{{- define "liandong.broker" -}}
{{- if eq .Values.broker.source "external" }}
name: {{ required "secrets.broker: the name of the secret that holds the broker's address (REDIS_URL)" .Values.secrets.broker }}
key: {{ .Values.secrets.brokerKey }}
{{- else if eq .Values.broker.source "operator" }}
name: valkey-{{ .Release.Name }}-broker-binding
key: uri
{{- else }}
name: {{ .Release.Name }}-broker
key: REDIS_URL
{{- end }}
{{- end }}

{{- define "liandong.env" -}}
- name: BASE_HOST
  value: {{ .Values.host | quote }}
- name: LIANDONG_DEMO
  value: {{ ternary "1" "0" .Values.demo | quote }}
- name: HTTPS
  value: {{ ternary "0" "1" .Values.demo | quote }}
- name: TRUSTED_PROXIES
  value: {{ ternary .Values.ingress.proxies 0 .Values.ingress.enabled | quote }}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef: {{- include "liandong.database" . | nindent 6 }}
- name: REDIS_URL
  valueFrom:
    secretKeyRef: {{- include "liandong.broker" . | nindent 6 }}
{{- range $key := list "SECRET_KEY" "MASTER_KEY" }}
- name: {{ $key }}
  valueFrom:
    secretKeyRef:
      name: {{ required "secrets.keys: the name of the secret that holds SECRET_KEY and MASTER_KEY" $.Values.secrets.keys }}
      key: {{ $key }}
{{- end }}
{{- with .Values.secrets.mail }}
- name: EMAIL_URL
  valueFrom:
    secretKeyRef: {name: {{ . }}, key: EMAIL_URL}
{{- end }}
{{- with .Values.secrets.stripe }}
{{- range $key := list "STRIPE_API_KEY" "STRIPE_WEBHOOK_SECRET" }}
- name: {{ $key }}
  valueFrom:
    secretKeyRef: {name: {{ $.Values.secrets.stripe }}, key: {{ $key }}}
{{- end }}
{{- end }}
{{- range $part, $value := .Values.payee }}
{{- if $value }}
- name: PAYEE_{{ upper $part }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- if .Values.monitoring.serviceMonitor }}
- name: METRICS_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .Values.secrets.keys }}
      key: METRICS_TOKEN
- name: PROMETHEUS_MULTIPROC_DIR
  value: /metrics
{{- end }}
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* A pod of the product: root, part, command, resources; probes, ports and grace for some. */}}
{{- define "liandong.pod" -}}
automountServiceAccountToken: false
serviceAccountName: {{ .root.Release.Name }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
terminationGracePeriodSeconds: {{ .grace | default 30 }}
{{- if .spread }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "liandong.selector" . | nindent 8 }}
{{- end }}
containers:
  - name: {{ .part }}
    image: {{ include "liandong.image" .root }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    {{- with .command }}
    args: {{ toJson . }}
    {{- end }}
    env: {{- include "liandong.env" .root | nindent 6 }}
      {{- if .owner }}
      - name: OWNER_DATABASE_URL
        valueFrom:
          secretKeyRef: {{- include "liandong.owner" .root | nindent 12 }}
      {{- end }}
    {{- with .ports }}
    ports: {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- range $name, $probe := .probes }}
    {{ $name }}: {{- toYaml $probe | nindent 6 }}
    {{- end }}
    resources: {{- toYaml .resources | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    volumeMounts:
      - {name: tmp, mountPath: /tmp}
      - {name: shm, mountPath: /dev/shm}
      - {name: files, mountPath: /data}
      {{- if .root.Values.monitoring.serviceMonitor }}
      - {name: metrics, mountPath: /metrics}
      {{- end }}
volumes:
  {{- if .root.Values.monitoring.serviceMonitor }}
  - name: metrics
    emptyDir: {medium: Memory, sizeLimit: 64Mi}
  {{- end }}
  - name: tmp
    emptyDir: {medium: Memory, sizeLimit: 256Mi}
  - name: shm
    emptyDir: {medium: Memory, sizeLimit: 64Mi}
  - name: files
    {{- if .files }}
    persistentVolumeClaim: {claimName: {{ .root.Release.Name }}-files}
    {{- else }}
    emptyDir: {sizeLimit: 1Gi}
    {{- end }}
{{- end }}
