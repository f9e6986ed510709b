/** @typedef {{ passed: number, skipped: number, failures: string[], secondAttempts: string[] }} TestReport what a test runner has to say, of each test that did not simply pass its name and why */

/** @typedef {{ title: string, specs: Spec[], suites?: Suite[] }} Suite */
/** @typedef {{ title: string, file: string, tests: { status: 'expected' | 'unexpected' | 'flaky' | 'skipped', results: { error?: { message?: string } }[] }[] }} Spec */

/**
 * What the JSON report of Playwright says.
 *
 * @param {string} json
 * @returns {TestReport}
 */
export function ofPlaywright(json) {
  const { suites, errors } = /** @type {{ suites: Suite[], errors: { message?: string }[] }} */ (
    JSON.parse(json)
  )
  /** @type {TestReport} */
  const report = {
    passed: 0,
    skipped: 0,
    failures: errors.map(({ message }) => firstLine(message)),
    secondAttempts: [],
  }
  for (const { name, status, reason } of suites.flatMap((suite) => testsOf(suite, []))) {
    if (status === 'skipped') report.skipped += 1
    else if (status === 'unexpected') report.failures.push(`${name}: ${reason}`)
    else report.passed += 1
    if (status === 'flaky') report.secondAttempts.push(`${name}: ${reason}`)
  }
  return report
}

/**
 * @param {Suite} suite
 * @param {readonly string[]} above the titles of the suites that this one is in
 * @returns {{ name: string, status: Spec['tests'][number]['status'], reason: string }[]}
 */
function testsOf({ title, specs, suites = [] }, above) {
  const titles = [...above, title]
  const own = specs.flatMap((spec) =>
    spec.tests.map(({ status, results }) => ({
      name: [...titles, spec.title].join(' › '),
      status,
      reason: firstLine(results.find(({ error }) => error !== undefined)?.error?.message),
    })),
  )
  return [...own, ...suites.flatMap((suite) => testsOf(suite, titles))]
}

const COLOURS = /\u001b\[\d+m/g

/**
 * What did not simply pass, a line each.
 *
 * @param {TestReport} report
 */
export const tellAttempts = ({ failures, secondAttempts }) => [
  ...secondAttempts.map((test) => `Passed only at the second attempt: ${test}`),
  ...failures.map((test) => `Failed: ${test}`),
]

/** @param {TestReport} report */
export const closingLine = ({ passed, failures, skipped }) =>
  `${passed} passed, ${failures.length} failed, ${skipped} skipped`

/** The first line of a message, without the colours that a terminal would show. */
export const firstLine = (message = 'no reason given') =>
  (message.split('\n', 1)[0] ?? '').replace(COLOURS, '')
