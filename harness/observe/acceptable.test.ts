import { expect } from 'chai'
import { type Emitted, PacketBatch } from '../model/batch.ts'
import { Link, Tcp } from '../model/codes.ts'
import { decodeBatch } from '../wire/decode.ts'
import { forgeTcp, readdress } from '../wire/forge.ts'
import { buildReset } from '../wire/reset.ts'
import { isAcceptable } from './acceptable.ts'
import { controlFrame } from './control-frames.ts'

/** A batch with one segment. */
function batchWith(change: { flags: number; seq: number; ack: number; payload: number }): PacketBatch {
  const template = controlFrame('ipv4', 0, 'denied')
  const frame = forgeTcp({ bytes: template.frame, link: template.link }, { window: 1000, ...change })
  const batch = new PacketBatch(1, frame.length)
  batch.bytes.set(frame)
  batch.captured[0] = frame.length
  batch.original[0] = frame.length
  batch.link[0] = Link.ethernet
  batch.count = 1
  decodeBatch(batch)
  return batch
}

function resetOf(batch: PacketBatch, to: 'sender' | 'receiver', change: Partial<Emitted> = {}): Emitted {
  const built = buildReset(batch, 0, to, 'rfc')
  if (built === undefined) throw new Error('a reset can be built')
  return { cause: 0, kind: 'tcp-rst', to, by: 0, at: 0, link: Link.ethernet, ...built, ...change }
}

const data = { flags: Tcp.ack | Tcp.psh, seq: 1000, ack: 5000, payload: 100 }

describe('observe/acceptable', () => {
  it('accepts what a receiver obeys', () => {
    expect(isAcceptable(resetOf(batchWith(data), 'sender'), batchWith(data))).to.equal(true)
    expect(isAcceptable(resetOf(batchWith(data), 'receiver'), batchWith(data))).to.equal(true)
    const syn = { flags: Tcp.syn, seq: 1000, ack: 0, payload: 0 }
    expect(isAcceptable(resetOf(batchWith(syn), 'sender'), batchWith(syn))).to.equal(true)
  })

  it('refuses numbers beside the expected ones', () => {
    const batch = batchWith(data)
    expect(isAcceptable(resetOf(batch, 'sender', { seq: 5001 }), batch)).to.equal(false)
    expect(isAcceptable(resetOf(batch, 'receiver', { seq: 999 }), batch)).to.equal(false)
    const syn = batchWith({ flags: Tcp.syn, seq: 1000, ack: 0, payload: 0 })
    expect(isAcceptable(resetOf(syn, 'sender', { ack: 1000 }), syn)).to.equal(false)
    expect(isAcceptable(resetOf(syn, 'sender', { ack: 1002 }), syn)).to.equal(false)
    expect(isAcceptable(resetOf(syn, 'sender', { seq: 1 }), syn)).to.equal(false)
  })

  it('refuses a reset of another connection', () => {
    const batch = batchWith(data)
    const good = resetOf(batch, 'sender')
    for (const other of [
      { source: { port: 1 } },
      { destination: { port: 1 } },
      { source: { address: Uint8Array.of(1, 2, 3, 4) } },
    ]) {
      const frame = good.frame.slice()
      readdress(frame, good.link, other)
      expect(isAcceptable({ ...good, frame }, batch)).to.equal(false)
    }
    expect(isAcceptable({ ...good, to: 'receiver', seq: data.seq }, batch)).to.equal(false)
  })

  it('refuses a wrong checksum', () => {
    const batch = batchWith(data)
    const good = resetOf(batch, 'sender')
    const frame = good.frame.slice()
    frame[frame.length - 1] = (frame[frame.length - 1] ?? 0) ^ 1
    expect(isAcceptable({ ...good, frame }, batch)).to.equal(false)
  })
})
