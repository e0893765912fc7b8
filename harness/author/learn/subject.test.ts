import { expect } from 'chai'
import { ReferenceTarget } from '../../target/reference/reference.ts'
import { Subject } from './subject.ts'

function subjectWithout(...without: readonly string[]): Subject {
  return new Subject(new ReferenceTarget('test'), 'linux-conntrack', new AbortController().signal, without)
}

describe('author/learn: what a target is not asked under', () => {
  it('is a policy, in whose place another is taken', () => {
    const subject = subjectWithout('drop', 'reject')
    expect(subject).to.deep.include({ policies: ['continue'], base: 'continue' })
    expect(subject.lacks('reject')).to.equal('policy reject')
    expect(subject.lacks('drop')).to.equal(undefined)
    expect(subject.lacks('continue')).to.equal(undefined)
  })

  it('is a kind of sharing', () => {
    expect(subjectWithout().lacks('synced')).to.equal(undefined)
    expect(subjectWithout('sync').lacks('synced')).to.equal('sharing sync')
    expect(subjectWithout('sync').lacks('drop')).to.equal(undefined)
  })
})
