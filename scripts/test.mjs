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
import { closingLine, ofPlaywright, tellAttempts } from './test-report.mjs'
import { runVitest } from './vitest.mjs'

/** @typedef {import('./test-report.mjs').TestReport} TestReport */

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

/** @type {TestReport} */
const total = { passed: 0, skipped: 0, failures: [], secondAttempts: [] }
/** @type {string[]} */
const failedSteps = []

try {
  await runParts(process.argv.slice(2))
} catch (error) {
  giveAdvice(error)
}
for (const line of tellAttempts(total)) console.log(line)
if (failedSteps.length > 0) {
  console.error(`Failed: ${failedSteps.join('; ')}`)
  process.exitCode = 1
}
console.log(closingLine(total))

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
  await install()
  await buildPackages()
  if (wants('types')) await checkTypes()
  if (wants('lint')) await lint()
  if (wants('unit') || wants('e2e')) await buildDocs()
  if (wants('unit')) await runUnitTests()
  if (wants('e2e')) await runWalkthroughs()
}

/** @type {typeof runStep} */
async function check(title, command, options) {
  const ok = await runStep(title, command, options)
  if (!ok) failedSteps.push(title)
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

async function runUnitTests() {
  await ensureTools()
  const title = 'Running the unit and contract tests'
  const { ok, report } = await runVitest(title)
  if (!ok) failedSteps.push(title)
  add(title, report)
}

async function runWalkthroughs() {
  await ensureTools()
  const title = 'Running the walkthroughs in a browser'
  const reports = await mkdtemp(join(tmpdir(), 'test-reports-'))
  const reportFile = join(reports, 'playwright.json')
  const env = { CHROMIUM_PATH: await ensureBrowser(), PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile }
  try {
    await check(title, tool('@playwright/test/cli.js', 'test', '--reporter=list,json'), { show: true, env })
    add(title, existsSync(reportFile) ? ofPlaywright(await readFile(reportFile, 'utf8')) : undefined)
  } finally {
    await rm(reports, { recursive: true })
  }
}

/**
 * Adds what a test runner reported to the total; no report and no test at all are failures.
 *
 * @param {string} title
 * @param {TestReport | undefined} report
 */
function add(title, report) {
  if (report === undefined) {
    failedSteps.push(`${title} (no report)`)
    return
  }
  total.passed += report.passed
  total.skipped += report.skipped
  total.failures.push(...report.failures)
  total.secondAttempts.push(...report.secondAttempts)
  if (report.passed + report.failures.length === 0) failedSteps.push(`${title} (no test ran)`)
  else if (report.failures.length > 0 && !failedSteps.includes(title)) failedSteps.push(title)
}
