import { onBeforeUnmount, onMounted } from 'vue'
import { SessionConnection } from './session-connection.ts'

const connection = new SessionConnection()
let playgrounds = 0

/** The connection that all playgrounds of a page share; it ends with the last of them, when the reader goes to another page. */
export function useSession(): SessionConnection {
  onMounted(() => (playgrounds += 1))
  onBeforeUnmount(() => {
    playgrounds -= 1
    if (playgrounds === 0) connection.close()
  })
  return connection
}
