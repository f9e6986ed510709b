/** One line of what a failed check tells. */
interface CheckDetail {
  title: string
  text: string
}

/** One check of the reader's server. */
export interface CheckResult {
  number: number
  name: string
  outcome: 'running' | 'passed' | 'failed'
  details: readonly CheckDetail[]
}

/** A check program says little; what goes beyond this comes from none. */
const MAX_CHARACTERS = 65_536

const RESULT = /^(?<outcome>begin|ok|not ok) (?<number>\d{1,3}) - (?<name>.+)$/
const DETAIL = /^ {2}(?<title>sent|expected|received|problem): (?<text>.*)$/

const OUTCOMES = new Map<string, CheckResult['outcome']>([
  ['begin', 'running'],
  ['ok', 'passed'],
  ['not ok', 'failed'],
])

/** Gathers what a check program prints: the checks in their order, each begun once and ended once. */
export class CheckResults {
  readonly #decoder = new TextDecoder()
  #characters = 0
  #rest = ''
  #results: readonly CheckResult[] = []

  get results(): readonly CheckResult[] {
    return this.#results
  }

  hear(data: Uint8Array): void {
    const text = this.#decoder.decode(data, { stream: true })
    this.#characters += text.length
    if (this.#characters > MAX_CHARACTERS) return
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#hearLine(line)
  }

  #hearLine(line: string): void {
    const { outcome: word = '', number = '', name = '' } = RESULT.exec(line)?.groups ?? {}
    const outcome = OUTCOMES.get(word)
    const last = this.#results.at(-1)
    if (outcome === undefined) return this.#hearDetail(last, line)
    const result: CheckResult = { number: Number(number), name, outcome, details: [] }
    if (outcome === 'running') {
      if (last?.outcome !== 'running' && result.number === this.#results.length + 1)
        this.#results = [...this.#results, result]
    } else if (last?.outcome === 'running' && last.number === result.number && last.name === name) {
      this.#replaceLast(result)
    }
  }

  #hearDetail(last: CheckResult | undefined, line: string): void {
    const { title, text } = DETAIL.exec(line)?.groups ?? {}
    if (last?.outcome !== 'failed' || title === undefined || text === undefined) return
    this.#replaceLast({ ...last, details: [...last.details, { title, text }] })
  }

  #replaceLast(result: CheckResult): void {
    this.#results = [...this.#results.slice(0, -1), result]
  }
}

/** What the checks of a program that has ended come to. */
export interface Verdict {
  readonly isSolved: boolean
  readonly text: string
}

/** Says in words how many checks pass, or why that is not known. */
export function verdictOf(
  results: readonly CheckResult[],
  { succeeded, complaint }: { succeeded: boolean; complaint: string },
): Verdict {
  const count = results.length
  const failed = results.filter(({ outcome }) => outcome === 'failed').length
  const isWhole = count > 0 && results.every(({ outcome }) => outcome !== 'running')
  // A program that was broken off may not have come to the check that fails.
  if (!isWhole || succeeded !== (failed === 0))
    return { isSolved: false, text: `No result: the check itself has failed. ${complaint}`.trimEnd() }
  const checks = count === 1 ? 'check' : 'checks'
  if (succeeded)
    return {
      isSolved: true,
      text: `Solved: ${count === 1 ? 'the check passes' : `all ${count} checks pass`}`,
    }
  return {
    isSolved: false,
    text: `Not yet: ${failed} of ${count} ${checks} ${failed === 1 ? 'fails' : 'fail'}`,
  }
}
