import { format, inspect } from '../program/inspect.ts'

export { format, inspect }

export const getSystemErrorMap = (): Map<number, [string, string]> => new Map()

interface OptionConfig {
  type: 'string' | 'boolean'
  default?: string | boolean
  short?: string
}

interface ParseConfig {
  args?: string[]
  options?: Record<string, OptionConfig>
  allowPositionals?: boolean
}

/** What readers' programs use of Node's parseArgs(): `--name value`, `--name=value`, `--flag` and positionals. */
export function parseArgs({
  args = process.argv.slice(2),
  options = {},
  allowPositionals = false,
}: ParseConfig): {
  values: Record<string, string | boolean | undefined>
  positionals: string[]
} {
  const values = Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) =>
      option.default === undefined ? [] : [[name, option.default]],
    ),
  )
  const positionals: string[] = []
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const option = options[name]
    if (name === '' && allowPositionals) positionals.push(word)
    else if (option === undefined)
      throw new TypeError(`Unknown option "${word}": one of ${Object.keys(options).join(', ')} is required`)
    else values[name] = option.type === 'boolean' ? true : (value ?? rest.shift() ?? '')
  }
  return { values, positionals }
}

export default { format, inspect, parseArgs }
