const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const CONTINUES = 32
const VALUE_BITS = 5

/** From this column on the code comes from there; all numbers from 0. */
export interface Segment {
  column: number
  sourceLine: number
  sourceColumn: number
}

/** Decodes the `mappings` of a source map of one file, line by line (ECMA-426). */
export function decodeMappings(mappings: string): Segment[][] {
  let sourceLine = 0
  let sourceColumn = 0
  return mappings.split(';').map((line) => {
    let column = 0
    return line.split(',').flatMap((field) => {
      const [columnStep = 0, , lineStep, sourceStep = 0] = decodeNumbers(field)
      column += columnStep
      if (lineStep === undefined) return []
      sourceLine += lineStep
      sourceColumn += sourceStep
      return [{ column, sourceLine, sourceColumn }]
    })
  })
}

/** Numbers in base 64: five bits a digit, the lowest first; the lowest bit of all is the sign. */
function decodeNumbers(field: string): number[] {
  const numbers: number[] = []
  let value = 0
  let shift = 0
  for (const digit of field) {
    const bits = DIGITS.indexOf(digit)
    value += (bits & (CONTINUES - 1)) << shift
    shift += VALUE_BITS
    if ((bits & CONTINUES) !== 0) continue
    numbers.push((value & 1) === 1 ? -(value >> 1) : value >> 1)
    value = 0
    shift = 0
  }
  return numbers
}
