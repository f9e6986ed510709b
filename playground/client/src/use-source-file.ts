import type { SourceFile } from '@playground/protocol'
import { computed, inject, ref, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { solutionLoaderKey, sourceLoaderKey } from './source-loader.ts'

/** Something wrong at a line, counted from 1, of a file. */
export interface LineProblem {
  line: number
  message: string
}

/** A file of the example, as published and as the reader has edited it. */
export interface EditableFile {
  readonly name: string
  readonly edited: ComputedRef<boolean>
  /** What a run would start with; unknown until the file has been loaded. */
  readonly text: ComputedRef<string | undefined>
  /** What TypeScript says of the file while it is open in an editor. */
  readonly typeProblems: ShallowRef<readonly LineProblem[]>
  /** Where a run of this text has failed. */
  readonly runErrors: ShallowRef<readonly LineProblem[]>
  /** Loads the text that the reader may compare with; undefined where the example has none. */
  readonly solution: (() => Promise<string>) | undefined
  original(): Promise<string>
  current(): Promise<SourceFile>
  edit(source: string): void
}

export function useSourceFile(name: string): EditableFile {
  const load = inject(sourceLoaderKey)
  if (load === undefined)
    throw new Error('No source loader is provided: the theme must provide "sourceLoaderKey"')
  const published = ref<string>()
  const source = ref<string>()
  const runErrors = shallowRef<readonly LineProblem[]>([])
  const original = async (): Promise<string> => (published.value ??= (await load(name)).trimEnd())
  return {
    name,
    edited: computed(() => source.value !== undefined && source.value !== published.value),
    text: computed(() => source.value ?? published.value),
    typeProblems: shallowRef([]),
    runErrors,
    solution: inject(solutionLoaderKey, undefined)?.(name),
    original,
    current: async () => ({ name, source: source.value ?? (await original()) }),
    edit(text) {
      source.value = text
      runErrors.value = []
    },
  }
}

/** What a run of `entry` needs: the files as they are now, the entry first. */
export async function currentFiles(
  entry: EditableFile,
  modules: readonly EditableFile[],
): Promise<[SourceFile, ...SourceFile[]]> {
  return [await entry.current(), ...(await Promise.all(modules.map((file) => file.current())))]
}
