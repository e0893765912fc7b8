import type { Nanos } from '../../model/batch.ts'
import { Endpoint } from './endpoint.ts'
import type { Script } from './script.ts'
import type { FrameMaker } from './wire.ts'

/** An end of a connection, numbered like the direction of what it sends: end 0 sends c2s. */
export type End = 0 | 1

/** One connection of a simulation: two endpoints that play a script under one 5-tuple. */
export class Connection {
  readonly ends: readonly [Endpoint, Endpoint]
  readonly makers: readonly [FrameMaker, FrameMaker]
  /** Its id among the flows of the timeline; set once its first frame is known. */
  flow: number

  /** `server`: an endpoint that already exists (same tuple); `port`: the client's port, if it is not the recorded one. */
  constructor(
    script: Script,
    flow: number,
    random: { readonly client: number; readonly server: number },
    port?: number,
    server?: Endpoint,
  ) {
    this.flow = flow
    this.ends = [
      new Endpoint(script.client, false, random.client, script.handshakeAck),
      server ?? new Endpoint(script.server, true, random.server, 0),
    ]
    this.makers = [
      { script: script.client, direction: 0, port, echo: 0 },
      { script: script.server, direction: 1, port, echo: 0 },
    ]
  }

  /** Whether both ends have sent everything, and all of it was acknowledged. */
  get finished(): boolean {
    return this.ends[0].finished && this.ends[1].finished
  }

  /** The end that must be woken first, and when. */
  get next(): { readonly end: End; readonly at: Nanos } | undefined {
    const client = this.ends[0].wakeAt
    const server = this.ends[1].wakeAt
    if (client === undefined) return server === undefined ? undefined : { end: 1, at: server }
    return server === undefined || client <= server ? { end: 0, at: client } : { end: 1, at: server }
  }
}
