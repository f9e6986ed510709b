import type { IContainer, IPodSpec, IServiceSpec } from 'kubernetes-models/v1'

/** What differs between the two ways to wall off readers' programs. */
export interface Variant {
  /** Sessions of one pod at a time. */
  sessions: number
  /** The least and the greatest number of pods. */
  pods: { least: number; greatest: number }
  /** Open sessions for each pod at which the autoscaler is content: below `sessions`, so that a reader finds room. */
  sessionsToAimFor: string
  /** The Pod Security Standard that the namespace can hold its pods to. */
  podSecurity: 'privileged' | 'restricted'
  environment: Record<string, string>
  /** Whether a page that reconnects gets its pod again. */
  affinity: Pick<IServiceSpec, 'sessionAffinity' | 'sessionAffinityConfig'>
  pod: Pick<IPodSpec, 'hostUsers' | 'runtimeClassName' | 'volumes'>
  container: Pick<IContainer, 'securityContext' | 'volumeMounts'>
}
