const PREFIX = 'socketserver-ts:1:'

/** Under what the browser keeps a value of the playground: other programs of the same origin keep theirs there too. */
export function storageKey(key: string): string {
  return PREFIX + key
}

/** Whether anything is kept, without a look at what: that takes more code than a page loads that nobody has touched. */
export function isStored(key: string): boolean {
  try {
    return localStorage.getItem(storageKey(key)) !== null
  } catch {
    // A browser may refuse even the look at its storage, as in a frame without cookies.
    return false
  }
}
