const STORAGE_KEY = 'playground-token'
const TOKEN_KEY = 'token'
const TOKEN = /^[\w-]+$/

/**
 * Called by the theme before anything reads the address. A token in the fragment never reaches a server's log,
 * and once it is in the tab's storage it need not stay where a copied link or a screenshot would give it away.
 */
export function keepAccessToken(): void {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const token = fragment.get(TOKEN_KEY)
  if (token === null || !TOKEN.test(token)) return
  sessionStorage.setItem(STORAGE_KEY, token)
  fragment.delete(TOKEN_KEY)
  // What else it carries, as the program of a shared link, stays.
  const rest = fragment.toString()
  history.replaceState(history.state, '', location.pathname + location.search + (rest && `#${rest}`))
}

export function accessToken(): string | null {
  return sessionStorage.getItem(STORAGE_KEY)
}
