import { shallowRef } from 'vue'

export const PROGRESS_KEY = 'progress'

/** The steps that the reader has solved, by the files of their servers; empty until they are read from the browser. */
export const solvedSteps = shallowRef<readonly string[]>([])
