import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../model/batch.ts'
import { Assembly } from './assembly.ts'
import { finishDatagram, headOf, readFragment } from './fragment.ts'

/** What fragments may take: 60 s by RFC 8200 4.5; for IPv4, where RFC 1122 3.3.2 asks for 60 to 120, the 30 s of Linux. */
const TIMEOUT_IPV4 = 30 * NANOS_PER_SECOND
const TIMEOUT_IPV6 = 60 * NANOS_PER_SECOND
const MAX_DATAGRAMS = 4096
const MAX_BYTES = 16 << 20

/** The datagram of a fragment and, where this fragment completes it, the whole of it, IP header first. */
export interface Datagram {
  readonly assembly: Assembly
  readonly whole: Uint8Array | undefined
}

/** The datagrams whose fragments are still arriving. Bounded in number, bytes and time: the oldest make way. */
export class FragmentStore {
  /** In the order in which they began. */
  readonly #open = new Map<string, Assembly>()
  #held = 0
  /** A small datagram that was completed, whose memory the next one takes. */
  #spare: Assembly | undefined

  /** Takes packet `index`, a fragment; undefined where its fragment header was not captured. */
  add(batch: PacketBatch, index: number): Datagram | undefined {
    const fragment = readFragment(batch, index)
    if (fragment === undefined) return undefined
    const { key, six, offset, from, to, isLast, isWhole } = fragment
    const assembly = this.#at(key, batch.time[index] ?? 0, six ? TIMEOUT_IPV6 : TIMEOUT_IPV4)
    this.#held -= assembly.held
    if (!isWhole) assembly.breakUp()
    else {
      if (offset === 0) assembly.lead(headOf(batch.bytes, fragment))
      assembly.add(batch.bytes, from, to, offset, isLast)
    }
    this.#held += assembly.held
    const whole = assembly.whole()
    if (whole !== undefined) {
      this.#drop(key, assembly)
      if (assembly.isSmall) this.#spare = assembly
    }
    this.#makeRoom()
    return { assembly, whole: whole !== undefined && finishDatagram(whole) ? whole : undefined }
  }

  clear(): void {
    this.#open.clear()
    this.#held = 0
  }

  #at(key: string, time: Nanos, timeout: Nanos): Assembly {
    const known = this.#open.get(key)
    if (known !== undefined && time - known.began <= timeout) return known
    if (known !== undefined) this.#drop(key, known)
    const begun = this.#spare ?? new Assembly(time)
    begun.restart(time)
    this.#spare = undefined
    this.#held += begun.held
    this.#open.set(key, begun)
    return begun
  }

  #makeRoom(): void {
    if (this.#open.size <= MAX_DATAGRAMS && this.#held <= MAX_BYTES) return
    for (const [key, assembly] of this.#open) {
      this.#drop(key, assembly)
      if (this.#open.size <= MAX_DATAGRAMS && this.#held <= MAX_BYTES) return
    }
  }

  #drop(key: string, assembly: Assembly): void {
    this.#open.delete(key)
    this.#held -= assembly.held
  }
}
