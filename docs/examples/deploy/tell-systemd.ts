import { openDatagram } from 'socketserver-ts'

/** Tells systemd how the service is, as a unit with Type=notify wants it; elsewhere nobody has asked (sd_notify(3)). */
export async function tellSystemd(state: 'READY=1' | 'STOPPING=1') {
  const path = process.env['NOTIFY_SOCKET']
  if (path === undefined) return
  const socket = await openDatagram('')
  // a name without a file begins with a NUL byte, which no variable of the environment can hold
  await socket.sendTo(state, path.replace(/^@/, '\0'))
  await socket.close()
}
