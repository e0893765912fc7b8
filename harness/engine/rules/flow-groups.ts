import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { RECORD_WORDS } from '../record.ts'
import type { RuleGroup, RuleGroups } from './group.ts'
import type { RuleSubject } from './subject.ts'

const FIRST_CAPACITY = 4096
/** Entries per flow: direction in the capture, and as the host sees it. */
const WAYS = 4

/** The rule group of each flow and direction, looked up once: addresses and ports of a flow never change. */
export class FlowGroups {
  readonly #groups: RuleGroups
  readonly #appAlways: boolean
  /** Group + 1, by flow and way; 0: not looked up yet. */
  #known = new Int32Array(0)
  /** 1 if a group of the flow, in either direction, needs its application layer. */
  #app = new Uint8Array(0)
  /** Whether the flow of the last `find` needs its application layer. */
  asksApp = false

  constructor(groups: RuleGroups, appAlways: boolean) {
    this.#groups = groups
    this.#appAlways = appAlways
  }

  clear(): void {
    this.#known.fill(0)
  }

  /** Whether no rule needs to see a packet of a flow, other than its first. False if that is not known yet. */
  isIdle(batch: PacketBatch, index: number, base: number, toServer: boolean, established: boolean): boolean {
    if (base < 0 || !isTransport(batch.kind[index] ?? 0)) return false
    const key = keyOf(base, batch.direction[index] ?? 0, toServer)
    const group = this.#groups.groups[(this.#known[key] ?? 0) - 1]
    if (group === undefined || !group.idle[established ? 1 : 0]) return false
    return (this.#app[key] ?? 0) === 0
  }

  /** Index of a packet's group. */
  find(subject: RuleSubject, batch: PacketBatch, cause: number | Rebuilt, base: number): number {
    const index = typeof cause === 'number' ? cause : cause.index
    const kind = typeof cause === 'number' ? (batch.kind[cause] ?? 0) : cause.kind
    this.asksApp = false
    if (base < 0 || !isTransport(kind)) return this.#groups.find(subject)
    const key = keyOf(base, batch.direction[index] ?? 0, subject.toServer)
    if (key >= this.#known.length) this.#grow(key)
    // The entry may have been another flow's.
    if (subject.first) this.#known.fill(0, key - (key % WAYS), key - (key % WAYS) + WAYS)
    let known = this.#known[key] ?? 0
    if (known === 0) {
      known = this.#groups.find(subject) + 1
      const back = this.#groups.groups[this.#groups.findBack(subject)]
      this.#known[key] = known
      this.#app[key] = asks(this.#groups.groups[known - 1]) || asks(back) || this.#appAlways ? 1 : 0
    }
    this.asksApp = this.#app[key] === 1
    return known - 1
  }

  #grow(key: number): void {
    const capacity = Math.max(FIRST_CAPACITY, key * 2)
    const known = new Int32Array(capacity)
    known.set(this.#known)
    this.#known = known
    const app = new Uint8Array(capacity)
    app.set(this.#app)
    this.#app = app
  }
}

function asks(group: RuleGroup | undefined): boolean {
  return group?.app === true || group?.content === true
}

function keyOf(base: number, direction: number, toServer: boolean): number {
  return (base / RECORD_WORDS) * WAYS + direction * 2 + (toServer ? 1 : 0)
}

/** ICMP errors belong to the flow that they are about, but have addresses of their own. */
function isTransport(kind: number): boolean {
  return kind === Kind.tcp4 || kind === Kind.tcp6 || kind === Kind.udp4 || kind === Kind.udp6
}
