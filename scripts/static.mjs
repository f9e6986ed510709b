import { cp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Advice, giveAdvice } from './advice.mjs'
import { buildDocs, buildPackages } from './build.mjs'
import { checkNode, install } from './install.mjs'
import { ROOT } from './project.mjs'
import { failOnSignal, onStopSignal } from './run-program.mjs'

try {
  const [folder, ...rest] = process.argv.slice(2)
  if (folder === undefined || rest.length > 0) {
    throw new Advice('One folder is required: usage is npm run static -- FOLDER')
  }
  const target = resolve(folder)
  checkNode()
  process.chdir(ROOT)
  onStopSignal(failOnSignal)
  await install()
  await buildPackages()
  await buildDocs()
  await cp(join(ROOT, '.vitepress/dist'), target, { recursive: true })
  await rm(join(target, '.inputs-sha256'), { force: true })
  console.log(`The static copy is in ${target}: any file server that finds PAGE.html for /PAGE can serve it`)
} catch (error) {
  giveAdvice(error)
}
