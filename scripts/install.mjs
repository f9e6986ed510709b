import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Advice } from './advice.mjs'
import { ROOT } from './project.mjs'
import { runStep } from './step.mjs'

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockedPackage */
/** @typedef {Record<string, LockedPackage>} LockedPackages by folder; '' is the project itself */

const OLDEST_NODE = /** @type {const} */ ([20, 19])

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_NODE
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Advice(
      `Node ${process.versions.node} is too old: Node ${OLDEST_NODE.join('.')} or newer is required, from https://nodejs.org`,
    )
  }
}

/** Makes node_modules what package-lock.json says, where it is not. */
export async function install() {
  const wanted = await lockedPackages('package-lock.json')
  // npm writes this file last, so an installation that was cut short has none.
  const present = await lockedPackages('node_modules/.package-lock.json')
  if (isInstalled(wanted, present)) {
    console.log('Packages are installed')
    return
  }
  // The build is a step of its own: as npm's "prepare" its errors would read as errors of the installation.
  const command = [...npm(), 'ci', '--include=dev', '--ignore-scripts']
  // npm takes as long to undo an installation as to make it, and what is left of one is noticed the next time.
  if (!(await runStep('Installing packages', command, { stopSignal: 'SIGKILL' }))) {
    throw new Advice('Packages are not installed: run "npm ci" when the cause above is mended')
  }
}

/**
 * @param {LockedPackages} wanted
 * @param {LockedPackages} present
 */
function isInstalled(wanted, present) {
  const folders = Object.keys(wanted).filter((folder) => folder !== '')
  return (
    Object.keys(present).every((folder) => folder in wanted) &&
    folders.every((folder) => {
      const { [folder]: asked = {} } = wanted
      const { [folder]: found } = present
      if (found === undefined) return asked.optional === true || asked.devOptional === true
      return (
        found.version === asked.version && found.integrity === asked.integrity && found.link === asked.link
      )
    })
  )
}

/**
 * @param {string} path
 * @returns {Promise<LockedPackages>} none where there is no such file
 */
async function lockedPackages(path) {
  try {
    const lock = await readFile(join(ROOT, path), 'utf8')
    return /** @type {{ packages: LockedPackages }} */ (JSON.parse(lock)).packages
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}

/** The npm that runs this script, or else the one on the PATH. */
export function npm() {
  const running = process.env['npm_execpath'] ?? ''
  return basename(running) === 'npm-cli.js' ? [process.execPath, running] : ['npm']
}
