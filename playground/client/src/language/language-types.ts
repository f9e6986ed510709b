import type { CompilerOptions } from 'typescript'

/** What the site serves to the language service: compiler options, and declarations by their path. */
export interface LanguageTypes {
  options: CompilerOptions
  files: Record<string, string>
}
