import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Link, Tunnels } from '../../model/codes.ts'
import { parseCidr } from '../../support/cidr.ts'
import { CLIENT6, hex, ipv4, ipv6, join8, MACS, SERVER6, tcp } from '../../wire/example-frames.test.ts'
import { Protocol } from '../../wire/numbers.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import { inEveryTunnel } from '../../wire/tunnel/example-tunnels.test.ts'
import { verifyChecksums } from '../../wire/verify.ts'
import { anonymise } from '../anonymise.ts'
import { changed } from './changed.test.ts'

const CAPTURES = new URL('../../../captures/', import.meta.url).pathname
const KEY = Uint8Array.from({ length: 32 }, (_, index) => index * 7)

function bytesOf(text: string): Uint8Array {
  const bytes = parseCidr(text)?.bytes
  if (bytes === undefined) throw new Error(text)
  return bytes
}

function holds(frame: Uint8Array, part: Uint8Array): boolean {
  return Buffer.from(frame).includes(Buffer.from(part))
}

describe('author/anonymise: what frames carry', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  const ends = { source: bytesOf('198.18.7.9'), destination: bytesOf('203.0.113.77') }

  it('goes into every tunnel: no address of any layer is left, kinds and lengths are', () => {
    const packets = [
      { packet: ipv4(Protocol.tcp, tcp({}, 60), ends), own: Object.values(ends) },
      { packet: ipv6(Protocol.tcp, tcp({}, 60)), own: [CLIENT6, SERVER6] },
    ]
    let inside = 0
    for (const { packet, own } of packets)
      for (const datagram of inEveryTunnel(packet)) {
        const type = (datagram[0] ?? 0) >> 4 === 6 ? hex('86dd') : hex('0800')
        const frame = join8(MACS, type, datagram)
        const [after = frame] = changed([frame])
        expect(after.length).to.equal(frame.length)
        for (const address of own) expect(holds(after, address)).to.equal(false)
        expect(holds(after, hex('02000000002b02000000002a'))).to.equal(false)
        const [one, two] = [frame, after].map((each) =>
          dissectInner(each, Link.ethernet, Tunnels.innerWithIpv4InIpv4),
        )
        if ((one?.stack ?? 0) === 0) continue
        inside++
        expect(two).to.deep.equal(one)
        expect(verifyChecksums(after, Link.ethernet)).to.equal(verifyChecksums(frame, Link.ethernet))
      }
    expect(inside).to.be.greaterThan(20)
  })

  it('gives ARP the addresses that IP has', () => {
    const arp = join8(
      MACS,
      hex('0806 0001 0800 06 04 0001'),
      MACS.subarray(6, 12),
      ends.source,
      hex('000000000000'),
      ends.destination,
    )
    const [one = arp, two = arp] = changed([
      arp,
      join8(MACS, hex('0800'), ipv4(Protocol.tcp, tcp({}, 3), ends)),
    ])
    expect(one.subarray(28, 32)).to.deep.equal(two.subarray(26, 30))
    expect(one.subarray(38, 42)).to.deep.equal(two.subarray(30, 34))
    expect(one.subarray(22, 28)).to.deep.equal(one.subarray(6, 12))
    expect(holds(one, ends.source)).to.equal(false)
  })

  it('leaves nothing of frames that it does not read, nor of what stands behind a datagram', () => {
    const secret = Buffer.from('switch-7.example.net')
    const lldp = join8(hex('0180c200000e 020000000005 88cc'), secret)
    const trailer = join8(MACS, hex('0800'), ipv4(Protocol.tcp, tcp({}, 3), ends), secret)
    for (const frame of changed([lldp, trailer])) expect(holds(frame, secret.subarray(0, 6))).to.equal(false)
  })

  for (const name of ['dns-udp-ipv4', 'dns-tcp-ipv6', 'tls13-get-ipv4'])
    it(`${name}: keeps payload, but for names and addresses in it, which tshark reads with others`, async () => {
      const file = join(CAPTURES, `${name}.pcap`)
      const out = join(folder, 'out.pcap')
      const { signal } = new AbortController()
      await anonymise({ file, out, signal, key: KEY, payload: 'keep' })
      const [one, two] = [file, out].map(namesIn)
      expect(two?.length).to.equal(one?.length)
      expect(one?.length).to.be.greaterThan(0)
      for (const [index, { text, shape }] of (two ?? []).entries()) {
        expect(shape).to.equal(one?.[index]?.shape)
        if (text.trim() !== '') expect(text).not.to.equal(one?.[index]?.text)
      }
    })
})

/** Names that tshark finds in each packet with any, and what else of the message says that it was read to its end. */
function namesIn(file: string): { readonly text: string; readonly shape: string }[] {
  const fields = ['dns.qry.name', 'tls.handshake.extensions_server_name', 'dns.a', 'dns.aaaa']
  const others = [
    'frame.number',
    'dns.count.answers',
    'dns.resp.type',
    'tls.handshake.cipher_suites_length',
    '_ws.malformed',
  ]
  const { stdout } = spawnSync(
    'tshark',
    [
      '-nr',
      file,
      '-Y',
      'dns or tls.handshake.type == 1',
      '-T',
      'fields',
      ...[...fields, ...others].flatMap((field) => ['-e', field]),
    ],
    { encoding: 'utf8' },
  )
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split('\t')
      return {
        text: cells.slice(0, fields.length).join(' '),
        shape: [...cells.slice(0, 2).map((cell) => cell.length), ...cells.slice(fields.length)].join(' '),
      }
    })
}
