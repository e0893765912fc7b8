import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import type { EvidenceEntry, ProfileDocument } from '../../harness/author/learn/document.ts'
import { PROFILE_FILE } from '../../harness/author/learn/learned-folder.ts'
import type { Probe, SetupName } from '../../harness/author/learn/probe.ts'
import { Subject } from '../../harness/author/learn/subject.ts'
import { groupBy } from '../../harness/log/group.ts'
import type { ExceptionPolicy } from '../../harness/model/setup.ts'
import { LEARNED } from '../../harness/report/publish/publish.ts'
import { SUMS, sumsOf } from '../../harness/report/publish/sums.ts'
import { findSuricata } from '../../harness/target/suricata/binary.ts'
import { makeTarget } from '../../harness/target/targets.ts'
import { flowbreak } from '../journeys/command.ts'
import { publishedOf } from './remade.ts'

/** The probes of one setup; with FLOWBREAK_FULL=1 everything is learned again, and comes to the same bytes. */
const FULL = process.env.FLOWBREAK_FULL === '1'

function learnedIn(implementation: string): readonly (readonly [string, string])[] {
  return [...publishedOf(implementation)].filter(([, folder]) =>
    existsSync(join(folder, LEARNED, PROFILE_FILE)),
  )
}

function readDocument(folder: string): ProfileDocument {
  return parse(readFileSync(join(folder, LEARNED, PROFILE_FILE), 'utf8'))
}

function evidenceOf({ knobs }: ProfileDocument): readonly EvidenceEntry[] {
  const entries = Object.values(knobs).flatMap(({ evidence }) => evidence)
  return [...new Map(entries.map((entry) => [entry.probe, entry])).values()]
}

/** The probes of the setup in which most were played. */
function ofOneSetup(entries: readonly EvidenceEntry[]): readonly EvidenceEntry[] {
  const by = groupBy(entries, ({ setup }) => setup ?? '')
  return [...by.values()].reduce((most, each) => (each.length > most.length ? each : most), [])
}

describe('published profiles that were learned', function () {
  this.timeout(FULL ? 1_200_000 : 120_000)

  for (const implementation of ['suricata', 'linux-netfilter'])
    for (const [version, folder] of learnedIn(implementation))
      it(`${implementation} ${version}: each knob has its packets beside it, under the hashes of its report`, () => {
        const entries = evidenceOf(readDocument(folder))
        expect(entries).not.to.be.empty
        for (const { probe, packets = '' } of entries)
          expect(existsSync(join(folder, LEARNED, packets)), `${probe}: ${packets}`).to.equal(true)
        expect(readFileSync(join(folder, SUMS), 'utf8')).to.equal(sumsOf(folder))
      })

  for (const [version, folder] of learnedIn('suricata')) {
    it(`suricata ${version}: what shows its knobs is answered so today`, async function () {
      if (!version.startsWith(findSuricata('suricata').version)) this.skip()
      const document = readDocument(folder)
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
        const readme = readFileSync(join(folder, LEARNED, 'README.md'), 'utf8')
        const [, line = ''] = /```sh\nflowbreak (.*)\n```/.exec(readme) ?? []
        const place = mkdtempSync(join(tmpdir(), 'flowbreak-learned-'))
        try {
          const { status } = flowbreak([...line.split(' '), '--output', place])
          expect(status).to.equal(0)
          const today = readFileSync(join(place, PROFILE_FILE), 'utf8')
          expect(today).to.equal(readFileSync(join(folder, LEARNED, PROFILE_FILE), 'utf8'))
        } finally {
          rmSync(place, { recursive: true, force: true })
        }
      })
  }
})
