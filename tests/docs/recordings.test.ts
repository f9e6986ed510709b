import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { examples } from '../../.vitepress/examples.ts'
import { parseRecording } from '../../playground/client/src/static-copy/recording.ts'
import { beyondSimulation } from '../../playground/client/src/static-copy/simulation-limits.ts'
import { publishedSource, recordingFile, RECORDINGS, sourcesSha256 } from '../e2e/recorded-sources.ts'

const MAX_BYTES = 100_000
const MAKE = 'npm run record makes it'
/** What belongs to the machine or the session on which it was recorded. */
const PRIVATE = /\/(?:root|home|work|tmp|Users|private)\/|token|"session"/i

const recordings = readdirSync(RECORDINGS).filter((name) => name.endsWith('.json'))

test('each example that the simulated network cannot run has a recording', async () => {
  const missing: string[] = []
  for (const [name, example] of examples) {
    const needs = beyondSimulation(await publishedSource(example.server))
    const file = basename(recordingFile(example))
    if (needs !== undefined && !recordings.includes(file))
      missing.push(`${name} needs ${needs}: ${file}, ${MAKE}`)
  }
  expect(missing).toEqual([])
})

describe.each(recordings)('%s', (name) => {
  const text = readFileSync(join(RECORDINGS, name), 'utf8')
  const recording = parseRecording(JSON.parse(text))

  test('is of the programs as they are now', async () => {
    const example = [...examples.values()].find(
      ({ server, client }) => server === recording.server && client === recording.client,
    )
    expect(example, 'an example with this server and client').toBeDefined()
    const sha256 = example && (await sourcesSha256(example))
    expect(recording.sourcesSha256, `a recording of the present programs: ${MAKE}`).toBe(sha256)
  })

  test('shows a server that listens, and a client of its own', () => {
    const types = recording.messages.map(([, { type }]) => type)
    expect(types).toEqual(expect.arrayContaining(['listening', 'start', 'output', 'exited', 'activity']))
  })

  test('is small, and holds nothing of the machine that it was made on', () => {
    expect(text.length).toBeLessThan(MAX_BYTES)
    expect(text).not.toMatch(PRIVATE)
  })
})
