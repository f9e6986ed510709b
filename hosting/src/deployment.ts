import { readLimits } from '@playground/server'
import { Deployment } from 'kubernetes-models/apps/v1'
import type { IContainer } from 'kubernetes-models/v1'
import { HOSTED, HTTP_PORT, LABELS, METRICS_PORT, NAME, USER_ID } from './names.ts'
import type { Variant } from './variant.ts'

/** How long a pod that is to end still takes readers: until every load balancer has heard that it is not ready. */
const DRAIN_MS = 10_000

/** The drain, then the end of every program, and some time to spare. */
const TERMINATION_GRACE_SECONDS = 30

const MIB = 1024 * 1024

const { sessionMemoryBytes, temporaryBytes, sharedMemoryBytes, transpileDataBytes } = readLimits(HOSTED)

/** The files of a sandbox, and what makes its programs of them, are not counted by its watchdog. */
const SESSION_MEMORY_BYTES = sessionMemoryBytes + temporaryBytes + sharedMemoryBytes + transpileDataBytes
const SERVER_MEMORY_BYTES = 512 * MIB

export interface Site {
  /** The image, with its tag or digest. */
  image: string
  /** Where readers open the pages: `https://play.example.org`. */
  origin: string
}

export function deployment(variant: Variant, site: Site): Deployment {
  return new Deployment({
    metadata: { name: NAME, namespace: NAME, labels: LABELS },
    spec: {
      selector: { matchLabels: LABELS },
      // Readers of a pod that ends reconnect to others, so its successor is to be there first.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels: LABELS },
        spec: {
          ...variant.pod,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
          securityContext: { runAsNonRoot: true, runAsUser: USER_ID, runAsGroup: USER_ID },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: LABELS },
            },
          ],
          containers: [container(variant, site)],
        },
      },
    },
  })
}

function container(variant: Variant, site: Site): IContainer {
  return {
    name: 'playground',
    image: site.image,
    ports: [HTTP_PORT, METRICS_PORT].map(({ name, number }) => ({ name, containerPort: number })),
    env: [
      ...Object.entries(environment(variant, site)).map(([name, value]) => ({ name, value })),
      // Without this secret anybody who can open the pages can run programs.
      { name: 'PLAY_TOKEN', valueFrom: { secretKeyRef: { name: NAME, key: 'token', optional: true } } },
    ],
    resources: {
      requests: amounts('500m', SERVER_MEMORY_BYTES + SESSION_MEMORY_BYTES),
      limits: amounts('4', SERVER_MEMORY_BYTES + variant.sessions * SESSION_MEMORY_BYTES),
    },
    // Node is up in a second; the self-test of the sandbox takes some more on a busy machine.
    startupProbe: {
      httpGet: { path: '/healthz', port: HTTP_PORT.name },
      periodSeconds: 1,
      failureThreshold: 30,
    },
    livenessProbe: {
      httpGet: { path: '/healthz', port: HTTP_PORT.name },
      periodSeconds: 10,
      timeoutSeconds: 5,
    },
    readinessProbe: {
      httpGet: { path: '/readyz', port: HTTP_PORT.name },
      periodSeconds: 2,
      failureThreshold: 1,
    },
    ...variant.container,
  }
}

function environment(variant: Variant, { origin }: Site): Record<string, string> {
  return {
    ...HOSTED,
    PLAY_HOST: '0.0.0.0',
    PORT: String(HTTP_PORT.number),
    PLAY_METRICS_PORT: String(METRICS_PORT.number),
    PLAY_ORIGINS: origin,
    // The Ingress.
    PLAY_PROXIES: '1',
    PLAY_SESSIONS: String(variant.sessions),
    PLAY_DRAIN_MS: String(DRAIN_MS),
    ...variant.environment,
  }
}

function amounts(cpu: string, memoryBytes: number): Record<'cpu' | 'memory', string> {
  return { cpu, memory: `${memoryBytes / MIB}Mi` }
}
