import { expect } from 'chai'
import { ReferenceTarget } from '../target/reference/reference.ts'
import { ExampleFolder, messageBy } from './example-folder.test.ts'
import { loadConfig } from './load.ts'
import { Secrets } from './secrets.ts'
import { targetNamed } from './targets.ts'

const { capabilities } = new ReferenceTarget('1')
const TARGET = (more = '') =>
  `{ name: 'own', version: '7', capabilities: ${JSON.stringify(capabilities)}, prepare() {}, ${more} }`

async function named(name: string, folder: ExampleFolder, secrets = new Secrets()) {
  return targetNamed(name, await loadConfig(undefined, folder.path), secrets, '1')
}

describe('config/targets', () => {
  it('makes a target of the configuration, under the name that it has there', async () => {
    using folder = new ExampleFolder({
      'flowbreak.config.mjs': `export default { targets: { a: { kind: 'reference' }, b: ${TARGET()} } }`,
    })
    expect(await named('a', folder)).to.include({ name: 'a', version: '1' })
    expect(await named('b', folder)).to.include({ name: 'b', version: '7' })
    expect(await named('reference', folder)).to.include({ name: 'reference' })
  })

  it('makes a target of a module: an object, a function or a class, by path or package', async () => {
    using folder = new ExampleFolder({
      'object.mjs': `export default ${TARGET()}`,
      'function.mjs': `export default async ({ version }) => ({ ...${TARGET()}, version })`,
      'class.mjs': `export default class { name = 'c'; capabilities = ${JSON.stringify(capabilities)}; constructor({ version }) { this.version = version } prepare() {} }`,
      'node_modules/@vendor/target/package.json':
        '{ "type": "module", "exports": { "import": "./main.js" } }',
      'node_modules/@vendor/target/main.js': `export default ${TARGET()}`,
      'flowbreak.config.yaml': `targets:
  function: { kind: module, module: ./function.mjs, version: "3" }
  class: { kind: module, module: ./class.mjs, version: "4" }
  package: { kind: module, module: "@vendor/target" }`,
    })
    expect(await named(`${folder.path}/object.mjs`, folder)).to.include({ name: 'own', version: '7' })
    expect(await named('function', folder)).to.include({ name: 'function', version: '3' })
    expect(await named('class', folder)).to.include({ name: 'class', version: '4' })
    expect(await named('package', folder)).to.include({ name: 'package', version: '7' })
  })

  it('says what a module lacks', async () => {
    const cases = [
      ['export default 7', 'exports by default is not a target: it has to be an object with prepare()'],
      ['export const target = 1', 'exports by default is not a target'],
      ["export default { name: 'x' }", 'exports by default has no version: it is to be a text'],
      [
        "export default () => ({ name: 'x', version: '1' })",
        'makes has no prepare(setup, signal): it is to give a session',
      ],
      [`export default ${TARGET('prepare: 1')}`, 'has no prepare(setup, signal)'],
      [
        `export default ${TARGET('capabilities: {}')}`,
        'has capabilities.clock missing: it is to be virtual or real',
      ],
      [
        `export default ${TARGET('capabilities: { hots: 1 }')}`,
        'names a capability hots that there is not. Did you mean "hosts"?',
      ],
      ['export default () => { throw new Error("no licence") }', 'made no target: no licence'],
    ] as const
    for (const [text, says] of cases) {
      using folder = new ExampleFolder({ 'target.mjs': text })
      expect(await messageBy(named(`${folder.path}/target.mjs`, folder)), text).to.contain(says)
    }
  })

  it('says what targets there are, and what a kind needs', async () => {
    using folder = new ExampleFolder({
      'flowbreak.config.yaml':
        'targets:\n  lab: { kind: reference }\n  bad: { kind: module }\n  lost: { kind: module, module: nowhere-to-be-found }',
    })
    expect(await messageBy(named('lob', folder))).to.match(
      /^There is no target lob: choose lab, bad, lost.*reference.*, name a module by its path, or configure it in .*flowbreak.config.yaml\. Did you mean "lab"\?$/,
    )
    expect(await messageBy(named('module', folder))).to.match(
      /^The target module needs to be told more: write targets: \{ mine: \{ kind: module, … \} \}/,
    )
    expect(await messageBy(named('bad', folder))).to.match(
      /flowbreak.config.yaml:3:8: Target bad: kind module needs module: a path, or the name of a package\.$/,
    )
    expect(await messageBy(named('lost', folder))).to.match(
      /^Target lost: there is no module nowhere-to-be-found from /,
    )
    expect(await messageBy(named('./missing.mjs', folder))).to.match(
      /there is no module .\/missing.mjs from /,
    )
  })

  it('fills in what the environment holds, and hides it', async () => {
    using folder = new ExampleFolder({
      'make.mjs': `export default ({ key }) => { if (key.length > 20) throw new Error('bad ' + key); return { ...${TARGET()}, version: key } }`,
      'flowbreak.config.yaml': `targets:
  good: { kind: module, module: ./make.mjs, key: "k-\${FLOWBREAK_TEST_KEY}" }
  long: { kind: module, module: ./make.mjs, key: "\${FLOWBREAK_TEST_KEY} and much more than that" }
  none: { kind: module, module: ./make.mjs, key: "\${FLOWBREAK_TEST_NO_KEY}" }`,
    })
    process.env.FLOWBREAK_TEST_KEY = 'hunter2'
    try {
      const secrets = new Secrets()
      const { version } = await named('good', folder, secrets)
      expect(version).to.equal('k-hunter2')
      expect(secrets.hide({ version, list: [version, 7], bytes: Uint8Array.of(1) })).to.deep.equal({
        version: `k-\${FLOWBREAK_TEST_KEY}`,
        list: [`k-\${FLOWBREAK_TEST_KEY}`, 7],
        bytes: Uint8Array.of(1),
      })
      const thrown = await named('long', folder, secrets).catch((error: unknown) => error)
      expect(thrown).to.be.an('error').with.property('message').that.contains('hunter2')
      const hidden = secrets.hideError(thrown) as Error
      expect(hidden.message).to.contain(`bad \${FLOWBREAK_TEST_KEY} and much`)
      expect(hidden.stack).not.to.contain('hunter2')
      expect(await messageBy(named('none', folder))).to.match(
        /flowbreak.config.yaml:4:9: The environment variable FLOWBREAK_TEST_NO_KEY is not set: set it, or remove it here\.$/,
      )
    } finally {
      delete process.env.FLOWBREAK_TEST_KEY
    }
  })
})
