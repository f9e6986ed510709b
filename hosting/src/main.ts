/** `node main.js --image IMAGE --origin https://HOST [--directory DIRECTORY]` writes the manifests and the seccomp profile. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { manifests } from './manifests.ts'
import { SECCOMP_FILE } from './names.ts'
import { seccompProfile } from './seccomp-profile.ts'

/** In which `on` and `0o17` are no words, and so are put in quotes. */
const YAML_OF_KUBERNETES = '1.1'

const USAGE = 'usage is npm run manifests -- --image IMAGE --origin https://HOST [--directory DIRECTORY]'

try {
  await write()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function write(): Promise<void> {
  const { values } = parseArgs({
    options: {
      image: { type: 'string' },
      origin: { type: 'string' },
      directory: { type: 'string', default: 'manifests' },
    },
  })
  const { image, origin, directory } = values
  if (image === undefined) throw new Error(`No image: ${USAGE}`)
  if (origin === undefined || !URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw new Error(`Origin "${origin ?? ''}": an address without a path is required; ${USAGE}`)
  }
  const { bubblewrap, gvisor } = manifests({ image, origin })
  const files = {
    'bubblewrap.yaml': documents(bubblewrap),
    'gvisor.yaml': documents(gvisor),
    [SECCOMP_FILE]: `${JSON.stringify(seccompProfile, undefined, 2)}\n`,
  }
  await mkdir(directory, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name)
    await writeFile(path, text)
    console.log(path)
  }
}

function documents(objects: object[]): string {
  return objects.map((object) => stringify(object, { version: YAML_OF_KUBERNETES })).join('---\n')
}
