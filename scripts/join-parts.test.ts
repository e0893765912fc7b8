import { createRequire } from 'node:module'
import { sep } from 'node:path'
import { Script } from 'node:vm'
import { expect } from 'chai'
import { build } from 'esbuild'
import { joinParts } from './lib/join-parts.mjs'
import { type Scratch, scratch } from './lib/scratch.ts'

/** Builds a program of two entries as the command is built; gives what runs one of them and answers what it told. */
async function joined(tree: Scratch): Promise<(entry: string) => readonly unknown[]> {
  const built = await build({
    absWorkingDir: tree.root,
    entryPoints: { one: 'one.js', two: 'two.js' },
    outdir: 'out',
    bundle: true,
    platform: 'node',
    format: 'esm',
    splitting: true,
    minifyWhitespace: true,
    external: ['package'],
    metafile: true,
    write: false,
  })
  const script = new Script(joinParts(built))
  return (entry) => {
    const told: unknown[] = []
    const node = createRequire(import.meta.url)
    const require = (name: string) =>
      name === 'package' ? Object.assign(() => 'main', { named: 'named' }) : node(name)
    Object.assign(globalThis, { tell: (...words: unknown[]) => told.push(...words) })
    script.runInThisContext()(require, (name: string) => import(name), 'file:///bundle.js', entry)
    return told
  }
}

describe('joinParts', () => {
  let tree: Scratch
  beforeEach(() => {
    tree = scratch()
    tree.write('shared.js', "tell('shared'); export const value = 7; export { value as default }")
    tree.write('two.js', "import { value } from './shared.js'; tell(value)")
  })
  afterEach(() => {
    tree.remove()
    Reflect.deleteProperty(globalThis, 'tell')
  })

  it('runs what an entry imports before it, once, and nothing of the other', async () => {
    tree.write('one.js', "import again, { value as seven } from './shared.js'; tell(seven, again)")
    const run = await joined(tree)
    expect(run('one')).to.deep.equal(['shared', 7, 7])
    expect(run('two')).to.deep.equal(['shared', 7])
  })

  it('runs what is imported late when it is called for, once, and gives its exports', async () => {
    tree.write('late.js', "import { value } from './shared.js'; tell('late'); export const twice = value * 2")
    tree.write(
      'one.js',
      "tell('one'); const load = async () => (await import('./late.js')).twice; load().then(load).then(tell)",
    )
    const told = (await joined(tree))('one')
    await new Promise(setImmediate)
    expect(told).to.deep.equal(['one', 'shared', 'late', 14])
  })

  it('gives packages and modules of Node’s own in every way of importing them', async () => {
    tree.write(
      'one.js',
      `import main, { named as own } from 'package'
      import * as all from 'package'
      import 'package'
      import { join as joined, sep } from 'node:path'
      tell(main(), own, all.named, joined('a', 'b') === 'a' + sep + 'b')`,
    )
    expect((await joined(tree))('one')).to.deep.equal(['main', 'named', 'named', true])
  })

  it('imports late what is no part of it', async () => {
    tree.write('one.js', "const load = async (name) => tell((await import(name)).sep); load('node:path')")
    const told = (await joined(tree))('one')
    await import('node:path')
    await new Promise(setImmediate)
    expect(told).to.deep.equal([sep])
  })

  it('leaves alone what only looks like an import', async () => {
    tree.write('one.js', 'tell(`\nimport{a}from"./b.js"\n;export{a}\n`, { import: () => 1 }.import())')
    expect((await joined(tree))('one')).to.deep.equal(['\nimport{a}from"./b.js"\n;export{a}\n', 1])
  })

  it('refuses a part that it does not understand', async () => {
    for (const text of ['`\nimport{a}from"./b.js";\n`', '\'import("./b.js")\'']) {
      tree.write('one.js', `tell(${text})`)
      const problem = await joined(tree).catch((thrown: unknown) => thrown)
      expect(problem).to.be.instanceOf(Error)
      expect(String(problem)).to.include('one.js has 0 imports, of which 1 were understood.')
    }
  })
})
