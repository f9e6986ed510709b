import { ref, type Ref } from 'vue'
import { accessToken } from '../access-token.ts'
import type { EditableFile } from '../use-source-file.ts'
import { MAX_PROGRAM_CHARACTERS, parseProgram, programText } from './program-file.ts'
import { MAX_LINK_CHARACTERS, programLink } from './program-link.ts'

/** The page that opens shared links. */
const FULL_PAGE = 'playground'

interface ProgramExchange {
  /** What has become of the last click. */
  readonly news: Ref<string>
  /** The link that was made last; empty before. */
  readonly link: Ref<string>
  share(): Promise<void>
  save(): Promise<void>
  open(file: File): Promise<void>
}

/** Share, Export and Import of a playground's files. */
export function useProgramExchange(files: readonly EditableFile[]): ProgramExchange {
  const news = ref('')
  const link = ref('')
  const current = (): ReturnType<EditableFile['current']>[] => files.map((file) => file.current())

  async function share(): Promise<void> {
    const page = new URL(import.meta.env.BASE_URL + FULL_PAGE, location.href)
    const made = await programLink(page, await Promise.all(current()))
    if (made.length > MAX_LINK_CHARACTERS) {
      link.value = ''
      news.value = `Cannot share ${made.length} characters: a link may have ${MAX_LINK_CHARACTERS}. Export the program instead`
      return
    }
    link.value = made
    const copied = (await copy(made)) ? 'Link copied' : 'Copy the link below'
    news.value =
      accessToken() === null
        ? `${copied}. It holds the programs of this playground`
        : `${copied}. It holds the programs and not your access to this server: whoever opens it runs a playground of their own`
  }

  async function save(): Promise<void> {
    const text = programText(await Promise.all(current()), 2)
    const name = `${files[0]?.name.replace(/\.ts$/, '') ?? 'program'}.json`
    const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    Object.assign(document.createElement('a'), { href: url, download: name }).click()
    URL.revokeObjectURL(url)
    news.value = `Saved as ${name}`
  }

  async function open(chosen: File): Promise<void> {
    news.value =
      (await importRefusal(chosen)) ?? `Imported ${chosen.name}: undo in the editor brings your code back`
  }

  async function importRefusal(chosen: File): Promise<string | undefined> {
    if (chosen.size > MAX_PROGRAM_CHARACTERS) {
      return `Cannot import "${chosen.name}" of ${chosen.size} bytes: at most ${MAX_PROGRAM_CHARACTERS} are read`
    }
    const program = parseProgram(await chosen.text())
    if (program === undefined)
      return `Cannot import "${chosen.name}": a file that Export has saved is required`
    const [entry] = files
    const [imported] = program.files
    if (imported?.name !== entry?.name) {
      return `Cannot import "${chosen.name}": it holds "${imported?.name}", and a program with "${entry?.name}" is required`
    }
    for (const file of files) {
      const found = program.files.find(({ name }) => name === file.name)
      if (found === undefined) continue
      // The editor shows it as a change of what is there.
      await file.original()
      file.edit(found.source)
    }
    return undefined
  }

  return { news, link, share, save, open }
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Not allowed, or a page that came without encryption has no clipboard.
    return false
  }
}
