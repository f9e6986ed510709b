import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './project.mjs'
import { runStep } from './step.mjs'

/** @typedef {import('./test-report.mjs').TestReport} TestReport */

/**
 * Runs tests as one step, shows them, and resolves to what they report; to nothing when vitest ended without a report.
 *
 * @param {string} title
 * @param {{ node?: string, folders?: readonly string[] }} [options] the Node to run in; the tests to run, all without
 * @returns {Promise<{ ok: boolean, report: TestReport | undefined }>}
 */
export async function runVitest(title, { node = process.execPath, folders = [] } = {}) {
  const reports = await mkdtemp(join(tmpdir(), 'test-reports-'))
  const reportFile = join(reports, 'vitest.json')
  const command = [
    node,
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...folders,
    '--reporter=default',
    `--reporter=${join(ROOT, 'scripts/vitest-reporter.mjs')}`,
  ]
  try {
    const ok = await runStep(title, command, { show: true, env: { VITEST_REPORT_FILE: reportFile } })
    if (!existsSync(reportFile)) return { ok, report: undefined }
    return { ok, report: /** @type {TestReport} */ (JSON.parse(await readFile(reportFile, 'utf8'))) }
  } finally {
    await rm(reports, { recursive: true })
  }
}
