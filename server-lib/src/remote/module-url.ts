import { type Debugger, type Runtime, Session } from 'node:inspector'

const SUBJECT = Symbol.for('socketserver-ts.module-url')
const LOCATION = '[[FunctionLocation]]'

const urls = new WeakMap<object, string | null>()

/** The URL of the module in which a class was defined, or null for one that stands in no file; asks V8's inspector. */
export function moduleUrlOf(Class: object): string | null {
  const known = urls.get(Class)
  if (known !== undefined) return known
  const url = locate(Class)
  urls.set(Class, url)
  return url
}

function locate(Class: object): string | null {
  const session = new Session()
  const scripts = new Map<string, string>()
  const post = (method: string, params: object = {}): unknown => {
    let answer: unknown
    // A session within the process answers before post() returns.
    session.post(method, params, (error, result) => {
      if (error !== null) throw error
      answer = result
    })
    return answer
  }
  session.connect()
  session.on('Debugger.scriptParsed', ({ params }: { params: Debugger.ScriptParsedEventDataType }) => {
    scripts.set(params.scriptId, params.url)
  })
  Reflect.set(globalThis, SUBJECT, Class)
  try {
    post('Debugger.enable')
    const expression = `globalThis[Symbol.for(${JSON.stringify(SUBJECT.description)})]`
    const { result } = post('Runtime.evaluate', { expression }) as Runtime.EvaluateReturnType
    const { internalProperties = [] } = post('Runtime.getProperties', {
      objectId: result.objectId,
      ownProperties: true,
    }) as Runtime.GetPropertiesReturnType
    const location = internalProperties.find(({ name }) => name === LOCATION)?.value?.value as
      Debugger.Location | undefined
    const url = scripts.get(location?.scriptId ?? '') ?? ''
    return url.startsWith('file:') ? url : null
  } finally {
    Reflect.deleteProperty(globalThis, SUBJECT)
    session.disconnect()
  }
}
