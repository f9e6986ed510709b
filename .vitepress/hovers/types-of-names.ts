import { join } from 'node:path'
import ts from 'typescript'
import { readConfiguration } from '../read-configuration.ts'

const EXAMPLES = join(import.meta.dirname, '../../docs/examples')

/** A name in a program, and what the compiler says of it. */
export interface TypedName {
  line: number
  column: number
  name: string
  /** Its declaration and, below an empty line, the first paragraph of its doc comment. */
  text: string
}

let service: ts.LanguageService | undefined

/** What an editor shows for each name in a program of docs/examples, in the order in which they stand. */
export function typesOfNames(file: string): TypedName[] {
  service ??= ts.createLanguageService(languageHost())
  const source = service.getProgram()?.getSourceFile(file)
  if (source === undefined) return []
  const names: TypedName[] = []
  const visit = (node: ts.Node): void => {
    const text = ts.isIdentifier(node) ? describe(service?.getQuickInfoAtPosition(file, node.getStart())) : ''
    if (text !== '') {
      const { line, character } = source.getLineAndCharacterOfPosition(node.getStart())
      names.push({ line, column: character, name: node.getText(), text })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

function describe(info: ts.QuickInfo | undefined): string {
  // Where a name was imported is what the program itself shows.
  const declaration = ts.displayPartsToString(info?.displayParts).replace(/^\(alias\) |\nimport .*$/g, '')
  const [comment = ''] = ts.displayPartsToString(info?.documentation).split('\n\n')
  const words = comment.replaceAll('\n', ' ').replaceAll(/\{@link (\S+?) ?\}/g, '$1')
  return [declaration, words].filter((part) => part !== '').join('\n\n')
}

/** A build reads each file once: what changes while it runs is the next build's. */
function languageHost(): ts.LanguageServiceHost {
  const { options, fileNames } = readConfiguration(join(EXAMPLES, 'tsconfig.json'))
  return {
    getCompilationSettings: () => options,
    getScriptFileNames: () => fileNames,
    getScriptVersion: () => '',
    getScriptSnapshot: (file) => {
      const text = ts.sys.readFile(file)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => EXAMPLES,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => ts.sys.fileExists(file),
    readFile: (file) => ts.sys.readFile(file),
    directoryExists: (folder) => ts.sys.directoryExists(folder),
  }
}
