import { mkdir, writeFile } from 'node:fs/promises'
import {
  decodeOutputFrame,
  parseClientFrame,
  parseServerFrame,
  type ClientMessage,
  type ServerMessage,
} from '@playground/protocol'
import type { Page } from '@playwright/test'
import { format } from 'prettier'
import type { Example } from '../../.vitepress/examples.ts'
import type { RecordedMessage, Recording } from '../../playground/client/src/static-copy/recording.ts'
import { beyondSimulation } from '../../playground/client/src/static-copy/simulation-limits.ts'
import { examplesOf, publishedSource, recordingFile, RECORDINGS, sourcesSha256 } from './recorded-sources.ts'

type StartMessage = Extract<ClientMessage, { type: 'start' }>
type Output = Extract<RecordedMessage, { type: 'output' }>
type Heard = Output | Exclude<ServerMessage, { type: 'refused' }>

interface Entry {
  atMs: number
  message: StartMessage | Heard
}

/** The number of clients in each recording: of the walkthroughs of an example, the one with the most makes it. */
const saved = new Map<string, number>()

/** Keeps what a page and its session say to each other, and makes recordings of the runs of published programs. */
export class SessionRecorder {
  readonly #entries: Entry[] = []
  readonly #decoders = new Map<string, TextDecoder>()

  constructor(page: Page) {
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => this.#hearPage(String(payload)))
      socket.on('framereceived', ({ payload }) => this.#hearServer(payload))
    })
  }

  async save(): Promise<void> {
    for (const [index, { message }] of this.#entries.entries()) {
      if (message.type !== 'start') continue
      for (const example of examplesOf(message.entry)) await this.#saveRun(example, index, message)
    }
  }

  async #saveRun(example: Example, index: number, server: StartMessage): Promise<void> {
    const file = recordingFile(example)
    // The static copy runs the others itself.
    if (beyondSimulation(await publishedSource(example.server)) === undefined) return
    if (!(await isPublished(server))) return
    const messages = await this.#messagesOf(example, index, server.run)
    const clients = messages.filter(([, { type }]) => type === 'start').length
    if (clients <= (saved.get(file) ?? 0)) return
    saved.set(file, clients)
    const recording: Recording = {
      server: example.server,
      client: example.client,
      recordedOn: new Date().toISOString().slice(0, 10),
      sourcesSha256: await sourcesSha256(example),
      messages,
    }
    await mkdir(RECORDINGS, { recursive: true })
    await writeFile(file, await format(JSON.stringify(recording), { parser: 'json', printWidth: 110 }))
  }

  /** What the server and its clients did until it ended, or until the reader did something that is not recorded. */
  async #messagesOf(example: Example, index: number, serverRun: number): Promise<Recording['messages']> {
    const runs = new Map([[serverRun, 1]])
    const messages: Recording['messages'] = []
    let lastMs = this.#entries[index]?.atMs ?? 0
    const add = (atMs: number, message: RecordedMessage): void => {
      messages.push([Math.round(atMs - lastMs), message])
      lastMs = atMs
    }
    for (const { atMs, message } of this.#entries.slice(index + 1)) {
      if (message.type === 'start') {
        if (message.entry !== example.client || !(await isPublished(message))) break
        runs.set(message.run, runs.size + 1)
        add(atMs, { type: 'start', run: runs.size, arguments: message.arguments })
        continue
      }
      const run = runs.get(message.run)
      if (run === undefined) continue
      const isEnd = message.type === 'exited' && run === 1
      // Stop is the reader's: a recording that is played goes on until they press it.
      if (isEnd && message.stopped) break
      add(atMs, { ...message, run })
      if (isEnd) break
    }
    return messages
  }

  #hearPage(text: string): void {
    const frame = parseClientFrame(text)
    if (frame.type === 'message' && frame.message.type === 'start') this.#keep(frame.message)
  }

  #hearServer(payload: string | Buffer): void {
    if (typeof payload === 'string') {
      const frame = parseServerFrame(payload)
      if (frame.type === 'message' && frame.message.type !== 'refused') this.#keep(frame.message)
      return
    }
    const { run, stream, data } = decodeOutputFrame(payload)
    const decoder = this.#decoders.get(`${run} ${stream}`) ?? new TextDecoder()
    this.#decoders.set(`${run} ${stream}`, decoder)
    this.#keep({ type: 'output', run, stream, text: decoder.decode(data, { stream: true }) })
  }

  #keep(message: Entry['message']): void {
    this.#entries.push({ atMs: performance.now(), message })
  }
}

async function isPublished({ files }: StartMessage): Promise<boolean> {
  const published = await Promise.all(files.map(({ name }) => publishedSource(name).catch(() => undefined)))
  return files.every(({ source }, index) => source.trimEnd() === published[index])
}
