import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { expect } from 'chai'
import { buildIfStale, finishBuild, linkBin } from './lib/dist.mjs'
import { SetupError } from './lib/say.mjs'
import { heard, type Scratch, scratch } from './lib/scratch.ts'
import { BUILD_STAMP, buildDigest, isStamped, shipped } from './lib/stamp.mjs'

describe('dist', () => {
  let tree: Scratch
  beforeEach(() => {
    tree = scratch()
    tree.write('node_modules/.keep')
    tree.write('harness/cli/main.ts')
    tree.write('harness/cli/main.test.ts')
    tree.write('harness/report/page.css', 'body {}')
    tree.write('harness/report/golden/page.html')
    tree.write('dist/bin/main.js', '#!/usr/bin/env node\nconsole.log("it runs")\n')
    tree.write('dist/cli/main.js')
    tree.write('dist/cli/main.d.ts')
    tree.write('dist/cli/gone.js')
  })
  afterEach(() => {
    tree.remove()
  })

  it('ships sources and assets, not tests and their fixtures', () => {
    expect(shipped(tree.root)).to.deep.equal(['harness/cli/main.ts', 'harness/report/page.css'])
  })

  it('is finished with assets, without leftovers, with a command that runs from node_modules/.bin', () => {
    finishBuild(tree.root)
    expect(readFileSync(tree.path('dist/report/page.css'), 'utf8')).to.equal('body {}')
    expect(existsSync(tree.path('dist/cli/gone.js'))).to.equal(false)
    expect(existsSync(tree.path('dist/cli/main.d.ts'))).to.equal(true)
    expect(statSync(tree.path('dist/bin/main.js')).mode & 0o777).to.equal(0o755)
    const bin = spawnSync(tree.path('node_modules/.bin/flowbreak'), { encoding: 'utf8' })
    expect(bin.stdout).to.equal('it runs\n')
    expect(isStamped(tree.path(BUILD_STAMP), buildDigest(tree.root))).to.equal(true)
  })

  it('is stale as soon as a source or an asset changes, comes or goes, and not for a test', () => {
    const digest = buildDigest(tree.root)
    tree.write('harness/cli/main.test.ts', 'changed')
    expect(buildDigest(tree.root)).to.equal(digest)
    tree.write('harness/cli/main.ts', 'changed')
    const changed = buildDigest(tree.root)
    tree.write('harness/cli/verb.ts')
    const more = buildDigest(tree.root)
    rmSync(tree.path('harness/report/page.css'))
    expect(new Set([digest, changed, more, buildDigest(tree.root)]).size).to.equal(4)
  })

  it('gets no stamp when a source changed while it was built', () => {
    const later = statSync(tree.path('dist/bin/main.js')).mtimeMs / 1000 + 5
    utimesSync(tree.path('harness/cli/main.ts'), later, later)
    finishBuild(tree.root)
    expect(existsSync(tree.path(BUILD_STAMP))).to.equal(false)
  })

  it('is built when stale only, and the link is mended even then', async () => {
    finishBuild(tree.root)
    rmSync(tree.path('node_modules/.bin/flowbreak'))
    tree.write(
      'package.json',
      '{ "name": "p", "version": "1.0.0", "scripts": { "build": "echo error: no such luck && exit 3" } }',
    )
    expect(await heard(() => buildIfStale(tree.root))).to.deep.equal({ told: '', thrown: undefined })
    expect(existsSync(tree.path('node_modules/.bin/flowbreak'))).to.equal(true)
    tree.write('harness/cli/main.ts', 'changed')
    const { told, thrown } = await heard(() => buildIfStale(tree.root))
    expect(told).to.equal('set-up: building dist (npm run build)\n')
    expect(thrown).to.be.instanceOf(SetupError)
    expect(String(thrown)).to.include('error: no such luck')
  })

  it('says so when there is no command in it', () => {
    rmSync(tree.path('dist/bin/main.js'))
    expect(() => finishBuild(tree.root)).to.throw(SetupError, 'dist/bin/main.js was not built')
  })

  it('is linked again over a link that leads elsewhere, and not at all without node_modules', () => {
    tree.write('node_modules/.bin/flowbreak', 'something else')
    linkBin(tree.root)
    expect(existsSync(tree.path('node_modules/.bin/flowbreak'))).to.equal(true)
    expect(readFileSync(tree.path('node_modules/.bin/flowbreak'), 'utf8')).to.include('it runs')
    rmSync(tree.path('node_modules'), { recursive: true })
    linkBin(tree.root)
    expect(existsSync(tree.path('node_modules'))).to.equal(false)
  })
})
