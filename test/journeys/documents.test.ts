import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { configSchema } from '../../harness/config/schema.ts'
import { flowbreak, ROOT } from './command.ts'

const DOCUMENTS = [
  'README.md',
  'SECURITY.md',
  'captures/README.md',
  'reports/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** Options in the README that compare has and replay has not. */
const OF_COMPARE = ['--over', '--all']

describe('journeys: documents', () => {
  it('show a suite that passes as it stands', () => {
    const [, example = ''] =
      /```yaml\n(# yaml-language-server[^`]*)```/.exec(
        readFileSync(join(ROOT, 'docs/authoring.md'), 'utf8'),
      ) ?? []
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    try {
      const file = join(folder, 'mine.yaml')
      writeFileSync(file, example)
      const { status, stdout } = flowbreak([
        'run',
        file,
        '--output',
        join(folder, 'runs'),
        '--reporter',
        'json',
      ])
      expect(JSON.parse(stdout).summary.totals).to.include({ pass: 6, fail: 0 })
      expect(status).to.equal(0)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  for (const document of DOCUMENTS)
    it(`${document} links to files that are there`, () => {
      const text = readFileSync(join(ROOT, document), 'utf8')
      for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)\)/g))
        if (!/^https?:/.test(target))
          expect(existsSync(join(ROOT, dirname(document), target)), target).to.equal(true)
    })

  it('name every key of a configuration', () => {
    const text = readFileSync(join(ROOT, 'docs/writing-a-target.md'), 'utf8')
    const table = text.split('## The configuration\n')[1]?.split('\n## ')[0] ?? ''
    const rows = table.split('\n').filter((line) => line.startsWith('| `'))
    const named = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key),
    )
    expect(named).to.have.members(Object.keys(configSchema.shape))
  })

  it('name commands that there are, with options that they know', () => {
    const text = readFileSync(join(ROOT, 'README.md'), 'utf8')
    for (const [, verb = ''] of text.matchAll(/npx flowbreak ([a-z]+)/g)) {
      const { status, stdout } = flowbreak([verb, '--help'])
      expect(status, verb).to.equal(0)
      if (verb === 'replay')
        for (const [, option = ''] of text.matchAll(/`(--[a-z-]+)[ `=]/g))
          if (!['--reporter', '--grep', ...OF_COMPARE].includes(option))
            expect(stdout, option).to.contain(option)
      if (verb === 'compare') for (const option of OF_COMPARE) expect(stdout, option).to.contain(option)
    }
  })
})
