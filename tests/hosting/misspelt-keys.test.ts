import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const HOSTING = join(import.meta.dirname, '../../hosting')

/** Maps whose keys Kubernetes leaves to us. */
const MAPS = /^(LABELS|labels|matchLabels|environment)$/

test.each(['deployment.ts', 'around-pods.ts', 'bubblewrap.ts', 'gvisor.ts'])(
  'a misspelt key in %s does not compile',
  { timeout: 60_000 },
  (name) => {
    const path = join(HOSTING, 'src', name)
    const source = readFileSync(path, 'utf8')
    const keys = keysOf(path, source)
    expect(keys.length).toBeGreaterThan(5)
    const misspelt = keys.map((key) => `${source.slice(0, key.getEnd())}x${source.slice(key.getEnd())}`)
    // All of them in one program, because what takes time is the types of Kubernetes.
    const [unchanged, ...changed] = complaints(path, [source, ...misspelt])
    expect(unchanged).toEqual([])
    expect(keys.filter((_key, index) => changed[index]?.length === 0).map((key) => key.text)).toEqual([])
  },
)

/** The name of every property of every object in the file that is not one of a map, each spelling once. */
function keysOf(path: string, source: string): ts.Identifier[] {
  const keys = new Map<string, ts.Identifier>()
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) {
      keys.set(`${ownerOf(node)}.${node.name.text}`, node.name)
      if (MAPS.test(node.name.text)) return
    }
    if (ts.isFunctionDeclaration(node) && MAPS.test(node.name?.text ?? '')) return
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true))
  return [...keys.values()]
}

function ownerOf({ parent: { parent } }: ts.PropertyAssignment): string {
  return ts.isPropertyAssignment(parent) && ts.isIdentifier(parent.name) ? parent.name.text : ''
}

/** What the compiler says of each of these texts, were it in the place of the file. */
function complaints(path: string, texts: string[]): string[][] {
  const config: unknown = ts.readConfigFile(join(HOSTING, 'tsconfig.json'), (file) =>
    readFileSync(file, 'utf8'),
  ).config
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, HOSTING)
  const options = { ...parsed.options, composite: false }
  const files = new Map(texts.map((text, index) => [path.replace(/\.ts$/, `-${index}.ts`), text]))
  const host = ts.createCompilerHost(options)
  const readSourceFile = host.getSourceFile.bind(host)
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const text = files.get(file)
    return text === undefined
      ? readSourceFile(file, languageVersion, ...rest)
      : ts.createSourceFile(file, text, languageVersion)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files.keys()].map((file) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
  )
}
