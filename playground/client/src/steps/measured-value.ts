const LINE = /^measured: (?<value>\d{1,12}(?:\.\d{1,6})?) at (?<at>\d{1,16})$/m
const MAX_CHARACTERS = 65_536

/** What a measuring program has found. */
interface Measured {
  readonly value: number
  /** When it was told, in microseconds on the clock that all programs of a session share. */
  readonly at: number
}

/** Gathers what a measuring program prints. */
export class MeasuredValue {
  readonly #decoder = new TextDecoder()
  #text = ''

  hear(data: Uint8Array): void {
    if (this.#text.length < MAX_CHARACTERS) this.#text += this.#decoder.decode(data, { stream: true })
  }

  /** The result, or undefined if none was printed. */
  get measured(): Measured | undefined {
    const { value, at } = LINE.exec(this.#text)?.groups ?? {}
    return value === undefined || at === undefined ? undefined : { value: Number(value), at: Number(at) }
  }
}
