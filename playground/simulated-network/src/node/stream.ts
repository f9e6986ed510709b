import { EventEmitter } from './events.ts'

/** The library derives from it a stream to a thread, of which there is none here. */
export class Duplex extends EventEmitter {}
