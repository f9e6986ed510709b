export { manifests, type Manifest } from './manifests.ts'
export { seccompProfile, type SeccompProfile } from './seccomp-profile.ts'
