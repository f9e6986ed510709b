import xterm from '@xterm/xterm'
import { describe, expect, test } from 'vitest'
import { cellWidth } from '../../playground/client/src/cell-width.ts'
import { LineEditor } from '../../playground/client/src/line-editor.ts'

const UP = '\x1b[A'
const DOWN = '\x1b[B'
const LEFT = '\x1b[D'
const HOME = '\x1b[H'
const END = '\x1b[F'
const BACKSPACE = '\x7f'
const CTRL_C = '\x03'
const CTRL_D = '\x04'
const CTRL_U = '\x15'

/** A line editor on a real terminal that is not drawn anywhere: what a reader would see is in its buffer. */
function open({ columns = 20, prompt = '' } = {}) {
  const terminal = new xterm.Terminal({ cols: columns, rows: 8, convertEol: true })
  const events: string[] = []
  const editor = new LineEditor({
    write: (text) => terminal.write(text),
    columns: () => terminal.cols,
    line: (text) => events.push(`line ${text}`),
    interrupt: () => events.push('interrupt'),
    endInput: () => events.push('end-input'),
  })
  editor.setPrompt(prompt)
  editor.show(0)
  return {
    editor,
    events,
    async output(text: string): Promise<void> {
      editor.hide()
      await write(terminal, text)
      editor.show(terminal.buffer.active.cursorX)
    },
    async screen() {
      await write(terminal, '')
      const buffer = terminal.buffer.active
      const rows = Array.from({ length: 8 }, (_, row) => buffer.getLine(row)?.translateToString(true) ?? '')
      return { rows: rows.join('\n').trimEnd().split('\n'), cursor: [buffer.cursorY, buffer.cursorX] }
    },
  }
}

function write(terminal: InstanceType<typeof xterm.Terminal>, text: string): Promise<void> {
  return new Promise((resolve) => terminal.write(text, resolve))
}

describe('LineEditor', () => {
  test('echoes what is typed and hands the line over on Enter', async () => {
    const { editor, events, screen } = open()
    editor.type('hello')
    expect(await screen()).toEqual({ rows: ['hello'], cursor: [0, 5] })
    editor.type('\r')
    expect(events).toEqual(['line hello'])
    expect(await screen()).toEqual({ rows: ['hello'], cursor: [1, 0] })
  })

  test('shows the prompt before the line and again after it', async () => {
    const { editor, screen } = open({ prompt: '$ ' })
    editor.type('a\r')
    expect(await screen()).toEqual({ rows: ['$ a', '$'], cursor: [1, 2] })
  })

  test('Backspace takes the character before the cursor, and nothing of the prompt', async () => {
    const { editor, events, screen } = open({ prompt: '$ ' })
    editor.type(`ab${BACKSPACE}${BACKSPACE}${BACKSPACE}c`)
    expect(await screen()).toEqual({ rows: ['$ c'], cursor: [0, 3] })
    editor.type('\r')
    expect(events).toEqual(['line c'])
  })

  test('inserts and deletes in the middle of the line', async () => {
    const { editor, events, screen } = open()
    editor.type(`hllo${HOME}\x1b[C`)
    editor.type('e')
    expect(await screen()).toEqual({ rows: ['hello'], cursor: [0, 2] })
    editor.type(`\x1b[3~${END}!\r`)
    expect(events).toEqual(['line helo!'])
  })

  test('Ctrl-U takes what stands before the cursor', () => {
    const { editor, events } = open()
    editor.type(`abcd${LEFT}${CTRL_U}\r`)
    expect(events).toEqual(['line d'])
  })

  test('Ctrl-C drops the line and interrupts', async () => {
    const { editor, events, screen } = open({ prompt: '$ ' })
    editor.type(`abc${CTRL_C}`)
    expect(events).toEqual(['interrupt'])
    expect(await screen()).toEqual({ rows: ['$ abc^C', '$'], cursor: [1, 2] })
  })

  test('Ctrl-D ends the input on an empty line only', () => {
    const { editor, events } = open()
    editor.type(`a${CTRL_D}`)
    expect(events).toEqual([])
    editor.type(`${BACKSPACE}${CTRL_D}`)
    expect(events).toEqual(['end-input'])
  })

  test('Up and Down go through the lines entered before', async () => {
    const { editor, events, screen } = open()
    editor.type('one\rtwo\rtwo\r')
    editor.type(UP + UP)
    expect((await screen()).rows.at(-1)).toBe('one')
    editor.type(UP + DOWN + DOWN)
    expect((await screen()).rows.at(-1)).toBe('two')
    editor.type(`${UP}${UP}!\r`)
    expect(events.at(-1)).toBe('line one!')
  })

  test('a paste of several lines enters each of them and leaves the last to be finished', async () => {
    const { editor, events, screen } = open()
    editor.type('one\rtwo\nthree\r\nfo')
    expect(events).toEqual(['line one', 'line two', 'line three'])
    expect(await screen()).toEqual({ rows: ['one', 'two', 'three', 'fo'], cursor: [3, 2] })
  })

  test('ignores keys that it has no use for', async () => {
    const { editor, events, screen } = open()
    editor.type('a\x1b[15~\x1bOP\x1bf\x1b[1;5C\x07b')
    expect((await screen()).rows).toEqual(['ab'])
    editor.type('\r')
    expect(events).toEqual(['line ab'])
  })

  test('output goes above the half-typed line', async () => {
    const { editor, output, screen } = open({ prompt: '$ ' })
    editor.type(`hello${LEFT}`)
    await output('from the program\n')
    expect(await screen()).toEqual({ rows: ['from the program', '$ hello'], cursor: [1, 6] })
  })

  test('a half-typed line of several rows makes room for output and comes back whole', async () => {
    const { editor, output, screen } = open({ columns: 10 })
    editor.type('abcdefghijklmnopqrstuvwxyz' + LEFT.repeat(20))
    await output('out\n')
    expect(await screen()).toEqual({ rows: ['out', 'abcdefghij', 'klmnopqrst', 'uvwxyz'], cursor: [1, 6] })
  })

  test('the line follows output that has no newline', async () => {
    const { editor, output, screen } = open()
    await output('Your name: ')
    editor.type('Ada')
    await output('?')
    expect(await screen()).toEqual({ rows: ['Your name: ?Ada'], cursor: [0, 15] })
  })

  test('a line that fills its row to the last column goes on in the next row', async () => {
    const { editor, screen } = open({ columns: 5 })
    editor.type('abcde')
    expect(await screen()).toEqual({ rows: ['abcde'], cursor: [1, 0] })
    editor.type(`${BACKSPACE}${BACKSPACE}xyz`)
    expect(await screen()).toEqual({ rows: ['abcxy', 'z'], cursor: [1, 1] })
  })

  test('wide characters take two columns and wrap whole', async () => {
    const { editor, screen } = open({ columns: 5 })
    editor.type('世界世')
    expect(await screen()).toEqual({ rows: ['世界', '世'], cursor: [1, 2] })
    editor.type(`${LEFT}${LEFT}${BACKSPACE}`)
    expect(await screen()).toEqual({ rows: ['界世'], cursor: [0, 0] })
  })

  test('draws nothing while output is on its way, and everything after it', async () => {
    const { editor, screen } = open()
    editor.hide()
    editor.type('typed')
    expect((await screen()).rows).toEqual([''])
    editor.show(0)
    expect((await screen()).rows).toEqual(['typed'])
  })

  test('a line entered while output is on its way is still seen', async () => {
    const { editor, events, screen } = open()
    editor.hide()
    editor.type('typed\r')
    expect(events).toEqual(['line typed'])
    expect((await screen()).rows).toEqual(['typed'])
  })

  test('appends without drawing the line again, which a screen reader would read again', () => {
    const written: string[] = []
    const editor = new LineEditor({
      write: (text) => written.push(text),
      columns: () => 80,
      line: () => undefined,
      interrupt: () => undefined,
      endInput: () => undefined,
    })
    editor.show(0)
    editor.type('a')
    editor.type('b')
    expect(written).toEqual(['a', 'b'])
  })
})

test.each(['a', 'é', 'e\u0301', '世', 'あ', '한', '！', '　', '😀', '👍🏽', '𠀀', 'ﬀ', '\u200d', '〿'])(
  'cellWidth() of the characters of %j is what the terminal uses',
  async (text) => {
    const terminal = new xterm.Terminal({ cols: 20, rows: 2 })
    await write(terminal, `x${text}`)
    const width = Array.from(text).reduce((sum, character) => sum + cellWidth(character), 0)
    expect(width).toBe(terminal.buffer.active.cursorX - 1)
  },
)
