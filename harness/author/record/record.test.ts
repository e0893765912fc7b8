import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Tcp } from '../../model/codes.ts'
import { loadRecorded } from '../../timeline/recorded.ts'
import { verifyChecksums } from '../../wire/verify.ts'
import { recordCapture } from '../record.ts'

const NAME = 'fbrec0'
const HERE = '192.0.2.141'
const THERE = '192.0.2.142'
const MAC = '02:00:00:00:00:42'
const PORT = 47_011

/** The namespace of the other end. */
const SPACE = 'fbrec'
/** Says a word to whoever connects, and closes. */
const SERVER = `require('net').createServer((s) => s.end('hello')).listen(${PORT}, () => console.log('ready'))`

/** A pair of interfaces of its own: whatever else this machine talks about is not on it. */
describe('author/record', () => {
  let folder = ''
  before(function () {
    if (process.getuid?.() !== 0) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    ip('netns', 'add', SPACE)
    ip('link', 'add', NAME, 'type', 'veth', 'peer', 'name', 'fbrec1', 'address', MAC, 'netns', SPACE)
    ip('address', 'add', `${HERE}/30`, 'dev', NAME)
    ip('-n', SPACE, 'address', 'add', `${THERE}/30`, 'dev', 'fbrec1')
    ip('link', 'set', NAME, 'up')
    ip('-n', SPACE, 'link', 'set', 'fbrec1', 'up')
    ip('neigh', 'replace', THERE, 'lladdr', MAC, 'dev', NAME)
  })
  after(() => {
    spawnSync('ip', ['link', 'delete', NAME])
    spawnSync('ip', ['netns', 'delete', SPACE])
    if (folder !== '') rmSync(folder, { recursive: true, force: true })
  })

  const record = (
    limits: {
      packets?: number
      bytes?: number
      flows?: number
      time?: number
      filter?: string
      out?: string
    },
    stopAfter = 0,
    talk = () => send(20),
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
      ...(limits.flows === undefined ? {} : { flows: limits.flows }),
      ...(limits.time === undefined ? {} : { time: limits.time }),
      ready: () => void talk(),
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

  it('keeps the first flows and no packet of later ones, and stops when these have been closed', async () => {
    const out = 'flows.pcap'
    const filter = `tcp port ${PORT} or udp port ${PORT}`
    // A flow without an end, so that another limit has to stop it.
    const udp = await record({ flows: 2, time: 1500, filter, out }, 0, async () => {
      for (let n = 0; n < 3; n++) await send(5)
    })
    expect(udp).to.include({ packets: 10, ending: 'time' })
    expect((await loadRecorded(join(folder, out))).flows.count).to.equal(2)
    const server = spawn('ip', ['netns', 'exec', SPACE, process.execPath, '-e', SERVER])
    try {
      await once(server.stdout, 'data')
      const tcp = await record({ flows: 2, time: 20_000, filter, out }, 0, () => connections(4))
      expect(tcp).to.include({ ending: 'flows' })
    } finally {
      server.kill()
    }
    const { flows, batch } = await loadRecorded(join(folder, out))
    expect(flows.count).to.equal(2)
    const { flow, flags, count } = batch
    for (const id of [0, 1]) {
      const own = [...flow.subarray(0, count).keys()].filter((i) => flow[i] === id)
      const fins = own.filter((i) => ((flags[i] ?? 0) & Tcp.fin) !== 0)
      // The whole connection, from the SYN to the acknowledgement of the second FIN.
      expect(flags[own[0] ?? -1]).to.equal(Tcp.syn)
      expect(fins).to.have.lengthOf(2)
    }
    const last = batch.count - 1
    expect(flags[last]).to.equal(Tcp.ack)
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

/** TCP connections one after another, each closed by both sides. */
async function connections(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const socket = connect({ host: THERE, port: PORT, localAddress: HERE })
    socket.resume()
    await once(socket, 'close')
  }
}

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
