import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Advice, giveAdvice } from './advice.mjs'
import { runProgram } from './run-program.mjs'
import { runStep } from './step.mjs'
import { installSystemPackages, placesOnPath } from './system-packages.mjs'

const STARTS_WITHIN_MS = 30_000
const DOWNLOAD_WITHIN_MS = 300_000
const CONNECT_WITHIN_MS = 10_000

/** A page without any font cannot be looked at, and chromium only recommends one. */
const PACKAGES = ['chromium', 'fonts-liberation']

const NAMES = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome']
const PLACES = [
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(homedir(), 'Applications/Google Chrome.app/Contents/MacOS/Google Chrome'),
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) =>
    join(process.env[name] ?? '', 'Google/Chrome/Application/chrome.exe'),
  ),
]

/**
 * Finds a Chrome or Chromium that starts, and installs one where there is none.
 *
 * @returns {Promise<string>} its path
 * @throws {Advice} if there is none and none can be installed
 */
export async function ensureBrowser() {
  const chosen = process.env['CHROMIUM_PATH']
  if (chosen !== undefined && chosen !== '') {
    if (await starts(chosen)) return chosen
    throw new Advice(`CHROMIUM_PATH "${chosen}" does not start: the path of a Chrome or Chromium is required`)
  }
  return (
    (await firstThatStarts(installed())) ??
    (await playwrights()) ??
    (await downloaded()) ??
    (await fromSystemPackages()) ??
    noBrowser()
  )
}

function installed() {
  return [...NAMES.flatMap(placesOnPath), ...PLACES]
}

async function playwrights() {
  const { chromium } = await import('@playwright/test')
  return firstThatStarts([chromium.executablePath()])
}

async function downloaded() {
  const playwright = fileURLToPath(import.meta.resolve('@playwright/test/cli'))
  const ok = await runStep(
    'Downloading Chromium with Playwright',
    [process.execPath, playwright, 'install', '--no-shell', 'chromium'],
    {
      withFallback: true,
      timeoutMs: DOWNLOAD_WITHIN_MS,
      env: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: `${CONNECT_WITHIN_MS}` },
    },
  )
  return ok ? playwrights() : undefined
}

async function fromSystemPackages() {
  const ok = await installSystemPackages(PACKAGES)
  return ok ? firstThatStarts(installed()) : undefined
}

/** @returns {never} */
function noBrowser() {
  throw new Advice(
    'No browser: install Chrome or Chromium (for example "npx playwright install --with-deps chromium"), or set CHROMIUM_PATH',
  )
}

/** @param {string[]} paths */
async function firstThatStarts(paths) {
  for (const path of paths) if (existsSync(path) && (await starts(path))) return path
  return undefined
}

/** An installed browser may still lack a system library, or be a stub of a package that is not there. @param {string} path */
async function starts(path) {
  const profile = await mkdtemp(join(tmpdir(), 'browser-profile-'))
  try {
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      `--user-data-dir=${profile}`,
    ]
    const { ok, output } = await runProgram([path, ...flags, '--dump-dom', 'about:blank'], {
      timeoutMs: STARTS_WITHIN_MS,
    })
    return ok && output.includes('<html')
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(await ensureBrowser())
  } catch (error) {
    giveAdvice(error)
  }
}
