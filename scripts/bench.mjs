import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Advice, giveAdvice } from './advice.mjs'
import { buildPackages } from './build.mjs'
import { ROOT, tool } from './project.mjs'
import { failOnSignal, onStopSignal } from './run-program.mjs'
import { runStep } from './step.mjs'

const FOLDER = 'tests/bench'

try {
  process.chdir(ROOT)
  onStopSignal(failOnSignal)
  await runBenchmarks(process.argv.slice(2))
} catch (error) {
  giveAdvice(error)
}

/** @param {string[]} chosen names of benchmarks; all without any */
async function runBenchmarks(chosen) {
  const files = (await readdir(join(ROOT, FOLDER))).filter((file) => file.endsWith('.ts'))
  const known = files.map((file) => basename(file, '.ts'))
  const unknown = chosen.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new Advice(`Unknown benchmark "${unknown}": one of ${known.join(', ')} is required`)
  }
  await buildPackages()
  for (const name of chosen.length === 0 ? known : chosen) {
    const ok = await runStep(name, tool('tsx/dist/cli.mjs', `${FOLDER}/${name}.ts`), { show: true })
    if (!ok) throw new Advice(`Benchmark "${name}" failed`)
  }
}
