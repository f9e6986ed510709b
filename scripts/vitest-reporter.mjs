import { writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { ROOT } from './project.mjs'
import { firstLine } from './test-report.mjs'

/** @typedef {import('vitest/node').TestModule} TestModule */
/** @typedef {import('./test-report.mjs').TestReport} TestReport */

/** What vitest's own JSON report does not hold: which tests passed only when they were tried again. */
export default class TestReporter {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly { message: string }[]} unhandled errors of no test
   */
  async onTestRunEnd(modules, unhandled) {
    const file = process.env['VITEST_REPORT_FILE']
    if (file === undefined) throw new Error('VITEST_REPORT_FILE is not set: it names the file of the report')
    await writeFile(file, JSON.stringify(reportOf(modules, unhandled)))
  }
}

/**
 * @param {readonly TestModule[]} modules
 * @param {readonly { message: string }[]} unhandled
 * @returns {TestReport}
 */
function reportOf(modules, unhandled) {
  /** @type {TestReport} */
  const report = {
    passed: 0,
    skipped: 0,
    failures: unhandled.map(({ message }) => firstLine(message)),
    secondAttempts: [],
  }
  for (const module of modules) {
    const file = relative(ROOT, module.moduleId)
    for (const part of [module, ...module.children.allSuites()]) {
      for (const { message } of part.errors()) report.failures.push(`${file}: ${firstLine(message)}`)
    }
    for (const test of module.children.allTests()) {
      const name = `${file} › ${test.fullName}`
      const { state, errors } = test.result()
      if (state === 'skipped') report.skipped += 1
      else if (state === 'failed') report.failures.push(`${name}: ${firstLine(errors[0]?.message)}`)
      else report.passed += 1
      if (test.diagnostic()?.flaky === true)
        report.secondAttempts.push(`${name}: ${firstLine(errors?.[0]?.message)}`)
    }
  }
  return report
}
