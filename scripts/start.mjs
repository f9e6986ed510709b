import { giveAdvice } from './advice.mjs'
import { buildDocs, buildPackages } from './build.mjs'
import { checkNode, install } from './install.mjs'
import { ROOT } from './project.mjs'
import { endPrograms, onStopSignal, outlastRepeatedSignals } from './run-program.mjs'

try {
  checkNode()
  process.chdir(ROOT)
  // Ctrl-C is how a reader leaves, so even an unfinished build ends without npm's complaint.
  const giveSignalsBack = onStopSignal(async (signal) => {
    await endPrograms(signal)
    return 0
  })
  await install()
  await buildPackages()
  await buildDocs()
  outlastRepeatedSignals()
  giveSignalsBack()
  // In this process and with its arguments: signals then reach the server itself, and nobody has to pass them on.
  await import('../playground/server/dist/main.js')
} catch (error) {
  giveAdvice(error)
}
