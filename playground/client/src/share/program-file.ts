import * as v from 'valibot'

export const MAX_PROGRAM_CHARACTERS = 262_144
const MAX_FILES = 16

const fileName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}\.ts$/))
const sharedProgram = v.object({
  format: v.literal('socketserver-ts program'),
  version: v.literal(1),
  /** The server first. */
  files: v.pipe(
    v.array(v.object({ name: fileName, source: v.string() })),
    v.minLength(1),
    v.maxLength(MAX_FILES),
  ),
})

/** The files of a playground as one text: what a link carries and what Export saves. */
export type SharedProgram = v.InferOutput<typeof sharedProgram>

export function programText(files: SharedProgram['files'], indent?: number): string {
  const program: SharedProgram = { format: 'socketserver-ts program', version: 1, files }
  return JSON.stringify(program, undefined, indent)
}

/** The program, or undefined for what is none. */
export function parseProgram(text: string): SharedProgram | undefined {
  const result = v.safeParse(
    v.pipe(v.string(), v.maxLength(MAX_PROGRAM_CHARACTERS), v.parseJson(), sharedProgram),
    text,
  )
  return result.success ? result.output : undefined
}
