/** A thread or process of a run, as it has told of itself. */
export interface Source {
  readonly run: number
  readonly pid: number
  /** 0 for the main thread. */
  readonly thread: number
  readonly isMain: boolean
  parentPid: number
  begunAt: number
  endedAt?: number
  exitCode?: number
  /** What the library calls a thread, which has a new name for each request. */
  name: string
  requests: number
  /** Which of the colours and patterns is its own; undefined before its first request. */
  style?: number
  /** It serves requests as tasks of its event loop. */
  isEventLoop: boolean
}

/** As it is called on the page: two threads of one name never work at once. */
export function sourceLabel({ thread, isMain, pid, name, isEventLoop }: Source): string {
  if (thread > 0) return name === '' ? `thread ${thread}` : name
  if (!isMain) return `process ${pid}`
  return isEventLoop ? 'event loop' : 'main thread'
}
