const REQUIRED = 'an address such as https://git.example/project/edit/main/docs/:path'

/**
 * "Edit this page", where DOCS_EDIT_URL says where the pages can be edited.
 * @throws {RangeError} if it is no address of the web, or has no `:path` for the page.
 */
export function editLink(env: NodeJS.ProcessEnv): { editLink?: { pattern: string; text: string } } {
  const pattern = env['DOCS_EDIT_URL']
  if (pattern === undefined || pattern === '') return {}
  if (!URL.canParse(pattern) || !/^https?:/.test(pattern) || !pattern.includes(':path')) {
    throw new RangeError(`Cannot set DOCS_EDIT_URL to "${pattern}": ${REQUIRED} is required`)
  }
  return { editLink: { pattern, text: 'Edit this page' } }
}
