import { expect } from 'chai'
import { Link, Tcp, Tunnels } from '../../model/codes.ts'
import { putU16, putU32, u16, u32 } from '../../wire/bytes.ts'
import { writeIpv4Checksum } from '../../wire/checksum.ts'
import { ipv4, join8, MACS } from '../../wire/example-frames.test.ts'
import { forgeTcp, verifyChecksums } from '../../wire/forge.ts'
import { addressLength, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { readdress } from '../../wire/readdress.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import { type ExampleTunnel, TUNNELS } from '../../wire/tunnel/example-tunnels.test.ts'
import { type Device, passing } from './fake-port.test.ts'
import { chunkOf, playThrough, type Step, segment } from './live-bench.test.ts'

/** Behind the Ethernet header. */
const LINK = 14

const CONVERSATION: readonly Step[] = [
  { from: 'client', flags: Tcp.syn, seq: 100 },
  { from: 'server', flags: Tcp.syn | Tcp.ack, seq: 500, ack: 101 },
  { from: 'client', seq: 101, ack: 501 },
  { from: 'client', flags: Tcp.ack | Tcp.psh, seq: 101, ack: 501, payload: 40 },
  { from: 'server', flags: Tcp.ack | Tcp.psh, seq: 501, ack: 141, payload: 9 },
]
const DATA = 3

const framed = (datagram: Uint8Array): Uint8Array =>
  join8(MACS, Uint8Array.of(...(isIpv6(datagram, 0) ? [0x86, 0xdd] : [8, 0])), datagram)

/** The packets of a conversation in a tunnel. */
function within({ wrap }: ExampleTunnel, steps: readonly Step[] = CONVERSATION): Step[] {
  return steps.map((step) => ({ ...step, frame: framed(wrap(segment(step).subarray(LINK))) }))
}

const inner = (steps: readonly Step[]) => chunkOf(steps, [], Tunnels.inner)
const read = (frame: Uint8Array) => dissectInner(frame, Link.raw, Tunnels.inner)
const isSegment = (frame: Uint8Array) => read(frame).protocol === 6

/** Lets markers through, and does to segments, in tunnels or not, what `what` says; to the nth segment, from 0. */
function with_(what: (arm: number, frame: Uint8Array, n: number) => ReturnType<Device>): Device {
  let n = 0
  return (arm, frame) => (isSegment(frame) ? what(arm, frame, n++) : passing(arm, frame))
}

/** What a firewall makes of a segment that it rejects: in its tunnel, or outside. */
function resetTo(frame: Uint8Array, outside = false): Uint8Array {
  const { l3, l4 } = read(frame)
  const size = addressLength(frame, l3)
  const end = (address: number, port: number) => ({
    address: frame.slice(address, address + size),
    port: u16(frame, port),
  })
  const template = { bytes: frame, link: Link.raw, tunnels: Tunnels.inner }
  const reset = { flags: Tcp.rst, seq: u32(frame, l4 + 8), ack: 0, payload: 0, window: 0 }
  const made = forgeTcp(template, reset)
  const turned = {
    source: end(destinationAt(frame, l3), l4 + 2),
    destination: end(sourceAt(frame, l3), l4),
  }
  readdress(made, Link.raw, turned, Tunnels.inner)
  return outside ? made.slice(read(made).l3) : made
}

function tunnelNamed(name: string): ExampleTunnel {
  const found = TUNNELS.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no tunnel ${name}`)
  return found
}

describe('observe/live/tunnels', () => {
  const INSIDE = TUNNELS.filter(({ inside }) => inside)

  it('what is in a tunnel is sent in it, and told by what comes out of it: in every tunnel', async () => {
    for (const tunnel of INSIDE) {
      const family = tunnel.version === 6 ? 'ipv6' : 'ipv4'
      const steps = within(
        tunnel,
        CONVERSATION.map((step) => ({ ...step, family })),
      )
      const drops = with_((arm, frame, n) => (n === DATA ? [] : passing(arm, frame)))
      const { verdicts, sightings, port } = await playThrough(drops, [inner(steps)], { lateness: 50 })
      const sent = port.sent.map(({ frame }) => frame).filter(isSegment)
      expect(sent, tunnel.name).to.deep.equal(steps.map(({ frame }) => frame?.slice(LINK)))
      expect(verdicts, tunnel.name).to.deep.equal(['forward', 'forward', 'forward', 'drop', 'forward'])
      // On a busy machine something may come late.
      expect(
        sightings.filter(({ kind }) => kind !== 'late'),
        tunnel.name,
      ).to.deep.equal([])
    }
  })

  it('connections of one tunnel are told apart, and from the same outside of it', async () => {
    const tunnel = tunnelNamed('vxlan')
    const other = CONVERSATION.map((step) => ({ ...step, family: 'ipv6' as const, flow: 1 }))
    const outside = CONVERSATION.map((step) => ({ ...step, flow: 2 }))
    const [first, second] = [within(tunnel), within(tunnel, other)]
    const mixed = first.flatMap((step, n) => [step, second[n] as Step, outside[n] as Step])
    for (const dropped of [0, 1, 2]) {
      const drops = with_((arm, frame, n) => (n === 3 * DATA + dropped ? [] : passing(arm, frame)))
      const { verdicts } = await playThrough(drops, [inner(mixed)], { lateness: 50 })
      const expected = mixed.map((_, n) => (n === 3 * DATA + dropped ? 'drop' : 'forward'))
      expect(verdicts, String(dropped)).to.deep.equal(expected)
    }
  })

  it('a reset that comes in the tunnel, or outside of it, is about the packet in the tunnel', async () => {
    for (const { name } of INSIDE.filter(({ version }) => version !== 6))
      for (const outside of [false, true]) {
        const rejects = with_((arm, frame, n) =>
          n === DATA ? [{ arm, frame: resetTo(frame, outside) }] : passing(arm, frame),
        )
        const { verdicts, batches } = await playThrough(rejects, [inner(within(tunnelNamed(name)))], {
          lateness: 50,
        })
        expect(verdicts[DATA], name).to.equal('reject')
        const [emitted] = batches[0]?.packets.emitted ?? []
        expect(emitted, name).to.include({ cause: DATA, kind: 'tcp-rst', to: 'sender', by: 0, seq: 501 })
        expect(read(emitted?.frame ?? new Uint8Array()).stack > 0, name).to.equal(!outside)
      }
  })

  it('an ICMP error that quotes the packet in the tunnel, or the tunnel, is about it', async () => {
    for (const ofTunnel of [false, true]) {
      const refuses = with_((arm, frame, n) => {
        if (n !== DATA) return passing(arm, frame)
        const quoted = frame.subarray(ofTunnel ? 0 : read(frame).l3)
        const error = ipv4(1, join8(Uint8Array.of(3, 1, 0, 0, 0, 0, 0, 0), quoted.subarray(0, 48)))
        return [{ arm, frame: error }]
      })
      const { verdicts, batches } = await playThrough(refuses, [inner(within(tunnelNamed('gre')))], {
        lateness: 50,
      })
      expect(verdicts[DATA]).to.equal('reject')
      expect(batches[0]?.packets.emitted[0]).to.include({ cause: DATA, kind: 'icmp', to: 'sender' })
    }
  })

  it('what a device changes of the tunnel, and in it, is said; checksums and hop limits are not', async () => {
    const tunnel = tunnelNamed('gre with checksum, key and sequence')
    const changes = with_((arm, frame) => {
      const copy = frame.slice()
      const { l3, l4 } = read(copy)
      copy[8] = (copy[8] ?? 0) - 3
      copy[l3 - 1] = 77
      putU32(copy, 12, 0x0909_0909)
      writeIpv4Checksum(copy, 0)
      putU16(copy, 24, 0)
      putU16(copy, l4 + 14, 7)
      return passing(arm, copy)
    })
    const { verdicts, sightings } = await playThrough(changes, [inner(within(tunnel).slice(0, 1))])
    expect(verdicts).to.deep.equal(['forward'])
    const told = sightings.map(({ kind, field }) => `${kind} ${field}`)
    expect(told).to.have.members(['altered tunnel source', 'altered tunnel header', 'altered window'])
  })

  it('speaks to a device that translates what is in tunnels', async () => {
    const [SHIFT, address] = [1_000_000, Uint8Array.of(9, 9, 9, 9)]
    let client = new Uint8Array(4)
    const masquerade = with_((arm, frame) => {
      const copy = frame.slice()
      const { l3, l4 } = read(copy)
      if (arm === 0) {
        client = copy.slice(sourceAt(copy, l3), sourceAt(copy, l3) + 4)
        readdress(copy, Link.raw, { source: { address }, seqDelta: SHIFT }, Tunnels.inner)
      } else {
        if (copy[destinationAt(copy, l3)] !== 9 || u32(copy, l4 + 8) < SHIFT) return []
        readdress(copy, Link.raw, { destination: { address: client }, ackDelta: -SHIFT }, Tunnels.inner)
      }
      return passing(arm, copy)
    })
    const chunk = inner(within(tunnelNamed('geneve with options')))
    const { verdicts } = await playThrough(masquerade, [chunk], { translates: true })
    expect(verdicts).to.deep.equal(CONVERSATION.map(() => 'forward'))
  })

  it('what was not captured of a packet in a tunnel is sent as zeros, with checksums that hold', async () => {
    for (const { name } of INSIDE.filter(({ version }) => version !== 6)) {
      const steps = within(tunnelNamed(name)).map(({ frame = new Uint8Array(), ...step }, n) =>
        n === DATA ? { ...step, frame: frame.slice(0, -30), missing: 30 } : { ...step, frame },
      )
      const { verdicts, port } = await playThrough(passing, [inner(steps)])
      expect(verdicts, name).to.deep.equal(CONVERSATION.map(() => 'forward'))
      const sent = port.sent.map(({ frame }) => frame).filter(isSegment)[DATA] ?? new Uint8Array()
      expect(verifyChecksums(sent, Link.raw, Tunnels.inner), name).to.equal('ok')
      expect([...sent.subarray(-30)], name).to.deep.equal(Array(30).fill(0))
    }
  })

  it('fragments of a tunnel that come out as one datagram have come out', async () => {
    const [whole] = within(tunnelNamed('vxlan')).slice(DATA)
    const datagram = whole?.frame?.subarray(LINK) ?? new Uint8Array()
    const pieces = [0, 48].map((offset) => {
      const body = datagram.subarray(20 + offset, offset === 0 ? 68 : undefined)
      const piece = join8(datagram.subarray(0, 20), body)
      putU16(piece, 2, piece.length)
      putU16(piece, 6, (offset === 0 ? 0x2000 : 0) | (offset >> 3))
      writeIpv4Checksum(piece, 0)
      return piece
    })
    let first = true
    const joins: Device = (arm, frame) => {
      if ((u16(frame, 6) & 0x3fff) === 0 || isIpv6(frame, 0)) return passing(arm, frame)
      if (!first) return passing(arm, datagram)
      first = false
      return []
    }
    const steps = pieces.map((piece): Step => ({ from: 'client', frame: framed(piece) }))
    const { verdicts, sightings } = await playThrough(joins, [inner(steps)])
    expect(verdicts).to.deep.equal(['forward', 'forward'])
    expect(sightings.map(({ kind }) => kind)).to.deep.equal(['reassembled', 'reassembled'])
  })
})
