import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import type { EvidenceEntry, ProfileDocument } from '../../harness/author/learn/document.ts'
import { type KnobName, valuesOf } from '../../harness/author/learn/knob-values.ts'
import { PROFILE_FILE } from '../../harness/author/learn/learned-folder.ts'
import type { Probe, SetupName } from '../../harness/author/learn/probe.ts'
import { Subject } from '../../harness/author/learn/subject.ts'
import { groupBy } from '../../harness/log/group.ts'
import type { ExceptionPolicy } from '../../harness/model/setup.ts'
import { getProfile } from '../../harness/profile/index.ts'
import { LEARNED } from '../../harness/report/publish/publish.ts'
import { SUMS, sumsOf } from '../../harness/report/publish/sums.ts'
import { findSuricata } from '../../harness/target/suricata/binary.ts'
import { makeTarget } from '../../harness/target/targets.ts'
import { flowbreak } from '../journeys/command.ts'
import { publishedOf } from './remade.ts'

/** The probes of one setup; with FLOWBREAK_FULL=1 everything is learned again. */
const FULL = process.env.FLOWBREAK_FULL === '1'

/** By report, and by name where it has more than one: the folder of the report, and the one of what was learned. */
function learnedIn(implementation: string): readonly (readonly [string, string, string])[] {
  return [...publishedOf(implementation)].flatMap(([version, folder]) => {
    const place = join(folder, LEARNED)
    if (!existsSync(place)) return []
    const names = readdirSync(place).filter((name) => existsSync(join(place, name, PROFILE_FILE)))
    return ['', ...names]
      .filter((name) => existsSync(join(place, name, PROFILE_FILE)))
      .map((name) => [`${version} ${name}`.trim(), folder, join(place, name)] as const)
  })
}

function readDocument(place: string): ProfileDocument {
  return parse(readFileSync(join(place, PROFILE_FILE), 'utf8'))
}

function evidenceOf({ knobs }: ProfileDocument): readonly EvidenceEntry[] {
  const entries = Object.values(knobs).flatMap(({ evidence }) => evidence)
  return [...new Map(entries.map((entry) => [entry.probe, entry])).values()]
}

/** Time-outs that Suricata itself does not keep to: it forgets fragments when it comes around to it. */
const ERRATIC: readonly string[] = ['fragmentTimeout4', 'fragmentTimeout6']

/** Shown by waits that follow from those, so that they are others each time. */
const FOLLOWS = 'fragmentTimer'

/** What a profile says of every knob: its value, how sure it is, and what shows it; or why it is not known. */
function saidBy({ extends: base, knobs: all, unknown }: ProfileDocument) {
  const { [FOLLOWS]: follows, ...shown } = all
  const knobs = { ...shown, [FOLLOWS]: [follows?.value, follows?.confidence] }
  const reasons = Object.fromEntries(Object.entries(unknown).filter(([knob]) => !ERRATIC.includes(knob)))
  return { base, knobs, reasons }
}

/** The probes of the setup in which most were played. */
function ofOneSetup(entries: readonly EvidenceEntry[]): readonly EvidenceEntry[] {
  const by = groupBy(entries, ({ setup }) => setup ?? '')
  return [...by.values()].reduce((most, each) => (each.length > most.length ? each : most), [])
}

describe('published profiles that were learned', function () {
  this.timeout(FULL ? 1_200_000 : 120_000)

  for (const implementation of ['suricata', 'linux-netfilter'])
    for (const [version, folder, place] of learnedIn(implementation))
      it(`${implementation} ${version}: each knob has its packets beside it, under the hashes of its report`, () => {
        const entries = evidenceOf(readDocument(place))
        expect(entries).not.to.be.empty
        for (const { probe, packets = '' } of entries)
          expect(existsSync(join(place, packets)), `${probe}: ${packets}`).to.equal(true)
        expect(readFileSync(join(folder, SUMS), 'utf8')).to.equal(sumsOf(folder))
      })

  for (const implementation of ['suricata', 'linux-netfilter'])
    for (const [version, , place] of learnedIn(implementation))
      it(`${implementation} ${version}: all that it knows is as the shipped profile has it`, () => {
        const { knobs, extends: nearest } = readDocument(place)
        expect(Object.keys(knobs).length).to.be.at.least(10)
        const shipped = valuesOf(getProfile(nearest))
        for (const [knob, { value }] of Object.entries(knobs))
          if (knob !== 'policies') expect(value, knob).to.deep.equal(shipped[knob as KnobName])
      })

  for (const [version, , learnt] of learnedIn('suricata')) {
    it(`suricata ${version}: what shows its knobs is answered so today`, async function () {
      if (!version.startsWith(findSuricata('suricata').version)) this.skip()
      const document = readDocument(learnt)
      const target = await makeTarget({ kind: 'suricata' }, { name: 'suricata', version: 'test' })
      const policies = document.knobs.policies?.value as readonly ExceptionPolicy[]
      const without = target.capabilities.policies.filter((policy) => !policies.includes(policy))
      const { signal } = new AbortController()
      const subject = new Subject(target, document.extends, signal, without)
      const entries = ofOneSetup(evidenceOf(document))
      expect(entries.length).to.be.at.least(10)
      const probes = entries.map(
        ({ probe, setup, script = '' }): Probe => ({ name: probe, setup: setup as SetupName, script }),
      )
      const answers = await subject.play(probes, 4711)
      for (const { probe, came } of entries) expect(answers.get(probe)?.answer, probe).to.equal(came)
    })

    if (FULL)
      it(`suricata ${version}: the same command comes to the same profile today`, function () {
        if (!version.startsWith(findSuricata('suricata').version)) this.skip()
        const readme = readFileSync(join(learnt, 'README.md'), 'utf8')
        const [, line = ''] = /```sh\nflowbreak (.*)\n```/.exec(readme) ?? []
        const place = mkdtempSync(join(tmpdir(), 'flowbreak-learned-'))
        try {
          const { status, stderr } = flowbreak([...line.split(' '), '--output', place])
          // 1 says that something was not answered steadily.
          expect(status, stderr).to.be.oneOf([0, 1])
          const today: ProfileDocument = parse(readFileSync(join(place, PROFILE_FILE), 'utf8'))
          expect(saidBy(today)).to.deep.equal(saidBy(readDocument(learnt)))
          // Where its answers to fragments change over time is another place each time that it is asked: it tells that, and no value.
          expect(today.unknown).to.include.keys(...ERRATIC)
        } finally {
          rmSync(place, { recursive: true, force: true })
        }
      })
  }
})
