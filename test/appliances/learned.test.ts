import { expect } from 'chai'
import { knobNames, valuesOf, valueText } from '../../harness/author/learn/knob-values.ts'
import { agrees, learn } from '../../harness/author/learn/learn.ts'
import { Subject } from '../../harness/author/learn/subject.ts'
import { getProfile, profileNames } from '../../harness/profile/index.ts'
import { ReferenceAppliances } from './reference-appliances.ts'

const FULL = process.env.FLOWBREAK_FULL === '1'
/** One; with FLOWBREAK_FULL=1 all. */
const LEARNED = FULL ? profileNames() : ['fortinet']

describe('flowbreak appliance, learned over GENEVE', () => {
  for (const name of LEARNED)
    it(`is ${name}: each knob equal, or unknown with its reason`, async () => {
      await using appliances = await ReferenceAppliances.of(name)
      const { signal } = new AbortController()
      const { findings, troubles, unexplained, unsteady, probes, packets, replays } = await learn(
        new Subject(appliances, name, signal),
        { seed: 1, repeat: 2, longest: 2_592_000, mostFlows: 4096, signal },
      )
      const shipped = valuesOf(getProfile(name))
      const known = knobNames().filter((knob) => !('unknown' in (findings.get(knob) ?? { unknown: '' })))
      if (FULL)
        console.info(
          `      ${known.length} of ${knobNames().length} knobs known, ${probes} probes, ${replays} replays, ${packets} packets`,
        )
      expect({ unexplained, unsteady: [...unsteady.keys()], troubles }).to.deep.equal({
        unexplained: [],
        unsteady: [],
        troubles: [],
      })
      for (const [knob, finding] of findings)
        expect(
          agrees(finding, shipped[knob]),
          `${knob} ${valueText(shipped[knob])}: ${JSON.stringify(finding)}`,
        ).to.equal(true)
      // A gateway load balancer takes no fragments back: nothing is said of them.
      for (const knob of ['fragmentOverlap', 'fragmentTimeout4'] as const)
        expect(known, JSON.stringify(findings.get(knob))).not.to.include(knob)
      for (const knob of ['policies', 'tracker', 'tcpEstablished', 'udpEstablished', 'tunnels'] as const)
        expect(known, JSON.stringify(findings.get(knob))).to.include(knob)
    }).timeout(600_000)
})
