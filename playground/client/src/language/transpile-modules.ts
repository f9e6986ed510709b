import type { SourceFile, TranspiledModule } from '@playground/protocol'
import ts from 'typescript'

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  isolatedModules: true,
  sourceMap: true,
}
/** TypeScript ends the code with the name of the map, which is not a file here. */
const MAP_COMMENT = /\n\/\/# sourceMappingURL=.*\s*$/

/** @throws {Error} at the first syntax error, in one line: file, line, column and what is wrong; types are not checked. */
export function transpileModules(files: readonly SourceFile[]): TranspiledModule[] {
  return files.map(transpile)
}

function transpile({ name, source }: SourceFile): TranspiledModule {
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(source, {
    fileName: name,
    reportDiagnostics: true,
    compilerOptions: OPTIONS,
  })
  const problem = diagnostics?.find(({ category }) => category === ts.DiagnosticCategory.Error)
  if (problem !== undefined) throw new Error(describe(name, source, problem))
  const code = outputText.replace(MAP_COMMENT, '\n')
  // The map is TypeScript's own: nothing is to be validated.
  const { mappings } = JSON.parse(sourceMapText ?? '{"mappings":""}') as { mappings: string }
  const imports = ts.preProcessFile(code, true, true).importedFiles.map(({ fileName, pos }) => {
    const from = pos + code.slice(pos).search(/['"]/)
    return { name: fileName, from, to: from + fileName.length + 2 }
  })
  return { name, code, mappings, imports }
}

function describe(name: string, source: string, { start = 0, messageText }: ts.Diagnostic): string {
  const before = source.slice(0, start).split('\n')
  const column = (before.at(-1)?.length ?? 0) + 1
  return `${name}:${before.length}:${column}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
}
