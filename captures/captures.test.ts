import { readdirSync, statSync } from 'node:fs'
import { join, parse } from 'node:path'
import { expect } from 'chai'
import { manifestBeside, problemsOf } from './check-manifest.ts'

const FOLDER = import.meta.dirname
const MEGABYTE = 1_000_000

describe('the recorded captures', () => {
  const names = readdirSync(FOLDER)
  const captures = names.filter((name) => /\.pcap(ng)?$/.test(name))
  const manifests = names.filter((name) => name.endsWith('.json'))

  for (const name of captures)
    it(`${name} is what its manifest says`, async () => {
      const file = join(FOLDER, name)
      expect(await problemsOf(await manifestBeside(file), file)).to.deep.equal([])
    })

  it('have a manifest each, and each manifest has a capture', () => {
    const stems = (files: readonly string[]): string[] => files.map((file) => parse(file).name).sort()
    expect(stems(manifests)).to.deep.equal(stems(captures))
  })

  it('are at least twenty, each smaller than a megabyte', () => {
    expect(captures.length).to.be.at.least(20)
    const large = captures.filter((name) => statSync(join(FOLDER, name)).size >= MEGABYTE)
    expect(large).to.deep.equal([])
  })
})
