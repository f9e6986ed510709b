import { expect, test } from './site.ts'

const MEMBERS = [
  { words: 'handleTimeout', address: /\/reference\/api\/base-server#baseserver-handletimeout$/ },
  { words: 'requestQueueSize', address: /\/reference\/api\/servers#tcpserver-requestqueuesize$/ },
  { words: 'ThreadingMixIn', address: /\/reference\/api\/concurrency#threadingmixin$/ },
  { words: 'ERR_NOT_EXPORTED', address: /\/reference\/errors#err-not-exported$/ },
]

for (const { words, address } of MEMBERS) {
  test(`who types ${words} into the search and presses Enter lands where it is described`, async ({
    page,
    site,
  }) => {
    await page.goto(site.address('/tutorial/tcp-echo'))
    await page.getByRole('button', { name: 'Search' }).first().press('Enter')
    await page.getByRole('searchbox').fill(words)
    await expect(page.getByRole('option').first()).toContainText(words)
    await page.getByRole('searchbox').press('Enter')
    await expect(page).toHaveURL(address)
    await expect(page.getByRole('heading', { name: words }).first()).toBeInViewport()
  })
}
