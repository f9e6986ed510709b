import * as v from 'valibot'
import { runId } from './parse-message.ts'

const MAX_FILES = 16
const MAX_ARGUMENTS = 256

const fileName = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9-]{0,63}\.ts$/,
    'a file name is lower-case letters, digits and hyphens, and ends in .ts',
  ),
)

/** One file of a program, as the reader sees it in the editor. */
const sourceFile = v.strictObject({ name: fileName, source: v.string() })
export type SourceFile = v.InferOutput<typeof sourceFile>

const noNul = v.pipe(v.string(), v.regex(/^[^\0]*$/, 'an argument holds no NUL character'))

export const clientMessage = v.variant('type', [
  /** Write the files, transpile `entry` and run it. `run` is chosen by the page and must grow from run to run. */
  v.strictObject({
    type: v.literal('start'),
    run: runId,
    entry: fileName,
    files: v.pipe(v.array(sourceFile), v.minLength(1), v.maxLength(MAX_FILES)),
    arguments: v.pipe(v.array(noNul), v.maxLength(MAX_ARGUMENTS)),
  }),
  /** Bytes for the program's standard input, as text. */
  v.strictObject({ type: v.literal('input'), run: runId, data: v.string() }),
  /** Ctrl-D: end of the program's standard input. */
  v.strictObject({ type: v.literal('end-input'), run: runId }),
  /** Ctrl-C: SIGINT, which a program may handle. */
  v.strictObject({ type: v.literal('interrupt'), run: runId }),
  /** SIGTERM, a grace period, then SIGKILL, for the whole tree of the run. */
  v.strictObject({ type: v.literal('stop'), run: runId }),
])

/** What a page may ask of the runs of its session. */
export type ClientMessage = v.InferOutput<typeof clientMessage>
