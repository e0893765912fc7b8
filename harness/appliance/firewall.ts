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

/** Kinds of sharing that work between processes. */
const SHARINGS: readonly string[] = ['none', 'store']

/** The reference engine as one host that reads packets as they come. */
export class Firewall implements AsyncDisposable {
  readonly #engine: Engine
  readonly #flows: FlowTable
  readonly #tunnels: number
  readonly #sharing: OpenSharing
  /** Whether sessions send resets when they expire. */
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

  /** Throws ERR_APPLIANCE_SHARING if the sharing works only within one process, and errors of the store. */
  static async open(setup: Setup): Promise<Firewall> {
    const { kind } = setup.topology.sharing
    if (!SHARINGS.includes(kind))
      throw new FlowbreakError(
        'ERR_APPLIANCE_SHARING',
        `An appliance is one host, and sharing ${kind} is between hosts of one process: choose none, or store with an endpoint and a group.`,
      )
    const sharing = await openSharing(setup.topology.sharing)
    try {
      // Packets come as soon as it listens, and their senders do not wait for a first connection to the store.
      await sharing.connect?.()
      return new Firewall(setup, sharing)
    } catch (thrown) {
      await sharing[Symbol.asyncDispose]()
      throw thrown
    }
  }

  /** Decodes the packets and fills verdict, reason and `emitted`; returns a promise if it has to wait for the store. */
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
    // Another process may get the next packet of a session, so changes are written before the results are sent.
    await engine.pending
  }

  /** When the next session may expire with a reset, or a datagram may be given up with an ICMP error; infinity: none. */
  get nextExpiry(): Nanos {
    return this.#engine.nextExpiry
  }

  /** Adds to `batch.emitted` the packets about everything that has expired by now. */
  expire(batch: PacketBatch, now: Nanos): void {
    this.#engine.expire(batch, now)
  }

  /** Resets tables and counters. */
  async reset(): Promise<void> {
    this.#flows.reset()
    this.#engine.reset()
    await this.#engine.pending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sharing[Symbol.asyncDispose]()
  }
}
