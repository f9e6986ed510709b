import type { ProxyMarked, Remote } from 'comlink'
import type { Completion, CompletionDetails, Hover, Problem, TextEdit } from './language-answers.ts'
import type { LanguageService } from './language-service.ts'
import { openLanguageWorker } from './open-language-worker.ts'

type RemoteService = Remote<LanguageService & ProxyMarked>

let service: Promise<RemoteService> | undefined
let folders = 0

/** The files of one playground, as the language service of the site sees them: a program of their own. */
export class LanguageFolder {
  readonly #service: RemoteService
  readonly #path: string
  readonly #files = new Set<string>()

  constructor(remote: RemoteService) {
    folders += 1
    this.#service = remote
    this.#path = `/playground-${folders}/`
  }

  /** What is asked next is answered for this text. */
  async setFile(name: string, text: string): Promise<void> {
    this.#files.add(name)
    await this.#service.setFile(this.#path + name, text)
  }

  async problems(name: string): Promise<Problem[]> {
    return this.#has(name) ? this.#service.problems(this.#path + name) : []
  }

  async hover(name: string, position: number): Promise<Hover | undefined> {
    return this.#has(name) ? this.#service.hover(this.#path + name, position) : undefined
  }

  async completions(name: string, position: number): Promise<Completion[]> {
    return this.#has(name) ? this.#service.completions(this.#path + name, position) : []
  }

  async completionDetails(
    name: string,
    position: number,
    { name: completed, source }: Completion,
  ): Promise<CompletionDetails | undefined> {
    if (!this.#has(name)) return undefined
    return this.#service.completionDetails(this.#path + name, position, { name: completed, source })
  }

  async formatting(name: string): Promise<TextEdit[]> {
    return this.#has(name) ? this.#service.formatting(this.#path + name) : []
  }

  async close(): Promise<void> {
    const files = [...this.#files]
    this.#files.clear()
    await Promise.all(files.map((name) => this.#service.removeFile(this.#path + name)))
  }

  /** An editor may ask once more while its page goes away, and the service knows no file that was removed. */
  #has(name: string): boolean {
    return this.#files.has(name)
  }
}

/** All playgrounds of the site share one worker, so that the declarations are read once. */
export async function openLanguageFolder(typesUrl: string): Promise<LanguageFolder> {
  service ??= startService(typesUrl)
  return new LanguageFolder(await service)
}

async function startService(typesUrl: string): Promise<RemoteService> {
  try {
    return await (await openLanguageWorker()).openLanguageService(typesUrl)
  } catch (error) {
    service = undefined
    throw error
  }
}
