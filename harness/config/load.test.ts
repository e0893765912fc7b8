import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { ExampleFolder, messageBy } from './example-folder.test.ts'
import { loadConfig, loadConfigFor } from './load.ts'
import { settingsOf } from './settings.ts'

const DOOR = pathToFileURL(join(import.meta.dirname, '../index.ts')).href

/** What loading a configuration of this text says, without the path of its folder. */
async function told(file: string, text: string): Promise<string | undefined> {
  using folder = new ExampleFolder({ [file]: text })
  const message = await messageBy(loadConfig(undefined, folder.path))
  return message?.replaceAll(`${folder.path}/`, '')
}

describe('config/load', () => {
  it('finds the nearest configuration, or none', async () => {
    using folder = new ExampleFolder({
      'flowbreak.config.json': '{ "seed": 1 }',
      'near/flowbreak.config.yaml': 'seed: 2',
      'near/deep/er/file': '',
    })
    expect((await loadConfig(undefined, join(folder.path, 'near/deep/er'))).seed).to.equal(2)
    expect((await loadConfig(undefined, folder.path)).seed).to.equal(1)
    expect((await loadConfig('../flowbreak.config.json', join(folder.path, 'near'))).seed).to.equal(1)
    expect((await loadConfig(undefined, '/')).file).to.equal(undefined)
  })

  it('is not read for the built-in reference alone, unless it is named', async () => {
    using folder = new ExampleFolder({ 'flowbreak.config.json': '{ "seed": 1 }' })
    expect((await loadConfigFor(['reference'], undefined, folder.path)).file).to.equal(undefined)
    for (const [targets, named] of [
      [['mine'], undefined],
      [['reference', 'mine'], undefined],
      [['reference'], 'flowbreak.config.json'],
    ] as const)
      expect((await loadConfigFor(targets, named, folder.path)).seed).to.equal(1)
  })

  it('reads every form', async () => {
    using folder = new ExampleFolder({
      'c.yaml': 'targets: { mine: { kind: reference } }',
      'c.json': '{ "targets": { "mine": { "kind": "reference" } } }',
      'c.mjs': 'export default { targets: { mine: { kind: "reference" } } }',
      'c.ts': `import { defineConfig } from '${DOOR}'
        const kind: string = 'reference'
        export default defineConfig({ targets: { mine: { kind } } })`,
    })
    for (const file of ['c.yaml', 'c.json', 'c.mjs', 'c.ts'])
      expect((await loadConfig(file, folder.path)).targets, file).to.deep.equal({
        mine: { kind: 'reference' },
      })
  })

  it('names what is wrong by line and column', async () => {
    expect(await told('flowbreak.config.yaml', 'target:\n  lab: { kind: reference }\n')).to.equal(
      'flowbreak.config.yaml:1:1: "target" is not a key of this mapping. Did you mean "targets"?',
    )
    expect(await told('flowbreak.config.yaml', 'targets:\n  a: &a { kind: reference }\n  <<: *a\n')).to.equal(
      'flowbreak.config.yaml:3:3: Merge keys (<<) are not supported: write the keys out, or repeat a whole value by an anchor (&name) and an alias (*name).',
    )
    expect(await told('flowbreak.config.yaml', 'seed: 1\ncolour: red\n')).to.match(
      /^flowbreak.config.yaml:2:1: "colour" is not a key of this mapping. Known here: targets, suites, .*knownFailures or queue\.$/,
    )
    expect(await told('flowbreak.config.yaml', 'targets:\n  lab: { kind: referense }')).to.match(
      /^flowbreak.config.yaml:2:16: "referense" is not a kind of target: write .* Did you mean "reference"\?$/,
    )
    expect(await told('flowbreak.config.yaml', 'targets:\n  reference: { kind: reference }')).to.equal(
      'flowbreak.config.yaml:2:3: "reference" is the name of a kind of target: choose another.',
    )
    expect(await told('flowbreak.config.yaml', 'targets: { lab: { command: x } }')).to.match(
      /^flowbreak.config.yaml:1:17: "kind" is missing\.$/,
    )
    expect(await told('flowbreak.config.json', '{ "seed": -1,\n "retries": "two" }')).to.equal(
      'flowbreak.config.json:1:11: This is below 0.\nflowbreak.config.json:2:13: This is text, but a number is expected.',
    )
    expect(await told('flowbreak.config.yaml', 'seed: [1')).to.match(/^flowbreak.config.yaml:1:9: /)
    expect(await told('flowbreak.config.yaml', 'seed: 1\nseed: 2')).to.contain(
      ':2:1: This key was already given',
    )
    expect(await told('flowbreak.config.yaml', '')).to.contain('This is empty, but a mapping is expected.')
  })

  it('names what is wrong in a module by its key', async () => {
    expect(await told('flowbreak.config.mjs', 'export default { seed: 0.5 }')).to.equal(
      'flowbreak.config.mjs: seed: This is a number, but a whole number is expected.',
    )
    expect(await told('flowbreak.config.mjs', 'export const seed = 1')).to.equal(
      'flowbreak.config.mjs has no default export: write export default defineConfig({ … }).',
    )
    expect(await told('flowbreak.config.mjs', 'throw new Error("on Mondays")')).to.equal(
      'The configuration flowbreak.config.mjs cannot be loaded: on Mondays.',
    )
  })

  it('refuses two in one folder, a missing one, and what is no configuration', async () => {
    using folder = new ExampleFolder({
      'flowbreak.config.json': '{}',
      'flowbreak.config.yaml': '{}',
      'notes.txt': '',
    })
    expect(await messageBy(loadConfig(undefined, folder.path))).to.match(
      /^There is more than one configuration, .*\.json and .*\.yaml: keep one, or name one with --config\.$/,
    )
    expect(await messageBy(loadConfig('no.yaml', folder.path))).to.match(/no.yaml cannot be read/)
    expect(await messageBy(loadConfig('no.mjs', folder.path))).to.match(/no.mjs cannot be loaded/)
    expect(await messageBy(loadConfig('notes.txt', folder.path))).to.match(
      /notes.txt is not a configuration: name a .yaml/,
    )
  })

  it('begins relative paths where it is written', async () => {
    using folder = new ExampleFolder({
      'flowbreak.config.yaml':
        'suites: [mine.yaml, core]\nreporter: [console, json=out/a=b.json]\noutput: runs\nknownFailures: known.yaml',
      'mine.yaml': '',
    })
    const settings = settingsOf(await loadConfig(undefined, folder.path))
    expect(settings).to.include({
      output: join(folder.path, 'runs'),
      knownFailures: join(folder.path, 'known.yaml'),
    })
    expect(settings.suites).to.deep.equal([join(folder.path, 'mine.yaml'), 'core'])
    expect(settings.reporter).to.deep.equal(['console', `json=${join(folder.path, 'out/a=b.json')}`])
  })
})
