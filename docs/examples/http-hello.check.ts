import { check, server, within } from './checking.ts'

if (typeof server === 'string') throw new TypeError('HOST PORT of a TCP server is required')
const { host, port } = server

await check('GET / gets status 200 and the page', async () => {
  const { status, page } = await get('/')
  expectStatus(status, 200, '/')
  if (!page.includes('Hello')) throw new Error(`the page is ${JSON.stringify(page)}: a greeting is required`)
})

for (const path of ['/nothing', '/index.html', '/favicon.ico']) {
  await check(`GET ${path} gets status 404, and a page that says so`, async () => {
    const { status, page } = await get(path)
    expectStatus(status, 404, path)
    if (page === '' || page.includes('Hello')) {
      throw new Error(`the page is ${JSON.stringify(page)}: a page of its own is required`)
    }
  })
}

await check('three requests at once get a reply each', async () => {
  const replies = await Promise.all(['/', '/nothing', '/'].map(get))
  const statuses = replies.map(({ status }) => status).join(', ')
  if (statuses !== '200, 404, 200')
    throw new Error(`the statuses are ${statuses}: 200, 404, 200 are required`)
})

/** fetch is a client of HTTP that knows nothing of this server. */
async function get(path: string) {
  const response = await within(fetch(`http://${host}:${port}${path}`), `the head of the reply to ${path}`)
  const page = await within(response.text(), `the page of ${path}`)
  return { status: response.status, page }
}

function expectStatus(received: number, expected: number, path: string) {
  if (received !== expected) throw new Error(`GET ${path} got status ${received}: ${expected} is required`)
}
