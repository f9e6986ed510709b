import { inject, onBeforeUnmount, onMounted } from 'vue'
import { SessionConnection } from './session-connection.ts'
import { recordingLoaderKey, sourceLoaderKey } from './source-loader.ts'

/** How often the server hears that the reader is there; far more often than a session without readers lasts. */
const ACTIVITY_EVERY_MS = 20_000
const ACTIVITIES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove'] as const

const connection = new SessionConnection()
let playgrounds = 0
let activityAt = -Infinity

/** The session that all playgrounds of a page share; it ends with the last of them, when the reader goes to another page. */
export function useSession(): SessionConnection {
  const source = inject(sourceLoaderKey)
  const recording = inject(recordingLoaderKey)
  if (source !== undefined && recording !== undefined) connection.published = { source, recording }
  onMounted(() => {
    playgrounds += 1
    if (playgrounds === 1) listen()
  })
  onBeforeUnmount(() => {
    playgrounds -= 1
    if (playgrounds === 0) leave()
  })
  return connection
}

function listen(): void {
  addEventListener('pagehide', close)
  addEventListener('online', reconnect)
  document.addEventListener('visibilitychange', reconnect)
  // The reader has pasted the address of a server that was started again.
  addEventListener('hashchange', reconnect)
  for (const activity of ACTIVITIES) addEventListener(activity, touch, { passive: true })
}

function leave(): void {
  removeEventListener('pagehide', close)
  removeEventListener('online', reconnect)
  document.removeEventListener('visibilitychange', reconnect)
  removeEventListener('hashchange', reconnect)
  for (const activity of ACTIVITIES) removeEventListener(activity, touch)
  close()
}

function close(): void {
  connection.close()
}

function reconnect(): void {
  void connection.reconnect()
}

function touch(): void {
  if (performance.now() - activityAt < ACTIVITY_EVERY_MS && !connection.isIdle) return
  activityAt = performance.now()
  connection.touch()
}
