import { TcpCursor } from '../flow/cursor.ts'
import type { PacketBatch } from '../model/batch.ts'
import type { Injection, Position } from '../model/case.ts'
import { Direction } from '../model/codes.ts'
import { formatDuration } from '../support/duration.ts'
import { FlowbreakError } from '../support/errors.ts'

/** An injection with its place: just before packet `packet` of the capture, about flow `flow`. */
export interface Placed {
  readonly injection: Injection
  /** Number in the capture, from 1. */
  readonly packet: number
  readonly flow: number
}

/** Finds the packets that positions name, in one pass over the batches of a capture. */
export class PositionFinder {
  readonly #name: string
  readonly #flow: number | undefined
  readonly #open: { readonly injection: Injection; seen: number; found?: Placed }[]
  /** Follows the flow under test, if a position names a class of packets. */
  readonly #cursor = new TcpCursor()
  readonly #classes: boolean
  #last = 0
  #first: number | undefined
  /** Whether the flow under test was seen, if one is named. */
  #isThere: boolean

  /** `flow`: the flow under test; undefined: the flow of the packet that a position names, else flow 0. */
  constructor(name: string, injections: readonly Injection[], flow: number | undefined) {
    this.#name = name
    this.#flow = flow
    this.#isThere = flow === undefined
    this.#classes = injections.some(({ at }) => 'before' in at && at.before !== 'any')
    this.#open = injections.map((injection) => ({ injection, seen: 0 }))
  }

  /** Whether every position has been found, and the flow under test. */
  get done(): boolean {
    return this.#isThere && this.#open.every((entry) => entry.found !== undefined)
  }

  scan(batch: PacketBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const number = batch.number[i] ?? 0
      const flow = batch.flow[i] ?? -1
      const time = batch.time[i] ?? 0
      this.#last = number
      this.#first ??= time
      const tested = this.#flow ?? 0
      if (flow === tested) this.#isThere = true
      for (const entry of this.#open) {
        if (
          entry.found === undefined &&
          this.#matches(entry, entry.injection.at, batch, i, tested, number, time)
        )
          entry.found = {
            injection: entry.injection,
            packet: number,
            flow: 'before' in entry.injection.at ? tested : (this.#flow ?? flow),
          }
      }
      if (this.#classes && flow === tested) this.#cursor.observe(batch, i)
    }
  }

  #matches(
    entry: { seen: number },
    at: Position,
    batch: PacketBatch,
    i: number,
    tested: number,
    number: number,
    time: number,
  ): boolean {
    if ('packet' in at) return number === at.packet
    if ('time' in at) return time - (this.#first ?? 0) >= at.time
    if (batch.flow[i] !== tested) return false
    if (at.direction !== undefined && Direction[at.direction] !== batch.direction[i]) return false
    if (at.before !== 'any' && !this.#cursor.classesOf(batch, i).has(at.before)) return false
    entry.seen++
    return entry.seen === at.nth
  }

  /** The placed injections, in the order given; ERR_POSITION names the flow, or the first position, that is not in the capture. */
  placed(): readonly Placed[] {
    if (!this.#isThere)
      throw new FlowbreakError(
        'ERR_POSITION',
        `${this.#name} has no flow ${this.#flow} for an injection: flowbreak capture info --flows lists its flows.`,
      )
    return this.#open.map(({ injection, seen, found }) => {
      if (found !== undefined) return found
      const at = injection.at
      const where =
        'packet' in at
          ? `packet ${at.packet}, but ${this.#name} ends at packet ${this.#last}`
          : 'time' in at
            ? `${formatDuration(at.time)}, but ${this.#name} ends before that`
            : `${at.direction ?? 'any'} ${at.before} number ${at.nth}, but flow ${this.#flow ?? 0} of ${this.#name} has ${seen}`
      throw new FlowbreakError(
        'ERR_POSITION',
        `${injection.label} is to happen at ${where}: choose an earlier position.`,
      )
    })
  }
}
