import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../..')
const MODULES = join(ROOT, 'node_modules')
const BUILT_OR_INSTALLED = ['dist', 'node_modules']

const execute = promisify(execFile)

/** A path in the installed packages of this project. */
export const installed = (...path: string[]): string => join(MODULES, ...path)

/** A path in this project. */
export const inProject = (...path: string[]): string => join(ROOT, ...path)

/** Packs a copy of the library into `folder`: a package has what its sources compile to, and nothing that lies in dist here. */
export async function pack(folder: string): Promise<string> {
  const copy = join(folder, 'server-lib')
  await mkdir(folder)
  await cp(inProject('server-lib'), copy, {
    recursive: true,
    filter: (path) => !BUILT_OR_INSTALLED.includes(basename(path)),
  })
  await cp(inProject('tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
  await symlink(MODULES, join(folder, 'node_modules'))
  await execute('npm', ['pack', '--pack-destination', folder], { cwd: copy })
  const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'))
  if (tarball === undefined) throw new Error('Cannot find the tarball: npm pack must write one')
  return join(folder, tarball)
}

/** Makes a stranger's project in `folder` and installs the tarball there, without the network: other packages are copies of ours. */
export async function install(folder: string, tarball: string, packages: string[]): Promise<string> {
  await cp(join(import.meta.dirname, 'project'), folder, { recursive: true })
  const copies = packages.map((name) => `file:${installed(name)}`)
  // A package that is asked for by name is not optional, so koffi comes where it is among the copies, and only there.
  const flags = ['--offline', '--ignore-scripts', '--omit=optional', '--install-links']
  await execute('npm', ['install', ...flags, tarball, ...copies], { cwd: folder })
  return folder
}

/** koffi and what it has for this platform, where it is installed; it is optional for this project too. */
export async function koffiPackages(): Promise<string[]> {
  const platforms = await readdir(installed('@koromix')).catch(() => [])
  return platforms.length === 0 ? [] : ['koffi', ...platforms.map((name) => `@koromix/${name}`)]
}

/** Runs a program in this Node to its end; gives what it has printed, and fails as it does. */
export async function output(folder: string, ...command: string[]): Promise<string> {
  try {
    const { stdout } = await execute(process.execPath, command, { cwd: folder })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`"${command.join(' ')}" failed:\n${stdout}${stderr}`, { cause: error })
  }
}
