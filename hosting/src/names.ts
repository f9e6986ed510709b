/** The name of every object of the playground, and of the namespace that holds them. */
export const NAME = 'socketserver-playground'

/** What the Deployment gives its pods, and all others find them by. */
export const LABELS = { 'app.kubernetes.io/name': NAME }

export const HTTP_PORT = { name: 'http', number: 8000 }
export const METRICS_PORT = { name: 'metrics', number: 9464 }

/** The user that the image makes; the Containerfile has the same number. */
export const USER_ID = 10_001

/** Below the kubelet's folder of profiles, on every node. */
export const SECCOMP_FILE = `${NAME}.json`

/** What makes a server one for strangers, with the limits for them. */
export const HOSTED = { PLAY_HOSTED: '1' }
