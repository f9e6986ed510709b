import { isHosted, type Limits } from '../limits.ts'
import { OnlySandboxRunner } from './plain/only-sandbox-runner.ts'
import { PlainRunner } from './plain/plain-runner.ts'
import type { Runner } from './runner.ts'
import { WalledRunner } from './sandbox/walled-runner.ts'
import { removeAbandonedDirectories } from './temporary-directory.ts'

const PLAIN = 'plain'
const OUTSIDE = 'outside'

/**
 * The runner that this machine allows: walled if a sandbox can be made, which is tried, and plain if not.
 * @throws {RangeError} if a variable holds another word than its own.
 * @throws an Error if the server is a hosted one and programs cannot be walled.
 */
export async function openRunner(env: NodeJS.ProcessEnv, limits: Limits): Promise<Runner> {
  await removeAbandonedDirectories()
  const runner = await wall(env, limits)
  if (isHosted(env) && runner.isolation.kind === 'none') {
    const { reason, mend } = runner.isolation
    throw new Error(`Cannot host: readers' programs would not be walled, since ${reason}. ${mend}`)
  }
  return runner
}

async function wall(env: NodeJS.ProcessEnv, limits: Limits): Promise<Runner> {
  const isOutside = holds(env, 'PLAY_WALL', OUTSIDE)
  if (holds(env, 'PLAY_RUNNER', PLAIN)) {
    return new PlainRunner(limits, 'PLAY_RUNNER is "plain"', 'Start without it for sandboxes.')
  }
  if (isOutside) return new OnlySandboxRunner(limits, endServer)
  if (process.platform !== 'linux') {
    return new PlainRunner(limits, 'sandboxes need Linux', 'Run only programs that you trust.')
  }
  try {
    return await WalledRunner.open(limits)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return new PlainRunner(limits, reason, mendOf(reason))
  }
}

/** Whether a variable holds its one word; without it, the server is as usual. */
function holds(env: NodeJS.ProcessEnv, name: string, word: string): boolean {
  const text = env[name]
  if (text === undefined || text === word) return text === word
  throw new RangeError(`Cannot set ${name} to "${text}": ${word} is required`)
}

/** As whoever started the server would: it drains and ends, and is started again with nothing of the last reader. */
function endServer(): void {
  process.kill(process.pid, 'SIGTERM')
}

/** What helps most often, by what bubblewrap or the system says. */
function mendOf(reason: string): string {
  if (reason.includes('bwrap is not installed')) {
    return 'Install bubblewrap with the packages of your system, then start again.'
  }
  if (reason.includes('prlimit is not installed')) {
    return 'Install util-linux with the packages of your system, then start again.'
  }
  if (reason.includes('Unknown option')) {
    return 'Install bubblewrap 0.8 or newer, then start again.'
  }
  if (/namespace|uid map|RTM_NEWADDR|Operation not permitted/.test(reason)) {
    return 'Allow user namespaces to bubblewrap: with its AppArmor profile, or the sysctl kernel.unprivileged_userns_clone, or the seccomp profile of the container.'
  }
  return 'Run only programs that you trust.'
}
