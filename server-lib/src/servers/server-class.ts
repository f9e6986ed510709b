import type { BaseServer } from './base-server.ts'

/** Any class of servers: what a mix-in takes, and gives back with its own members added. */
// TypeScript recognizes a mix-in by a constructor whose parameters are `any[]`, and by nothing narrower.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type ServerClass<Server = BaseServer<any, any>> = abstract new (...args: any[]) => Server
