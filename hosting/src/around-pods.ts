import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Namespace, Service, type IService } from 'kubernetes-models/v1'
import { HTTP_PORT, LABELS, METRICS_PORT, NAME } from './names.ts'
import type { Variant } from './variant.ts'

/** The gauge of playground/server by which pods are added and taken away. */
const SESSIONS_METRIC = 'playground_sessions_open'

/** How long fewer pods would have done before one is taken away, for its readers are moved. */
const SCALE_DOWN_SECONDS = 600

const metadata: NonNullable<IService['metadata']> = { name: NAME, namespace: NAME, labels: LABELS }

export function namespace({ podSecurity }: Variant): Namespace {
  return new Namespace({
    metadata: { name: NAME, labels: { ...LABELS, 'pod-security.kubernetes.io/enforce': podSecurity } },
  })
}

export function service({ affinity }: Variant): Service {
  return new Service({
    metadata,
    spec: {
      selector: LABELS,
      ports: [{ name: HTTP_PORT.name, port: 80, targetPort: HTTP_PORT.name }],
      ...affinity,
    },
  })
}

export function autoscaler({ pods, sessionsToAimFor }: Variant): HorizontalPodAutoscaler {
  return new HorizontalPodAutoscaler({
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: NAME },
      minReplicas: pods.least,
      maxReplicas: pods.greatest,
      metrics: [
        {
          type: 'Pods',
          pods: {
            metric: { name: SESSIONS_METRIC },
            target: { type: 'AverageValue', averageValue: sessionsToAimFor },
          },
        },
      ],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0 },
        scaleDown: {
          stabilizationWindowSeconds: SCALE_DOWN_SECONDS,
          policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        },
      },
    },
  })
}

/** Pods speak when spoken to: readers' programs reach nothing, and only Prometheus reads the metrics. */
export function networkPolicy(): NetworkPolicy {
  return new NetworkPolicy({
    metadata,
    spec: {
      podSelector: { matchLabels: LABELS },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { ports: [{ port: HTTP_PORT.name, protocol: 'TCP' }] },
        {
          ports: [{ port: METRICS_PORT.name, protocol: 'TCP' }],
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        },
      ],
      egress: [],
    },
  })
}

export function disruptionBudget(): PodDisruptionBudget {
  return new PodDisruptionBudget({
    metadata,
    spec: { maxUnavailable: 1, selector: { matchLabels: LABELS } },
  })
}
