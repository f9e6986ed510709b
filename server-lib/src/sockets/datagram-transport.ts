/** What a `DatagramSocket` sends and receives with, for one address family. */
export interface DatagramTransport<Address> {
  /** The address that is bound. */
  readonly localAddress: Address
  /** Called once, as soon as the transport is bound, with what is to be done with each datagram and each error. */
  start(deliver: (data: Buffer, source: Address) => void, fail: (error: Error) => void): void
  /**
   * Resolves to the length in bytes when the system has taken the datagram, for which it may wait `timeoutMs` (null:
   * for ever).
   * @throws {TypeError | RangeError} at once for what is not an address.
   */
  send(data: Uint8Array | string, address: Address, timeoutMs: number | null): Promise<number>
  /** Called once; resolves when nothing is open any more. */
  close(): Promise<void>
}
