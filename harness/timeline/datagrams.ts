import { FragmentTimer } from '../flow/fragment-timer.ts'
import { MAX_DATAGRAMS } from '../flow/fragments.ts'
import type { Nanos, PacketBatch } from '../model/batch.ts'
import { Kind } from '../model/codes.ts'
import type { FragmentReading } from '../model/reading.ts'

/**
 * Datagrams whose fragments are offered at other times than recorded. A datagram that was reassembled when the capture was read is not
 * complete any more if one of its fragments now comes after the time-out of the others.
 */
export class Datagrams {
  readonly #timer: FragmentTimer
  /** By number of an incomplete datagram: when it is given up. The oldest are forgotten as when the capture was read. */
  readonly #due = new Map<number, Nanos>()
  readonly #givenUp = new Set<number>()

  constructor(reading: FragmentReading) {
    this.#timer = new FragmentTimer(reading)
  }

  /** Whether no datagram waits for fragments. */
  get empty(): boolean {
    return this.#due.size === 0
  }

  /** Notes the fragments of an offered batch, and removes from it the datagrams that are not complete any more. */
  offer({ datagram, kind, time, rebuilt, count }: PacketBatch): void {
    let place = 0
    for (let i = 0; i < count; i++) {
      const six = kind[i] === Kind.fragment6
      const number = six || kind[i] === Kind.fragment4 ? (datagram[i] ?? -1) : -1
      if (number < 0) continue
      this.#note(number, six, time[i] ?? 0)
      while (place < rebuilt.length && (rebuilt[place]?.index ?? 0) < i) place++
      if (rebuilt[place]?.index !== i) continue
      this.#due.delete(number)
      if (this.#givenUp.delete(number)) rebuilt.splice(place, 1)
    }
  }

  #note(number: number, six: boolean, now: Nanos): void {
    const due = this.#due.get(number)
    const isOver = due !== undefined && this.#timer.isOver(due, now)
    if (isOver) this.#givenUp.add(number)
    this.#due.set(number, this.#timer.due(six, now, isOver ? undefined : due))
    if (this.#due.size > MAX_DATAGRAMS) this.#forgetOldest()
  }

  #forgetOldest(): void {
    for (const oldest of this.#due.keys()) {
      this.#due.delete(oldest)
      this.#givenUp.delete(oldest)
      return
    }
  }
}
