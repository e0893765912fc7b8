import { expect } from 'chai'
import { type Source, standingOf } from './level.ts'

const doc: Source = { mark: 'DOC', where: 'guide' }
const seed: Source = { mark: 'SEED', where: 'seed', product: 'aws-nfw' }
const source: Source = { mark: 'SRC', where: 'stream-tcp.c', product: 'suricata' }
const run: Source = { mark: 'RUN', where: 'a run', product: 'aws-nfw' }
const memory: Source = { mark: 'MEM', where: 'memory', product: 'suricata' }
const inference: Source = { mark: 'INF', where: 'inference' }

function standing(sources: readonly Source[], product: string, level?: string): string {
  let complaint = ''
  const found = standingOf(sources, level, product, [], (_path, message) => {
    complaint = message
  })
  return complaint || `${found?.level} ${found?.provenance.mark}`
}

describe('suite/level', () => {
  it('follows from the mark and the product of the profile', () => {
    const table: [Source, string, string][] = [
      [doc, 'core DOC', 'core DOC'],
      [seed, 'provisional SEED', 'core SEED'],
      [source, 'core SRC', 'provisional SRC'],
      [run, 'provisional RUN', 'core RUN'],
      [memory, 'provisional MEM', 'provisional MEM'],
      [inference, 'provisional INF', 'provisional INF'],
    ]
    for (const [one, inSuricata, inAws] of table)
      expect([standing([one], 'suricata'), standing([one], 'aws-nfw')], one.mark).to.deep.equal([
        inSuricata,
        inAws,
      ])
  })

  it('rests on the best of several sources', () => {
    expect(standing([memory, source, doc], 'suricata')).to.equal('core SRC')
    expect(standing([memory, source, doc], 'aws-nfw')).to.equal('core DOC')
    expect(standing([inference, memory], 'aws-nfw')).to.equal('provisional INF')
  })

  it('is lowered explicitly, and not raised', () => {
    expect(standing([doc], 'aws-nfw', 'provisional')).to.equal('provisional DOC')
    expect(standing([doc], 'aws-nfw', 'extended')).to.equal('extended DOC')
    expect(standing([doc], 'aws-nfw', 'core')).to.equal('core DOC')
    expect(standing([memory, source], 'aws-nfw', 'core')).to.equal(
      'Nothing makes this core in a profile of aws-nfw: MEM, SRC is provisional there.',
    )
    expect(standing([doc], 'aws-nfw', 'high')).to.match(/"high" is not a level/)
  })
})
