import { autoscaler, disruptionBudget, namespace, networkPolicy, service } from './around-pods.ts'
import { bubblewrap } from './bubblewrap.ts'
import { deployment, type Site } from './deployment.ts'
import { gvisor, runtimeClass } from './gvisor.ts'
import type { Variant } from './variant.ts'

/** What `kubectl apply` takes; `validate()` throws where it does not follow the schema of Kubernetes. */
export interface Manifest {
  apiVersion: string
  kind: string
  validate(): void
}

/** Called by `npm run manifests`: the objects of each variant, in the order in which they are made. */
export function manifests(site: Site): Record<'bubblewrap' | 'gvisor', Manifest[]> {
  return { bubblewrap: objects(bubblewrap, site), gvisor: [runtimeClass, ...objects(gvisor, site)] }
}

function objects(variant: Variant, site: Site): Manifest[] {
  return [
    namespace(variant),
    networkPolicy(),
    deployment(variant, site),
    service(variant),
    autoscaler(variant),
    disruptionBudget(),
  ]
}
