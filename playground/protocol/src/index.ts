export * from './connection.ts'
export type { ClientMessage, SourceFile } from './client-message.ts'
export * from './client-frame.ts'
export * from './outbox.ts'
export * from './output-frame.ts'
export * from './presence.ts'
export { ProtocolError } from './parse-message.ts'
export type { Activity, ActivityRecord } from './program-activity.ts'
export * from './server-frame.ts'
export {
  parseProgramEvent,
  serverMessage,
  type Address,
  type ProgramEvent,
  type RefusalCode,
  type ServerMessage,
} from './server-message.ts'
export * from './simulated-program.ts'
