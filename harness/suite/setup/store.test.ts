import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { FlowbreakError } from '../../support/errors.ts'
import { makeSetup } from '../setup.ts'
import type { SharingInput } from './sharing.ts'

function refusal(sharing: SharingInput, failover?: string): string {
  try {
    makeSetup({ sharing, 'load-balancer': { failover } })
  } catch (error) {
    if (error instanceof FlowbreakError && error.code === 'ERR_SETUP') return error.message
    throw error
  }
  return ''
}

describe('suite/setup: sharing store', () => {
  it('has its defaults, and takes every key', () => {
    expect(makeSetup({ sharing: 'store' }).topology.sharing).to.deep.equal({
      kind: 'store',
      lag: 0,
      latency: 0.001,
      timeout: 1,
    })
    const sharing =
      'store:endpoint=redis.example:6380,group=ab1,lag=2s,latency=5ms,timeout=100ms,deployed=new,tls=true'
    expect(makeSetup({ sharing }).topology.sharing).to.deep.equal({
      kind: 'store',
      endpoint: 'redis.example:6380',
      group: 'ab1',
      lag: 2,
      latency: 0.005,
      timeout: 0.1,
    })
  })

  it('is refused where flows are not rebalanced at a failover', () => {
    expect(refusal('store', 'no_rebalance')).to.match(/needs the load balancer to rebalance existing flows/)
    expect(refusal('replication', 'no_rebalance')).to.equal('')
  })

  it('is refused for firewalls that are deployed already', () => {
    expect(refusal('store:deployed=existing')).to.match(/while a VM-Series boots for the first time/)
  })

  it('is refused without TLS', () => {
    expect(refusal('store:tls=false')).to.match(/reaches its Redis by TLS alone/)
  })

  it('is refused with what is no endpoint, and with a group where there is none', () => {
    for (const endpoint of ['redis', 'redis:', 'redis:0', 'redis:65536', 'a:b:1', 'rediss://a:1'])
      expect(refusal({ kind: 'store', endpoint }), endpoint).to.contain(
        'is not the address of a Redis server',
      )
    expect(refusal('store:group=a')).to.contain('of use only with an endpoint')
    expect(refusal('store:endpoint=a:1,group=abcdefghi')).to.contain('up to eight')
  })

  describe('init-cfg', () => {
    let folder: string
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'init-cfg-'))
    })
    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    function said(lines: readonly string[]): string {
      const file = join(folder, 'init-cfg.txt')
      writeFileSync(file, lines.join('\r\n'))
      return refusal({ kind: 'store', 'init-cfg': file })
    }

    const GOOD = [
      'type=dhcp-client',
      'plugin-op-commands=set-sess-ress:True, aws-gwlb-inspect:enable',
      'redis-endpoint=10.0.0.7:6379',
      'redis-auth=secret',
    ]

    it('is taken where it switches session resiliency on', () => {
      expect(said(GOOD)).to.equal('')
    })

    it('is refused without set-sess-ress:True', () => {
      const commands = [
        'set-sess-ress:False',
        'set-sess-ress',
        'aws-gwlb-inspect:enable',
        'xset-sess-ress:True',
      ]
      for (const command of commands)
        expect(said([`plugin-op-commands=${command}`, 'redis-endpoint=a:1']), command).to.contain(
          'has no set-sess-ress:True among its plugin-op-commands',
        )
      expect(said([`#${GOOD[1]}`, 'redis-endpoint=a:1'])).to.contain('has no set-sess-ress:True')
    })

    it('is refused without an endpoint, or one without a port', () => {
      expect(said([GOOD[1] ?? ''])).to.contain('does not set redis-endpoint')
      expect(said([GOOD[1] ?? '', 'redis-endpoint=10.0.0.7'])).to.contain(
        'has redis-endpoint=10.0.0.7, but a VM-Series needs host:port',
      )
    })

    it('is refused where it cannot be read', () => {
      expect(refusal({ kind: 'store', 'init-cfg': join(folder, 'none') })).to.contain('cannot be read')
    })
  })
})
