import { join } from 'node:path'
import { ROOT } from './project.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number }} VitestReport */

/**
 * The command that runs tests, shows them and writes a report.
 *
 * @param {string} reportFile
 * @param {{ node?: string, folders?: readonly string[] }} [options] the Node to run in; the tests to run, all without
 */
export const vitest = (reportFile, { node = process.execPath, folders = [] } = {}) => [
  node,
  join(ROOT, 'node_modules/vitest/vitest.mjs'),
  'run',
  ...folders,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${reportFile}`,
]

/**
 * @param {VitestReport} report
 * @returns {Counts}
 */
export const countsOf = (report) => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests,
  skipped: report.numPendingTests + report.numTodoTests,
})
