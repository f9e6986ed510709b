import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Advice, giveAdvice } from './advice.mjs'
import { buildDocs, buildPackages } from './build.mjs'
import { ensureBrowser } from './ensure-browser.mjs'
import { ensureTools } from './ensure-tools.mjs'
import { checkNode, install } from './install.mjs'
import { ROOT, tool } from './project.mjs'
import { failOnSignal, onStopSignal } from './run-program.mjs'
import { runStep } from './step.mjs'
import { countsOf, vitest } from './vitest.mjs'

/** @typedef {import('./vitest.mjs').Counts} Counts */
/** @typedef {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} PlaywrightReport */

const TYPED_FOLDERS = [
  'docs/examples',
  'playground/client/programs',
  'playground/simulated-network',
  '.vitepress',
  'scripts',
  'tests',
  'tests/e2e',
  'tests/playground-client',
]
const PARTS = ['types', 'lint', 'unit', 'e2e']

const counts = { passed: 0, failed: 0, skipped: 0 }
let secondAttempts = 0
/** @type {string[]} */
const failures = []

try {
  await runParts(process.argv.slice(2))
} catch (error) {
  giveAdvice(error)
}
if (failures.length > 0) {
  console.error(`Failed: ${failures.join('; ')}`)
  process.exitCode = 1
}
if (secondAttempts > 0) {
  console.log(
    `${secondAttempts} of them passed only at the second attempt: look at their traces in test-results`,
  )
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)

/** @param {string[]} words the parts to run; all without any */
async function runParts(words) {
  const unknown = words.find((word) => !PARTS.includes(word))
  if (unknown !== undefined) {
    throw new Advice(`Unknown part "${unknown}": usage is npm test -- [${PARTS.join('] [')}]`)
  }
  const wants = (/** @type {string} */ part) => words.length === 0 || words.includes(part)
  checkNode()
  process.chdir(ROOT)
  onStopSignal(failOnSignal)
  const reports = await mkdtemp(join(tmpdir(), 'test-reports-'))
  try {
    await install()
    await buildPackages()
    if (wants('types')) await checkTypes()
    if (wants('lint')) await lint()
    if (wants('unit') || wants('e2e')) await buildDocs()
    if (wants('unit')) await runUnitTests(join(reports, 'vitest.json'))
    if (wants('e2e')) await runWalkthroughs(join(reports, 'playwright.json'))
  } finally {
    await rm(reports, { recursive: true })
  }
}

/** @type {typeof runStep} */
async function check(title, command, options) {
  const ok = await runStep(title, command, options)
  if (!ok) failures.push(title)
  return ok
}

async function checkTypes() {
  await check('Checking the types of the client', tool('vue-tsc/bin/vue-tsc.js', '-p', 'playground/client'))
  for (const folder of TYPED_FOLDERS) {
    await check(`Checking the types of ${folder}`, tool('typescript/bin/tsc', '-p', folder))
  }
}

async function lint() {
  await check('Checking the style with ESLint', tool('eslint/bin/eslint.js', '.'))
  await check('Checking the format with Prettier', tool('prettier/bin/prettier.cjs', '--check', '.'))
  await check('Looking for what nobody uses with knip', tool('knip/bin/knip.js'))
}

/** @param {string} reportFile */
async function runUnitTests(reportFile) {
  await ensureTools()
  const title = 'Running the unit and contract tests'
  await check(title, vitest(reportFile), { show: true })
  await count(title, reportFile, countsOf)
}

/** @param {string} reportFile */
async function runWalkthroughs(reportFile) {
  await ensureTools()
  const title = 'Running the walkthroughs in a browser'
  const env = { CHROMIUM_PATH: await ensureBrowser(), PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile }
  await check(title, tool('@playwright/test/cli.js', 'test', '--reporter=list,json'), { show: true, env })
  await count(title, reportFile, (/** @type {PlaywrightReport} */ { stats }) => {
    secondAttempts += stats.flaky
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }
  })
}

/**
 * Adds what a test runner reported to the counts; no test at all is a failure.
 *
 * @template Report
 * @param {string} title
 * @param {string} reportFile
 * @param {(report: Report) => Counts} read
 */
async function count(title, reportFile, read) {
  if (!existsSync(reportFile)) {
    failures.push(`${title} (no report)`)
    return
  }
  const report = /** @type {Report} */ (JSON.parse(await readFile(reportFile, 'utf8')))
  const { passed, failed, skipped } = read(report)
  counts.passed += passed
  counts.failed += failed
  counts.skipped += skipped
  if (passed + failed === 0) failures.push(`${title} (no test ran)`)
  else if (failed > 0 && !failures.includes(title)) failures.push(title)
}
