import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Advice, giveAdvice } from './advice.mjs'
import { buildPackages } from './build.mjs'
import { ensureTools } from './ensure-tools.mjs'
import { checkNode, install, npm } from './install.mjs'
import { ROOT } from './project.mjs'
import { failOnSignal, onStopSignal, runProgram } from './run-program.mjs'
import { runStep } from './step.mjs'
import { closingLine, tellAttempts } from './test-report.mjs'
import { runVitest } from './vitest.mjs'

const VERSIONS = ['20', '22', '24']
const VERSION = /^\d+(\.\d+){0,2}$/
const TESTS = [
  'tests/server-lib',
  'tests/seed',
  'tests/interop',
  'tests/examples',
  'tests/package',
  'tests/playground',
]

/** Outside the workspaces: where a package of Node is among a project's own, its npm scripts run in that Node. */
const FOLDER = join(ROOT, 'node_modules/.cache/matrix')

try {
  process.chdir(ROOT)
  onStopSignal(failOnSignal)
  await runMatrix(process.argv.slice(2))
} catch (error) {
  giveAdvice(error)
}

/** @param {string[]} chosen versions such as "22" or "20.19.0"; those that the library is made for without any */
async function runMatrix(chosen) {
  const unknown = chosen.find((version) => !VERSION.test(version))
  if (unknown !== undefined) {
    throw new Advice(`Unknown version "${unknown}": usage is npm run matrix -- [22] [20.19.0]`)
  }
  checkNode()
  const versions = chosen.length === 0 ? VERSIONS : chosen
  await install()
  await installNodes(versions)
  await ensureTools()
  await buildPackages()
  /** @type {string[]} */
  const lines = []
  let ok = true
  for (const version of versions) {
    const outcome = await runTests(nodeOf(version))
    lines.push(outcome.line)
    ok &&= outcome.ok
  }
  console.log(lines.join('\n'))
  if (!ok) process.exitCode = 1
}

/** @param {string[]} versions */
async function installNodes(versions) {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const dependencies = Object.fromEntries(
    versions.map((version) => [`node-${version}`, `npm:node-${system}-${process.arch}@${version}`]),
  )
  await mkdir(FOLDER, { recursive: true })
  await writeFile(join(FOLDER, 'package.json'), JSON.stringify({ private: true, dependencies }))
  const command = [...npm(), 'install', '--prefix', FOLDER, '--ignore-scripts', '--no-bin-links']
  if (!(await runStep(`Installing Node ${versions.join(', ')}`, command))) {
    throw new Advice('Node is not installed: run the command again when the cause above is mended')
  }
}

/** @param {string} version */
function nodeOf(version) {
  const program = process.platform === 'win32' ? 'node.exe' : 'node'
  return join(FOLDER, 'node_modules', `node-${version}`, 'bin', program)
}

/** @param {string} node */
async function runTests(node) {
  const { output } = await runProgram([node, '--version'])
  const title = `Node ${output.trim().replace(/^v/, '')}`
  const { ok, report } = await runVitest(
    `Running the tests of the library and of the playground's server in ${title}`,
    {
      node,
      folders: TESTS,
    },
  )
  if (report === undefined) return { ok: false, line: `${title}: no report` }
  return {
    ok: ok && report.passed > 0,
    line: [...tellAttempts(report), `${title}: ${closingLine(report)}`].join('\n'),
  }
}
