import { defineAsyncComponent } from 'vue'

export { keepAccessToken } from './access-token.ts'
export { sourceLoaderKey } from './source-loader.ts'

/** Loaded only by pages that hold a playground. */
export const Playground = defineAsyncComponent(() => import('./Playground.vue'))
