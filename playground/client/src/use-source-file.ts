import type { SourceFile } from '@playground/protocol'
import { computed, inject, ref, type ComputedRef } from 'vue'
import { sourceLoaderKey } from './source-loader.ts'

/** A file of the example, as published and as the reader has edited it. */
export interface EditableFile {
  readonly name: string
  readonly edited: ComputedRef<boolean>
  /** What a run would start with; unknown until the file has been loaded. */
  readonly text: ComputedRef<string | undefined>
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
  const original = async (): Promise<string> => (published.value ??= (await load(name)).trimEnd())
  return {
    name,
    edited: computed(() => source.value !== undefined && source.value !== published.value),
    text: computed(() => source.value ?? published.value),
    original,
    current: async () => ({ name, source: source.value ?? (await original()) }),
    edit: (text) => (source.value = text),
  }
}
