import type { PageWithSteps } from '@playground/client'
import { createContentLoader } from 'vitepress'
import { stepsIn } from '../playground-tag.ts'

interface StepsLoader {
  watch: string | string[]
  load: () => Promise<PageWithSteps[]>
}

/** The pages that have steps: VitePress gathers them when it builds the site. */
export declare const data: readonly PageWithSteps[]

const loader: StepsLoader = createContentLoader('tutorial/*.md', {
  includeSrc: true,
  transform: (pages) =>
    pages
      .map(({ url, src = '' }) => ({ path: url, steps: stepsIn(src) }))
      .filter(({ steps }) => steps.length > 0),
})

export default loader
