/** Resolves when the parent has taken what this thread has printed, which would be lost if the thread were ended. */
export async function outputFlushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength === 0) continue
    await new Promise<void>((resolve) => {
      stream.write('', () => {
        resolve()
      })
    })
  }
}
