import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, ROOT } from './command.ts'

/** Runs a program with nothing on its standard input. */
function run(cwd: string, command: string, ...args: readonly string[]) {
  // Mocha colours its text wherever FORCE_COLOR is there, empty too.
  const { FORCE_COLOR: _, ...rest } = process.env
  const env = { ...rest, NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', input: '', env })
  return { status, stdout, stderr }
}

function ran(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = run(cwd, command, ...args)
  expect(status, `${command} ${args.join(' ')}: ${stdout}${stderr}`).to.equal(0)
  return stdout
}

describe('journeys: the package', function () {
  // An install, whose packages the machine mostly has already.
  this.timeout(300_000)
  let folder = ''
  let project = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    project = join(folder, 'My project')
    ran(ROOT, 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder)
    const [tarball = ''] = readdirSync(folder)
    // As it comes out of the package, before anything was installed beside it.
    ran(folder, 'tar', '-xf', tarball)
    const told = ran(folder, process.execPath, 'package/dist/bin/main.js', 'init', 'My project')
    expect(told).to.match(
      /^My project: .*suites\/host-swap\.yaml.*\nIts package\.json takes flowbreak from this clone, \.\.\/package: .*\nNow:\n {2}cd 'My project' && npm install\n {2}npm test\n$/,
    )
    const options = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--save-dev']
    ran(project, 'npm', 'install', ...options, join(folder, tarball))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('gives a project whose tests pass, those of the YAML suite and those in TypeScript', () => {
    const told = ran(project, 'npm', 'test')
    expect(told).to.match(/ 5 passing/)
    expect(told).to.include('data-from-the-server/policy:reject').and.include('is told to the server')
    // The types of the doors fit those of chai and mocha, also for projects that check what they install.
    ran(
      project,
      process.execPath,
      `${ROOT}node_modules/typescript/bin/tsc`,
      '-p',
      '.',
      '--skipLibCheck',
      'false',
    )
  })

  it('gives a project whose suites are played by the command, and reported', () => {
    const told = ran(
      project,
      'npx',
      'flowbreak',
      'run',
      '--reporter',
      'json',
      '--reporter',
      'html=reports/report.html',
    )
    expect(JSON.parse(told).summary.totals).to.include({ pass: 3, fail: 0 })
    expect(existsSync(join(project, 'reports/report.html'))).to.equal(true)
  })

  it('tells failures in one’s own tests with a ladder', () => {
    const suite = join(project, 'suites/host-swap.yaml')
    writeFileSync(suite, readFileSync(suite, 'utf8').replace('drop: drop', 'drop: reject'))
    const test = join(project, 'test/host-swap.test.ts')
    const right = ".to.be.forwarded.by('fw-b')"
    const written = readFileSync(test, 'utf8')
    expect(written).to.include(right)
    writeFileSync(test, written.replace(right, '.to.be.dropped'))
    const { status, stdout } = run(project, 'npm', 'test')
    // Mocha's exit code is the number of failures.
    expect(status).to.equal(2)
    expect(stdout).to.include(' 2 failing')
    expect(stdout).to.include(
      'AssertionError: fail: Packet 12 (s2c, after host-swap) was to be reject, and was drop.',
    )
    expect(stdout).to.match(/>\s+0\.\d{6} {2}│ +│ +×─+│ {2}12 PSH ACK 128 B {2}<- expected reject/)
    expect(stdout).to.include('expected packet 12 to be dropped, and its verdict is forward')
    expect(stdout).to.match(/12 PSH ACK 128 B {2}<- expected drop/)
  })

  it('takes flowbreak from the clone that made it, or as it is installed', () => {
    const wanted = (at: string) =>
      JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')).devDependencies.flowbreak
    const cloned = join(folder, 'of a clone')
    expect(flowbreak(['init', cloned]).stdout).to.include('takes flowbreak from this clone')
    expect(wanted(cloned)).to.match(/^file:/)
    expect(realpathSync(join(cloned, wanted(cloned).slice('file:'.length)))).to.equal(realpathSync(ROOT))
    expect(ran(project, 'npx', 'flowbreak', 'init', 'another')).not.to.include('clone')
    expect(wanted(join(project, 'another'))).to.match(/^\^\d+\.\d+\.\d+$/)
  })

  it('makes no project where something is already', () => {
    const { status, stderr } = flowbreak(['init', project])
    expect(status).to.equal(2)
    expect(stderr).to.include('is not empty').and.include('ERR_FOLDER')
    const here = join(folder, 'here')
    mkdirSync(here)
    const { status: made, stdout } = flowbreak(['init'], { cwd: here })
    expect(made).to.equal(0)
    expect(stdout).to.include('Now:\n  npm install\n  npm test\n')
    expect(readdirSync(here)).to.include.members([
      '.github',
      '.gitignore',
      '.mocharc.yaml',
      'captures',
      'package.json',
    ])
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).to.deep.equal([])
  })
})
