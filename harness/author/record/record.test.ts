import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadRecorded } from '../../timeline/recorded.ts'
import { verifyChecksums } from '../../wire/verify.ts'
import { recordCapture } from '../record.ts'

const NAME = 'fbrec0'
const HERE = '192.0.2.141'
const THERE = '192.0.2.142'
const PORT = 47_011

/** A pair of interfaces of its own: whatever else this machine talks about is not on it. */
describe('author/record', () => {
  let folder = ''
  before(function () {
    if (process.getuid?.() !== 0) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    ip('link', 'add', NAME, 'type', 'veth', 'peer', 'name', 'fbrec1')
    ip('address', 'add', `${HERE}/30`, 'dev', NAME)
    for (const name of [NAME, 'fbrec1']) ip('link', 'set', name, 'up')
    ip('neigh', 'replace', THERE, 'lladdr', '02:00:00:00:00:42', 'dev', NAME)
  })
  after(() => {
    spawnSync('ip', ['link', 'delete', NAME])
    if (folder !== '') rmSync(folder, { recursive: true, force: true })
  })

  const record = (
    limits: { packets?: number; bytes?: number; time?: number; filter?: string; out?: string },
    stopAfter = 0,
  ) => {
    const stop = new AbortController()
    return recordCapture({
      device: NAME,
      out: join(folder, limits.out ?? 'out.pcap'),
      filter: limits.filter ?? `udp port ${PORT}`,
      snapLength: 262_144,
      title: 'A test',
      with: {},
      signal: stop.signal,
      ...(limits.packets === undefined ? {} : { packets: limits.packets }),
      ...(limits.bytes === undefined ? {} : { bytes: limits.bytes }),
      ...(limits.time === undefined ? {} : { time: limits.time }),
      ready: () => void send(20),
      progress: ({ packets }) => {
        if (stopAfter > 0 && packets >= stopAfter) stop.abort()
      },
    })
  }

  it('records what is sent, with its bytes and lengths, until it is stopped, and writes a manifest', async () => {
    const { packets, ending, missed, manifest } = await record({}, 20)
    expect({ packets, ending, missed }).to.deep.equal({ packets: 20, ending: 'stopped', missed: 0 })
    const { batch } = await loadRecorded(join(folder, 'out.pcap'))
    for (let i = 0; i < 20; i++) {
      const frame = Buffer.from(batch.copyFrame(i))
      expect(frame.subarray(42).toString()).to.equal(`packet ${i}`)
      expect(verifyChecksums(frame, batch.link[i] ?? 0)).not.to.equal('none')
      expect((batch.time[i] ?? 0) - (batch.time[0] ?? 0)).to.be.at.least(0)
    }
    expect(JSON.parse(readFileSync(manifest, 'utf8'))).to.include({
      packets: 20,
      family: 'ipv4',
      title: 'A test',
    })
    expect(readdirSync(folder).sort()).to.deep.equal(['out.json', 'out.pcap'])
  })

  it('stops by packets, bytes and time', async () => {
    expect(await record({ packets: 7 })).to.include({ packets: 7, ending: 'packets' })
    // 42 bytes of headers and 8 of payload each.
    expect(await record({ bytes: 101 })).to.include({ packets: 3, ending: 'bytes' })
    expect(await record({ time: 300, filter: 'tcp port 9' })).to.include({ packets: 0, ending: 'time' })
  })

  it('writes pcapng where the name of the file asks for it, also without a frame', async () => {
    const out = 'out.pcapng'
    const { manifest } = await record({ packets: 3, out })
    expect(JSON.parse(readFileSync(manifest, 'utf8'))).to.include({ format: 'pcapng', packets: 3 })
    const { batch } = await loadRecorded(join(folder, out))
    expect(Buffer.from(batch.copyFrame(2)).subarray(42).toString()).to.equal('packet 2')
    const none = await record({ time: 300, filter: 'tcp port 9', out })
    expect(JSON.parse(readFileSync(none.manifest, 'utf8'))).to.include({ format: 'pcapng', packets: 0 })
  })

  it('says what is wrong with an interface and a filter, and leaves nothing', async () => {
    const before = readdirSync(folder)
    const failing = async (device: string, filter: string): Promise<unknown> =>
      recordCapture({
        device,
        out: join(folder, 'none.pcap'),
        filter,
        snapLength: 65_535,
        title: '',
        with: {},
        signal: new AbortController().signal,
        ready: () => undefined,
        progress: () => undefined,
      }).catch((error: { code: string; exitCode: number }) => [error.code, error.exitCode])
    expect(await failing('nowhere0', '')).to.deep.equal(['ERR_RECORD_INTERFACE', 2])
    expect(await failing('../eth0', '')).to.deep.equal(['ERR_RECORD_INTERFACE', 2])
    expect(await failing(NAME, 'tcp and (')).to.deep.equal(['ERR_FILTER', 2])
    expect(readdirSync(folder)).to.deep.equal(before)
  })
})

async function send(count: number): Promise<void> {
  const socket = createSocket('udp4')
  socket.bind(0, HERE)
  await once(socket, 'listening')
  for (let n = 0; n < count; n++)
    await new Promise((resolve) => socket.send(`packet ${n}`, PORT, THERE, resolve))
  socket.close()
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
  expect(status, `ip ${args.join(' ')}: ${stderr}`).to.equal(0)
}
