/** The modules of the running program: the address at which the browser has each, by its path. */
const urls = new Map<string, string>()

export function setModuleUrl(path: string, url: string): void {
  urls.set(path, url)
}

export function moduleUrlOf(path: string): string | undefined {
  return urls.get(path)
}
