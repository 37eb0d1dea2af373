{{- define "howdah.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "howdah.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "howdah.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "howdah.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "howdah.selector" -}}
app.kubernetes.io/name: {{ include "howdah.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "howdah.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "howdah.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "howdah.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "howdah.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "howdah.secret" -}}
{{- required "existingSecret is needed: a secret with the keys postgres-password and api-key" .Values.existingSecret -}}
{{- end -}}

{{- define "howdah.databaseUrl" -}}
{{- $host := required "database.host is needed: where PostgreSQL is" .Values.database.host -}}
{{- $tls := .Values.database.tls -}}
postgresql://{{ $host }}:{{ .Values.database.port }}/{{ .Values.database.name }}?sslmode={{ $tls.mode }}
{{- if $tls.caConfigMap }}&sslrootcert=/run/howdah/authority/{{ $tls.caKey }}{{ end }}
{{- end -}}

{{/* Variables that every process has. Secrets are files, so that they stand in no description of a pod. */}}
{{- define "howdah.env" -}}
- name: HOWDAH_DATABASE_URL
  value: {{ include "howdah.databaseUrl" . | quote }}
- name: HOWDAH_DATABASE_USER
  value: {{ .Values.database.user | quote }}
- name: HOWDAH_DATABASE_PASSWORD_FILE
  value: /run/howdah/secrets/postgres-password
- name: HOWDAH_DATABASE_SCHEMA
  value: {{ .Values.database.schema | quote }}
- name: USE_POSTGRESQL
  value: {{ .Values.queue.usePostgresql | quote }}
{{- if not .Values.queue.usePostgresql }}
- name: REDIS_URL_FILE
  value: /run/howdah/secrets/redis-url
{{- end }}
- name: HOWDAH_JAVA_OPTIONS
  value: {{ .Values.javaOptions | quote }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- range .Values.secretSettings }}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}
{{- end -}}

{{- define "howdah.image" -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}

{{- define "howdah.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "howdah.mounts" -}}
- name: secrets
  mountPath: /run/howdah/secrets
  readOnly: true
- name: scratch
  mountPath: /tmp
{{- if .Values.database.tls.caConfigMap }}
- name: authority
  mountPath: /run/howdah/authority
  readOnly: true
{{- end }}
{{- end -}}

{{/* The keys that a process needs of the secret, and no other. Usage: include with (dict "root" . "keys" (list ...)) */}}
{{- define "howdah.volumes" -}}
- name: secrets
  secret:
    secretName: {{ include "howdah.secret" .root }}
    # 0440, in a notation that every reader of YAML takes for the same number.
    defaultMode: 288
    items:
      {{- range .keys }}
      - key: {{ . }}
        path: {{ . }}
      {{- end }}
      {{- if not .root.Values.queue.usePostgresql }}
      - key: redis-url
        path: redis-url
      {{- end }}
- name: scratch
  emptyDir:
    sizeLimit: 256Mi
{{- if .root.Values.database.tls.caConfigMap }}
- name: authority
  configMap:
    name: {{ .root.Values.database.tls.caConfigMap }}
{{- end }}
{{- end -}}

{{/* What all pods have in common. enableServiceLinks is off, because Kubernetes would set variables such as HOWDAH_PORT,
which Howdah refuses as settings that it does not know. */}}
{{- define "howdah.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  fsGroup: 10001
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "howdah.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
