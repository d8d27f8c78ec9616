/**
 * The rules as the Prometheus operator wants them.
 *
 * A PrometheusRule holds the same `groups`, one level deeper, so the text is moved to the right and not written again: its
 * comments stay, and nothing can be lost in between.
 *
 * @param rules the text of a Prometheus rules file whose last key is `groups`
 */
export function prometheusRule(rules: string): string {
  const start = rules.search(/^groups:$/m)
  if (start < 0) throw new Error('the rules file has no line `groups:`')
  return `${HEAD}${indented(rules.slice(start))}`
}

const HEAD = `# Made from registry-integrity.rules.yaml by make.ts: edit that, not this.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: registry-integrity
  labels:
    app.kubernetes.io/name: regfsck
spec:
`

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}

/**
 * The dashboard as the sidecar of Grafana in kube-prometheus-stack finds it.
 *
 * @param json with a line break at its end
 */
export function dashboardConfigMap(json: string): string {
  return `# Made from dashboard.ts by make.ts: edit that, not this.
apiVersion: v1
kind: ConfigMap
metadata:
  name: regfsck-dashboard
  labels:
    app.kubernetes.io/name: regfsck
    grafana_dashboard: "1"
data:
  regfsck.json: |
${indented(indented(json))}`
}
