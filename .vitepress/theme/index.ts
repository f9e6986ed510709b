import {
  keepAccessToken,
  languageTypesKey,
  Playground,
  PlaygroundPage,
  solutionLoaderKey,
  sourceLoaderKey,
} from '@playground/client'
import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import './style.css'

const EXAMPLES = '../../docs/examples/'
const sources = import.meta.glob<string>('../../docs/examples/*.ts', { query: '?raw', import: 'default' })

async function loadSource(file: string): Promise<string> {
  const load = sources[EXAMPLES + file]
  if (load === undefined) throw new Error(`Cannot load "${file}": a file of docs/examples is required`)
  return load()
}

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    if (!import.meta.env.SSR) {
      keepAccessToken()
      // An address pasted into a tab that already shows this page changes the fragment only.
      addEventListener('hashchange', keepAccessToken)
    }
    app.provide(sourceLoaderKey, loadSource)
    app.provide(solutionLoaderKey, (file) => sources[EXAMPLES + file.replace(/\.ts$/, '.solution.ts')])
    app.provide(languageTypesKey, async () => (await import('../cache/language-types.json?url')).default)
    app.component('Playground', Playground)
    app.component('PlaygroundPage', PlaygroundPage)
  },
} satisfies Theme
