import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { expect } from 'chai'
import { ROOT } from './command.ts'

const BUNDLES = ['command', 'replay']
const SUITE = `suite: one
title: For tests
cases:
  - name: swap
    requirement: After a swap nothing comes out.
    source: { mark: DOC, where: a test }
    capture: ${ROOT}captures/echo-ladder-ipv4.pcap
    inject: [{ host-swap: 12 }]
    expect: { before: forward, after host-swap: drop }
`
const CALLS = [
  ['suite', 'list', 'suite.yaml'],
  ['run', 'suite.yaml', '--workers', '2', '--reporter', 'mocha:tap'],
  ['replay', `${ROOT}captures/echo-ladder-ipv4.pcap`, '--inject', 'host-swap@12'],
]

describe('journeys: the start', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'suite.yaml'), SUITE)
    for (const name of ['dist', 'package.json'])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('takes the code that V8 made of each bundle when it was built', () => {
    for (const name of BUNDLES) {
      const bundle = join(ROOT, 'dist/bin', name)
      const script = new Script(readFileSync(`${bundle}.js`, 'latin1'), {
        filename: `${bundle}.js`,
        cachedData: readFileSync(`${bundle}.code`),
      })
      expect(script.cachedDataRejected, name).to.equal(false)
    }
  })

  it('comes to the same with code that V8 refuses, and with none', () => {
    const code = BUNDLES.map((name) => join(folder, 'dist/bin', `${name}.code`))
    const answers = () =>
      CALLS.map((args) => {
        const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/bin/main.js', ...args], {
          cwd: folder,
          encoding: 'utf8',
        })
        expect(status, stderr).to.equal(0)
        expect(stdout).not.to.equal('')
        return stdout.replaceAll(/\d+m?s\b/g, '')
      })
    const quick = answers()
    for (const file of code) truncateSync(file, 1000)
    expect(answers()).to.deep.equal(quick)
    for (const file of code) rmSync(file)
    expect(answers()).to.deep.equal(quick)
  })
})
