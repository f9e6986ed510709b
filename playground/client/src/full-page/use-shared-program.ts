import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { SharedProgram } from '../share/program-file.ts'
import { carriesProgram, programOfFragment, withoutProgram } from '../share/program-link.ts'

interface SharedCode {
  /** Sets the reader's edits of this code apart from those of other links. */
  id: string
  files: SharedProgram['files']
}

interface FragmentProgram {
  readonly shared: ShallowRef<SharedCode | undefined>
  /** Why the link shows nothing; empty if it does. */
  readonly refusal: Ref<string>
  /** Takes the program out of the address. */
  leave(): void
}

/** The program that the page's address carries, if it is one of `servers`. */
export function useSharedProgram(servers: readonly string[]): FragmentProgram {
  const shared = shallowRef<SharedCode>()
  const refusal = ref('')

  async function read(): Promise<void> {
    const fragment = location.hash
    const program = carriesProgram(fragment) ? await programOfFragment(fragment) : undefined
    // The reader has pasted the next link meanwhile.
    if (fragment !== location.hash) return
    const entry = program?.files[0]?.name
    const known = entry !== undefined && servers.includes(entry)
    shared.value =
      program !== undefined && known ? { id: fingerprint(fragment), files: program.files } : undefined
    if (!carriesProgram(fragment) || known) refusal.value = ''
    else if (entry === undefined) {
      refusal.value =
        'The link is broken: it holds no whole program. Ask for it again, or for an exported file'
    } else {
      refusal.value = `The link holds a program "${entry}", and this site has none of that name`
    }
  }

  function leave(): void {
    history.replaceState(
      history.state,
      '',
      location.pathname + location.search + withoutProgram(location.hash),
    )
    shared.value = undefined
    refusal.value = ''
  }

  const follow = (): void => void read()
  onMounted(() => {
    addEventListener('hashchange', follow)
    follow()
  })
  onBeforeUnmount(() => removeEventListener('hashchange', follow))
  return { shared, refusal, leave }
}

/** FNV-1a of 32 bits, and the length: nobody gains by a collision, and crypto.subtle is missing on a page without encryption. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
  return `${(hash >>> 0).toString(36)}-${text.length}`
}
