import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ROOT } from '../journeys/command.ts'

interface Instruction {
  readonly word: string
  readonly text: string
}

/** What the file tells a builder, comments left out and lines that go on put together. */
const INSTRUCTIONS: readonly Instruction[] = readFileSync(join(ROOT, 'examples/ci/Containerfile'), 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .trim()
  .split('\n')
  .map((line) => ({ word: line.slice(0, line.indexOf(' ')), text: line.slice(line.indexOf(' ') + 1) }))

const all = (word: string) => INSTRUCTIONS.filter((one) => one.word === word).map(({ text }) => text)
const commands = all('RUN').flatMap((text) => text.split(' && '))

describe('the container file, as far as it can be tried without a builder', () => {
  it('has no instruction and no command that is not looked at here', () => {
    expect(INSTRUCTIONS.map(({ word }) => word)).to.deep.equal([
      'FROM',
      'RUN',
      'WORKDIR',
      'COPY',
      'RUN',
      'ENV',
      'WORKDIR',
      'ENTRYPOINT',
      'CMD',
    ])
    for (const command of commands)
      expect(command).to.match(
        /^(sed -i '[^']+' \S+|apt-get (update|install .+)|rm -rf \/var\/lib\/apt\/lists\/\*|npm_config_nodedir=\/usr\/local npm ci .+|npm cache clean --force)$/,
      )
  })

  it('installs packages that flowbreak knows, each from the suite that has it as new as it must be', () => {
    const needs: readonly { readonly package: string; readonly suite?: string }[] = JSON.parse(
      readFileSync(join(ROOT, 'scripts/needs.json'), 'utf8'),
    )
    const installed = commands.flatMap((command) => {
      const [, suite, names] =
        /^apt-get install -y --no-install-recommends (?:-t (\S+) )?([a-z\d ][a-z\d -]*)$/.exec(command) ?? []
      return (names ?? '').split(' ').flatMap((name) => (name === '' ? [] : [{ name, suite }]))
    })
    expect(installed.map(({ name }) => name)).to.include.members(['libpcap-dev', 'suricata'])
    for (const { name, suite } of installed) {
      const need = needs.find((one) => one.package === name)
      expect(need, name).to.not.equal(undefined)
      expect(suite, name).to.equal(need?.suite)
    }
  })

  it('adds the suite of backports to the sources as the image has them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-ci-'))
    try {
      const sources = join(folder, 'debian.sources')
      const other = 'Types: deb\nSuites: bookworm-security\nComponents: main\n'
      writeFileSync(sources, `Types: deb\nSuites: bookworm bookworm-updates\nComponents: main\n\n${other}`)
      const command = commands.find((one) => one.startsWith('sed')) ?? ''
      const there = '/etc/apt/sources.list.d/debian.sources'
      expect(command).to.include(there)
      const { status } = spawnSync('sh', ['-c', command.replace(there, sources)])
      expect(status).to.equal(0)
      expect(readFileSync(sources, 'utf8')).to.equal(
        `Types: deb\nSuites: bookworm bookworm-updates bookworm-backports\nComponents: main\n\n${other}`,
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('copies sources that there are, and none that git leaves out', () => {
    for (const copied of all('COPY'))
      for (const source of copied.split(' ').slice(0, -1))
        expect(existsSync(join(ROOT, source)), source).to.equal(true)
    const left = readFileSync(join(ROOT, '.dockerignore'), 'utf8').trim().split('\n')
    const ignored = readFileSync(join(ROOT, '.gitignore'), 'utf8').trim().split('\n')
    expect(left).to.include.members(ignored)
    // Logs lie where a run was called, and that may be in any folder: docs/writing-a-target.md calls one among the examples.
    expect(ignored).to.include('**/reports/runs/')
  })

  it('builds with the compiler and the optional packages, and after the headers that these need', () => {
    const build = commands.find((command) => command.includes('npm ci')) ?? ''
    expect(build.split(' ')).to.include.members(['--include=dev', '--include=optional'])
    const order = commands.map((command) => command.split(' ').slice(0, 2).join(' '))
    expect(order.indexOf('apt-get install')).to.be.below(commands.indexOf(build))
  })

  it('starts the command from where it was copied to, in the folder that is mounted', () => {
    const [home = '', work] = all('WORKDIR')
    const [node, main = '']: readonly string[] = JSON.parse(all('ENTRYPOINT')[0] ?? '[]')
    expect([node, work, main.startsWith(`${home}/`)]).to.deep.equal(['node', '/work', true])
    const args: readonly string[] = JSON.parse(all('CMD')[0] ?? '[]')
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-ci-'))
    try {
      const [name = '', value = ''] = (all('ENV')[0] ?? '').split('=')
      const { status, stdout } = spawnSync(process.execPath, [join(ROOT, main.slice(home.length)), ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, [name]: value },
      })
      expect(status).to.equal(0)
      expect(stdout).to.match(/^Usage: flowbreak/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
