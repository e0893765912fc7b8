import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, jsonLines } from './command.ts'

const LADDER = 'captures/echo-ladder-ipv4.pcap'

function sweep(...args: readonly string[]) {
  return flowbreak(['sweep', ...args])
}

describe('journeys: sweep', () => {
  it('draws a row a packet for each break, in 80 columns without colour', () => {
    const { status, stdout } = sweep(LADDER, '--break', 'host-swap', '--break', 'host-swap:crash')
    expect(status).to.equal(0)
    expect(stdout.match(/^ ?\d+ \d+\.\d{3} (c2s|s2c) /gm)).to.have.lengthOf(2 * 26)
    for (const line of stdout.split('\n')) expect(line.length, line).to.be.at.most(80)
    expect(stdout).to.not.contain('\u001b')
    expect(stdout).to.match(/^none reject +\. 2 {2}R 50$/m)
  })

  it('plays each place as replay does, by the command that the page gives', () => {
    const { stdout } = sweep(
      LADDER,
      '--break',
      'idle-gap:400s',
      '--policy',
      'reject',
      '--over',
      'sharing=none,cluster',
      '--ndjson',
    )
    const [head, ...cells] = jsonLines(stdout)
    expect(head).to.deep.include({ type: 'sweep', schema: 1, breaks: ['idle-gap:400s'], axes: ['sharing'] })
    expect(cells).to.have.lengthOf(26 * 2)
    const cell = cells.find(({ packet, column }) => packet === 7 && column === 1)
    const args = ['--policy', 'reject', '--sharing', 'cluster', '--flow', '0', '--inject', 'idle-gap@7:400s']
    const replayed = jsonLines(flowbreak(['replay', LADDER, ...args, '--json']).stdout)
    expect(cell?.verdicts).to.equal(replayed.map(({ verdict }) => String(verdict)[0]).join(''))
    expect(cell?.letter).to.equal('R')
  })

  it('writes a page, and sets targets side by side', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-sweep-'))
    try {
      const page = join(folder, 'map.html')
      const targets = ['--target', 'reference', '--target', 'suricata', '--profile', 'suricata-7']
      const args = [
        '--sharing',
        'none',
        '--over',
        'policy=drop,reject',
        '--break',
        'host-swap',
        '--html',
        page,
      ]
      const { status, stdout, stderr } = sweep(LADDER, ...targets, ...args)
      expect(status, stderr).to.equal(0)
      expect(stdout).to.match(/^reference drop +\. 1 +D 25$/m)
      expect(stdout).to.match(/^suricata reject +\. 1 +R 25$/m)
      expect(readFileSync(page, 'utf8')).to.include('"--target","suricata","--profile","suricata-7"')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('refuses in one sentence what cannot be swept', () => {
    const refusal = (...args: readonly string[]) => {
      const { status, stderr } = sweep(...args)
      expect(stderr.trim().split('\n')).to.have.lengthOf(1)
      return `${status} ${stderr}`
    }
    expect(refusal('captures/concurrent-200-ipv4.pcap')).to.match(/^2 .*200 flows.*--flow, 0 \(tcp/)
    expect(refusal(LADDER, '--flow', '3')).to.match(/^2 .*no flow 3/)
    expect(refusal(LADDER, '--break', 'host-swp')).to.match(/^2 .*"host-swap"\?/)
    expect(refusal(LADDER, '--over', 'policy=dorp')).to.match(/^2 .*"drop"\?/)
    expect(refusal(LADDER, '--over', 'sharing=clutser')).to.match(/^2 .*"cluster"\?/)
    expect(refusal(LADDER, '--target', 'nowhere')).to.match(/^2 .*no target nowhere/)
    expect(refusal('nowhere.pcap')).to.match(/^2 .*nowhere\.pcap/)
    expect(refusal()).to.match(/^2 .*Name one capture/)
  })

  it('shows what the suites cover, and no gap', () => {
    const { status, stdout } = sweep('--coverage')
    expect(status).to.equal(0)
    expect(stdout).to.match(/1080 cells, 60 of them empty \(5\.6 %\): 60 by a rule, 0\s+gaps/)
    for (const line of stdout.split('\n')) expect(line.length, line).to.be.at.most(80)
    const { totals, cells } = JSON.parse(sweep('--coverage', 'core/resets', '--json').stdout)
    expect(totals.cells).to.equal(1080)
    expect(cells.filter((cell: { cases: number }) => cell.cases > 0).length).to.be.below(300)
  })

  it('keeps what it has when its reader goes away', () => {
    const { status, stdout } = spawnSync(
      'sh',
      ['-c', `node dist/bin/main.js sweep ${LADDER} --ndjson | head -n 2`],
      { encoding: 'utf8', cwd: new URL('../../', import.meta.url).pathname },
    )
    expect(status).to.equal(0)
    expect(jsonLines(stdout)).to.have.lengthOf(2)
  })
})
