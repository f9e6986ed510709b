import {
  createSystem,
  createVirtualTypeScriptEnvironment,
  type VirtualTypeScriptEnvironment,
} from '@typescript/vfs'
import ts from 'typescript'
import type {
  Completion,
  CompletionDetails,
  Description,
  Hover,
  Problem,
  TextEdit,
} from './language-answers.ts'
import type { LanguageTypes } from './language-types.ts'

const FORMAT: ts.FormatCodeSettings = {
  ...ts.getDefaultFormatCodeSettings('\n'),
  indentSize: 2,
  convertTabsToSpaces: true,
  semicolons: ts.SemicolonPreference.Remove,
}

const PREFERENCES: ts.UserPreferences = {
  includeCompletionsForModuleExports: true,
  includeCompletionsWithInsertText: false,
  importModuleSpecifierPreference: 'shortest',
  importModuleSpecifierEnding: 'js',
  quotePreference: 'single',
}

/** TypeScript's answers about the files of all playgrounds of a page; each playground's are in a folder of their own. */
export class LanguageService {
  readonly #environment: VirtualTypeScriptEnvironment

  constructor({ options, files }: LanguageTypes) {
    this.#environment = createVirtualTypeScriptEnvironment(
      createSystem(new Map(Object.entries(files))),
      [],
      ts,
      options,
    )
  }

  setFile(path: string, text: string): void {
    // An empty file counts as missing to @typescript/vfs.
    this.#environment.createFile(path, text === '' ? '\n' : text)
  }

  removeFile(path: string): void {
    this.#environment.deleteFile(path)
  }

  problems(path: string): Problem[] {
    const service = this.#service
    return [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)].map(toProblem)
  }

  hover(path: string, position: number): Hover | undefined {
    const info = this.#service.getQuickInfoAtPosition(path, position)
    if (info === undefined) return undefined
    const { start, length } = info.textSpan
    return { from: start, to: start + length, description: toDescription(info) }
  }

  completions(path: string, position: number): Completion[] {
    const info = this.#service.getCompletionsAtPosition(path, position, PREFERENCES, FORMAT)
    return (info?.entries ?? []).map(({ name, kind, source, sortText }) => ({
      name,
      kind,
      source,
      order: Number.parseInt(sortText, 10) || 0,
    }))
  }

  completionDetails(
    path: string,
    position: number,
    { name, source }: Pick<Completion, 'name' | 'source'>,
  ): CompletionDetails | undefined {
    const entry = this.#service
      .getCompletionsAtPosition(path, position, PREFERENCES, FORMAT)
      ?.entries.find((candidate) => candidate.name === name && candidate.source === source)
    const details = this.#service.getCompletionEntryDetails(
      path,
      position,
      name,
      FORMAT,
      source,
      PREFERENCES,
      entry?.data,
    )
    if (details === undefined) return undefined
    const changes = details.codeActions?.flatMap((action) => action.changes) ?? []
    const edits = changes
      .filter(({ fileName }) => fileName === path)
      .flatMap(({ textChanges }) => textChanges)
    return { description: toDescription(details), edits: edits.map(toTextEdit) }
  }

  formatting(path: string): TextEdit[] {
    return this.#service.getFormattingEditsForDocument(path, FORMAT).map(toTextEdit)
  }

  get #service(): ts.LanguageService {
    return this.#environment.languageService
  }
}

function toProblem({ start = 0, length = 0, messageText, reportsUnnecessary }: ts.Diagnostic): Problem {
  return {
    from: start,
    to: start + length,
    severity: reportsUnnecessary === undefined ? 'error' : 'warning',
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }
}

function toDescription({
  displayParts,
  documentation,
  tags,
}: Pick<ts.QuickInfo, 'displayParts' | 'documentation' | 'tags'>): Description {
  return {
    type: ts.displayPartsToString(displayParts),
    documentation: ts.displayPartsToString(documentation),
    tags: (tags ?? []).map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) })),
  }
}

function toTextEdit({ span, newText }: ts.TextChange): TextEdit {
  return { from: span.start, to: span.start + span.length, insert: newText }
}
