/**
 * What one end of a conversation does, a step a line: `send N`, `receive N` (bytes), `pause N` (milliseconds), `end` (no
 * more from here), `ended` (wait for the other's), `reset` (abort), `closed` (wait until the connection is gone).
 */
export type Step = `${'send' | 'receive' | 'pause'} ${number}` | 'end' | 'ended' | 'reset' | 'closed'

/** The work order of a peer process, handed over as its one argument. */
export interface Order {
  readonly role: 'listen' | 'connect'
  /** The server's. */
  readonly address: string
  readonly port: number
  /** The client's first; one more for each further connection. */
  readonly localPort: number
  readonly connections: number
  readonly script: readonly Step[]
}

/** Reads the order that this process was started with. */
export function readOrder(): Order {
  return JSON.parse(process.argv[2] ?? '') as Order
}

/** The `ordinal`th message of `who`: readable, and the same in every recording. */
export function message(who: string, ordinal: number, bytes: number): Buffer {
  return Buffer.alloc(bytes, `${who} message ${ordinal} `)
}
