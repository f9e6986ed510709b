/** One row of the table that a burst prints. */
export interface BurstRow {
  title: string
  value: string
}

const ROW = /^(?<title>\S+(?: \S+)*) {2,}(?<value>\S.*)$/

/** Gathers what a burst prints until its table is whole. */
export class BurstResult {
  readonly #decoder = new TextDecoder()
  #text = ''

  hear(data: Uint8Array): void {
    this.#text += this.#decoder.decode(data, { stream: true })
  }

  /** The rows of the table, as they were printed. */
  rows(): BurstRow[] {
    return this.#text.split('\n').flatMap((line) => {
      const { title, value } = ROW.exec(line)?.groups ?? {}
      return title === undefined || value === undefined ? [] : [{ title, value }]
    })
  }
}
