import type { InjectionKey } from 'vue'

/** Resolves to the text of an example's file. */
export type SourceLoader = (file: string) => Promise<string>

/** The site provides it: only the site knows where its examples are. */
export const sourceLoaderKey: InjectionKey<SourceLoader> = Symbol('source loader')
