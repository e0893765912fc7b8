import { expect } from 'chai'
import { getProfile } from '../../profile/index.ts'
import { ReferenceTarget } from '../../target/reference/reference.ts'
import { seededRandom } from '../../timeline/random.ts'
import { breakCapture } from './held-out.ts'
import { valuesOf } from './knob-values.ts'
import { learnFrom } from './learned.fixture.ts'
import { Model } from './model.ts'
import { Subject } from './subject.ts'
import { capturesIn, checkTwin } from './twin.ts'

describe('author/learn: the twin', () => {
  it('predicts captures that were not learned from, per class and verdict', async () => {
    const { model, values } = await learnFrom('pf')
    const subject = new Subject(new ReferenceTarget('test'), 'pf', new AbortController().signal)
    const captures = capturesIn('captures')
    const twin = await checkTwin({ subject, model, values, captures, cases: 60, seed: 5, longest: 900 })
    expect(twin.cases).to.equal(60)
    expect(twin.packets).to.be.greaterThan(1000)
    for (const each of twin.agreements)
      expect(each.agreed / each.packets, `${each.class} ${each.verdict}`).to.be.at.least(0.99)
    expect(new Set(twin.agreements.map(({ verdict }) => verdict))).to.include.keys(
      'forward',
      'drop',
      'reject',
    )
  }).timeout(240_000)

  it('tells packets that another system treats otherwise', async () => {
    const { signal } = new AbortController()
    const model = new Model(true, signal)
    const values = valuesOf(getProfile('suricata-7'))
    const subject = new Subject(new ReferenceTarget('test'), 'pf', new AbortController().signal)
    const captures = capturesIn('captures')
    const twin = await checkTwin({ subject, model, values, captures, cases: 20, seed: 5, longest: 900 })
    expect(twin.agreed).to.be.lessThan(twin.packets)
    expect(twin.disagreements[0]).to.have.all.keys(
      'capture',
      'broken',
      'policy',
      'packet',
      'class',
      'target',
      'twin',
    )
  }).timeout(240_000)

  it('knows which packets of a broken capture are fragments, and whose', async () => {
    const brokenOnce = (name: string) => breakCapture(`captures/${name}.pcap`, seededRandom(3), 10)
    const plain = await brokenOnce('http-get-ipv4')
    expect(new Set(plain.datagrams)).to.deep.equal(new Set([-1]))
    expect(plain.whole).to.deep.equal(new Set())
    const cut = await brokenOnce('udp-fragments-ipv4')
    cut.classes.forEach((kind, at) => {
      expect((cut.datagrams[at] ?? -1) >= 0, `packet ${cut.numbers[at]}`).to.equal(kind === 'fragment')
    })
    expect(cut.classes).to.include('fragment')
    expect(cut.whole).to.not.include(-1)
  })
})
