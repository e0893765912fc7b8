import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { MAIN, ROOT } from './command.ts'

/** What the page shows, in order: headings with the commands below them. */
function stepsOf(document: string): readonly { readonly title: string; readonly commands: string }[] {
  const sections = readFileSync(join(ROOT, document), 'utf8').split(/^## /m).slice(1)
  return sections.map((section) => ({
    title: section.slice(0, section.indexOf('\n')),
    commands: [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block).join(''),
  }))
}

const SPACE = `fbwalk${process.pid}`

describe('journeys: docs/authoring-suites.md', function () {
  // It records for eight seconds.
  this.timeout(240_000)
  let folder = ''
  before(function () {
    if (process.getuid?.() !== 0 || spawnSync('curl', ['--version']).status !== 0) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
    symlinkSync(MAIN, join(folder, 'node_modules/.bin/flowbreak'))
    // A loopback of its own: nobody else listens there, or is recorded.
    for (const words of [`netns add ${SPACE}`, `-n ${SPACE} link set lo up`])
      expect(spawnSync('ip', words.split(' ')).status, words).to.equal(0)
  })
  after(() => {
    if (folder === '') return
    // Where a step before its end failed, the server still listens.
    const pid = existsSync(join(folder, 'server.pid')) ? readFileSync(join(folder, 'server.pid'), 'utf8') : ''
    if (pid !== '') spawnSync('kill', [pid.trim()])
    spawnSync('ip', ['netns', 'delete', SPACE])
    rmSync(folder, { recursive: true, force: true })
  })

  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '' }
  const said: Record<string, string> = {}
  for (const { title, commands } of stepsOf('docs/authoring-suites.md'))
    it(title, () => {
      const shell = ['netns', 'exec', SPACE, 'bash', '-e', '-o', 'pipefail', '-c', commands]
      const { status, stdout, stderr } = spawnSync('ip', shell, {
        cwd: folder,
        encoding: 'utf8',
        input: '',
        env,
      })
      expect(status, `${commands}\n${stdout}${stderr}`).to.equal(0)
      said[title] = stdout
    })

  it('comes to a capture of one flow, a suite of reviewed cases, and a report that holds', () => {
    const of = (word: string) => Object.entries(said).find(([title]) => title.includes(word))?.[1] ?? ''
    expect(of('Record')).to.match(/^missed: +0$/m)
    expect(of('Bring in')).to.match(/127\.0\.0\.1:\d+ .*127\.0\.0\.1:47080/)
    expect(of('See it break')).to.include('-- after host-swap --')
    expect(of('Review')).to.include('unreviewed: true').and.include('1 suite with 2 cases: all in order.')
    expect(of('Play')).to.match(/cases +2: 2 passed/)
    expect(of('Publish')).to.match(/✓ .*graded again, hold\.\n$/)
    expect(readFileSync(join(folder, 'suites/page.yaml'), 'utf8')).not.to.include('unreviewed')
    for (const file of ['page.html', 'reports/index.html', 'reports/mine/1'])
      expect(existsSync(join(folder, file))).to.equal(true)
  })
})
