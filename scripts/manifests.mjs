import { giveAdvice } from './advice.mjs'
import { buildPackages } from './build.mjs'
import { checkNode, install } from './install.mjs'
import { ROOT } from './project.mjs'

try {
  checkNode()
  process.chdir(ROOT)
  await install()
  await buildPackages()
  // In this process and with its arguments.
  await import('../hosting/dist/main.js')
} catch (error) {
  giveAdvice(error)
}
