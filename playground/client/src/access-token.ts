const STORAGE_KEY = 'playground-token'
const TOKEN_FRAGMENT = /^#token=([\w-]+)$/

/**
 * Called by the theme before anything reads the address. A token in the fragment never reaches a server's log,
 * and once it is in the tab's storage it need not stay where a copied link or a screenshot would give it away.
 */
export function keepAccessToken(): void {
  const token = TOKEN_FRAGMENT.exec(location.hash)?.[1]
  if (token === undefined) return
  sessionStorage.setItem(STORAGE_KEY, token)
  history.replaceState(history.state, '', location.pathname + location.search)
}

export function accessToken(): string | null {
  return sessionStorage.getItem(STORAGE_KEY)
}
