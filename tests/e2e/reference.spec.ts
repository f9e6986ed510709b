import { expect, test } from './site.ts'

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]) {
  test.describe(`${viewport.width} pixels wide`, () => {
    test.use({ viewport })

    test('the class diagram shows every class whole', async ({ page, site }) => {
      await page.goto(site.address('/reference/'))
      const drawing = page.getByRole('img', { name: 'Classes' }).first()
      const boxes = await drawing.locator('g').evaluateAll((groups) =>
        groups.map((group) => {
          const [box, text] = ['rect', 'text'].map((name) =>
            group.querySelector(name)?.getBoundingClientRect(),
          )
          return {
            name: group.textContent,
            right: box?.right ?? NaN,
            free: (box?.right ?? 0) - (text?.right ?? NaN),
          }
        }),
      )
      expect(boxes).toHaveLength(17)
      expect(boxes.filter(({ right, free }) => !(free > 0 && right <= viewport.width))).toEqual([])
    })

    test('a declaration is read whole, without scrolling', async ({ page, site }) => {
      await page.goto(site.address('/reference/api/handlers'))
      const cut = await page
        .locator('.vp-doc pre')
        .evaluateAll((blocks) => blocks.filter((block) => block.scrollWidth > block.clientWidth).length)
      expect(cut).toBe(0)
    })
  })
}

test('the class diagram has a table that says the same, and leads to each class', async ({ page, site }) => {
  await page.goto(site.address('/reference/'))
  await page.getByText('The same as a table').first().click()
  const row = page.getByRole('row', { name: 'ForkingUnixStreamServer' })
  await expect(row).toContainText('UnixStreamServer')
  await row.getByRole('link', { name: 'ForkingMixIn' }).click()
  await expect(page).toHaveURL(/\/reference\/api\/concurrency#forkingmixin$/)
})

test('an error code that a member may throw leads to its cause', async ({ page, site }) => {
  await page.goto(site.address('/reference/api/base-server'))
  await page.getByRole('link', { name: 'ERR_NOT_MAIN' }).first().click()
  await expect(page).toHaveURL(/\/reference\/errors#err-not-main$/)
  await expect(page.getByRole('heading', { name: 'ERR_NOT_MAIN' })).toBeInViewport()
})

test('the pages follow one another from the first of the tutorial to the last of the reference', async ({
  page,
  site,
}) => {
  await page.goto(site.address('/tutorial/tcp-echo'))
  const sidebar = page.locator('.VPSidebar')
  const inSidebar = await sidebar
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).pathname))
  const visited = [new URL(page.url()).pathname]
  const next = page.getByRole('link', { name: /^Next page/ })
  while ((await next.count()) > 0) {
    const address = await next.getAttribute('href')
    await next.click()
    await expect(page).toHaveURL((url) => url.pathname === address)
    visited.push(new URL(page.url()).pathname)
  }
  expect(visited).toEqual(inSidebar)
})
