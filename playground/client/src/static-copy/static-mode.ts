/** What Start does with a server in a static copy of the site. */
export type StaticMode =
  { name: 'simulated' } | { name: 'recorded'; recordedOn: string } | { name: 'unavailable'; needs: string }

/** What stands wherever a program of this mode shows something. */
export function staticLabel(mode: StaticMode): string | undefined {
  switch (mode.name) {
    case 'simulated':
      return 'Simulated network: no real sockets'
    case 'recorded':
      return `Recorded on ${dateText(mode.recordedOn)}: edits are not run`
    case 'unavailable':
      return undefined
  }
}

/** What the reader can do here, in one sentence. */
export function staticAdvice(mode: StaticMode): string {
  switch (mode.name) {
    case 'simulated':
      return 'Start runs your program in this page'
    case 'recorded':
      return 'Start plays what a real server did'
    case 'unavailable':
      return `This example needs ${mode.needs}, and only the playground server can run it`
  }
}

function dateText(date: string): string {
  return new Date(date).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
}
