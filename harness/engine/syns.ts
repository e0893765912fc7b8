import { makeOddity, oddityAt } from './oddities.ts'
import type { EarlierSyn } from './oddity.ts'
import { CLIENT, Flag, ISN, NEXT, SERVER, STAMP, State, scaleOf, WINDOW, withScale } from './record.ts'
import type { Segment } from './segment.ts'
import { enter } from './states.ts'
import type { SessionTable } from './table.ts'

/** The most earlier SYNs that are remembered per connection. */
const MAX_EARLIER_SYNS = 10

/** A SYN without session opens one. Its data counts only with Fast Open (RFC 7413). */
export function openSession(
  table: SessionTable,
  base: number,
  segment: Segment,
  asyncOneside: boolean,
): void {
  const { words } = table
  const client = base + CLIENT
  if (asyncOneside) {
    const oddity = makeOddity(table, base)
    oddity.async = true
    oddity.seenClient = segment.toServer
    oddity.seenServer = !segment.toServer
  }
  enter(table, base, State.synSent)
  words[client + ISN] = segment.seq
  words[client + NEXT] = (segment.seq + 1) | 0
  noteStamp(words, base, client, segment)
  words[base + SERVER + WINDOW] = segment.window
  if (segment.scale >= 0) noteScale(words, base, segment)
  if (!segment.fastOpen) return
  const oddity = makeOddity(table, base)
  oddity.fastOpen = true
  words[client + NEXT] = (segment.seq + 1 + segment.length) | 0
  // A single byte does not get into the stream: Suricata looks for it in the place of the SYN (StreamTcpReassembleCheckDepth).
  if (segment.length === 1) oddity.clientHeard = []
}

/** The server sends a SYN of its own: simultaneous open, or a split handshake. */
export function reverseSyn(words: Int32Array, base: number, segment: Segment): void {
  const server = base + SERVER
  words[base] = (words[base] ?? 0) | Flag.splitHandshake
  words[server + ISN] = segment.seq
  words[server + NEXT] = (segment.seq + 1) | 0
  noteStamp(words, base, server, segment)
  words[server + WINDOW] = segment.window
  if (segment.scale >= 0) noteScale(words, base, segment)
  else words[base] = withScale(words[base] ?? 0, SERVER, 0) & ~Flag.scaling
}

/**
 * The client sends another SYN: the newest counts; the earlier ones are remembered, since one of them may be answered. One without
 * window scaling makes Suricata forget everything else that it recorded about the opening.
 */
export function repeatSyn(table: SessionTable, base: number, segment: Segment): void {
  rememberSyn(table, base)
  applySyn(table, base, {
    window: segment.window,
    scale: segment.scale,
    hasTimestamp: segment.hasTimestamp,
    stamp: segment.stamp,
  })
}

function rememberSyn(table: SessionTable, base: number): void {
  const { words } = table
  const head = words[base] ?? 0
  const hasTimestamp = (head & Flag.clientTimestamps) !== 0
  const stamp = hasTimestamp ? (words[base + CLIENT + STAMP] ?? 0) : 0
  const oddity = makeOddity(table, base)
  const same = (syn: EarlierSyn) => syn.hasTimestamp === hasTimestamp && syn.stamp === stamp
  if (oddity.syns.length === MAX_EARLIER_SYNS || oddity.syns.some(same)) return
  const scale = (head & Flag.scaling) !== 0 ? scaleOf(head, SERVER) : -1
  const window = words[base + SERVER + WINDOW] ?? 0
  oddity.syns = [...oddity.syns, { window, scale, hasTimestamp, stamp }]
}

/** Makes the given SYN of the client the one that counts. */
export function applySyn(table: SessionTable, base: number, syn: EarlierSyn): void {
  const { words } = table
  let head = words[base] ?? 0
  if (syn.hasTimestamp) {
    head |= Flag.clientTimestamps
    words[base + CLIENT + STAMP] = syn.stamp
  }
  if (syn.scale >= 0) head |= Flag.scaling
  else {
    head &= ~(Flag.splitHandshake | Flag.timestamps)
    const oddity = oddityAt(table, base)
    if (oddity !== undefined) {
      oddity.async = false
      oddity.fastOpen = false
      oddity.dataIgnored = false
    }
  }
  words[base] = withScale(head, SERVER, Math.max(syn.scale, 0))
  words[base + SERVER + WINDOW] = syn.window
}

/** The earlier SYN, not the newest one, whose timestamp the segment echoes, if any. */
export function echoedSyn(table: SessionTable, base: number, segment: Segment): EarlierSyn | undefined {
  return oddityAt(table, base)?.syns.find(({ hasTimestamp, stamp }) => hasTimestamp && stamp === segment.echo)
}

function noteStamp(words: Int32Array, base: number, own: number, segment: Segment): void {
  if (!segment.hasTimestamp) return
  words[own + STAMP] = segment.stamp
  words[base] = (words[base] ?? 0) | (own - base === CLIENT ? Flag.clientTimestamps : Flag.serverTimestamps)
}

function noteScale(words: Int32Array, base: number, segment: Segment): void {
  words[base] = withScale(words[base] ?? 0, SERVER, segment.scale) | Flag.scaling
}
