import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { missingPrograms } from '../../harness/sharing/store/programs.ts'
import { flowbreak, jsonLines, MAIN, ROOT } from './command.ts'

const ARGS = ['replay', 'captures/echo-ladder-ipv4.pcap', '--profile', 'panos', '--sharing', 'store']

describe('replay --sharing store', () => {
  describe('with a Redis', () => {
    before(function () {
      if (missingPrograms().length > 0) this.skip()
    })

    it('shows who pulled, in the table and as JSON', () => {
      const swapped = [...ARGS, '--inject', 'host-swap@12:crash']
      expect(flowbreak(swapped).stdout).to.match(/ 12 .* fw-b +forward +fw-b pulled from the store\n/)
      const { stdout } = flowbreak([...swapped, '--json'])
      const [packet] = jsonLines(stdout).filter((line) => line.packet === 12)
      expect(packet).to.deep.include({ verdict: 'forward', host: 'fw-b' })
    })

    it('plays an outage', () => {
      const { stdout, status } = flowbreak([
        ...ARGS,
        '--inject',
        'store-outage@9',
        '--inject',
        'host-swap@12',
        '--quiet',
      ])
      expect([status, stdout]).to.deep.equal([
        0,
        'packets=26 forward=11 drop=15 reject=0 undecided=0 answered=0\n',
      ])
    })
  })

  it('says what to install where no Redis can be started', () => {
    const empty = mkdtempSync(join(tmpdir(), 'no-redis-'))
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...ARGS, '--quiet'], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: empty },
    })
    rmSync(empty, { recursive: true })
    expect(status).to.equal(3)
    expect(stderr).to.match(
      /apt-get install redis-server openssl, or name a Redis by endpoint=host:port\. \(ERR_STORE_MISSING\)/,
    )
  })

  it('says so where the Redis that is named does not answer', () => {
    const { status, stderr } = flowbreak([...ARGS.slice(0, -1), 'store:endpoint=127.0.0.1:1', '--quiet'])
    expect(status).to.equal(3)
    expect(stderr).to.match(
      /^flowbreak: The store at 127\.0\.0\.1:1 failed .*ECONNREFUSED.* \(ERR_STORE\)\n$/,
    )
  })

  it('refuses an outage of a store, and a loss of replicas, that the setup does not have', () => {
    for (const [injection, problem] of [
      ['store-outage@9', 'There is no store in this setup'],
      ['replication-loss@9', 'Nothing is replicated in this setup'],
    ] as const) {
      const { status, stderr } = flowbreak([
        ...['replay', 'captures/echo-ladder-ipv4.pcap', '--inject', injection],
      ])
      expect(status, injection).to.equal(2)
      expect(stderr).to.contain(problem)
    }
  })
})
