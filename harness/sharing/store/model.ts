import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../../model/batch.ts'
import type { StoreSharing } from '../../model/setup.ts'
import { type SessionTables, type SharingModel, WAITING } from '../../model/sharing.ts'
import type { HostEvent, StoreState } from '../../model/timeline.ts'
import { ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'
import { keyOf } from './key.ts'
import { STATES } from './outage.ts'
import type { Store } from './store.ts'
import { toSession, toValue } from './value.ts'
import { WriteBehind } from './write-behind.ts'

/** Most changes that wait to be sent, and most keys to be written. */
const MOST_WAITING = 4096

/** The store's answer for the packet that waits for it. */
interface Answer {
  readonly packets: PacketBatch
  readonly index: number
  readonly value: Uint8Array | undefined
}

/**
 * Palo Alto VM-Series, session resiliency: every host writes its sessions to one store, and pulls a session that it does not have when a
 * packet of it comes. Times are virtual: a change is in the store `lag` seconds after it was made, and an answer that takes
 * longer than the time-out does not count. The data are really in the store: it is asked in its state at the packet's time.
 */
export class StoreModel implements SharingModel {
  readonly watchesPackets = true
  readonly #tables: SessionTables
  readonly #store: Store
  readonly #lag: Nanos
  /** Whether the answers of a store that is up come in time. */
  readonly #inTime: boolean
  /** Other processes also read, and this one may be killed: changes that have arrived by packet time are sent after every packet. */
  readonly #writesAtOnce: boolean
  readonly #behind = new WriteBehind()
  /** Changes that have arrived at the store but were not sent to it yet, the last for each key. */
  readonly #arrived = new Map<string, readonly [key: Uint8Array, value: Uint8Array]>()
  #state: StoreState = 'up'
  #answer: Answer | undefined
  #failure: FlowbreakError | undefined
  #written = false
  /** Answers to questions from before a reset are ignored. */
  #round = 0
  #pending: Promise<void> | undefined

  constructor(tables: SessionTables, store: Store, { lag, latency, timeout, group }: StoreSharing) {
    this.#tables = tables
    this.#store = store
    this.#lag = lag * NANOS_PER_SECOND
    this.#inTime = latency <= timeout
    this.#writesAtOnce = group !== undefined
  }

  get pending(): Promise<void> | undefined {
    return this.#pending
  }

  arrive(packets: PacketBatch, index: number, host: number): number {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#pending !== undefined) return WAITING
    const flow = packets.flow[index] ?? -1
    const now = packets.time[index] ?? 0
    if (flow < 0) return host
    if (this.#tables.has(host, flow, now)) return this.#hasRoom(now) ? host : WAITING
    const key = keyOf(packets, index)
    if (key === undefined) return host
    this.#settle(now)
    if (!this.#inTime || !STATES[this.#state].answers) {
      packets.parts.push({ cause: index, host, part: 'no answer from the store' })
      return host
    }
    const answer = this.#answer
    if (answer?.packets !== packets || answer.index !== index) {
      this.#wait(this.#pull(packets, index, key))
      return WAITING
    }
    this.#answer = undefined
    const session = answer.value && toSession(answer.value)
    const taken = session !== undefined && this.#tables.write(host, flow, session, now)
    packets.parts.push({ cause: index, host, part: taken ? 'pulled from the store' : 'not in the store' })
    return host
  }

  decided(packets: PacketBatch, index: number, host: number): void {
    const flow = packets.flow[index] ?? -1
    if (flow < 0) return
    const now = packets.time[index] ?? 0
    const session = this.#tables.read(host, flow, now)
    const key = session && keyOf(packets, index)
    if (session !== undefined && key !== undefined)
      this.#behind.add(now + this.#lag, host, key, toValue(session))
    if (!this.#writesAtOnce) return
    this.#settle(now)
    this.#wait(this.#send())
  }

  apply(event: HostEvent, at: Nanos): void {
    if (event.kind !== 'crash' && event.kind !== 'store') return
    this.#settle(at)
    if (event.kind === 'crash') this.#behind.lose(event.host)
    else this.#state = event.state
  }

  reset(): void {
    this.#round++
    this.#behind.clear()
    this.#arrived.clear()
    this.#answer = undefined
    this.#failure = undefined
    this.#state = 'up'
    if (this.#written) this.#wait(this.#store.clear())
    this.#written = false
  }

  /** Whether more changes can be held back; otherwise the store has to be waited for. */
  #hasRoom(now: Nanos): boolean {
    if (this.#behind.length < MOST_WAITING) return true
    this.#settle(now)
    if (this.#arrived.size < MOST_WAITING) return true
    this.#wait(this.#send())
    return false
  }

  /** Lets the changes due by then arrive, or get lost. */
  #settle(now: Nanos): void {
    const { takes } = STATES[this.#state]
    this.#behind.settle(now, ({ key, value }) => {
      if (takes) this.#arrived.set(Buffer.from(key).toString('latin1'), [key, value])
    })
  }

  async #pull(packets: PacketBatch, index: number, key: Uint8Array): Promise<void> {
    const round = this.#round
    await this.#send()
    const value = await this.#store.get(key)
    if (round === this.#round) this.#answer = { packets, index, value }
  }

  async #send(): Promise<void> {
    if (this.#arrived.size === 0) return
    this.#written = true
    const entries = [...this.#arrived.values()]
    this.#arrived.clear()
    await this.#store.set(entries)
  }

  #wait(what: Promise<void>): void {
    const pending = what
      .catch((thrown: unknown) => {
        this.#failure = broken(this.#store, thrown)
      })
      .finally(() => {
        if (this.#pending === pending) this.#pending = undefined
      })
    this.#pending = pending
  }
}

/** The error if a store fails that should not. */
export function broken(store: Store, thrown: unknown): FlowbreakError {
  return new FlowbreakError(
    'ERR_STORE',
    `The store at ${store.name} failed (${messageOf(thrown)}), and no injection of the case causes that: check that it runs, or name another one with endpoint.`,
    { exitCode: ExitCode.broken, cause: thrown },
  )
}
