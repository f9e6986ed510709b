export const constants = { errno: {}, signals: { SIGINT: 2, SIGTERM: 15 } }
export const EOL = '\n'

export const availableParallelism = (): number => navigator.hardwareConcurrency
export const hostname = (): string => 'localhost'
export const platform = (): string => 'linux'
export const tmpdir = (): string => '/tmp'

export default { constants, EOL, availableParallelism, hostname, platform, tmpdir }
