import type { Emitted, Nanos, PacketBatch } from '../../model/batch.ts'
import { Tcp } from '../../model/codes.ts'
import { forgeTcp, readdress } from '../../wire/forge.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import type { Segment } from './endpoint.ts'
import type { EndScript } from './script.ts'

/** What is needed to turn an endpoint's segments into frames. */
export interface FrameMaker {
  readonly script: EndScript
  readonly direction: 0 | 1
  /** The client's port, if it is not the recorded one. */
  readonly port: number | undefined
  /** The last timestamp of the other end, to be echoed. */
  echo: number
}

/** The frame of a segment, modelled on the recorded ones of its direction: addresses, link and, for a SYN, options. */
export function frameOf(maker: FrameMaker, segment: Segment, elapsed: Nanos): Uint8Array {
  const { script, direction, port } = maker
  const opening = (segment.flags & Tcp.syn) !== 0
  const template = opening ? script.open : script.data
  const stamped = script.timestamp !== undefined && (segment.flags & Tcp.rst) === 0
  const value = ((script.timestamp ?? 0) + Math.floor(elapsed / 1e6)) >>> 0
  const frame = forgeTcp(template, {
    flags: segment.flags,
    seq: segment.seq,
    ack: segment.ack,
    window: script.window,
    payload: segment.length,
    keepOptions: opening,
    ...(stamped ? { timestamp: { value, echo: maker.echo } } : {}),
  })
  if (port !== undefined)
    readdress(
      frame,
      template.link,
      direction === 0 ? { source: { port } } : { destination: { port } },
      template.tunnels,
    )
  return frame
}

/** Makes the batch hold one frame only. */
export function loadFrame(batch: PacketBatch, frame: Uint8Array, link: number): void {
  batch.clear()
  if (frame.length > batch.bytes.length) batch.growBytes(frame.length, 0)
  batch.bytes.set(frame)
  batch.start[0] = 0
  batch.captured[0] = frame.length
  batch.original[0] = frame.length
  batch.link[0] = link
  batch.count = 1
}

/** The segment in a reset that a firewall sent; `tunnels`: the tunnels that are looked into, a `Tunnels` code. */
export function segmentOfEmitted(emitted: Emitted, tunnels: number): Segment {
  const { flags } = dissectInner(emitted.frame, emitted.link, tunnels)
  return { flags, seq: emitted.seq, ack: emitted.ack, length: 0, number: 0 }
}
