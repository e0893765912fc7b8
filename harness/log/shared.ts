import type { CaseSummary } from '../model/run-log.ts'

/** Once it has kept this many numbers and texts in all, everything is forgotten: values that differ in every case are not worth keeping. */
const ROOM = 1 << 20

/** A value that was seen before. */
interface Known {
  readonly value: object
  /** Another one with the same hash. */
  readonly next: Known | undefined
}

/** Keeps one of several equal values, so that thousands of cases share what is the same. Values must be plain data and never change. */
export class Shared {
  readonly #texts = new Map<string, string>()
  readonly #byHash = new Map<number, Known>()
  /** Objects seen before, by identity: most objects of a run are those of its suites. */
  #kept = new WeakSet<object>()
  readonly #room: number
  #used = 0
  /** Numbers and texts of the current value. */
  #size = 0

  /** `room`: how many numbers and texts it keeps. */
  constructor(room = ROOM) {
    this.#room = room
  }

  text(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    this.#makeRoom(1)
    this.#texts.set(text, text)
    return text
  }

  value<T extends object>(value: T): T {
    if (this.#kept.has(value)) return value
    this.#size = 1
    const hash = this.#hash(value, 0)
    let first = this.#byHash.get(hash)
    for (let known = first; known !== undefined; known = known.next)
      if (isEqual(known.value, value)) return known.value as T
    if (this.#size > this.#room / 16) return value
    if (this.#makeRoom(this.#size)) first = undefined
    this.#byHash.set(hash, { value, next: first })
    this.#kept.add(value)
    return value
  }

  /** A case with its parts shared; only its name is its own. */
  summary(test: CaseSummary): CaseSummary {
    const own: { -readonly [K in keyof CaseSummary]: CaseSummary[K] } = { ...test }
    own.suite = this.text(test.suite)
    own.file = this.text(test.file)
    own.rows = this.value(test.rows)
    own.tags = this.value(test.tags)
    own.requirement = this.text(test.requirement)
    own.axes = this.value(test.axes)
    own.expectations = this.value(test.expectations)
    own.capture = this.text(test.capture)
    own.policy = this.text(test.policy)
    own.profile = this.text(test.profile)
    if (test.injections !== undefined) own.injections = this.value(test.injections)
    if (test.setup !== undefined) own.setup = this.text(test.setup)
    return own
  }

  /** Continues the hash `before` with plain data; counts its numbers and texts. */
  #hash(part: unknown, before: number): number {
    if (typeof part === 'number') return mixed(before, part)
    if (typeof part === 'string') return hashOfText(part, before)
    if (typeof part !== 'object' || part === null) return mixed(before, part === true ? 1 : 2)
    let hash = before
    if (Array.isArray(part)) {
      this.#size += part.length
      hash = mixed(hash, part.length)
      for (let at = 0; at < part.length; at++) {
        const item: unknown = part[at]
        hash = typeof item === 'number' ? mixed(hash, item) : this.#hash(item, hash)
      }
      return hash
    }
    for (const key in part) {
      this.#size++
      hash = this.#hash((part as Plain)[key], hash)
    }
    return hash
  }

  /** Forgets everything if there is no room for more; returns whether it did. */
  #makeRoom(size: number): boolean {
    this.#used += size
    if (this.#used <= this.#room) return false
    this.#texts.clear()
    this.#byHash.clear()
    this.#kept = new WeakSet()
    this.#used = size
    return true
  }
}

function hashOfText(text: string, before: number): number {
  let hash = mixed(before, text.length)
  for (let at = 0; at < text.length; at++) hash = mixed(hash, text.charCodeAt(at))
  return hash
}

function mixed(before: number, part: number): number {
  const hash = Math.imul(before ^ part, 0x9e37_79b1)
  return hash ^ (hash >>> 15)
}

/** Whether two values of plain data have the same JSON, including the order of keys. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
    for (let at = 0; at < one.length; at++)
      if (one[at] !== other[at] && !isEqual(one[at], other[at])) return false
    return true
  }
  const [keys, others] = [Object.keys(one), Object.keys(other)]
  if (keys.length !== others.length) return false
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] ?? ''
    if (key !== others[at]) return false
    if (!isEqual((one as Plain)[key], (other as Plain)[key])) return false
  }
  return true
}

type Plain = Readonly<Record<string, unknown>>
