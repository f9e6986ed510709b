import { durationText } from '../timeline/time-window.ts'
import { bytesOf, hexText, plainText } from './byte-text.ts'
import type { WireStep } from './conversation.ts'

interface WireRow {
  /** Since the conversation has begun. */
  readonly time: string
  readonly end: WireStep['end']
  readonly deed: string
  readonly isLine: boolean
  readonly text: string
  readonly hex: string
  /** How many bytes more there were than are shown. */
  readonly left: number
}

/** A step in words, with its bytes as they are read. */
export function wireRow(step: WireStep, begunAt: number): WireRow {
  const { entry, end } = step
  const told = bytesOf(entry.told)
  return {
    time: durationText(entry.at - begunAt),
    end,
    deed: deedOf(step),
    isLine: entry.what === 'lineRead',
    text: plainText(told),
    hex: hexText(told),
    left: entry.bytes - told.length,
  }
}

function deedOf({ entry, receives }: WireStep): string {
  const bytes = `${entry.bytes} ${entry.bytes === 1 ? 'byte' : 'bytes'}`
  if (entry.what === 'sent') return `sends ${bytes}`
  if (entry.what === 'received') return `receives ${bytes}`
  return `readline() gives ${bytes}, after ${receives} ${receives === 1 ? 'receive' : 'receives'}`
}
