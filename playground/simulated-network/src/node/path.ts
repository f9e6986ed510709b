/** Joins the parts and resolves `.` and `..` in them. */
export function join(...parts: string[]): string {
  const joined = parts.filter((part) => part !== '').join('/')
  const names: string[] = []
  for (const name of joined.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return `${joined.startsWith('/') ? '/' : ''}${names.join('/')}` || '.'
}

export function resolve(...parts: string[]): string {
  const absolute = parts.findLastIndex((part) => part.startsWith('/'))
  return absolute === -1 ? join('/', ...parts) : join(...parts.slice(absolute))
}

export function basename(path: string, suffix = ''): string {
  const name = path.split('/').findLast((part) => part !== '') ?? ''
  return suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name
}

export function dirname(path: string): string {
  return join(path, '..')
}

export default { basename, dirname, join, resolve }
