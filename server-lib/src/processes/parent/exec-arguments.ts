/** Flags that name the program, with code as their next argument where it is given so. */
const CODE = /^(-e|-p|-pe|--eval|--print)$/

/** Flags of the program that the parent is, of its debugger, whose port is taken, and of what watches or tests it. */
const OF_THE_PARENT = /^--(input-type|inspect|test|watch)\b/

/** The flags of Node that a child process gets: those of this process (memory, loaders, conditions) that are not its own alone. */
export function execArguments(flags: readonly string[]): string[] {
  return flags.filter(
    (flag, index) => !CODE.test(flag) && !CODE.test(flags[index - 1] ?? '') && !OF_THE_PARENT.test(flag),
  )
}
