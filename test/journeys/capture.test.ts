import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import { problemsOf } from '../../captures/check-manifest.ts'
import { flowbreak, MAIN, ROOT, startFlowbreak } from './command.ts'

const LADDER = join(ROOT, 'captures/echo-ladder-ipv4.pcap')
const MANY = join(ROOT, 'captures/http-download-ipv4.pcap')

describe('journeys: capture', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const info = (file: string) => JSON.parse(flowbreak(['capture', 'info', file, '--json', '--flows']).stdout)
  const sha = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

  it('info says in words what its JSON has by name, and of a duration its unit', () => {
    const { stdout } = flowbreak(['capture', 'info', LADDER])
    const { duration } = info(LADDER)
    expect(stdout)
      .to.match(/^TCP starts: +syn 1, syn-ack 0, mid 0$/m)
      .and.match(/^not IP: +0$/m)
    expect(stdout).to.include(`duration:      ${duration} s\n`)
  })

  it('slice cuts by flow, number, time and filter, into either format', () => {
    const out = join(folder, 'out.pcapng')
    const done = flowbreak(['capture', 'slice', LADDER, '-o', out, '--packets', '3,8-12', '--json'])
    expect(done.status, done.stderr).to.equal(0)
    expect(JSON.parse(done.stdout).packets).to.deep.equal({ read: 26, written: 6 })
    expect(info(out)).to.include({ format: 'pcapng', packets: 6 })
    const many = join(ROOT, 'captures/concurrent-200-ipv4.pcap')
    const one = join(folder, 'one.pcap')
    expect(flowbreak(['capture', 'slice', many, '-o', one, '--flow', '7']).status).to.equal(0)
    expect(info(one).flowList.map((flow: { client: string }) => flow.client)).to.deep.equal([
      info(many).flowList[7].client,
    ])
    expect(
      flowbreak(['capture', 'slice', LADDER, '-o', one, '--time', '-500ms', '--filter', 'src port 7007'])
        .status,
    ).to.equal(0)
    expect(info(one).packets).to.be.within(1, 10)
  })

  it('anonymise replaces addresses and payload and says what stays; one key gives one result', () => {
    const key = join(folder, 'key')
    writeFileSync(key, `${'0123456789abcdef'.repeat(4)}\n`)
    const before = sha(LADDER)
    const [a, b] = [join(folder, 'a.pcap'), join(folder, 'b.pcap')]
    const done = flowbreak(['capture', 'anonymise', LADDER, '-o', a, '--key', key, '--json'])
    expect(done.status, done.stderr).to.equal(0)
    const report = JSON.parse(done.stdout)
    expect(report.changed).to.include({ ipv4Addresses: 2, hardwareAddresses: 2 })
    expect(report.remains.map(({ what }: { what: string }) => what).join(' ')).to.match(
      /times.*TCP timestamps.*Windows/,
    )
    const text = flowbreak(['capture', 'anonymise', LADDER, '-o', b, '--key', key])
    expect(text.stdout).to.match(/What could still tell who talked:\n {2}Lengths and times/)
    expect(sha(a)).to.equal(sha(b))
    expect(sha(LADDER)).to.equal(before)
    expect(JSON.stringify(info(a))).not.to.match(/192\.0\.2\.10|198\.51\.100\.20/)
    expect(flowbreak(['capture', 'anonymise', LADDER, '-o', b]).status).to.equal(0)
    expect(sha(a)).not.to.equal(sha(b))
  })

  it('import writes a manifest beside the capture and tells what it found', async () => {
    const out = join(folder, 'mine.pcap')
    const done = flowbreak(['capture', 'import', LADDER, '-o', out, '--title', 'A ladder'])
    expect(done.status, done.stderr).to.equal(0)
    expect(done.stdout).to.match(/duplicates: +none\nsuper-frames: +none, 0 segmented\n/)
    const manifest = JSON.parse(readFileSync(join(folder, 'mine.json'), 'utf8'))
    expect(manifest).to.include({ capture: 'mine.pcap', title: 'A ladder', packets: 26, sha256: sha(out) })
    // There the script that recorded it is named.
    expect(await problemsOf({ ...manifest, by: 'captures/README.md' }, out)).to.deep.equal([])
    expect(flowbreak(['capture', 'import', LADDER, '-o', out, '--mtu', '100', '--json']).stdout).to.match(
      /"superFrames": \{\n *"count": [1-9]/,
    )
    expect(done.stdout).not.to.contain('--mend')
    const unmended = ['capture', 'import', LADDER, '-o', out, '--mtu', '100']
    expect(flowbreak(unmended).stdout).to.match(
      /^to mend: .*--mend computes checksums, and cuts super-frames$/m,
    )
    expect(flowbreak([...unmended, '--mend']).stdout).not.to.contain('to mend')
  })

  it('refuses what cannot be done and leaves nothing behind', () => {
    const out = join(folder, 'out.pcap')
    const copy = join(folder, 'copy.pcap')
    writeFileSync(copy, readFileSync(LADDER))
    const before = readdirSync(folder)
    const refuses = (args: readonly string[], sentence: RegExp, status = 2) => {
      const ran = flowbreak(['capture', ...args])
      expect(ran.stderr, args.join(' ')).to.match(sentence)
      expect(ran.stderr).to.match(/\(ERR_[A-Z_]+\)\n$/)
      expect(ran.status, args.join(' ')).to.equal(status)
      expect(readdirSync(folder), args.join(' ')).to.deep.equal(before)
      expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`${basename(folder)}.`))).to.deep.equal(
        [],
      )
    }
    refuses(['slice', LADDER, '-o', out], /give --flow, --filter, --packets or --time/)
    refuses(['slice', LADDER, '-o', out, '--flow', '9'], /No packet of .* is selected/)
    refuses(['slice', LADDER, '-o', out, '--filter', 'host nobody'], /from "nobody" on/)
    refuses(['slice', LADDER, '-o', out, '--time', '3'], /--time takes a range/)
    refuses(['slice', LADDER, '--flow', '0'], /required option '-o/)
    refuses(['slice', copy, '-o', copy, '--flow', '0'], /is the capture that is read/)
    refuses(['anonymise', LADDER, '-o', out, '--payload', 'some'], /scrub, zero, keep/)
    refuses(['anonymise', LADDER, '-o', out, '--key', LADDER], /does not contain a key/)
    refuses(['anonymise', LADDER, '-o', join(copy, 'out.pcap')], /cannot be written/, 3)
    refuses(['anonymise', LADDER, '-o', folder], /cannot be written/, 3)
    refuses(['anonymise', join(folder, 'none.pcap'), '-o', out], /There is no capture/)
  })

  it('writes what comes before damage, and ends with 2', () => {
    const cut = join(folder, 'cut.pcap')
    const whole = readFileSync(LADDER)
    writeFileSync(cut, whole.subarray(0, whole.length - 7))
    const out = join(folder, 'out.pcap')
    const { status, stderr } = flowbreak(['capture', 'anonymise', cut, '-o', out])
    expect(stderr).to.match(/damaged at byte \d+.*what comes before it was written/)
    expect(status).to.equal(2)
    expect(info(out).packets).to.equal(25)
  })

  it('leaves no half of a file on a full disk', function () {
    if (process.getuid?.() !== 0) this.skip()
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', disk]).status).to.equal(0)
    try {
      for (const verb of [['anonymise'], ['slice', '--flow', '0'], ['import']]) {
        const { status, stderr } = flowbreak(['capture', ...verb, MANY, '-o', join(disk, 'out.pcap')])
        expect(stderr).to.match(/out\.pcap cannot be written \(.*no space/i)
        expect(status).to.equal(3)
        expect(readdirSync(disk)).to.deep.equal([])
      }
    } finally {
      spawnSync('umount', [disk])
    }
  })

  it('record keeps what was recorded when it is interrupted, as a capture with its manifest', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const out = join(folder, 'out.pcap')
    const recording = startFlowbreak(
      ['capture', 'record', 'lo', '-o', out, '--filter', 'udp port 47012', '--json'],
      folder,
    )
    let stdout = ''
    recording.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    await once(recording.stderr, 'data')
    const socket = createSocket('udp4')
    for (let n = 0; n < 3; n++)
      await new Promise((resolve) => socket.send('hello', 47_012, '127.0.0.1', resolve))
    socket.close()
    // Frames come from the kernel in their own time; the file grows only at its end.
    await new Promise((resolve) => setTimeout(resolve, 500))
    recording.kill('SIGINT')
    const [status] = await once(recording, 'close')
    expect(status).to.equal(0)
    expect(JSON.parse(stdout)).to.include({ ending: 'stopped', packets: 3, missed: 0 })
    expect(info(out)).to.include({ packets: 3 })
    expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))).to.include({
      sha256: sha(out),
      packets: 3,
    })
    expect(readdirSync(folder).sort()).to.deep.equal(['out.json', 'out.pcap'])
  })

  it('record says in a sentence what keeps it from recording', function () {
    if (process.getuid?.() !== 0) this.skip()
    const out = join(folder, 'out.pcap')
    const absent = flowbreak(['capture', 'record', 'nowhere0', '-o', out])
    expect(absent.stderr).to.match(
      /^flowbreak: There is no interface nowhere0: "ip link" lists .*\(ERR_RECORD_INTERFACE\)\n$/,
    )
    expect(absent.status).to.equal(2)
    const args = ['--bounding-set=-net_raw', process.execPath, MAIN, 'capture', 'record', 'lo', '-o', out]
    const { status, stderr } = spawnSync('setpriv', args, { encoding: 'utf8' })
    expect(stderr).to.match(
      /^flowbreak: Recording at lo is not permitted: run it as root, .*setcap.*\(ERR_RECORD_PERMISSION\)\n$/,
    )
    expect(status).to.equal(3)
    expect(readdirSync(folder)).to.deep.equal([])
  })
})
