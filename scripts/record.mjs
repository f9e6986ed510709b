import { giveAdvice } from './advice.mjs'
import { buildDocs, buildPackages } from './build.mjs'
import { ensureBrowser } from './ensure-browser.mjs'
import { checkNode, install } from './install.mjs'
import { ROOT, tool } from './project.mjs'
import { failOnSignal, onStopSignal } from './run-program.mjs'
import { runStep } from './step.mjs'

try {
  const names = process.argv.slice(2)
  checkNode()
  process.chdir(ROOT)
  onStopSignal(failOnSignal)
  await install()
  await buildPackages()
  await buildDocs()
  const env = { CHROMIUM_PATH: await ensureBrowser(), RECORD: '1' }
  const walkthroughs = names.length > 0 ? names : ['walkthrough']
  const command = tool('@playwright/test/cli.js', 'test', ...walkthroughs)
  if (!(await runStep('Recording the walkthroughs', command, { show: true, env }))) process.exitCode = 1
} catch (error) {
  giveAdvice(error)
}
