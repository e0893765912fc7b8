import { DISCARD, SKIP } from './overlap.ts'

/** The length of a datagram, as far as its fragments show. */
export class Extent {
  #end = 0
  #isLast = false

  /**
   * Records a fragment that ends at `end` of the segment. Returns 0 if it agrees with the others; else, and for a fragment without
   * data, what happens to it: for IPv6 it is not kept (`SKIP`), for IPv4 its datagram is discarded (`DISCARD`). As in Linux
   * (`ip_frag_queue` of ip_fragment.c, `nf_ct_frag6_queue` of nf_conntrack_reasm.c).
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

  /** Whether the datagram's length is known and equals `length`. */
  is(length: number): boolean {
    return this.#isLast && this.#end === length
  }
}
