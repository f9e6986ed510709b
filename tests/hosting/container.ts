import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manifests, seccompProfile, type SeccompProfile } from '@playground/hosting'
import { onTestFinished } from 'vitest'

/** What a container runtime hides of /proc unless it is told otherwise, or lets nobody write to. */
const MASKED_PATHS = ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/scsi']
const READ_ONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

/** The users of the container, somewhere among those of the machine. */
const USERS = [{ containerID: 0, hostID: 200_000, size: 65_536 }]

/**
 * crun in namespaces that end with it. It has no use for cgroups here, and refuses those of a machine that has both
 * versions mounted.
 */
const RUN = `
  if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
  mount --bind / "$1/root"
  mkdir "$1/checkout" && mount --bind "$2" "$1/checkout"
  cd "$1" && exec crun --root "$1/state" --cgroup-manager=disabled run playground`

/** Where the container has this checkout, which may lie in a folder that only root can enter. */
export const CHECKOUT = '/tmp/checkout'

const ROOT = join(import.meta.dirname, '../..')

interface ContainerOptions {
  arguments: string[]
  env: Record<string, string>
  /** Directories of the machine that the container has at the same place, read-only. */
  binds: string[]
  /** What is tried in place of what the Deployment says. */
  procMount?: 'Default'
  profile?: SeccompProfile
}

/** A container by the Deployment's rules, with the machine's files in place of the image's. */
export async function runContainer(
  options: ContainerOptions,
): Promise<{ child: ChildProcess; errors: () => string }> {
  const bundle = await mkdtemp(join(tmpdir(), 'container-'))
  onTestFinished(() => rm(bundle, { recursive: true }))
  // Its users are not root, whatever they are called inside.
  await chmod(bundle, 0o755)
  await mkdir(join(bundle, 'root'))
  await writeFile(join(bundle, 'config.json'), JSON.stringify(configuration(options, bundle)))
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  const child = spawn('unshare', [...namespaces, 'sh', '-c', RUN, 'sh', bundle, ROOT], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(child, 'exit')
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return { child, errors: () => errors }
}

interface Pod {
  hostUsers: boolean
  securityContext: { runAsUser: number; runAsGroup: number }
  containers: {
    securityContext: {
      allowPrivilegeEscalation: boolean
      capabilities: { drop: string[] }
      procMount: 'Default' | 'Unmasked'
      readOnlyRootFilesystem: boolean
    }
  }[]
}

function configuration({ arguments: args, env, binds, ...tried }: ContainerOptions, bundle: string): object {
  const pod = podOfDeployment()
  const [{ securityContext } = { securityContext: undefined }] = pod.containers
  if (securityContext === undefined || securityContext.capabilities.drop[0] !== 'ALL')
    throw new Error('No container')
  const procMount = tried.procMount ?? securityContext.procMount
  const namespaces = ['pid', 'mount', 'ipc', 'uts', ...(pod.hostUsers ? [] : ['user'])]
  return {
    ociVersion: '1.0.2',
    root: { path: 'root', readonly: securityContext.readOnlyRootFilesystem },
    process: {
      user: { uid: pod.securityContext.runAsUser, gid: pod.securityContext.runAsGroup },
      noNewPrivileges: !securityContext.allowPrivilegeEscalation,
      capabilities: {},
      cwd: '/',
      args,
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'nodev', 'mode=1777'] },
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
      ...[[join(bundle, 'checkout'), CHECKOUT], ...binds.map((path) => [path, path])].map(
        ([source, destination]) => ({ destination, type: 'bind', source, options: ['bind', 'ro'] }),
      ),
    ],
    linux: {
      namespaces: namespaces.map((type) => ({ type })),
      uidMappings: USERS,
      gidMappings: USERS,
      seccomp: tried.profile ?? seccompProfile,
      ...(procMount === 'Default' && { maskedPaths: MASKED_PATHS, readonlyPaths: READ_ONLY_PATHS }),
    },
  }
}

function podOfDeployment(): Pod {
  const objects = manifests({ image: 'playground', origin: 'https://play.example.org' }).bubblewrap
  const deployment = objects.find(({ kind }) => kind === 'Deployment')
  const { spec } = JSON.parse(JSON.stringify(deployment)) as { spec: { template: { spec: Pod } } }
  return spec.template.spec
}
