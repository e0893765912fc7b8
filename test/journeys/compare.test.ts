import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, jsonLines, ROOT, startFlowbreak } from './command.ts'

const LADDER = 'captures/echo-ladder-ipv4.pcap'
const SWAP = [LADDER, '--inject', 'host-swap@12']

function compare(...args: readonly string[]) {
  return flowbreak(['compare', ...args])
}

describe('journeys: compare', () => {
  it('sets policies side by side, and stands as the README shows it', () => {
    const { status, stdout } = compare(...SWAP, '--over', 'policy')
    expect(status).to.equal(0)
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
    const [, shown = ''] = /```console\n\$ npx flowbreak compare [^\n]*\n([^`]*)```/.exec(readme) ?? []
    const lines = shown.split('\n').filter((line) => line.trim() !== '' && line.trim() !== '…')
    expect(lines.length).to.be.greaterThan(10)
    for (const line of lines) expect(stdout.split('\n')).to.include(line)
    for (const line of stdout.split('\n')) expect(line.length, line).to.be.at.most(80)
    expect(stdout).not.to.contain('\u001b')
  })

  it('gives as JSON what replays of each value give', () => {
    const { status, stdout } = compare(...SWAP, '--over', 'policy', '--json')
    expect(status).to.equal(0)
    const { schema, capture, axis, columns, packets } = JSON.parse(stdout)
    expect({ schema, capture, axis }).to.deep.equal({ schema: 1, capture: LADDER, axis: 'policy' })
    expect(columns.map(({ value }: { value: string }) => value)).to.deep.equal(['drop', 'reject', 'continue'])
    for (const [index, { value, totals }] of columns.entries()) {
      const replayed = jsonLines(flowbreak(['replay', ...SWAP, '--policy', value, '--json']).stdout)
      expect(packets).to.have.lengthOf(replayed.length)
      for (const [at, { packet, time, flow, direction, verdict, by }] of replayed.entries()) {
        const row = packets[at]
        expect(row).to.include({ packet, time, flow, direction })
        expect([row.verdicts[index], row.hosts[index]]).to.deep.equal([verdict, by])
      }
      expect(totals.packets).to.equal(replayed.length)
    }
    expect(columns[1].firstDifference).to.deep.equal({ packet: 12, time: 0.610924 })
    expect(columns[1].resets).to.deep.equal({ client: 0, server: 1 })
  })

  it('knows sharings, profiles, targets, and two axes at once', () => {
    const sharing = compare(...SWAP, '--over', 'sharing', '--values', 'none,replication')
    expect(sharing.stdout).to.match(/^none +11 +15 /m)
    expect(sharing.stdout).to.match(/^replication +26 +0 +0 +packet 12/m)
    const profiles = compare(...SWAP, '--over', 'profile')
    expect(profiles.stdout.match(/^\d+ +[a-z]/gm)).to.have.lengthOf(11)
    const target = compare(...SWAP, '--over', 'target', '--profile', 'suricata-7')
    expect(target.status).to.equal(0)
    expect(target.stdout).to.match(/^reference +11 +15 /m)
    expect(target.stdout).to.match(/^suricata +11 +15 .*same/m)
    expect(target.stdout).to.match(/^netfilter +The target netfilter has no profile suricata-7\./m)
    const both = compare(
      ...SWAP,
      '--over',
      'policy=drop,reject',
      '--over',
      'sharing=none,replication',
      '--json',
    )
    const values = JSON.parse(both.stdout).columns.map(({ value }: { value: string }) => value)
    expect(values).to.deep.equal(['drop,none', 'drop,replication', 'reject,none', 'reject,replication'])
  })

  it('says what a user felt, with live endpoints', () => {
    const { stdout } = compare(...SWAP, '--over', 'policy', '--endpoints', 'reactive', '--json')
    const { columns } = JSON.parse(stdout)
    expect(columns.map(({ impact }: { impact: { kind: string } }) => impact.kind)).to.deep.equal([
      'hung',
      'reset',
      'hung',
    ])
    expect(compare(...SWAP, '--over', 'policy', '--endpoints', 'reactive').stdout).to.contain('reset after')
  })

  it('goes on past a value that a setup refuses', () => {
    const { status, stdout } = compare(...SWAP, '--over', 'profile=panos,pf', '--policy', 'continue')
    expect(status).to.equal(0)
    expect(stdout).to.match(/^panos +policy: The system of profile "panos" cannot be set to/m)
    expect(stdout).to.match(/^pf +26 /m)
  })

  it('ends with 2 and one sentence where nothing can be compared', () => {
    const refuses = (args: readonly string[], sentence: RegExp) => {
      const { status, stdout, stderr } = compare(...args)
      expect([status, stdout], args.join(' ')).to.deep.equal([2, ''])
      expect(stderr).to.match(sentence)
      expect(stderr.split('\n')).to.have.lengthOf(2)
    }
    refuses([LADDER], /one axis or two/)
    refuses(['--over', 'policy'], /missing required argument 'capture'/)
    refuses([LADDER, '--over', 'weather'], /"weather" is not an axis/)
    refuses([LADDER, '--over', 'profile=panos', '--policy', 'continue'], /cannot be set to policy "continue"/)
    refuses([LADDER, '--over', 'policy', '--inject', 'host-swap@99'], /packet 99/)
    refuses([LADDER, '--over', 'policy', '--endpoints', 'dead'], /recorded or reactive/)
    refuses(['/nonexistent.pcap', '--over', 'policy'], /\/nonexistent\.pcap/)
    refuses(['captures', '--over', 'policy'], /folder|directory/)
    refuses(['-', '--over', 'policy'], /impossible with a pipe/)
  })

  it('compares what comes before damage, tells where it is, and ends with 2', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    try {
      const cut = join(folder, 'cut.pcap')
      const whole = readFileSync(join(ROOT, LADDER))
      writeFileSync(cut, whole.subarray(0, whole.length - 7))
      const { status, stdout, stderr } = compare(
        cut,
        '--over',
        'policy',
        '--inject',
        'host-swap@12',
        '--json',
      )
      expect(status).to.equal(2)
      const { packets, damage } = JSON.parse(stdout)
      expect(packets).to.have.lengthOf(25)
      expect(damage.offset).to.be.greaterThan(0)
      expect(stderr).to.match(/cut\.pcap is damaged at byte \d+ .* were compared/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('says of a sharing for which an injection breaks nothing that it does', () => {
    const args = ['--inject', 'replication-loss@9', '--over', 'sharing=none,replication', '--json']
    const { status, stdout } = flowbreak(['compare', 'captures/echo-ladder-ipv4.pcap', ...args])
    expect(status).to.equal(0)
    expect(stdout.match(/Nothing is replicated in this setup/g)).to.have.lengthOf(1)
  })

  it('ends with 130 when it is interrupted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    try {
      // Long enough not to be over before it is heard: the capture again and again.
      const whole = readFileSync(join(ROOT, 'captures/concurrent-200-ipv4.pcap'))
      const body = whole.subarray(24)
      const file = join(folder, 'long.pcap')
      writeFileSync(file, Buffer.concat([whole.subarray(0, 24), ...Array.from({ length: 100 }, () => body)]))
      // Whoever reads the rules is past its start: a pipe opens when both ends are there.
      const rules = join(folder, 'rules')
      spawnSync('mkfifo', [rules])
      const args = ['compare', file, '--over', 'profile', '--over', 'policy', '--rules', rules]
      const child = startFlowbreak(args, ROOT)
      child.stdout.resume()
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
      const pipe = await open(rules, 'w')
      child.kill('SIGINT')
      await pipe.write('\n')
      await pipe.close()
      expect(await ended).to.equal(130)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
