import type { InjectionKey } from 'vue'

/** Resolves to the text of an example's file. */
export type SourceLoader = (file: string) => Promise<string>

/** The site provides it: only the site knows where its examples are. */
export const sourceLoaderKey: InjectionKey<SourceLoader> = Symbol('source loader')

/** What loads the solution of an example's file; undefined for a file without. */
export type SolutionLoader = (file: string) => (() => Promise<string>) | undefined

/** The solution of `NAME.ts` is `NAME.solution.ts` beside it. */
export const solutionLoaderKey: InjectionKey<SolutionLoader> = Symbol('solution loader')

/** What loads the recorded run of an example, by the file of its server; undefined where there is none. */
export type RecordingLoader = (server: string) => (() => Promise<unknown>) | undefined

export const recordingLoaderKey: InjectionKey<RecordingLoader> = Symbol('recording loader')

/** Resolves to the address of what the site serves to the editor's language service. */
export const languageTypesKey: InjectionKey<() => Promise<string>> = Symbol('language types')
