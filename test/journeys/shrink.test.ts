import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, ROOT } from './command.ts'

const SUITE = `
suite: demo
title: Wrong on purpose.
setup: { profile: suricata-7, tunnels: outer }
matrix: { policy: [drop, reject] }
cases:
  - name: swap
    requirement: After a swap all goes on.
    source: { mark: DOC, where: a test }
    capture: echo-ladder-ipv4
    inject: [{ host-swap: 12 }]
    expect: { before: forward, after host-swap: { packet 14: forward } }
  - name: right
    requirement: Without one all goes on.
    source: { mark: DOC, where: a test }
    capture: echo-ladder-ipv4
    expect: { before: forward }
  - name: lost
    requirement: There is no such capture.
    matrix: { policy: [drop] }
    source: { mark: DOC, where: a test }
    capture: echo-ladder-ipv4
    expect: { before: forward }
`

describe('journeys: shrink', () => {
  let folder = ''
  const inFolder = (...args: string[]) => flowbreak(args, { cwd: folder })
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'demo.yaml'), SUITE)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('writes what is left of a failing case, and the line that shows it again', () => {
    const name = 'demo/swap/policy:reject'
    const { status, stdout, stderr } = inFolder('shrink', name, '--suite', 'demo.yaml')
    expect(status, stderr).to.equal(0)
    const [found = '', , files = '', rerun = ''] = stdout.split('\n')
    expect(found).to.match(
      /^demo\/swap\/policy:reject: 2 of 26 packets, 1 of 1 injections, \d+ of \d+ bytes still show drop by fw-b .*where forward is expected, of c2s PSH ACK with data after host-swap\.$/,
    )
    expect(files).to.equal('shrunk-demo-swap-policy-reject: capture.pcapng, capture.json, suite.yaml')
    const made = join(folder, 'shrunk-demo-swap-policy-reject')
    expect(JSON.parse(readFileSync(join(made, 'capture.json'), 'utf8'))).to.include({ packets: 2 })
    expect(readFileSync(join(made, 'suite.yaml'), 'utf8'))
      .to.include(`# ${rerun}\n`)
      .and.include('packet 2:')
    expect(rerun).to.equal(
      `npx flowbreak run shrunk-demo-swap-policy-reject/suite.yaml --target reference --seed 1`,
    )
    const again = inFolder(...rerun.split(' ').slice(2), '--reporter', 'json')
    expect(again.status).to.equal(1)
    expect(JSON.parse(again.stdout).summary.totals).to.include({ fail: 1 })
  })

  it('takes a case of a run, by a part of its name, and tells what it found as JSON', () => {
    expect(inFolder('run', 'demo.yaml', '--seed', '5', '--output', 'runs').status).to.equal(1)
    const [run = ''] = readdirSync(join(folder, 'runs'))
    const { status, stdout, stderr } = inFolder(
      'shrink',
      'policy:drop',
      '--run',
      `runs/${run}`,
      '-o',
      'out',
      '--json',
    )
    expect(status, stderr).to.equal(0)
    const told = JSON.parse(stdout)
    expect(told).to.include({ folder: 'out', case: 'demo/swap/policy:drop' })
    expect(told.after).to.include({ injections: 1 })
    expect(told.rerun).to.match(/--target reference --seed 5$/)
  })

  it('says in one sentence what cannot be shrunk, and writes nothing', () => {
    const told = (...args: string[]) => {
      const { status, stderr } = inFolder('shrink', ...args)
      expect(stderr.split('\n')).to.have.length(2)
      return `${status} ${stderr}`
    }
    const suite = ['--suite', 'demo.yaml', '-o', 'none'] as const
    expect(told('demo/right/policy:drop', ...suite)).to.match(
      /^2 .*does not fail on reference: .*\(ERR_SHRINK\)/,
    )
    expect(told('demo/swap', ...suite)).to.match(/^2 .*2 cases are called like demo\/swap.*\(ERR_SHRINK\)/)
    expect(told('nonesuch', ...suite)).to.match(/^2 .*\(ERR_NOTHING_MATCHED\)/)
    expect(told('demo/right/policy:drop', '--run', 'nowhere')).to.match(/^2 .*\(ERR_RUN_NOT_FOUND\)/)
    expect(told('x', '--target', 'a', '--target', 'a')).to.match(/^2 .*\(ERR_USAGE\)/)
    writeFileSync(
      join(folder, 'lost.yaml'),
      SUITE.replace(/(no such capture[\s\S]*capture: )\S+/, '$1nonesuch'),
    )
    expect(told('demo/lost/policy:drop', '--suite', 'lost.yaml')).to.match(
      /^2 .*There is no capture "nonesuch"/,
    )
    expect(told('demo/swap/policy:drop', '--suite', 'demo.yaml', '-o', '.')).to.match(/^2 .*\(ERR_FOLDER\)/)
    expect(existsSync(join(folder, 'none'))).to.equal(false)
  })

  it('keeps a disagreement of two targets, which its suite shows again', () => {
    writeFileSync(
      join(folder, 'flowbreak.config.yaml'),
      'targets:\n  mine: { kind: process, command: [python3, mine.py] }\n',
    )
    writeFileSync(join(folder, 'mine.py'), PROGRAM)
    const { status, stdout, stderr } = inFolder(
      ...['shrink', 'demo/right/policy:drop', '--suite', 'demo.yaml'],
      ...['--target', 'reference', '--target', 'mine', '-o', 'between'],
    )
    expect(status, stderr).to.equal(0)
    expect(stdout).to.match(/still show forward by fw-a on reference, drop by \S+ on mine, of c2s FIN ACK/)
    const rerun = stdout.split('\n')[3] ?? ''
    const again = inFolder(...rerun.split(' ').slice(2), '--reporter', 'json')
    expect(again.status, again.stderr).to.equal(1)
    const { cases } = JSON.parse(again.stdout)
    expect(cases.map(({ outcome }: { outcome: string }) => outcome)).to.deep.equal(['pass', 'fail'])
  })
})

/** The example of a target, which here lets no FIN through. */
const PROGRAM = readFileSync(join(ROOT, 'examples/targets/firewall.py'), 'utf8')
  .replace('"aws-nfw"', '"suricata-7"')
  .replace('    if known or', '    if flags & 1: return {"verdict": "drop"}\n    if known or')
