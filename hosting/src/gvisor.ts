import { RuntimeClass } from 'kubernetes-models/node.k8s.io/v1'
import type { Variant } from './variant.ts'

const NAME = 'gvisor'

/** The class of pods that a cluster with gVisor runs in it; it is the cluster's, so it has no namespace. */
export const runtimeClass = new RuntimeClass({ metadata: { name: NAME }, handler: 'runsc' })

/** Each session in a pod of its own: gVisor is the wall, and nothing in the pod needs one. */
export const gvisor: Variant = {
  sessions: 1,
  pods: { least: 4, greatest: 100 },
  sessionsToAimFor: '500m',
  podSecurity: 'restricted',
  environment: { PLAY_WALL: 'outside' },
  // A pod that has its reader is not ready, and so gets nobody again.
  affinity: { sessionAffinity: 'None' },
  pod: { runtimeClassName: NAME },
  // No volume: it outlives its container, and would carry what one reader leaves to the next.
  container: {
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  },
}
