import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installSystemPackages, placesOnPath } from './system-packages.mjs'

/**
 * The programs of others that the tests talk to, each with the package of Debian that holds it. nginx is not among
 * them, because its package starts a server on port 80: its tests run where it is.
 */
const PACKAGES = new Map([
  ['bwrap', 'bubblewrap'],
  ['crun', 'crun'],
  ['curl', 'curl'],
  ['dig', 'bind9-dnsutils'],
  ['haproxy', 'haproxy'],
  ['logger', 'bsdutils'],
  ['openssl', 'openssl'],
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
