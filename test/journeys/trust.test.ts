import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { MAIN, ROOT } from './command.ts'
import { manyCases } from './many.ts'

const CAPTURE = `${ROOT}captures/echo-ladder-ipv4.pcap`

/** Nobody's, on every system; we are somebody else. */
const NOBODY = 65_534
const SUDO = { ...process.env, SUDO_UID: `${NOBODY}`, SUDO_GID: `${NOBODY}` }
const KINDS = /capture\.pcapng$|SHA256SUMS$|run\.ndjson$|report\.html$/

describe('journeys: trust', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'suite.yaml'), manyCases(2))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs the command where everybody may do everything with what is made, unless its maker says otherwise. */
  function openly(...args: string[]): string {
    const command = ['-c', 'umask 0; exec "$@"', 'sh', process.execPath, MAIN, ...args]
    const { status, stderr } = spawnSync('sh', command, { cwd: folder, encoding: 'utf8' })
    expect(status, stderr).to.equal(0)
    return stderr
  }
  const isFor = (path: string) => (statSync(join(folder, path)).mode & 0o777).toString(8)

  it('keeps what holds packets for its owner alone, whatever the umask', () => {
    openly('run', 'suite.yaml', '--output', 'runs', '--evidence', 'all')
    const [run = ''] = readdirSync(join(folder, 'runs'))
    expect(isFor(`runs/${run}/run.ndjson`)).to.equal('600')
    const evidence = readdirSync(join(folder, 'runs', run, 'evidence'))
    expect(evidence).to.have.lengthOf.greaterThan(0)
    for (const one of evidence) {
      expect(isFor(`runs/${run}/evidence/${one}`)).to.equal('700')
      expect(isFor(`runs/${run}/evidence/${one}/capture.pcapng`)).to.equal('600')
    }
    openly('capture', 'slice', CAPTURE, '--packets', '1-8', '-o', 'slice.pcap')
    expect(isFor('slice.pcap')).to.equal('600')
    openly('replay', CAPTURE, '--eve', 'eve.json', '--quiet')
    expect(isFor('eve.json')).to.equal('600')
  })

  it('gives what it writes, and programs that need no root, to the user who called through sudo', () => {
    const own = process.geteuid?.()
    const theirs = own === 0 ? NOBODY : own
    const open = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    const ask = (...args: string[]) =>
      spawnSync(process.execPath, [MAIN, 'run', ...args], { cwd: open, env: SUDO, encoding: 'utf8' })
    try {
      chmodSync(open, 0o777)
      const userOf = (root: boolean) => {
        const target = `{ kind: process, command: [sh, -c, 'id -u > uid; exit 1'], root: ${root} }`
        writeFileSync(join(open, 'flowbreak.config.yaml'), `targets: { lab: ${target} }\n`)
        ask('core', '--target', 'lab')
        const uid = readFileSync(join(open, 'uid'), 'utf8').trim()
        rmSync(join(open, 'uid'))
        return uid
      }
      expect([userOf(false), userOf(true)]).to.deep.equal([`${theirs}`, `${own}`])
      const { status, stderr } = ask(
        join(folder, 'suite.yaml'),
        ...['--evidence', 'all', '--reporter', 'html=out/report.html'],
      )
      expect(status, stderr).to.equal(0)
      const made = (readdirSync(open, { recursive: true }) as string[]).filter(
        (path) => !path.endsWith('.yaml'),
      )
      expect(made.filter((path) => KINDS.test(path))).to.have.lengthOf.greaterThan(4)
      for (const path of made) expect(statSync(join(open, path)).uid, path).to.equal(theirs)
    } finally {
      rmSync(open, { recursive: true, force: true })
    }
  })

  it('says that others can read a key', () => {
    writeFileSync(join(folder, 'key'), 'ab'.repeat(32))
    const told = () => openly('capture', 'anonymise', CAPTURE, '--key', 'key', '-o', 'anonymous.pcap')
    chmodSync(join(folder, 'key'), 0o644)
    expect(told()).to.contain('flowbreak: others can read the key key: chmod 600 it')
    chmodSync(join(folder, 'key'), 0o600)
    expect(told()).to.equal('')
  })
})
