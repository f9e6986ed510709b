import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { Lock } from 'socketserver-ts'

const run = promisify(execFile)

describe('Lock', () => {
  test('acquire() waits until the holder has released', async () => {
    const lock = new Lock()
    const acquired = vi.fn()
    await lock.acquire()
    const waiting = [1, 2].map(async (waiter) => {
      await lock.acquire()
      acquired(waiter)
      lock.release()
    })
    await new Promise(setImmediate)
    expect(acquired).not.toHaveBeenCalled()
    lock.release()
    await Promise.all(waiting)
    expect(acquired).toHaveBeenCalledTimes(2)
  })

  test('run() holds the lock until what it runs has ended, and gives what that gives', async () => {
    const lock = new Lock()
    let inside = 0
    const sections = Array.from({ length: 20 }, (_, index) =>
      lock.run(async () => {
        inside++
        await new Promise(setImmediate)
        expect(inside).toBe(1)
        inside--
        return index
      }),
    )
    expect(await Promise.all(sections)).toEqual(Array.from({ length: 20 }, (_, index) => index))
  })

  test('run() releases the lock when what it runs throws', async () => {
    const lock = new Lock()
    const failing = lock.run(() => {
      throw new Error('boom')
    })
    await expect(failing).rejects.toThrow('boom')
    expect(await lock.run(() => 'free')).toBe('free')
  })

  test('release() of a lock that nobody holds throws', async () => {
    const lock = new Lock()
    expect(() => lock.release()).toThrow(TypeError)
    await lock.run(() => {})
    expect(() => lock.release()).toThrow('Cannot release the lock: it must be acquired first')
  })

  test('a program that only waits for a lock does not end', async () => {
    // The timer that releases does not keep the process alive; the one who waits does.
    const program = `
      import { Lock } from 'socketserver-ts'
      const lock = new Lock()
      await lock.acquire()
      setTimeout(() => lock.release(), 200).unref()
      await lock.acquire()
      console.log('acquired')`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program])
    expect(stdout).toBe('acquired\n')
  })
})
