import { promisify } from 'node:util'
import { Verdict } from '../../model/codes.ts'
import type { HostActions } from './actions.ts'
import type { Alarm } from './clock.ts'
import type { Emissions } from './emissions.ts'
import { FrameColumns } from './frames.ts'
import type { LiveLimits } from './limits.ts'
import type { Markers } from './markers.ts'
import type { Offered } from './offered.ts'
import { monotonicNow, type Port } from './port.ts'
import type { Roads } from './roads.ts'
import { GAVE_UP, type SentPackets } from './sent.ts'
import { CONTROL, type Tap } from './tap.ts'

/** Nanoseconds within which most packets come out. */
const MOMENT = 1e6
/** Pause between two attempts to get a connection through. */
const PAUSE = 50e6
/** Ports of attempted connections, used one after the other. */
const FIRST_PORT = 20_000
const PORTS = 20_000
/** Markers that may get lost before their road counts as dead. */
const TRIES = 2

const turn = promisify(setImmediate)

/** Waits until everything that had arrived before this call was read and passed on, which a port does in the next turn. */
async function heard(): Promise<void> {
  await turn()
  await turn()
}

interface WaitingParts {
  readonly port: Port
  readonly offered: Offered
  readonly emissions: Emissions
  readonly sent: SentPackets
  readonly markers: Markers
  readonly roads: Roads
  readonly alarm: Alarm
  readonly tap: Tap
  readonly limits: LiveLimits
  readonly families: readonly ('ipv4' | 'ipv6')[]
}

/** Waits for packets to come out, and decides when one will not come any more. */
export class Waiting {
  readonly #parts: WaitingParts
  readonly #frames = new FrameColumns()
  #port = 0
  #missed = 0
  /** When something was last given up. */
  #gaveUp = Number.NEGATIVE_INFINITY

  constructor(parts: WaitingParts) {
    this.#parts = parts
  }

  /**
   * Waits until every packet of the chunk has come out or been given up: dropped, rejected or answered if a marker sent after
   * it on its road has come out, `lateness` has passed, and the capture has missed nothing since the last check; else undecided.
   */
  async resolve(lateness: number, signal: AbortSignal): Promise<void> {
    const { offered, alarm, emissions } = this.#parts
    if (offered.open > 0) await alarm.wait(MOMENT, signal)
    for (let tries = 0; tries < TRIES && this.#unproved().size > 0; tries++)
      await this.#mark(this.#unproved(), signal)
    for (let left = this.#latest() + lateness - monotonicNow(); offered.open > 0 && left > 0; ) {
      await alarm.wait(left, signal)
      left = this.#latest() + lateness - monotonicNow()
    }
    // Packets that a busy process has not read yet, such as a reset at another socket, still came in time.
    if (offered.open > 0) await heard()
    const lost = offered.open > 0 && (await this.#hasMissed())
    emissions.attribute()
    this.#giveUp(lost)
  }

  /** Waits until packets given up last have had the same time again to come out. */
  async hearOut(lateness: number, signal: AbortSignal): Promise<void> {
    for (let left = this.#gaveUp + lateness - monotonicNow(); left > 0; ) {
      await this.#parts.alarm.wait(left, signal)
      left = this.#gaveUp + lateness - monotonicNow()
    }
    this.#gaveUp = Number.NEGATIVE_INFINITY
  }

  /** Waits until packet `number` has come out or would have: the rest of its flow may depend on what happened to it. */
  async passage(number: number, lateness: number, signal: AbortSignal): Promise<void> {
    const { alarm, sent } = this.#parts
    const slot = sent.slot(number)
    const isMissing = () => sent.state[slot] === Verdict.undecided
    if (isMissing()) await alarm.wait(MOMENT, signal)
    if (isMissing()) await this.#mark(new Set([sent.road[slot] ?? 0]), signal)
    for (
      let left = lateness;
      isMissing() && left > 0;
      left = (sent.at[slot] ?? 0) + lateness - monotonicNow()
    )
      await alarm.wait(left, signal)
  }

  /** Waits until the packets on their way are few enough for no queue to overflow. */
  async keepUp(signal: AbortSignal): Promise<void> {
    const { offered, limits, alarm } = this.#parts
    if (offered.open < limits.window) return
    await alarm.wait(MOMENT, signal)
    if (offered.open < limits.window) return
    await this.#mark(this.#unproved(), signal)
  }

  /** Waits until a new connection gets through a host that is up, in both directions; false: none did before the limit. */
  async settle(actions: HostActions, hosts: number, signal: AbortSignal): Promise<boolean> {
    const { limits, alarm } = this.#parts
    const end = monotonicNow() + limits.settle
    for (;;) {
      for (let host = 0; host < hosts; host++)
        if (actions.isUp(host) && (await this.#connects(host, signal))) return true
      if (monotonicNow() >= end) return false
      await alarm.wait(PAUSE, signal)
    }
  }

  /** Waits until each of these hosts lets connections through; false: one did not before the limit. */
  async answered(hosts: readonly number[], signal: AbortSignal): Promise<boolean> {
    const { limits, alarm } = this.#parts
    const end = monotonicNow() + limits.settle
    for (const host of hosts)
      while (!(await this.#connects(host, signal))) {
        if (monotonicNow() >= end) return false
        await alarm.wait(PAUSE, signal)
      }
    return true
  }

  /** Whether a datagram and its answer get through a host within a short time. */
  async #connects(host: number, signal: AbortSignal): Promise<boolean> {
    const { families } = this.#parts
    const port = FIRST_PORT + (this.#port++ % PORTS)
    const family = families[0] ?? 'ipv4'
    for (const road of [host * 2, host * 2 + 1])
      if (!(await this.travels([road], family, PAUSE, signal, port))) return false
    return true
  }

  /** Sends a marker on each road, and waits until all have come out or will not any more. */
  async #mark(roads: ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    const dead = [...roads].every((road) => this.#parts.roads.isDead(road))
    const { limits, families } = this.#parts
    const limit = dead ? Math.min(limits.marker, PAUSE) : limits.marker
    await this.travels([...roads], families[0] ?? 'ipv4', limit, signal)
  }

  /** Sends a marker on each of these roads; returns whether all came out within the limit, in nanoseconds. */
  async travels(
    roads: readonly number[],
    family: 'ipv4' | 'ipv6',
    limit: number,
    signal: AbortSignal,
    clientPort?: number,
  ): Promise<boolean> {
    const { markers, sent, port, alarm, tap } = this.#parts
    const frames = this.#frames
    frames.clear()
    const now = monotonicNow()
    const travelling = roads.map((road) => {
      const marker = markers.append(frames, road, family, clientPort)
      this.#parts.roads.sending(marker, { road, behind: sent.next, at: now, number: -1 })
      return marker
    })
    tap.sent(frames, 0, frames.count, now, () => CONTROL)
    await port.send(frames, 0, frames.count)
    const end = monotonicNow() + limit
    const missing = () => travelling.filter((marker) => this.#parts.roads.isTravelling(marker))
    for (let left = limit; left > 0 && missing().length > 0; left = end - monotonicNow())
      await alarm.wait(left, signal)
    // A process that was busy sees its timer before it sees what has arrived in the meantime.
    if (missing().length > 0) await heard()
    const lost = missing()
    for (const marker of lost) this.#parts.roads.lose(marker)
    return lost.length === 0
  }

  /** Roads of missing packets for which no later marker has come out. */
  #unproved(): Set<number> {
    const { roads } = this.#parts
    const unproved = new Set<number>()
    this.#eachOpen((number, road) => {
      if (!roads.isProved(road, number)) unproved.add(road)
    })
    return unproved
  }

  /** When the latest of the missing packets was sent. */
  #latest(): number {
    const { sent } = this.#parts
    let latest = Number.NEGATIVE_INFINITY
    this.#eachOpen((number) => {
      latest = Math.max(latest, sent.at[sent.slot(number)] ?? 0)
    })
    return latest
  }

  async #hasMissed(): Promise<boolean> {
    const { missed } = await this.#parts.port.stats()
    const more = missed > this.#missed
    this.#missed = missed
    return more
  }

  #giveUp(missed: boolean): void {
    const { offered, sent, roads } = this.#parts
    if (offered.open > 0) this.#gaveUp = monotonicNow()
    this.#eachOpen((number, road) => {
      const told = offered.told[offered.indexOf(number)]
      // A reset or answer seen is certain, whatever the capture missed; a packet not seen was dropped only if it missed nothing.
      const proved = roads.isProved(road, number) && !missed
      sent.state[sent.slot(number)] = proved ? (told ?? Verdict.drop) : GAVE_UP
      offered.open--
    })
  }

  #eachOpen(visit: (number: number, road: number) => void): void {
    const { offered, sent } = this.#parts
    if (offered.open === 0) return
    for (let number = offered.first; number < sent.next; number++) {
      const slot = sent.slot(number)
      if (sent.state[slot] === Verdict.undecided) visit(number, sent.road[slot] ?? 0)
    }
  }
}
