import { Engine } from '../engine/engine.ts'
import { FlowTable } from '../flow/table.ts'
import type { Nanos, PacketBatch } from '../model/batch.ts'
import { tunnelsOf } from '../model/reading.ts'
import type { Setup } from '../model/setup.ts'
import { profileOf } from '../profile/index.ts'
import { readingOf } from '../profile/reading.ts'
import type { OpenSharing } from '../sharing/open-sharing.ts'
import { openSharing } from '../sharing/sharing.ts'
import { FlowbreakError } from '../support/errors.ts'
import { decodeBatch } from '../wire/decode.ts'

/** How sessions can reach another host that is another process. */
const SHARINGS: readonly string[] = ['none', 'store']

/** The reference engine as one host that reads packets as they come. */
export class Firewall implements AsyncDisposable {
  readonly #engine: Engine
  readonly #flows: FlowTable
  readonly #tunnels: number
  readonly #sharing: OpenSharing
  /** Whether sessions tell of their expiry. */
  readonly tellsExpiry: boolean

  private constructor(setup: Setup, sharing: OpenSharing) {
    const reading = readingOf(setup)
    this.#sharing = sharing
    this.#tunnels = tunnelsOf(reading)
    const profile = profileOf(setup)
    this.tellsExpiry = (setup.policy.resetOnExpiry ?? profile.knobs.resetOnExpiry.value) !== 'none'
    this.#flows = new FlowTable(reading)
    this.#engine = new Engine({
      profile,
      policy: setup.policy,
      rules: setup.rules,
      hosts: 1,
      sharing: sharing.make,
      stateless: setup.stateless,
    })
  }

  /** Throws ERR_APPLIANCE_SHARING where sessions would have to be shared within one process, and what the store throws. */
  static async open(setup: Setup): Promise<Firewall> {
    const { kind } = setup.topology.sharing
    if (!SHARINGS.includes(kind))
      throw new FlowbreakError(
        'ERR_APPLIANCE_SHARING',
        `An appliance is one host, and sharing ${kind} is between hosts of one process: choose none, or store with an endpoint and a group.`,
      )
    const sharing = await openSharing(setup.topology.sharing)
    try {
      // Packets come as soon as it listens, and their senders do not wait for a first connection.
      await sharing.connect?.()
      return new Firewall(setup, sharing)
    } catch (thrown) {
      await sharing[Symbol.asyncDispose]()
      throw thrown
    }
  }

  /** Decodes the packets and fills verdict, reason and `emitted`; where that has to wait for the store, once the promise resolves. */
  decide(batch: PacketBatch): Promise<void> | undefined {
    batch.tunnels = this.#tunnels
    decodeBatch(batch)
    this.#flows.assign(batch)
    const next = this.#engine.decide(batch, 0, batch.count)
    return next < batch.count || this.#engine.pending !== undefined
      ? this.#decideRest(batch, next)
      : undefined
  }

  async #decideRest(batch: PacketBatch, from: number): Promise<void> {
    const engine = this.#engine
    let next = from
    while (next < batch.count) {
      await engine.pending
      next = engine.decide(batch, next, batch.count)
    }
    // Another process may get the next packet of a session: what was changed is written before anybody hears of it.
    await engine.pending
  }

  /** When a session may next expire with a reset, or a datagram be given up with word of it; infinity: none. */
  get nextExpiry(): Nanos {
    return this.#engine.nextExpiry
  }

  /** Adds to `batch.emitted` what is sent about whatever has expired by now. */
  expire(batch: PacketBatch, now: Nanos): void {
    this.#engine.expire(batch, now)
  }

  /** Back to empty tables and counters at zero. */
  async reset(): Promise<void> {
    this.#flows.reset()
    this.#engine.reset()
    await this.#engine.pending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sharing[Symbol.asyncDispose]()
  }
}
