import type { Address } from '@playground/protocol'
import type { ProgramState } from './program.ts'

/** One sentence, without a full stop, that is true of the program in this state. */
export function programStateText(state: ProgramState): string {
  switch (state.name) {
    case 'not-started':
      return 'Not started'
    case 'connecting':
      return 'Connecting…'
    case 'starting':
      return 'Starting…'
    case 'running':
      return `Running (pid ${state.pid})`
    case 'listening':
      return `Listening on ${addressText(state.address)} (pid ${state.pid})`
    case 'stopping':
      return 'Stopping…'
    case 'stopped':
      return 'Stopped'
    case 'exited':
      return state.signal === null ? `Exited with code ${state.code}` : `Ended by ${state.signal}`
    case 'could-not-start':
      return `Could not start: ${state.message}`
    case 'ended-by-limit':
      return `Stopped by a limit: ${state.message}. Change the program, then press Start`
    case 'not-connected':
    case 'lost':
      return state.message
  }
}

function addressText(address: Address): string {
  if (typeof address === 'string') return address
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`
}
