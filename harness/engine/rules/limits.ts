import type { Content } from './content.ts'

/** Where bytes may be, counted from the start of what is inspected: they begin at `offset` or behind, and end at `depth` or before. */
export interface Limits {
  offset: number
  /** 0: anywhere. */
  depth: number
}

/** Largest limit; where one would be larger, the contents from there on keep their own. */
const MOST = 65_535

/**
 * The limits that Suricata computes for each content from those before it, and then holds it to, also where they are wrong: it takes a
 * negated content without position to be at the start (Suricata 7, detect-content.c, PropagateLimits).
 */
export function limitsOf(contents: readonly Content[]): readonly Limits[] {
  const limits = contents.map(({ offset, depth }) => ({
    offset: Math.max(0, offset),
    depth: Math.max(0, depth),
  }))
  const chain = new Chain()
  for (const [index, content] of contents.entries()) {
    const own = limits[index]
    if (own !== undefined && !chain.take(content, own, index === 0)) return limits
  }
  const { end } = chain
  if (chain.hasDepth && end !== 0)
    for (const each of limits) each.depth = each.depth === 0 ? end : Math.min(each.depth, end)
  return limits
}

/** What is known of the place of a content when the next one is looked at. */
class Chain {
  hasDepth = false
  /** Least depth of contents with `endswith`; 0: none. */
  end = 0
  /** Least index at which the last content begins, and behind which it ends. */
  #offset = 0
  #behind = 0
  /** Highest index behind it; 0: unknown. */
  #depth = 0
  /** A depth goes on to what is `within`. */
  #goesOn = false

  /** Sets the limits of the next content; false if they become too large. */
  take(content: Content, own: Limits, isFirst: boolean): boolean {
    const { negated, bytes } = content
    const isAbsolute = content.offset >= 0 || content.depth >= 0
    if (!isAbsolute && content.distance === undefined && content.within === undefined)
      return this.#restart(bytes.length)
    const anchored = isFirst && isAnchored(content)
    if (anchored) {
      own.offset = content.distance ?? own.offset
      if (content.within !== undefined) own.depth = content.within + own.offset
    }
    if (negated) return this.#restart(0)
    const distance = anchored ? undefined : content.distance
    const within = anchored ? undefined : content.within
    if (own.depth > 0) this.hasDepth = this.#goesOn = true
    // Suricata asks for a keyword's number here instead of a bit, and so for these bits.
    if (within === undefined && !content.nocase && !content.fast) this.#forgetDepth()
    if (distance === undefined) this.#offset = this.#behind = 0
    else if (!this.#move(distance, own, bytes.length)) return false
    if (within !== undefined && this.#goesOn && !this.#narrow(within, distance, content, own)) return false
    return this.#leave(content, own, distance, within, anchored)
  }

  #restart(behind: number): true {
    this.#offset = 0
    this.#behind = behind
    this.#forgetDepth()
    return true
  }

  #forgetDepth(): void {
    this.#depth = 0
    this.#goesOn = false
  }

  #move(distance: number, own: Limits, length: number): boolean {
    const offset = this.#behind + distance
    if (offset > MOST) return false
    this.#offset = own.offset = Math.max(0, offset)
    if (distance < 0) this.#behind = this.#offset + length
    return true
  }

  #narrow(within: number, distance: number | undefined, { endsWith }: Content, own: Limits): boolean {
    const ahead = Math.max(0, distance ?? 0)
    if (this.#behind > 0) {
      const goesFurther = this.#depth > this.#behind
      if (this.#depth + within + (goesFurther ? ahead : 0) > MOST) return false
      own.depth = goesFurther ? this.#depth + within + ahead : this.#offset + within
    } else if (own.depth === 0 && this.#depth > 0) {
      if (this.#depth + within > MOST) return false
      own.depth = this.#depth + within
      if (endsWith) this.#endAt(own.depth)
    } else return true
    this.#depth = own.depth
    return true
  }

  #leave(
    { bytes, offset, depth, endsWith }: Content,
    own: Limits,
    distance: number | undefined,
    within: number | undefined,
    anchored: boolean,
  ): boolean {
    if (distance !== undefined && distance >= 0) {
      if (this.#behind + distance > MOST) return false
      this.#offset = own.offset = this.#behind + distance
      this.#behind = this.#offset + bytes.length
    }
    if (offset >= 0 || (anchored && own.offset > 0)) {
      this.#offset = own.offset
      this.#behind = own.offset + bytes.length
    }
    if (own.depth > 0) {
      this.#depth = own.depth
      this.#behind = this.#offset + bytes.length
      if (endsWith) this.#endAt(own.depth)
    }
    if (within === undefined && depth < 0 && !(anchored && own.depth > 0)) this.#forgetDepth()
    return true
  }

  #endAt(depth: number): void {
    this.end = this.end === 0 ? depth : Math.min(this.end, depth)
  }
}

/** A first content that is relative counts from the start, unless it goes back. */
function isAnchored({ distance, within }: Content): boolean {
  return (distance ?? 0) >= 0 && (distance ?? 0) <= MOST && (within ?? 0) <= MOST
}
