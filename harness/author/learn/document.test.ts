import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { makeProfile } from '../../profile/index.ts'
import { KNOBS } from '../../profile/schema.ts'
import { readOwnProfile } from '../../suite/own-profile.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { decisiveProbes, documentOf, documentText } from './document.ts'
import { captureNames } from './evidence-files.ts'
import { type KnobName, valuesOf } from './knob-values.ts'
import { differencesOf, nearestOf, readKnownProfile } from './known-profile.ts'
import type { Learned } from './learn.ts'
import { learnFrom } from './learned.fixture.ts'
import { writeLearnedFile, writeLearnedFolder } from './learned-folder.ts'
import { aboutOf } from './sentences.ts'
import { renderSheet } from './sheet.ts'

/** A system that is none of the shipped ones. */
const ODD = {
  name: 'odd',
  extends: 'fortinet',
  knobs: { tcpEstablished: { value: 77, mark: 'INF', source: 'test' } },
} as const

describe('author/learn: what is written', () => {
  let folder = ''
  let learned: Learned
  before(async function () {
    this.timeout(240_000)
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-learned-'))
    learned = await learnFrom(ODD)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('is a profile that is used as it is, identified, and compared', () => {
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
  })

  it('names captures of the packets that show a knob, each with what became of it', function () {
    if (spawnSync('tshark', ['--version']).status !== 0) this.skip()
    const captures = captureNames(decisiveProbes(learned))
    const document = documentOf(learned, 'learned-odd', 1, captures)
    const place = join(folder, 'whole')
    const command = ['flowbreak', 'learn', 'reference', '--seed', '1']
    writeLearnedFolder(place, { document, twin: undefined, captures, recorded: learned.recorded, command })
    expect(readOwnProfile(join(place, 'profile.yaml')).knobs.tcpEstablished).to.include({ value: 77 })
    expect(readFileSync(join(place, 'README.md'), 'utf8')).to.contain('flowbreak learn reference --seed 1')

    const named = Object.values(document.knobs).flatMap(({ evidence }) =>
      evidence.map(({ packets }) => packets),
    )
    expect(new Set(readdirSync(join(place, 'evidence')).map((name) => `evidence/${name}`))).to.deep.equal(
      new Set(named),
    )
    const sheet = readFileSync(join(place, 'datasheet.html'), 'utf8')
    for (const file of named) expect(sheet).to.contain(`href="${file}"`)

    const [alive, dead] = document.knobs.tcpEstablished?.evidence ?? []
    expect([alive?.script, dead?.script]).to.deep.equal(['open >PA:10 <A +77 >A', 'open >PA:10 <A +78 >A'])
    for (const [entry, verdict, came] of [
      [alive, 'forwarded', 'F F F F F F'],
      [dead, 'dropped', 'F F F F F D'],
    ] as const) {
      expect(entry?.came).to.equal(came)
      const rows = sharkRows(join(place, entry?.packets ?? ''))
      expect(rows).to.have.lengthOf(6)
      expect(rows[0]).to.match(/\tdrop: open .*packet 1: forwarded\t0x0002$/)
      expect(rows[5]).to.match(new RegExp(`^7[78]\\.\\d+\\tpacket 6: ${verdict}\\t0x0010$`))
    }
  })

  it('says that a disk is full', function () {
    if (!existsSync('/dev/full')) this.skip()
    const file = join(folder, 'full.yaml')
    symlinkSync('/dev/full', file)
    expect(() => writeLearnedFile(file, 'text')).to.throw(FlowbreakError, /cannot be written to .*full\.yaml/)
    const evidence = join(folder, 'no-room')
    mkdirSync(evidence)
    symlinkSync('/dev/full', join(evidence, 'profile.yaml'))
    const document = documentOf(learned, 'learned-odd', 1)
    const whole = { document, twin: undefined, captures: new Map(), recorded: learned.recorded, command: [] }
    expect(() => writeLearnedFolder(evidence, whole)).to.throw(FlowbreakError, /ENOSPC/)
  })

  it('speaks of every knob that can be learned in words', () => {
    const silent = (Object.keys(KNOBS) as KnobName[]).filter((knob) => aboutOf(knob) === knob)
    expect(silent.filter((knob) => !knob.startsWith('lb'))).to.deep.equal([])
  })
})

/** Seconds since the first packet, comment and TCP flags, a line a packet. */
function sharkRows(file: string): readonly string[] {
  const fields = ['frame.time_relative', 'frame.comment', 'tcp.flags'].flatMap((field) => ['-e', field])
  const text = execFileSync('tshark', ['-n', '-r', file, '-T', 'fields', ...fields], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return text.trim().split('\n')
}
