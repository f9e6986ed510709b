import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { manifests, type Manifest } from '@playground/hosting'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

const ROOT = join(import.meta.dirname, '../..')
const SITE = { image: 'registry.example/playground:1', origin: 'https://play.example.org' }
const BOTH = manifests(SITE)

/** A manifest as Kubernetes sees it, so far as these tests look at it. */
interface Read {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string> }
  spec: Record<string, unknown>
}

interface Pod {
  metadata: { labels: Record<string, string> }
  spec: {
    containers: {
      image: string
      env: { name: string; value?: string }[]
      ports: { name: string; containerPort: number }[]
      resources: { limits: Record<string, string> }
      securityContext: Record<string, unknown>
      volumeMounts?: { name: string }[]
    }[]
    volumes?: { name: string }[]
    [field: string]: unknown
  }
}

describe.each(['bubblewrap', 'gvisor'] as const)('%s', (variant) => {
  const objects = BOTH[variant].map(read)
  const find = (kind: string): Read => {
    const found = objects.find((object) => object.kind === kind)
    if (found === undefined) throw new Error(`No ${kind}`)
    return found
  }
  const pod = find('Deployment').spec['template'] as Pod
  const [container] = pod.spec.containers
  const portNames = container?.ports.map(({ name }) => name)

  test.each(BOTH[variant].map((object) => [object.kind, object] as const))(
    '%s follows the schema of Kubernetes',
    (_kind, object) => {
      expect(() => {
        object.validate()
      }).not.toThrow()
    },
  )

  test('has each kind once, in one namespace', () => {
    const kinds = [
      'Namespace',
      'NetworkPolicy',
      'Deployment',
      'Service',
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
    ]
    expect(objects.map(({ kind }) => kind).filter((kind) => kind !== 'RuntimeClass')).toEqual(kinds)
    const namespace = find('Namespace').metadata.name
    const inNamespace = objects.filter(({ kind }) => kind !== 'Namespace' && kind !== 'RuntimeClass')
    expect(new Set(inNamespace.map(({ metadata }) => metadata.namespace))).toEqual(new Set([namespace]))
  })

  test('every selector finds the pods', () => {
    const { labels } = pod.metadata
    expect(find('Deployment').spec['selector']).toEqual({ matchLabels: labels })
    expect(find('Service').spec['selector']).toEqual(labels)
    expect(find('NetworkPolicy').spec['podSelector']).toEqual({ matchLabels: labels })
    expect(find('PodDisruptionBudget').spec['selector']).toEqual({ matchLabels: labels })
    expect(find('HorizontalPodAutoscaler').spec['scaleTargetRef']).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: find('Deployment').metadata.name,
    })
  })

  test('every port that is named is one of the container', () => {
    const named = Array.from(
      JSON.stringify(objects).matchAll(/"(?:port|targetPort)":"(\w+)"/g),
      ([, name]) => name,
    )
    expect(named.length).toBeGreaterThan(4)
    expect(named.filter((name) => !portNames?.includes(name ?? ''))).toEqual([])
  })

  test('the ports of the container are those that its environment sets', () => {
    const ports = new Map(container?.ports.map(({ name, containerPort }) => [name, String(containerPort)]))
    expect(variable('PORT')).toBe(ports.get('http'))
    expect(variable('PLAY_METRICS_PORT')).toBe(ports.get('metrics'))
    expect(variable('PLAY_HOST')).toBe('0.0.0.0')
    expect(variable('PLAY_ORIGINS')).toBe(SITE.origin)
  })

  test('the pods reach nothing, and only Prometheus reaches their metrics', () => {
    expect(find('NetworkPolicy').spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'], egress: [] })
    const rules = find('NetworkPolicy').spec['ingress'] as { ports: { port: string }[]; from?: unknown[] }[]
    const open = rules.filter(({ from }) => from === undefined).flatMap(({ ports }) => ports)
    expect(open.map(({ port }) => port)).toEqual(['http'])
    expect(rules.map(({ ports }) => ports[0]?.port)).toEqual(['http', 'metrics'])
  })

  test('the pods have no account, no privileges and time to drain', () => {
    expect(pod.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true },
    })
    expect(container?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    })
    const graceMs = Number(pod.spec['terminationGracePeriodSeconds']) * 1000
    expect(graceMs).toBeGreaterThan(Number(variable('PLAY_DRAIN_MS')) + 5000)
  })

  test('the autoscaler aims for fewer sessions than a pod takes', () => {
    const [metric] = find('HorizontalPodAutoscaler').spec['metrics'] as {
      pods: { metric: { name: string }; target: { averageValue: string } }
    }[]
    expect(metric?.pods.metric.name).toBe('playground_sessions_open')
    const aim = metric?.pods.target.averageValue ?? ''
    const sessions = aim.endsWith('m') ? Number.parseInt(aim, 10) / 1000 : Number(aim)
    expect(sessions).toBeGreaterThan(0)
    expect(sessions).toBeLessThan(Number(variable('PLAY_SESSIONS')))
  })

  test('every volume that is mounted is there', () => {
    expect(container?.volumeMounts?.map(({ name }) => name)).toEqual(
      pod.spec.volumes?.map(({ name }) => name),
    )
  })

  function variable(name: string): string | undefined {
    return container?.env.find((entry) => entry.name === name)?.value
  }
})

test('a pod for one reader after the other has nothing that outlives its container', () => {
  const text = JSON.stringify(BOTH.gvisor)
  expect(text).toContain('PLAY_WALL')
  expect(text).not.toContain('volume')
})

describe('npm run manifests', () => {
  let directory = ''

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'manifests-'))
    await render('--image', SITE.image, '--origin', SITE.origin, '--directory', directory)
    return () => rm(directory, { recursive: true })
  })

  test.each(['bubblewrap', 'gvisor'] as const)(
    'writes %s.yaml, which reads as the objects',
    async (variant) => {
      const text = await readFile(join(directory, `${variant}.yaml`), 'utf8')
      const documents = parseAllDocuments(text, { version: '1.1' })
      expect(documents.map((document) => document.toJS() as unknown)).toEqual(BOTH[variant].map(read))
    },
  )

  test('writes the profile under the name by which the pods ask for it', async () => {
    const [, name] = /"localhostProfile":"([^"]+)"/.exec(JSON.stringify(BOTH.bubblewrap)) ?? []
    expect(await readdir(directory)).toContain(name)
  })

  test.each([
    { args: [], line: /^No image: usage is npm run manifests/ },
    { args: ['--image', 'x'], line: /^Origin "": an address without a path is required/ },
    { args: ['--image', 'x', '--origin', 'https://a.example/'], line: /^Origin "https:\/\/a.example\/": / },
  ])('says what is missing from $args', async ({ args, line }) => {
    const unused = await mkdtemp(join(tmpdir(), 'manifests-'))
    onTestFinished(() => rm(unused, { recursive: true }))
    await expect(render(...args, '--directory', unused)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(line) as unknown,
    })
  })
})

function render(...args: string[]) {
  return promisify(execFile)(process.execPath, [join(ROOT, 'hosting/dist/main.js'), ...args])
}

function read(manifest: Manifest): Read {
  return JSON.parse(JSON.stringify(manifest)) as Read
}
