import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Nanos } from '../../harness/model/batch.ts'
import type { SyncSharing } from '../../harness/model/setup.ts'
import type { Expectation, Query, SessionTables } from '../../harness/model/sharing.ts'
import { Receiver } from '../../harness/sharing/sync/receiver.ts'

/** An update between processes, a line of JSON: a session, absent where it is gone, or what is in none. */
type Line =
  | { readonly flow: number; readonly session?: string; readonly at: Nanos }
  | { readonly expectation: Expectation }
  | { readonly query: Query; readonly at: Nanos }

/** The connection to the other process: updates go both ways on it, and each is acknowledged by an empty line once it is taken. */
export class Link {
  readonly #socket: Socket
  #unacknowledged = 0
  /** Takes what comes. */
  take: (line: Line) => void = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    // The other process may be killed.
    socket.on('error', () => {})
    createInterface({ input: socket }).on('line', (line) => {
      if (line === '') {
        this.#unacknowledged--
        socket.emit('acknowledged')
        return
      }
      this.take(JSON.parse(line))
      socket.write('\n')
    })
    socket.on('close', () => socket.emit('acknowledged'))
  }

  send(line: Line): void {
    this.#unacknowledged++
    this.#socket.write(`${JSON.stringify(line)}\n`)
  }

  /** Settles when the other one has taken everything; throws where it has ended before. */
  async acknowledged(): Promise<void> {
    while (this.#unacknowledged > 0) {
      if (this.#socket.closed) throw new Error('The other process has ended and has not taken an update.')
      await once(this.#socket, 'acknowledged')
    }
  }
}

/** What a host does with updates: those for itself it takes, those for the other one go to that one's process. */
export class LinkedReceiver extends Receiver {
  readonly #host: number
  readonly #link: Link

  constructor(tables: SessionTables, settings: SyncSharing, host: number, link: Link) {
    super(tables, settings)
    this.#host = host
    this.#link = link
    link.take = (line) => {
      if ('expectation' in line) super.expect(host, line.expectation)
      else if ('query' in line) super.ask(host, line.query, line.at)
      else super.receive(host, line.flow, decode(line.session), line.at)
    }
  }

  override receive(host: number, flow: number, session: Uint8Array | undefined, at: Nanos): void {
    if (host === this.#host) super.receive(host, flow, session, at)
    else if (session === undefined) this.#link.send({ flow, at })
    else this.#link.send({ flow, session: Buffer.from(session).toString('base64'), at })
  }

  override expect(host: number, expectation: Expectation): void {
    if (host === this.#host) super.expect(host, expectation)
    else this.#link.send({ expectation })
  }

  override ask(host: number, query: Query, at: Nanos): void {
    if (host === this.#host) super.ask(host, query, at)
    else this.#link.send({ query, at })
  }
}

function decode(session: string | undefined): Uint8Array | undefined {
  return session === undefined ? undefined : new Uint8Array(Buffer.from(session, 'base64'))
}
