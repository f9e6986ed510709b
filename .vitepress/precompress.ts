import { readdir, readFile, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const TEXT = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt'])

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/** Writes a .gz and a .br beside each text file of the built site: the server sends them as they are. */
export async function precompress(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && TEXT.has(extname(entry.name)))
  await Promise.all(files.map((file) => compress(join(file.parentPath, file.name))))
}

async function compress(file: string): Promise<void> {
  const data = await readFile(file)
  const [gz, br] = await Promise.all([
    gzipped(data, { level: constants.Z_BEST_COMPRESSION }),
    brotli(data, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: data.length } }),
  ])
  await Promise.all([writeFile(`${file}.gz`, gz), writeFile(`${file}.br`, br)])
}
