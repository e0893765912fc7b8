import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { makeExchanges } from '../../engine/conntrack/oracle-exchange.test.ts'
import { SctpTalk, sctpPacket } from '../../engine/conntrack/sctp-talks.test.ts'
import { endsOf, fragmentsOf, frameOf } from '../../engine/conversations/frames.test.ts'
import { dice } from '../../engine/conversations/random.test.ts'
import { Lab } from '../../engine/example-engine.test.ts'
import { assigned } from '../../flow/example-packets.test.ts'
import { Kind } from '../../model/codes.ts'
import { putU16, u16 } from '../../wire/bytes.ts'
import { transportChecksum } from '../../wire/checksum.ts'
import { ethernet, hex, join8, pcapOf } from '../../wire/example-frames.test.ts'
import { Protocol } from '../../wire/numbers.ts'
import { Chunk, emitChunk, hasRightSctpChecksum, SCTP_HEADER } from '../../wire/sctp.ts'
import { changed } from './changed.test.ts'

const L3 = 14
const SEED = 20_261_129
const SECRET = Buffer.from('alice@example.net, 198.18.7.9')
const ADDRESS4 = hex('c6120709')
const ADDRESS6 = hex('20010db8000000070000000000000009')
const PORTS = [3000, 4000] as const

function parameter(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((value.length + 7) & ~3)
  putU16(bytes, 0, type)
  putU16(bytes, 2, value.length + 4)
  bytes.set(value, 4)
  return bytes
}

const ADDRESSES = join8(parameter(5, ADDRESS4), parameter(6, ADDRESS6))
/** Chunks, and how many bytes each begins with that stay. */
const CHUNKS: readonly (readonly [chunk: Uint8Array, kept: number])[] = [
  [emitChunk(Chunk.init, 0, join8(hex('0000000b00010000000a000a00000001'), ADDRESSES)), 20],
  [emitChunk(Chunk.initAck, 0, join8(hex('0000000b00010000000a000a00000001'), parameter(7, SECRET))), 20],
  [emitChunk(Chunk.cookieEcho, 0, SECRET), 4],
  [emitChunk(Chunk.data, 3, join8(hex('000000010002000300000004'), SECRET)), 16],
  [emitChunk(64, 3, join8(hex('00000001000200000000000300000004'), SECRET)), 20],
  [emitChunk(Chunk.heartbeat, 0, parameter(1, SECRET)), 8],
  [emitChunk(Chunk.abort, 0, join8(parameter(11, ADDRESSES), parameter(12, SECRET))), 8],
  [emitChunk(193, 0, join8(hex('00000001'), parameter(0xc001, join8(hex('00000002'), ADDRESSES)))), 16],
  [emitChunk(Chunk.error, 0, parameter(5, parameter(6, ADDRESS6))), 12],
  [emitChunk(77, 0, SECRET), 4],
  [emitChunk(Chunk.sack, 0, hex('00000001000100000001000000020003')), 20],
]

function sctpFrame(six: boolean, ...chunks: readonly Uint8Array[]): Uint8Array {
  const packet = sctpPacket(PORTS, 11, chunks)
  const frame = frameOf(endsOf(1, six), true, Protocol.sctp, packet)
  frame.set(packet, frame.length - packet.length)
  return frame
}

function udpLite(six: boolean, coverage: number, pseudo: number = Protocol.udpLite): Uint8Array {
  const frame = frameOf(endsOf(1, six), true, Protocol.udpLite, join8(hex('0bb8 0fa0 0000 0000'), SECRET))
  const l4 = L3 + (six ? 40 : 20)
  putU16(frame, l4 + 4, coverage)
  putU16(frame, l4 + 6, 0)
  const covered = coverage === 0 ? frame.length : l4 + coverage
  putU16(frame, l4 + 6, transportChecksum(frame, L3, l4, frame.length, pseudo, covered))
  return frame
}

/** What tshark says of the checksum of each frame: 1 good, 0 bad. */
function checksums(field: string, frames: readonly Uint8Array[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  try {
    const path = join(folder, 'frames.pcap')
    const capture = pcapOf(
      1,
      frames.map((bytes) => ({ bytes })),
    )
    writeFileSync(path, capture)
    const settings = ['sctp.checksum:CRC 32c', 'udplite.check_checksum:TRUE'].flatMap((each) => ['-o', each])
    const args = ['-n', '-r', path, '-T', 'fields', ...settings, '-e', field]
    const { stdout, stderr } = spawnSync('tshark', args, { encoding: 'utf8' })
    if (stdout === '') throw new Error(stderr)
    return stdout.trimEnd().split('\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function holds(frame: Uint8Array, part: Uint8Array): boolean {
  return Buffer.from(frame).includes(Buffer.from(part))
}

describe('author/anonymise: SCTP and UDP-Lite', () => {
  for (const six of [false, true]) {
    const family = six ? 'IPv6' : 'IPv4'

    it(`keeps what SCTP over ${family} is made of, and neither addresses nor what users say`, () => {
      const l4 = L3 + (six ? 40 : 20)
      const frames = CHUNKS.map(([chunk]) => sctpFrame(six, chunk))
      const after = changed(frames)
      for (const [index, frame] of after.entries()) {
        const [chunk, kept] = CHUNKS[index] ?? [new Uint8Array(0), 0]
        const name = `chunk ${chunk[0]}`
        expect(frame.length, name).to.equal(frames[index]?.length)
        expect(frame.subarray(l4, l4 + 8), name).to.deep.equal(frames[index]?.subarray(l4, l4 + 8))
        const first = l4 + SCTP_HEADER
        expect(frame.subarray(first, first + kept), name).to.deep.equal(chunk.subarray(0, kept))
        for (const secret of [SECRET.subarray(0, 4), ADDRESS4, ADDRESS6, endsOf(1, six).server])
          expect(holds(frame, secret), name).to.equal(false)
      }
      expect(checksums('sctp.checksum.status', frames)).to.deep.equal(frames.map(() => '1'))
      expect(checksums('sctp.checksum.status', after)).to.deep.equal(frames.map(() => '1'))
    })

    it(`gives both sides of SCTP over ${family} the address that IP has`, () => {
      const own = endsOf(1, six).client
      const init = emitChunk(Chunk.init, 0, join8(new Uint8Array(16), parameter(six ? 6 : 5, own)))
      const [frame = init] = changed([sctpFrame(six, init)])
      const source = L3 + (six ? 8 : 12)
      expect(frame.subarray(-own.length)).to.deep.equal(frame.subarray(source, source + own.length))
    })

    it(`keeps the checksum of UDP-Lite over ${family} right, whatever it covers`, () => {
      const frames = [0, 8, 9, 20, SECRET.length + 8].map((coverage) => udpLite(six, coverage))
      const after = changed(frames)
      for (const frame of after) expect(holds(frame, SECRET.subarray(0, 4))).to.equal(false)
      expect(checksums('udp.checksum.status', frames)).to.deep.equal(frames.map(() => '1'))
      expect(checksums('udp.checksum.status', after)).to.deep.equal(frames.map(() => '1'))
    })
  }

  it('leaves a checksum wrong that was wrong, and absent that was absent', () => {
    const wrong = [sctpFrame(false, CHUNKS[3]?.[0] ?? SECRET), udpLite(false, 0)]
    const absent = wrong.map((frame) => frame.slice())
    const fields = [L3 + 20 + 8, L3 + 20 + 6]
    wrong.forEach((frame, index) => {
      putU16(frame, fields[index] ?? 0, u16(frame, fields[index] ?? 0) ^ 1)
    })
    absent[0]?.fill(0, fields[0], (fields[0] ?? 0) + 4)
    absent[1]?.fill(0, fields[1], (fields[1] ?? 0) + 2)
    const after = changed([...wrong, ...absent])
    expect(checksums('sctp.checksum.status', after.slice(0, 1))).to.deep.equal(['0'])
    expect(checksums('udp.checksum.status', after.slice(1, 2))).to.deep.equal(['0'])
    expect(after[2]?.subarray(fields[0], (fields[0] ?? 0) + 4)).to.deep.equal(new Uint8Array(4))
    expect(after[3]?.subarray(fields[1], (fields[1] ?? 0) + 2)).to.deep.equal(new Uint8Array(2))
  })

  it('tells nothing by a checksum of what was cut off', () => {
    const [one, two] = ['one', 'two'].map((text) => {
      const whole = sctpFrame(false, emitChunk(Chunk.data, 3, join8(new Uint8Array(40), Buffer.from(text))))
      return changed([whole.subarray(0, whole.length - 4)], 'scrub', whole.length)[0]
    })
    expect(one).to.deep.equal(two)
  })

  for (const six of [false, true])
    it(`keeps checksums of datagrams that come in fragments, over IPv${six ? 6 : 4}`, () => {
      const ends = endsOf(1, six)
      for (const frame of [
        sctpFrame(six, emitChunk(Chunk.data, 3, join8(new Uint8Array(12), SECRET, SECRET, SECRET))),
        udpLite(six, 0),
        udpLite(six, 11),
      ]) {
        const after = changed(fragmentsOf(ends, true, frame, 7))
        for (const fragment of after) expect(holds(fragment, SECRET.subarray(0, 4))).to.equal(false)
        const [whole] = assigned(after.map((bytes) => ethernet(bytes.subarray(L3)))).rebuilt
        expect(whole?.kind).to.equal(six ? Kind.ip6 : Kind.ip4)
        const bytes = whole?.bytes ?? new Uint8Array(0)
        const l4 = whole?.l4 ?? 0
        if (bytes[six ? 6 : 9] === Protocol.sctp)
          expect(hasRightSctpChecksum(bytes, l4, bytes.length)).to.equal(true)
        else {
          const covered = u16(bytes, l4 + 4) === 0 ? bytes.length : l4 + u16(bytes, l4 + 4)
          expect(transportChecksum(bytes, 0, l4, bytes.length, Protocol.udpLite, covered)).to.equal(0)
        }
      }
    })

  it(`keeps Linux's verdicts, where it verifies checksums (seed ${SEED})`, () => {
    const verdicts = (frames: readonly Uint8Array[]) =>
      new Lab({ profile: 'linux-conntrack', exception: 'drop', knobs: { badChecksum: 'invalid' } }).play(
        ...frames.map((bytes, index) => ({ seconds: index / 10, host: 0, bytes })),
      )
    const kinds = new Set<string>()
    for (let index = 0; index < 400; index++) {
      const roll = dice(SEED + index)
      const talk = new SctpTalk(roll, endsOf(index, index % 2 === 0))
      for (let more = 4 + roll(8); more > 0; more--) talk.step()
      const lite = makeExchanges(SEED + index, 1).flatMap(({ frames }) => frames)
      for (const told of [talk.frames, lite.filter(({ line }) => line.includes('protocol 136'))]) {
        if (told.length === 0) continue
        const frames = told.map(({ bytes }) => bytes)
        const before = verdicts(frames)
        for (const verdict of before) kinds.add(verdict)
        expect(verdicts(changed(frames)), told.map(({ line }) => line).join('\n')).to.deep.equal(before)
      }
    }
    expect([...kinds]).to.include.members(['forward', 'drop ct invalid'])
  })
})
