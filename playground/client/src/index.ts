import { defineAsyncComponent } from 'vue'

export type { LanguageTypes } from './language/language-types.ts'
export { keepAccessToken } from './access-token.ts'
export { useSolvedMarks, type PageWithSteps } from './steps/use-solved-marks.ts'
export { languageTypesKey, recordingLoaderKey, solutionLoaderKey, sourceLoaderKey } from './source-loader.ts'

/** Loaded only by pages that hold a playground. */
export const Playground = defineAsyncComponent(() => import('./Playground.vue'))

/** Loaded only by the page that is one playground. */
export const PlaygroundPage = defineAsyncComponent(() => import('./full-page/PlaygroundPage.vue'))
