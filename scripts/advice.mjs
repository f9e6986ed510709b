/** A failure that whoever ran the script can mend: the message is one line that says what to do. */
export class Advice extends Error {}

/**
 * Called at a script's top: prints an Advice as its one line and lets the script end with code 1.
 *
 * @param {unknown} error
 * @throws whatever is not an Advice
 */
export function giveAdvice(error) {
  if (!(error instanceof Advice)) throw error
  console.error(error.message)
  process.exitCode = 1
}
