import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { makeProfile } from '../../profile/index.ts'
import { KNOBS } from '../../profile/schema.ts'
import { readOwnProfile } from '../../suite/own-profile.ts'
import { documentOf, documentText } from './document.ts'
import { NOT_SHOWN } from './findings.ts'
import { type KnobName, valuesOf } from './knob-values.ts'
import { differencesOf, nearestOf, readKnownProfile } from './known-profile.ts'
import { learnFrom } from './learned.fixture.ts'
import { aboutOf } from './sentences.ts'
import { renderSheet } from './sheet.ts'

describe('author/learn: what is written', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-learned-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('is a profile that is used as it is, identified, and compared', async () => {
    const own = {
      name: 'odd',
      extends: 'fortinet',
      knobs: { tcpEstablished: { value: 77, mark: 'INF', source: 'test' } },
    } as const
    const learned = await learnFrom(own)
    const document = documentOf(learned, 'learned-odd', 1)
    const file = join(folder, 'odd.yaml')
    writeFileSync(file, documentText(document))
    const read = readOwnProfile(file)
    expect(valuesOf(makeProfile(read))).to.deep.equal(learned.values)
    expect(read.knobs.tcpEstablished).to.include({ value: 77, mark: 'RUN' })

    const known = readKnownProfile(file)
    const [nearest] = nearestOf(known)
    expect(nearest).to.include({ name: 'fortinet' })
    expect(nearest?.differences).to.deep.equal([{ knob: 'tcpEstablished', from: 3600, to: 77 }])
    expect(known.unknown.has('lbTcpIdle')).to.equal(true)
    const [unknown] = differencesOf(readKnownProfile('fortinet'), known).filter(({ to }) => to === undefined)
    expect(unknown).to.have.property('from')

    const page = renderSheet(document)
    expect(page).to.contain('an idle TCP session lives for: 77 s')
    expect(page).not.to.match(/<script|https?:/)
  }).timeout(240_000)

  it('speaks of every knob that can be learned in words', () => {
    const silent = (Object.keys(KNOBS) as KnobName[]).filter((knob) => aboutOf(knob) === knob)
    expect(silent.filter((knob) => !knob.startsWith('lb'))).to.have.members(Object.keys(NOT_SHOWN))
  })
})
