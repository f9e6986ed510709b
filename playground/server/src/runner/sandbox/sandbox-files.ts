import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, realpath, stat, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SERVER = fileURLToPath(new URL('../..', import.meta.url))
const WORLD_READABLE = 0o004
const WORLD_SEARCHABLE = 0o001

const INSIDE = '/playground'

/** Where a sandbox has the agent. */
export const AGENT = join(
  INSIDE,
  relative(SERVER, fileURLToPath(new URL('./agent/main.js', import.meta.url))),
)

/** The whole of /etc in a sandbox: how names are looked up, without anything of the machine. */
const ETC = {
  hosts: '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  passwd: 'reader:x:1000:1000::/tmp:/nonexistent\n',
  group: 'reader:x:1000:\n',
  'resolv.conf': '',
}

/** What a sandbox sees of the machine, read-only: a place outside, and where it is inside. */
export interface Bind {
  source: string
  target: string
}

/**
 * Finds everything that a sandbox needs to run Node, the agent and the library.
 * @param directory takes what is made for it, and copies of what `isForAll` demands to be readable by every user
 */
export async function collectSandboxFiles(directory: string, isForAll: boolean): Promise<Bind[]> {
  if (isForAll) await chmod(directory, 0o755)
  const etc = join(directory, 'etc')
  await mkdir(etc)
  await Promise.all(Object.entries(ETC).map(([name, text]) => writeFile(join(etc, name), text)))
  const manifest = join(directory, 'package.json')
  // Programs and the agent are ES modules.
  await writeFile(manifest, '{ "type": "module" }\n')
  const programs = [
    { source: process.execPath, target: '/usr/bin/node' },
    { source: await findProgram('prlimit'), target: '/usr/bin/prlimit' },
  ]
  const binds = [
    ...programs,
    ...(await librariesOf(programs.map(({ source }) => source))),
    { source: etc, target: '/etc' },
    ...['runner', 'program'].map((name) => ({ source: join(SERVER, name), target: join(INSIDE, name) })),
    { source: manifest, target: '/package.json' },
    ...readersLibrary(),
  ]
  const real = await Promise.all(
    binds.map(async ({ source, target }) => ({ source: await realpath(source), target })),
  )
  return isForAll ? Promise.all(real.map((bind, index) => forAll(bind, join(directory, `${index}`)))) : real
}

/** @throws an Error that says which package holds the program. */
export async function findProgram(name: string): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name)
    if ((await stat(path).catch(() => undefined))?.isFile() === true) return path
  }
  throw new Error(`${name} is not installed`)
}

async function librariesOf(programs: string[]): Promise<Bind[]> {
  const outputs = await Promise.all(programs.map((program) => promisify(execFile)('ldd', [program])))
  const targets = outputs.flatMap(({ stdout }) => stdout.match(/\/\S+\.so\S*/g) ?? [])
  return [...new Set(targets)].map((target) => ({ source: target, target }))
}

/** The library that programs import, and the native package that it uses if that is installed. */
function readersLibrary(): Bind[] {
  const library = dirname(fileURLToPath(import.meta.resolve('socketserver-ts/package.json')))
  const binds = ['dist', 'package.json'].map((name) => ({
    source: join(library, name),
    target: `/node_modules/socketserver-ts/${name}`,
  }))
  const native = packageDirectory(library, 'koffi')
  if (native === undefined) return binds
  const prebuilt = `@koromix/koffi-${process.platform}-${process.arch}`
  const prebuiltDirectory = packageDirectory(native, prebuilt)
  return [
    ...binds,
    { source: native, target: '/node_modules/koffi' },
    ...(prebuiltDirectory === undefined
      ? []
      : [{ source: prebuiltDirectory, target: `/node_modules/${prebuilt}` }]),
  ]
}

/** As Node looks for it, but without its entry point: what a package exports need not tell where it is. */
function packageDirectory(from: string, name: string): string | undefined {
  const parent = dirname(from)
  if (parent === from) return undefined
  const path = join(from, 'node_modules', name)
  return existsSync(path) ? path : packageDirectory(parent, name)
}

/** A folder on the way, as /root is, may be closed to the user that sandboxes run as. */
async function forAll(bind: Bind, copy: string): Promise<Bind> {
  const { source, target } = bind
  if (await isReadableByAll(source)) return bind
  await cp(source, copy, { recursive: true, dereference: true })
  return { source: copy, target }
}

async function isReadableByAll(path: string): Promise<boolean> {
  if (!hasMode(await stat(path), WORLD_READABLE)) return false
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!hasMode(await stat(folder), WORLD_SEARCHABLE)) return false
    if (folder === dirname(folder)) return true
  }
}

function hasMode({ mode }: { mode: number }, bits: number): boolean {
  return (mode & bits) === bits
}
