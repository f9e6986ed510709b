import { SECCOMP_FILE } from './names.ts'
import type { Variant } from './variant.ts'

/** Longer than a session outlives its connection, so that a page finds its programs running. */
const AFFINITY_SECONDS = 600

const TMP = 'tmp'

/** Each session in a bubblewrap of its own, eight of them in a pod. */
export const bubblewrap: Variant = {
  sessions: 8,
  pods: { least: 2, greatest: 20 },
  sessionsToAimFor: '5',
  // The other standards allow no unmasked /proc.
  podSecurity: 'privileged',
  environment: {},
  affinity: {
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: AFFINITY_SECONDS } },
  },
  // Kubernetes takes an unmasked /proc only in a pod with a user namespace of its own.
  pod: { hostUsers: false, volumes: [{ name: TMP, emptyDir: { sizeLimit: '1Gi' } }] },
  container: {
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      seccompProfile: { type: 'Localhost', localhostProfile: SECCOMP_FILE },
      // containerd's own profile forbids every mount.
      appArmorProfile: { type: 'Unconfined' },
      // The kernel lets nobody mount a new /proc where parts of the present one are hidden.
      procMount: 'Unmasked',
    },
    volumeMounts: [{ name: TMP, mountPath: '/tmp' }],
  },
}
