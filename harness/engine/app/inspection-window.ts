import type { AppView } from './app-view.ts'
import type { Stream } from './stream.ts'

/** How much of a stream rules inspect with one packet (suricata.yaml, toserver-chunk-size and toclient-chunk-size). */
const CHUNK = 2560
/** Unneeded bytes that are left in place before the buffer is compacted. */
const SLACK = 4096

/**
 * Shows the part of the stream around a packet's payload (Suricata 7, stream-tcp-reassemble.c, StreamReassembleRawInline): up to a
 * chunk of the data contiguous with it, more if the payload itself is large; the packet's own bytes if they are not in the stream.
 */
export function showWindow(view: AppView, stream: Stream, position: number, length: number): void {
  const end = position + length
  if (position < 0 || !stream.find(position) || stream.foundLength < length) return
  let from = stream.pieceStart(position)
  let to = position + stream.foundLength
  const chunk = ((CHUNK / 3) | 0) * 2 < length ? length + ((CHUNK / 3) | 0) : CHUNK
  const excess = to - from - chunk
  if (excess > 0) {
    if (to === end) from += excess
    else if (from === position) to -= excess
    else {
      const half = Math.trunc((chunk - length) / 2)
      let before = position - from
      let after = to - end
      if (after >= half && before >= half) {
        before = half
        after = half
      } else if (after >= half) after = chunk - length - before
      else if (before >= half) before = chunk - length - after
      from = position - before
      to = end + after
    }
  }
  if (stream.overlapped) view.rewrittenFrom = stream.indexOf(position)
  view.stream = stream.bytes
  view.streamFrom = stream.indexOf(from)
  view.streamTo = stream.indexOf(to)
  view.streamStart = from
  view.seen = stream
}

/** Releases data that neither parser nor rules will need again. Not while a view refers to the stream. */
export function trim(stream: Stream): void {
  const { edge } = stream
  if (edge - stream.start >= SLACK || edge === stream.end) stream.forget(edge)
}

/**
 * Notes, after a packet of its direction, from where on a stream is needed: what has not been parsed, a chunk before it for rules, and what the
 * peer has not acknowledged, which may come again (Suricata 7, stream-tcp-list.c, GetLeftEdge).
 */
export function noteEdge(stream: Stream, disabled: boolean, forRules: boolean): void {
  const needed = disabled ? stream.end : stream.progress
  stream.edge = forRules ? Math.min(needed - CHUNK, stream.acked) : needed
}
