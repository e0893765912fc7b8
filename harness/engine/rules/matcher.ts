import { Protocol } from '../../wire/numbers.ts'
import { AppProtocol, AppView, Sight } from '../app/app-view.ts'
import { type FlagMatch, matchesFlags } from './flag-match.ts'
import type { RuleGroup } from './group.ts'
import { Matches } from './matches.ts'
import type { RuleSet } from './rule-set.ts'
import { Look } from './signature.ts'
import { StreamScan } from './stream-scan.ts'
import type { RuleSubject } from './subject.ts'

/** The view of a flow whose application layer is not inspected. */
const NO_VIEW = new AppView()

/**
 * Evaluates the rules of a group for a packet in the order of Suricata 7 (detect.c): address-only rules on the first
 * packet, then rules about packets and streams, then rules about transactions. A rule that matches changes flowbits at once.
 */
export class Matcher {
  readonly #set: RuleSet
  readonly #scan: StreamScan | undefined
  readonly matches = new Matches()
  /** Places that a pattern selected, ascending and without repetition once sorted. */
  #called: number[] = []
  #host = 0
  #words: Int32Array = new Int32Array(0)
  #base = -1
  #view = NO_VIEW
  #ofStream = false

  constructor(set: RuleSet) {
    this.#set = set
    const { search, lengths } = set.patterns
    this.#scan = search === undefined ? undefined : new StreamScan(search, lengths)
  }

  /** Fills `matches`. `base` is -1 for packets without flow; `view` is what the application layer shows with this packet. */
  run(
    group: RuleGroup,
    subject: RuleSubject,
    view: AppView | undefined,
    host: number,
    words: Int32Array,
    base: number,
  ): void {
    this.matches.clear()
    this.#host = host
    this.#words = words
    this.#base = base
    this.#view = view ?? NO_VIEW
    if (subject.first) for (const place of group.first) this.#matched(place, false)
    const steady = group.steady[subject.established ? 1 : 0]
    const called = this.#called
    called.length = 0
    // At the last look no patterns are searched: rules with only negated contents have none.
    if (group.content && subject.payloadTo > subject.payloadFrom && !this.#view.lastLook)
      this.#callByContent(group, subject)
    if (called.length === 0) for (const place of steady) this.#ask(place, subject)
    else {
      for (const place of steady) called.push(place)
      called.sort((a, b) => a - b)
      for (const [index, place] of called.entries())
        if (place !== called[index - 1]) this.#ask(place, subject)
    }
    if (this.#view.count > 0) this.#askTransactions(group, subject)
  }

  #callByContent(group: RuleGroup, subject: RuleSubject): void {
    const { search, calls } = this.#set.patterns
    if (search === undefined) return
    const view = this.#view
    if (view.added && view.streamTo > view.streamFrom && this.#scan !== undefined) {
      const found = this.#scan.scan(view)
      if (found === undefined) return
      for (let i = 0; i < found.length; i += 2) this.#call(group, calls[found[i] ?? 0] ?? [])
      return
    }
    const { pairs, count } = search.scan(subject.payload, subject.payloadFrom, subject.payloadTo)
    for (let i = 0; i < count; i++) this.#call(group, calls[pairs[i * 2] ?? 0] ?? [])
  }

  #call(group: RuleGroup, places: readonly number[]): void {
    for (const place of places) if (group.called.has(place)) this.#called.push(place)
  }

  #ask(place: number, subject: RuleSubject): void {
    const signature = this.#set.signatures[place]
    if (signature === undefined) return
    const { rule, appProtocol, look } = signature
    if (appProtocol !== AppProtocol.unknown && appProtocol !== subject.appProtocol) return
    const { established } = rule.flow ?? NO_FLOW_MATCH
    if (established !== undefined && established !== subject.established) return
    this.#ofStream = false
    if (look !== 0 && !(this.#hasContent(place, look, subject) && this.#isSelected(place, look, subject)))
      return
    if (rule.flags.length > 0 && !hasFlags(rule.flags, subject)) return
    if (this.#answersFlowbits(place)) this.#matched(place, this.#ofStream)
  }

  #hasContent(place: number, look: number, subject: RuleSubject): boolean {
    const { payload, payloadFrom, payloadTo } = subject
    const contents = this.#set.contents[place]
    const { lastLook } = this.#view
    if (payloadTo <= payloadFrom || contents === undefined) return false
    if (this.#view.unshown && look === Look.stream) return false
    if ((look & Look.stream) !== 0 && this.#view.added && !this.#view.unshown) {
      const { stream, streamFrom, streamTo } = this.#view
      // A payload that is not contiguous with the stream is inspected alone.
      this.#ofStream =
        streamTo > streamFrom
          ? contents.match(stream, streamFrom, streamTo, lastLook)
          : contents.match(payload, payloadFrom, payloadTo, lastLook)
      if (this.#ofStream || (look & Look.payload) === 0) return this.#ofStream
      if (!lastLook && contents.isBarredBy(stream, streamFrom, streamTo)) return false
    }
    return contents.match(payload, payloadFrom, payloadTo, lastLook)
  }

  /** Whether the pattern search, too, selects a rule whose contents are there. */
  #isSelected(place: number, look: number, { payload, payloadFrom, payloadTo }: RuleSubject): boolean {
    const contents = this.#set.contents[place]
    const { lastLook, stream, streamFrom, streamTo } = this.#view
    if (contents === undefined || lastLook) return true
    const inStream = this.#ofStream && streamTo > streamFrom
    if (inStream && contents.isCalledBy(stream, streamFrom, streamTo)) return true
    return (!inStream || (look & Look.payload) !== 0) && contents.isCalledBy(payload, payloadFrom, payloadTo)
  }

  #answersFlowbits(place: number): boolean {
    for (const step of this.#set.flowbits[place] ?? [])
      if (!this.#set.columns.answers(step, this.#host, this.#words, this.#base)) return false
    return true
  }

  #matched(place: number, ofStream: boolean): void {
    for (const step of this.#set.flowbits[place] ?? [])
      this.#set.columns.apply(step, this.#host, this.#words, this.#base)
    this.matches.add(place, ofStream)
  }

  /** Evaluates the rules with buffers for each transaction that the view shows. */
  #askTransactions(group: RuleGroup, subject: RuleSubject): void {
    const { transaction, count } = this.#view
    const asked = new Set<number>()
    for (let i = 0; i < count; i++) {
      const id = transaction[i] ?? 0
      if (asked.has(id)) continue
      asked.add(id)
      this.#called.length = 0
      for (let j = i; j < count; j++) if (transaction[j] === id) this.#callByBuffer(group, j)
      const places = this.#called.toSorted((a, b) => a - b)
      for (const [index, place] of places.entries())
        if (place !== places[index - 1] && this.#isAbout(place, id, subject)) this.#matched(place, false)
    }
  }

  #callByBuffer(group: RuleGroup, index: number): void {
    const { bytes, kind, from, to } = this.#view
    const calls = this.#set.bufferCalls[kind[index] ?? 0]
    if (calls === undefined) return
    // The protocol is not yet known when the rules for a packet that opens a session are collected: only a pattern selects any.
    for (const place of calls.always)
      if (group.called.has(place) && (!this.#view.unshown || this.#isBarred(place, index)))
        this.#called.push(place)
    const { search, calls: byPattern } = calls.patterns
    if (search === undefined) return
    const { pairs, count } = search.scan(bytes, from[index] ?? 0, to[index] ?? 0)
    for (let i = 0; i < count; i++) this.#call(group, byPattern[pairs[i * 2] ?? 0] ?? [])
  }

  /** Whether a rule's longest content, which is negated, is in the `index`th buffer. */
  #isBarred(place: number, index: number): boolean {
    const { bytes, kind, from, to } = this.#view
    const own = this.#set.buffers[place]?.find(({ buffer }) => buffer === kind[index])
    return own?.contents.isBarredBy(bytes, from[index] ?? 0, to[index] ?? 0) === true
  }

  /**
   * Whether a rule finds all its buffers in one transaction, at least one of them for the first time. A rule that no pattern selects
   * matches again, unless it came to wait for another buffer after the one that is searched first (detect.c, DetectRunTxInspectRule).
   */
  #isAbout(place: number, id: number, subject: RuleSubject): boolean {
    const signature = this.#set.signatures[place]
    if (signature === undefined) return false
    const { established } = signature.rule.flow ?? NO_FLOW_MATCH
    if (established !== undefined && established !== subject.established) return false
    if (!this.#answersFlowbits(place)) return false
    const { bytes, kind, transaction, sight, showing, from, to, count } = this.#view
    const repeating = this.#set.repeating[place]
    const comesLate = repeating !== -1 || established === true
    let anew = false
    let searched = -1
    let latest = 0
    for (const { buffer, contents, calls } of this.#set.buffers[place] ?? []) {
      let found = false
      for (let i = 0; i < count && !found; i++) {
        if (kind[i] !== buffer || transaction[i] !== id) continue
        const [start, end] = [from[i] ?? 0, to[i] ?? 0]
        found = contents.match(bytes, start, end, true) && (!calls || contents.isCalledBy(bytes, start, end))
        if (!found) continue
        if (sight[i] === Sight.fresh || (sight[i] === Sight.late && comesLate)) anew = true
        if (sight[i] === Sight.again && buffer === repeating) searched = showing[i] ?? 0
        latest = Math.max(latest, showing[i] ?? 0)
      }
      if (!found) return false
    }
    return anew || searched >= latest
  }
}

/** Whether all flag conditions match; fragments and packets other than TCP have no flags. */
function hasFlags(flags: readonly FlagMatch[], subject: RuleSubject): boolean {
  if (!subject.wholeDatagram || subject.protocol !== Protocol.tcp) return false
  return flags.every((each) => matchesFlags(each, subject.flags))
}

const NO_FLOW_MATCH = { established: undefined }
