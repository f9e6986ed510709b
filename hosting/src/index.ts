export { manifests, type Manifest } from './manifests.ts'
export { seccompProfile } from './seccomp-profile.ts'
