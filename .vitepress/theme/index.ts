import {
  keepAccessToken,
  languageTypesKey,
  Playground,
  PlaygroundPage,
  recordingLoaderKey,
  solutionLoaderKey,
  sourceLoaderKey,
  useSolvedMarks,
} from '@playground/client'
import { type Theme, useRoute, withBase } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import { data as pagesWithSteps } from './steps.data.ts'
import './solved-mark.css'
import './style.css'

const EXAMPLES = '../../docs/examples/'
const sources = import.meta.glob<string>('../../docs/examples/*.ts', { query: '?raw', import: 'default' })
const RECORDINGS = '../../docs/recordings/'
const recordings = import.meta.glob<unknown>('../../docs/recordings/*.json', { import: 'default' })

async function loadSource(file: string): Promise<string> {
  const load = sources[EXAMPLES + file]
  if (load === undefined) throw new Error(`Cannot load "${file}": a file of docs/examples is required`)
  return load()
}

/** Only a page whose code has types loads what shows them. */
function showTypeOf({ target }: Event): void {
  const name = target instanceof Element ? target.closest<HTMLElement>('.TypedName') : null
  if (name !== null) void import('./type-popup.ts').then(({ showType }) => showType(name))
}

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    if (!import.meta.env.SSR) {
      keepAccessToken()
      // An address pasted into a tab that already shows this page changes the fragment only.
      addEventListener('hashchange', keepAccessToken)
      for (const type of ['pointerover', 'focusin']) addEventListener(type, showTypeOf)
    }
    app.provide(sourceLoaderKey, loadSource)
    app.provide(solutionLoaderKey, (file) => sources[EXAMPLES + file.replace(/\.ts$/, '.solution.ts')])
    app.provide(recordingLoaderKey, (file) => recordings[RECORDINGS + file.replace(/\.ts$/, '.json')])
    app.provide(languageTypesKey, async () => (await import('../cache/language-types.json?url')).default)
    app.component('Playground', Playground)
    app.component('PlaygroundPage', PlaygroundPage)
  },
  setup() {
    const route = useRoute()
    const pages = pagesWithSteps.map(({ path, steps }) => ({ path: withBase(path), steps }))
    useSolvedMarks(pages, () => route.path)
  },
} satisfies Theme
