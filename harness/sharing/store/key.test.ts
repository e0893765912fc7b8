import { expect } from 'chai'
import { type FrameOptions, packet } from '../../engine/example-engine.test.ts'
import { batchOf } from '../../engine/oracle-cases.test.ts'
import { FlowTable } from '../../flow/table.ts'
import { Link } from '../../model/codes.ts'
import { decodeBatch } from '../../wire/decode.ts'
import { keyOf } from './key.ts'

/** The keys of frames of one capture, as hexadecimal text. */
function keys(frames: readonly Uint8Array[]): (string | undefined)[] {
  const batch = batchOf(frames.map((bytes, at) => ({ time: at * 1e6, bytes })))
  batch.link.fill(Link.ethernet)
  decodeBatch(batch)
  new FlowTable().assign(batch)
  return frames.map((_, index) => {
    const key = keyOf(batch, index)
    return key && Buffer.from(key).toString('hex')
  })
}

function keysOf(lines: readonly string[], options: FrameOptions = {}): (string | undefined)[] {
  return keys(lines.map((line) => packet(line, options).bytes))
}

/** An Ethernet frame with a tag put in. */
function tagged(frame: Uint8Array, vlan: number): Uint8Array {
  return Uint8Array.from([...frame.subarray(0, 12), 0x81, 0, vlan >> 8, vlan & 255, ...frame.subarray(12)])
}

describe('sharing/store: key', () => {
  it('is the 5-tuple, client first, in both directions alike', () => {
    expect(keysOf(['> S 0', '< SA 0 1'])).to.deep.equal(Array(2).fill('c000020ac63364509c40005006'))
    const [key, back] = keysOf(['> S 0', '< SA 0 1'], { family: 'ipv6' })
    expect(key).to.equal(`${'20'.repeat(15)}01${'20'.repeat(15)}029c40005006`)
    expect(back).to.equal(key)
    expect((key ?? '').length / 2).to.equal(37)
  })

  it('tells protocols apart, and the ports', () => {
    const lines = ['> S 0', '> S 0 port=40001', '> UDP', '> PING']
    expect(new Set(keysOf(lines)).size).to.equal(lines.length)
    const [ping, pong] = keysOf(['> PING', '< PONG'])
    expect(pong).to.equal(ping)
  })

  it('has three bytes more where the packet is tagged', () => {
    const frame = packet('> S 0').bytes
    const [plain, one, other] = keys([frame, tagged(frame, 1), tagged(frame, 2)])
    expect(one).to.equal(`${plain}000001`)
    expect(other).to.equal(`${plain}000002`)
  })

  it('is of whole datagrams: fragments have none until the last of them came', () => {
    const whole = packet('> UDP').bytes
    const [head, tail] = [fragmentOf(whole, 0, 8, true), fragmentOf(whole, 8, 4, false)]
    const [first, last] = keys([head, tail])
    expect(first).to.equal(undefined)
    expect(last).to.equal(keys([whole])[0])
  })

  it('is none of an ICMP error, which is about another flow', () => {
    const quoted = packet('> S 0').bytes.subarray(14, 14 + 28)
    const error = Uint8Array.from([3, 1, 0, 0, 0, 0, 0, 0, ...quoted])
    const frame = Uint8Array.from([...packet('< PONG').bytes.subarray(0, 34), ...error])
    frame[16] = 0
    frame[17] = frame.length - 14
    expect(keys([packet('> S 0').bytes, frame])[1]).to.equal(undefined)
  })
})

/** A part of the payload of an IPv4 frame without options as a fragment; bytes of the payload, in eights. */
function fragmentOf(frame: Uint8Array, from: number, length: number, more: boolean): Uint8Array {
  const part = Uint8Array.from([...frame.subarray(0, 34), ...frame.subarray(34 + from, 34 + from + length)])
  part[17] = 20 + length
  part[20] = more ? 0x20 : 0
  part[21] = from / 8
  return part
}
