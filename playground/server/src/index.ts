export { attachSessions, type AttachedSessions } from './attach-sessions.ts'
export { createToken } from './guard.ts'
export { readLimits } from './limits.ts'
export {
  startPlaygroundServer,
  type PlaygroundServer,
  type PlaygroundServerOptions,
} from './playground-server.ts'
export { isolationNotice } from './runner/isolation-notice.ts'
export { answerPresence } from './presence.ts'
export { openRunner } from './runner/open-runner.ts'
export type { Program, ProgramExit, Runner, Sandbox } from './runner/runner.ts'
