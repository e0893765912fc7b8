import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { inlineFinding } from './doctor-inline.ts'

describe('cli/doctor: interfaces', () => {
  it('counts those that are Ethernet, up, and part of nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-doctor-'))
    const add = (name: string, files: Readonly<Record<string, string>>) => {
      mkdirSync(join(folder, name))
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), `${text}\n`)
    }
    try {
      add('lo', { type: '772', carrier: '1' })
      add('eth0', { type: '1', carrier: '1' })
      add('eth1', { type: '1', carrier: '0' })
      add('eth2', { type: '1', carrier: '1', master: '' })
      expect(inlineFinding(folder)).to.deep.include({ name: 'two interfaces', there: false })
      add('eth3', { type: '1', carrier: '1' })
      const found = inlineFinding(folder)
      expect(found.there).to.equal(true)
      expect(found.why).to.contain('(here: eth0, eth3)')
      expect(inlineFinding(join(folder, 'none')).there).to.equal(false)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
