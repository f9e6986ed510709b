export { attachSessions, type AttachedSessions } from './attach-sessions.ts'
export { createToken } from './guard.ts'
export {
  startPlaygroundServer,
  type PlaygroundServer,
  type PlaygroundServerOptions,
} from './playground-server.ts'
