import { DISCARD, SKIP } from './overlap.ts'

/** How long a datagram is, as far as its fragments tell. */
export class Extent {
  #end = 0
  #isLast = false

  /**
   * Takes note of a fragment that ends at `end` of the segment: 0 where that agrees with the others, else what becomes of it, which is what
   * becomes of one without data: of IPv6 it is not kept (`SKIP`), of IPv4 its datagram is let go (`DISCARD`). As Linux does it (`ip_frag_queue`
   * of ip_fragment.c, `nf_ct_frag6_queue` of nf_conntrack_reasm.c).
   */
  admit(six: boolean, end: number, length: number, more: boolean): number {
    const agrees = more
      ? end <= this.#end || !this.#isLast
      : end === this.#end || (end > this.#end && !this.#isLast)
    if (agrees) {
      this.#end = Math.max(this.#end, end)
      this.#isLast ||= !more
    }
    if (agrees && length > 0) return 0
    return six ? SKIP : DISCARD
  }

  /** Whether the datagram is known to be of so many bytes. */
  is(length: number): boolean {
    return this.#isLast && this.#end === length
  }
}
