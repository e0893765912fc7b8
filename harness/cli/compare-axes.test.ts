import { expect } from 'chai'
import { profileNames } from '../profile/index.ts'
import { SHARINGS } from '../suite/words.ts'
import { messageOf } from '../support/errors.ts'
import { TARGETS } from '../target/targets.ts'
import { type AxisOptions, combinations, readAxes } from './compare-axes.ts'

async function valuesOf(options: AxisOptions): Promise<readonly (readonly string[])[]> {
  return (await readAxes(options)).map(({ values }) => values.map(({ word }) => word))
}

async function refusal(options: AxisOptions): Promise<string> {
  return readAxes(options).then(
    () => 'accepted',
    (thrown: unknown) => `${Object(thrown).exitCode}: ${messageOf(thrown)}`,
  )
}

describe('readAxes', () => {
  it('takes all values of an axis where none are named', async () => {
    expect(await valuesOf({ over: ['sharing'] })).to.deep.equal([SHARINGS])
    expect(await valuesOf({ over: ['profile'] })).to.deep.equal([profileNames()])
    expect(await valuesOf({ over: ['target'] })).to.deep.equal([TARGETS])
  })

  it("takes the policies of the profile's system, and all beside an axis of profiles", async () => {
    expect(await valuesOf({ over: ['policy'] })).to.deep.equal([['drop', 'reject', 'continue']])
    expect(await valuesOf({ over: ['policy'], profile: 'suricata-6.0.9' })).to.deep.equal([
      ['continue', 'drop', 'reject'],
    ])
    expect(await valuesOf({ over: ['policy'], profile: 'panos' })).to.deep.equal([['drop']])
    expect(await valuesOf({ over: ['profile=pf,panos', 'policy'] })).to.deep.equal([
      ['pf', 'panos'],
      ['drop', 'reject', 'continue'],
    ])
  })

  it('takes named values, in the order given', async () => {
    expect(await valuesOf({ over: ['policy'], values: 'reject, drop' })).to.deep.equal([['reject', 'drop']])
    expect(await valuesOf({ over: ['policy=reject,drop'] })).to.deep.equal([['reject', 'drop']])
    expect(await valuesOf({ over: ['sharing=none,replication:a=1s,b=2,replication'] })).to.deep.equal([
      ['none', 'replication:a=1s,b=2', 'replication'],
    ])
  })

  it('refuses what is no axis or no value, and says what there is', async () => {
    expect(await refusal({})).to.match(/^2: Compare over one axis or two.*sharing, policy, profile or target/)
    expect(await refusal({ over: ['polcy'] })).to.match(/"polcy" is not an axis.*"policy"\?/)
    expect(await refusal({ over: ['policy'], values: 'dorp' })).to.match(/"dorp" is not a policy.*"drop"\?/)
    expect(await refusal({ over: ['target=nowhere'] })).to.match(/"nowhere" is not a target: write reference/)
    expect(await refusal({ over: ['policy'], profile: 'pff' })).to.match(/no profile "pff"/)
    expect(await refusal({ over: ['profile=./nowhere.yaml'] })).to.match(/nowhere\.yaml/)
  })

  it('refuses what contradicts itself', async () => {
    expect(await refusal({ over: ['policy', 'sharing', 'profile'] })).to.match(/one axis or two/)
    expect(await refusal({ over: ['policy', 'policy=drop'] })).to.match(/given twice/)
    expect(await refusal({ over: ['policy'], policy: 'drop' })).to.match(/--policy fixes what --over policy/)
    expect(await refusal({ over: ['target'], target: 'reference' })).to.match(/--target fixes/)
    expect(await refusal({ over: ['policy=drop'], values: 'reject' })).to.match(/--values is for one --over/)
    expect(await refusal({ over: ['policy', 'sharing'], values: 'drop' })).to.match(
      /--values is for one --over/,
    )
    expect(await refusal({ over: ['policy=drop,drop'] })).to.match(/names drop twice/)
    expect(await refusal({ over: ['policy=drop,,reject'] })).to.match(/empty value/)
    expect(await refusal({ over: ['policy='] })).to.match(/empty value/)
  })

  it('combines two axes, the last varying first', async () => {
    const axes = await readAxes({ over: ['policy=drop,reject', 'sharing=none,replication'] })
    expect(combinations(axes).map((values) => values.map(({ word }) => word).join(' '))).to.deep.equal([
      'drop none',
      'drop replication',
      'reject none',
      'reject replication',
    ])
  })
})
