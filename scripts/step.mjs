import { runProgram } from './run-program.mjs'

const TICK_MS = 1000

/**
 * Runs a program as one step: says what it does while it does it, and how long it took. Its output is shown
 * when it fails, or all along with `show`; of a step `withFallback`, which may well fail, only its first error.
 *
 * @param {string} title what is being done: "Building the docs"
 * @param {readonly string[]} command
 * @param {import('./run-program.mjs').ProgramOptions & { withFallback?: boolean }} [options]
 * @returns {Promise<boolean>} whether the program succeeded
 */
export async function runStep(title, command, options = {}) {
  const startedAt = performance.now()
  const seconds = (digits = 0) => `${((performance.now() - startedAt) / 1000).toFixed(digits)} s`
  const rewritesLine = process.stdout.isTTY && options.show !== true
  const draw = () => process.stdout.write(`\r${title} … ${seconds()}`)
  if (rewritesLine) draw()
  else console.log(`${title} …`)
  const ticker = rewritesLine ? setInterval(draw, TICK_MS) : undefined

  const { ok, output } = await runProgram(command, options)

  clearInterval(ticker)
  console.log(`${rewritesLine ? '\r' : ''}${title}: ${ok ? '' : 'failed after '}${seconds(1)}`)
  const told = options.withFallback === true ? (/^Error: .*/m.exec(output)?.[0] ?? '') : output.trimEnd()
  if (!ok && told !== '') console.log(told)
  return ok
}
