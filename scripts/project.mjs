import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * A tool of node_modules, run by node itself: npx would leave its child behind when it is killed.
 *
 * @param {string} bin the tool's file in node_modules
 * @param {string[]} args
 */
export const tool = (bin, ...args) => [process.execPath, join(ROOT, 'node_modules', bin), ...args]
