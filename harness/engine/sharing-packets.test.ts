import { expect } from 'chai'
import { FlowTable } from '../flow/table.ts'
import { Host, Link, Reason, Role, Verdict } from '../model/codes.ts'
import {
  type MakeSharing,
  SESSION_BYTES,
  type SessionTables,
  type SharingModel,
  WAITING,
} from '../model/sharing.ts'
import { HANDSHAKE, Lab, packet } from './example-engine.test.ts'
import { batchOf } from './oracle-cases.test.ts'

/** A model that watches packets and does what a test asks for. */
function model(parts: Partial<SharingModel>, given?: (tables: SessionTables) => void): MakeSharing {
  return (tables) => {
    given?.(tables)
    return {
      watchesPackets: true,
      pending: undefined,
      arrive: (_packets, _index, host) => host,
      decided() {},
      apply() {},
      reset() {},
      ...parts,
    }
  }
}

describe('engine: sharing that watches packets', () => {
  it('has a packet decided by the host that the model names', () => {
    const lab = new Lab({ sharing: model({ arrive: () => 0 }) })
    expect(lab.play(...HANDSHAKE, '> PA 1 1 len=10 host=1')).to.deep.equal(Array(4).fill('forward'))
    expect([...lab.batch.host.subarray(0, 4)]).to.deep.equal([0, 0, 0, 0])
  })

  it('tells the model of what was decided, and where', () => {
    const told: string[] = []
    const decided: SharingModel['decided'] = (packets, index, host) =>
      told.push(`${index} at ${host}: ${packets.verdict[index]}`)
    new Lab({ sharing: model({ decided }) }).play(...HANDSHAKE, '> PA 1 1 len=10 host=1')
    expect(told).to.deep.equal(['0 at 0: 1', '1 at 0: 1', '2 at 0: 1', '3 at 1: 2'])
  })

  it('leaves a packet alone that the model has decided', () => {
    const arrive: SharingModel['arrive'] = (packets, index) => {
      packets.verdict[index] = Verdict.drop
      packets.reason[index] = Reason['target unreachable']
      return Host.path
    }
    expect(new Lab({ sharing: model({ arrive }) }).play('> S 0')).to.deep.equal(['drop target unreachable'])
  })

  it('stops at a packet that must wait, and goes on with it', () => {
    const asked: number[] = []
    let ready = false
    const arrive: SharingModel['arrive'] = (_packets, index, host) => {
      asked.push(index)
      return index === 1 && !ready ? WAITING : host
    }
    const lab = new Lab({ sharing: model({ arrive }) })
    const batch = batchOf(HANDSHAKE.map((line) => ({ time: 0, bytes: packet(line).bytes })))
    batch.link.fill(Link.ethernet)
    new FlowTable().assign(batch)
    expect(lab.engine.decide(batch, 0, 3)).to.equal(1)
    ready = true
    expect(lab.engine.decide(batch, 1, 3)).to.equal(3)
    expect(asked).to.deep.equal([0, 1, 1, 2])
    expect([...batch.verdict.subarray(0, 3)]).to.deep.equal([1, 1, 1])
  })

  it('asks nothing about controls', () => {
    let asked = 0
    const arrive: SharingModel['arrive'] = (_packets, _index, host) => {
      asked++
      return host
    }
    const lab = new Lab({ sharing: model({ arrive }) })
    const batch = batchOf([{ time: 0, bytes: packet('> UDP').bytes }])
    batch.link.fill(Link.ethernet)
    batch.role[0] = Role.control
    new FlowTable().assign(batch)
    expect(lab.engine.decide(batch, 0, 1)).to.equal(1)
    expect(asked).to.equal(0)
  })

  it('carries a session as bytes, for every tracker', () => {
    for (const profile of ['suricata-7', 'linux-conntrack', 'pf', 'cisco-asa', 'panos']) {
      let tables: SessionTables | undefined
      const lab = new Lab({ profile, sharing: model({}, (own) => (tables = own)) })
      lab.play(...HANDSHAKE, '> PA 1 1 len=10', '< A 1 11')
      const session = tables?.read(0, 0, 0)
      expect(session, profile).to.have.lengthOf(SESSION_BYTES)
      expect(tables?.has(1, 0, 0), profile).to.equal(false)
      expect(tables?.write(1, 0, session ?? new Uint8Array(), 0), profile).to.equal(true)
      expect(tables?.flows(1, 0), profile).to.deep.equal([0])
      const rest = ['< PA 1 11 len=100 host=1', '> A 11 101 host=1', '> FA 11 101 host=1']
      expect(lab.play(...rest), profile).to.deep.equal(['forward', 'forward', 'forward'])
    }
  })

  it('does not give an older session to a host that has seen more', () => {
    let tables: SessionTables | undefined
    const lab = new Lab({ sharing: model({}, (own) => (tables = own)) })
    lab.play(...HANDSHAKE)
    const early = tables?.read(0, 0, 0) ?? new Uint8Array()
    lab.play('> PA 1 1 len=10 @2')
    expect(tables?.write(0, 0, early, 2e9)).to.equal(false)
    tables?.remove(0, 0, 2e9)
    expect(tables?.has(0, 0, 2e9)).to.equal(false)
    expect(tables?.write(0, 0, early, 2e9)).to.equal(true)
  })
})
