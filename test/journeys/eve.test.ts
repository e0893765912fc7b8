import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, jsonLines } from './command.ts'

const CAPTURE = 'captures/echo-ladder-ipv4.pcap'

describe('journey: EVE of a replay', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-eve-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('writes a file of JSON lines, with the times of the capture, and prints what it prints without', () => {
    const file = join(folder, 'eve.json')
    const plain = flowbreak(['replay', CAPTURE, '--inject', 'host-swap@12', '--json'])
    const ran = flowbreak(['replay', CAPTURE, '--inject', 'host-swap@12', '--json', '--eve', file])
    expect([ran.status, ran.stderr, ran.stdout]).to.deep.equal([0, '', plain.stdout])
    const events = jsonLines(readFileSync(file, 'utf8'))
    const dropped = jsonLines(plain.stdout).filter(({ verdict }) => verdict !== 'forward')
    expect(
      events.filter(({ event_type: type }) => type === 'drop').map(({ pcap_cnt: packet }) => packet),
    ).to.deep.equal(dropped.map(({ packet }) => packet))
    expect(events.filter(({ event_type: type }) => type === 'flow').map(({ host }) => host)).to.deep.equal([
      'fw-a',
      'fw-b',
    ])
    expect(events[0]?.timestamp).to.equal('2026-11-21T07:32:38.204078+0000')
  })

  it('has the same times with injections that need the capture in memory, and for AWS', () => {
    const file = join(folder, 'aws.json')
    const args = [
      '--inject',
      'host-swap@12',
      '--inject',
      'reconnect@14',
      '--eve',
      file,
      '--eve-format',
      'aws',
      '--quiet',
    ]
    expect(flowbreak(['replay', CAPTURE, ...args]).status).to.equal(0)
    const events = jsonLines(readFileSync(file, 'utf8'))
    expect(events.length).to.be.at.least(4)
    for (const { event_timestamp: at, event } of events) {
      expect(at).to.match(/^17\d{8}$/)
      expect(event).to.include({ event_type: 'netflow' })
    }
  })

  it('says what is wrong with the file or the options', () => {
    const refused: [args: readonly string[], status: number, sentence: RegExp][] = [
      [['--eve', folder], 3, /The EVE file .* cannot be written \(EISDIR.*\(ERR_EVE_FILE\)\n$/],
      [['--eve', join(CAPTURE, 'eve.json')], 3, /cannot be written \(EEXIST.*ERR_EVE_FILE/],
      [['--eve', '-'], 2, /--eve takes a file: standard output is for .*ERR_EVE_FILE/],
      [
        ['--eve', join(folder, 'x'), '--profile', 'linux-conntrack'],
        2,
        /--eve tells of flows as Suricata keeps them, and profile linux-conntrack .*ERR_USAGE/,
      ],
      [['--eve-format', 'aws'], 2, /--eve-format says how --eve FILE is written.*ERR_USAGE/],
      [
        ['--eve', join(folder, 'x'), '--eve-format', 'csv'],
        2,
        /--eve-format takes suricata or aws, not csv.*ERR_USAGE/,
      ],
    ]
    for (const [args, status, sentence] of refused) {
      const ran = flowbreak(['replay', CAPTURE, ...args])
      expect(ran.status, args.join(' ')).to.equal(status)
      expect(ran.stderr).to.match(sentence)
    }
  })

  it('says that the disk is full, and exits 3', function () {
    if (!existsSync('/dev/full')) this.skip()
    // With few events it is found at the end, with many in the midst of the replay.
    for (const capture of [CAPTURE, 'captures/concurrent-200-ipv4.pcap']) {
      const ran = flowbreak(['replay', capture, '--inject', 'host-swap@12', '--quiet', '--eve', '/dev/full'])
      expect(ran.status).to.equal(3)
      expect(ran.stderr).to.match(
        /^flowbreak: The EVE file \/dev\/full cannot be written \(ENOSPC.*\(ERR_EVE_FILE\)\n$/,
      )
    }
  })
})
