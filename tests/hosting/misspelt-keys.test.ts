import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const HOSTING = join(import.meta.dirname, '../../hosting')

/** Maps whose keys Kubernetes leaves to us. */
const MAPS = /^(LABELS|labels|matchLabels|environment)$/

const sources = new Map(
  readdirSync(join(HOSTING, 'src'))
    .map((name) => join(HOSTING, 'src', name))
    .map((file) => [file, readFileSync(file, 'utf8')]),
)
const service = ts.createLanguageService(host())
let changed: { file: string; text: string; version: number } = { file: '', text: '', version: 0 }

test.each(['deployment.ts', 'around-pods.ts', 'bubblewrap.ts', 'gvisor.ts'])(
  'a misspelt key in %s does not compile',
  { timeout: 60_000 },
  (name) => {
    const file = join(HOSTING, 'src', name)
    const source = sources.get(file) ?? ''
    const keys = keysOf(file, source)
    expect(keys.length).toBeGreaterThan(5)
    expect(complaints(file, source)).toEqual([])
    const compiled = keys.filter((key) => {
      const end = key.getEnd()
      return complaints(file, `${source.slice(0, end)}x${source.slice(end)}`).length === 0
    })
    expect(compiled.map((key) => key.text)).toEqual([])
  },
)

/** The name of every property of every object in the file that is not one of a map, each spelling once. */
function keysOf(file: string, source: string): ts.Identifier[] {
  const keys = new Map<string, ts.Identifier>()
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) {
      keys.set(`${ownerOf(node)}.${node.name.text}`, node.name)
      if (MAPS.test(node.name.text)) return
    }
    if (ts.isFunctionDeclaration(node) && MAPS.test(node.name?.text ?? '')) return
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true))
  return [...keys.values()]
}

function ownerOf({ parent: { parent } }: ts.PropertyAssignment): string {
  return ts.isPropertyAssignment(parent) && ts.isIdentifier(parent.name) ? parent.name.text : ''
}

function complaints(file: string, text: string): string[] {
  changed = { file, text, version: changed.version + 1 }
  return service
    .getSemanticDiagnostics(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}

function host(): ts.LanguageServiceHost {
  const config: unknown = ts.readConfigFile(join(HOSTING, 'tsconfig.json'), (path) =>
    readFileSync(path, 'utf8'),
  ).config
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, HOSTING)
  return {
    getCompilationSettings: () => options,
    getCurrentDirectory: () => HOSTING,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [...sources.keys()],
    getScriptVersion: (file) => (file === changed.file ? String(changed.version) : '0'),
    getScriptSnapshot: (file) => {
      const text = file === changed.file ? changed.text : ts.sys.readFile(file)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    ...(ts.sys.realpath !== undefined && { realpath: ts.sys.realpath }),
  }
}
