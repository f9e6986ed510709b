import ts from 'typescript'

/** The options and files of a tsconfig.json. @throws if it cannot be read. */
export function readConfiguration(file: string): ts.ParsedCommandLine {
  const configuration = ts.getParsedCommandLineOfConfigFile(file, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'))
    },
  })
  if (configuration === undefined)
    throw new Error(`Cannot read "${file}": a TypeScript configuration is required`)
  return configuration
}
