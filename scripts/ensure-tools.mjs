import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installSystemPackages, placesOnPath } from './system-packages.mjs'

/** The programs of others that the tests talk to, each with the package of Debian that holds it. */
const PACKAGES = new Map([
  ['curl', 'curl'],
  ['dig', 'bind9-dnsutils'],
  ['logger', 'bsdutils'],
  ['python3', 'python3'],
  ['socat', 'socat'],
])

/** Installs the programs that tests/interop needs, or says which of its tests will be left out. */
export async function ensureTools() {
  if (missingTools().length === 0) return
  await installSystemPackages(missingPackages())
  const missing = missingTools()
  if (missing.length === 0) return
  console.log(
    `Tests that need ${missing.join(', ')} are left out: install ${missingPackages().join(' ')} (apt-get), or what your system calls them`,
  )
}

function missingTools() {
  return [...PACKAGES.keys()].filter((name) => !placesOnPath(name).some(existsSync))
}

function missingPackages() {
  return missingTools().map((name) => PACKAGES.get(name) ?? name)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureTools()
