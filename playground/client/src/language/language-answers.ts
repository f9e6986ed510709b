/** Positions are offsets into the text of the file, as TypeScript and CodeMirror both count them. */
interface Span {
  from: number
  to: number
}

export interface Problem extends Span {
  severity: 'error' | 'warning'
  message: string
}

/** What is known of a name: its type as TypeScript writes it, and its doc comment. */
export interface Description {
  type: string
  documentation: string
  tags: { name: string; text: string }[]
}

export interface Hover extends Span {
  description: Description
}

export interface Completion {
  name: string
  kind: string
  /** The module that must be imported for it. */
  source: string | undefined
  /** The lower, the sooner it is offered. */
  order: number
}

export interface TextEdit extends Span {
  insert: string
}

export interface CompletionDetails {
  description: Description
  /** What else must be written, as an import. */
  edits: TextEdit[]
}
