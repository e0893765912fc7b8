import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import { flowbreak, jsonLines, MAIN, ROOT } from './command.ts'

const DOWNLOAD = 'captures/http-download-ipv4.pcap'
const LADDER = 'captures/echo-ladder-ipv4.pcap'

describe('journeys: replay', () => {
  it('rejects once after a host swap, then drops', () => {
    const { status, stdout } = flowbreak([
      'replay',
      DOWNLOAD,
      '--policy',
      'reject',
      '--inject',
      'host-swap@12',
      '--json',
    ])
    expect(status).to.equal(0)
    const packets = jsonLines(stdout)
    expect(packets.slice(0, 11).every(({ verdict, by }) => verdict === 'forward' && by === 'fw-a')).to.equal(
      true,
    )
    expect(packets[11]).to.include({
      packet: 12,
      host: 'fw-b',
      verdict: 'reject',
      reason: 'stream midstream',
    })
    expect(packets[11]?.emitted).to.have.lengthOf(1)
    expect(
      packets.slice(12).every(({ verdict, reason }) => verdict === 'drop' && reason === 'flow drop'),
    ).to.equal(true)
  })

  it('tells of flows that found no room, in the totals and below the table', () => {
    const full = ['--inject', 'table-full@3:hosts', '--inject', 'reconnect@8']
    const args = ['replay', 'captures/http-get-ipv4.pcap', '--profile', 'linux-conntrack', ...full]
    expect(flowbreak([...args, '--quiet']).stdout).to.match(/^packets=17 forward=7 drop=10 .* refused=1\n$/)
    expect(flowbreak(args).stdout).to.match(/\nflows without room: refused=1\n$/)
    expect(flowbreak([...args, '--ladder']).stdout).to.match(/\nflows without room: refused=1\n$/)
  })

  it('prints a line a packet with what the contract names, numbered from 1', () => {
    const packets = jsonLines(flowbreak(['replay', LADDER, '--json']).stdout)
    expect(packets.map(({ packet }) => packet)).to.deep.equal(
      Array.from({ length: 26 }, (_, index) => index + 1),
    )
    for (const packet of packets)
      expect(packet).to.include.keys('packet', 'time', 'flow', 'direction', 'host', 'by', 'verdict')
    expect(packets[0]).to.include({ time: 0, flow: 0, direction: 'c2s', host: 'fw-a' })
  })

  it('prints totals, from a file and from a pipe alike', () => {
    const file = flowbreak(['replay', LADDER, '--quiet'])
    expect(file.stdout).to.match(/^packets=26 forward=26 drop=0 reject=0 undecided=0/)
    const pipe = flowbreak(['replay', '-', '--quiet'], { input: readFileSync(`${ROOT}${LADDER}`) })
    expect(pipe).to.deep.equal(file)
  })

  it('decides what was recorded without the end of the headers as the whole', () => {
    for (const capture of [LADDER, 'captures/bulk-wscale-ipv4.pcap'])
      for (const profile of ['suricata-7', 'linux-conntrack', 'pf']) {
        const args = ['--profile', profile, '--quiet']
        const whole = flowbreak(['replay', capture, ...args])
        const bytes = readFileSync(`${ROOT}${capture}`)
        for (const snapLength of [54, 68]) {
          const cut = flowbreak(['replay', '-', ...args], { input: cutTo(bytes, snapLength) })
          expect(cut, `${capture} ${profile} ${snapLength}`).to.deep.equal(whole)
        }
      }
  })

  it('draws a table and a ladder', () => {
    const table = flowbreak(['replay', LADDER, '--inject', 'host-swap@12:crash']).stdout
    expect(table).to.contain('-- after host-swap --')
    expect(table.split('\n').filter((line) => line.includes('stream midstream'))).to.have.lengthOf(1)
    const ladder = flowbreak(['replay', LADDER, '--inject', 'asymmetric-path@4:s2c=fw-b', '--ladder']).stdout
    expect(ladder).to.match(/client\s+fw-a\s+fw-b\s+server/)
    expect(ladder).to.contain('×')
  })

  it('breaks a long capture far from its beginning', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    try {
      const whole = readFileSync(`${ROOT}captures/concurrent-200-ipv4.pcap`)
      const body = whole.subarray(24)
      const file = join(folder, 'long.pcap')
      writeFileSync(file, Buffer.concat([whole.subarray(0, 24), body, body, body, body, body]))
      const { stdout, stderr } = flowbreak(['replay', file, '--inject', 'host-swap@9000', '--json'])
      expect(stderr).to.equal('')
      const packets = jsonLines(stdout)
      expect(packets).to.have.lengthOf(10_000)
      expect(packets.findIndex(({ by }) => by === 'fw-b')).to.equal(8999)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('plays reactive endpoints', () => {
    const { stdout } = flowbreak([
      'replay',
      LADDER,
      '--endpoints',
      'reactive',
      '--inject',
      'host-swap@12',
      '--quiet',
    ])
    expect(stdout).to.match(/packets=\d+ forward=1[23] drop=[1-9]\d* .* impact=hung\n$/)
  })

  it('tells both ends when a session expires, in lines of their own', () => {
    const args = ['replay', LADDER, '--reset-on-expiry', 'both', '--inject', 'idle-gap@12:400s']
    const lines = jsonLines(flowbreak([...args, '--json']).stdout)
    const alone = lines.filter(({ packet }) => packet === undefined)
    expect(alone).to.have.lengthOf(2)
    expect(alone.map(({ emitted }) => Object(emitted).to)).to.deep.equal(['client', 'server'])
    for (const line of alone) expect(line).to.include.keys('emitted', 'time', 'flow', 'by')
    expect(lines.findIndex(({ packet }) => packet === undefined)).to.equal(11)
    expect(flowbreak(args).stdout).to.contain('session expired, RST seq=')
    expect(flowbreak([...args, '--ladder']).stdout.split('RST, session expired')).to.have.lengthOf(3)
    expect(flowbreak([...args, '--quiet']).stdout).to.match(/^packets=26 /)
  })

  it('has live endpoints hear of an expiry', () => {
    const args = ['replay', LADDER, '--endpoints', 'reactive', '--inject', 'idle-gap@11:400s', '--quiet']
    expect(flowbreak(args).stdout).to.contain('impact=hung')
    expect(flowbreak([...args, '--reset-on-expiry', 'both']).stdout).to.contain('impact=reset')
  })

  for (const verb of [['replay'], ['capture', 'info']])
    it(`${verb.join(' ')}: is interrupted while it waits for more of standard input`, async () => {
      const child = spawn(process.execPath, [MAIN, ...verb, '-'], {
        cwd: ROOT,
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      try {
        let said = ''
        child.stderr.on('data', (text) => {
          said += text
        })
        const ended = once(child, 'close')
        child.stdout.resume()
        // More than is kept on the way: once the last of it has left, it is being read.
        const capture = readFileSync(join(ROOT, LADDER))
        const packets = Array.from({ length: 1000 }, () => capture.subarray(24))
        const long = Buffer.concat([capture.subarray(0, 24), ...packets])
        await new Promise((resolve) => child.stdin.write(long, resolve))
        child.kill('SIGINT')
        expect(await Promise.race([ended, setTimeout(20_000, 'it still waits')])).to.deep.equal([130, null])
        expect(said).to.equal('flowbreak: Interrupted. (ERR_INTERRUPTED)\n')
      } finally {
        child.kill('SIGKILL')
      }
    })

  it('gives the same output for the same seed', () => {
    const args = ['replay', LADDER, '--inject', 'reconnect@12', '--json', '--seed', '5']
    expect(flowbreak(args).stdout).to.equal(flowbreak(args).stdout)
    const ports = jsonLines(flowbreak(args).stdout).filter(({ phase }) => phase === 'reconnect')
    expect(ports).to.have.lengthOf(26)
  })

  it('says who is the client of each flow, and what told so', () => {
    const { stdout } = flowbreak(['capture', 'info', 'captures/ftp-passive-ipv6.pcap', '--flows', '--json'])
    const { flowList, packets } = JSON.parse(stdout)
    expect(packets).to.be.greaterThan(50)
    expect(flowList).to.have.lengthOf(2)
    expect(flowList[0]).to.include({ client: '[2001:db8:c::10]:40000', orientation: 'syn', opens: 'syn' })
  })

  it('puts the stateless engine of a file before the stateful one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    try {
      const file = join(folder, 'stateless.yaml')
      writeFileSync(file, 'rules: [{ priority: 1, action: aws:drop, match: { source-ports: [7007] } }]\n')
      const ran = flowbreak(['replay', LADDER, '--stateless', file, '--json'])
      expect(ran.status).to.equal(0)
      const lines = jsonLines(ran.stdout)
      expect(new Set(lines.map(({ direction }) => direction))).to.deep.equal(new Set(['c2s', 's2c']))
      for (const { direction, verdict, reason, by } of lines)
        expect([verdict, reason, by]).to.deep.equal(
          direction === 's2c' ? ['drop', 'stateless', 'fw-a'] : ['forward', undefined, 'fw-a'],
        )
      writeFileSync(file, 'rules:\n  - priority: 1\n    action: aws:dorp\n')
      const wrong = flowbreak(['replay', LADDER, '--stateless', file])
      expect(wrong.status).to.equal(2)
      expect(wrong.stderr).to.match(
        /stateless\.yaml:3:13: "aws:dorp" is not a stateless action: .*"aws:drop"\? \(ERR_STATELESS\)/,
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('knows the generations of policies, and what they refuse', () => {
    const swap = ['replay', LADDER, '--inject', 'host-swap@12', '--quiet']
    expect(flowbreak([...swap, '--generation', 'next']).stdout).to.match(/forward=11 drop=14 reject=1 /)
    // Under continue the two FINs without session are errors of the stream.
    expect(flowbreak([...swap, '--generation', 'next', '--mode', 'monitor']).stdout).to.match(
      /forward=24 drop=2 reject=0 /,
    )
    const refused = flowbreak([...swap, '--generation', 'next', '--policy', 'continue'])
    expect([refused.status, refused.stderr]).to.satisfy(
      ([status, text]: [number, string]) => status === 2 && text.includes('does not support continue'),
    )
    expect(flowbreak([...swap, '--policy', 'FMS_IGNORE']).stderr).to.contain(
      'tells Firewall Manager to leave',
    )
  })
})

/** A classic little-endian capture, with at most so many bytes of each frame. */
function cutTo(capture: Buffer, snapLength: number): Buffer {
  const parts = [capture.subarray(0, 24)]
  for (let at = 24; at < capture.length; ) {
    const header = Buffer.from(capture.subarray(at, at + 16))
    const length = header.readUInt32LE(8)
    const kept = Math.min(length, snapLength)
    header.writeUInt32LE(kept, 8)
    parts.push(header, capture.subarray(at + 16, at + 16 + kept))
    at += 16 + length
  }
  return Buffer.concat(parts)
}
