import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runProgram } from './run-program.mjs'
import { runStep } from './step.mjs'

/** @type {boolean | undefined} whether the list could be read, once a run of the script has tried */
let listIsRead

/**
 * Every place where the system would look for a program, best first, whether it is there or not.
 *
 * @param {string} name
 */
export function placesOnPath(name) {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))
}

/**
 * Installs packages of Debian or Ubuntu without what they only recommend, where root can do it without a password.
 *
 * @param {readonly string[]} packages their names
 * @returns {Promise<boolean>} whether they are installed
 */
export async function installSystemPackages(packages) {
  const asRoot = await rootCommand()
  if (asRoot === undefined || !existsSync('/usr/bin/apt-get')) return false
  const apt = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']
  listIsRead ??= await runStep('Reading the list of system packages', [...apt, 'update'])
  if (!listIsRead) return false
  const title = `Installing ${packages.join(', ')} from the system's packages`
  return runStep(title, [...apt, 'install', '-y', '--no-install-recommends', ...packages])
}

/** @returns {Promise<string[] | undefined>} what to put before a command so that root runs it, if that needs no password */
async function rootCommand() {
  if (process.getuid?.() === 0) return []
  const sudo = ['sudo', '-n']
  return (await runProgram([...sudo, 'true'])).ok ? sudo : undefined
}
