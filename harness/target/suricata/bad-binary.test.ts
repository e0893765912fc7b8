import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { FlowbreakError } from '../../support/errors.ts'
import { Scratch } from './example-binary.test.ts'
import { type Line, observe, sessionOf } from './example-session.test.ts'

const LINES = ['> S 0', '> A 1 1'] as const
const DROP = '{"event_type":"drop","pcap_cnt":2,"drop":{"reason":"stream midstream"}}'
const STATS = (ips: string, pkts = 2) =>
  `{"event_type":"stats","stats":{"decoder":{"pkts":${pkts}},"ips":{${ips}}}}`

/** The error of a replay through what `lines` of shell do in the place of Suricata, which must leave nothing behind. */
async function errorOf(
  lines: string,
  options: { readonly timeout?: number; readonly version?: string; readonly packets?: readonly Line[] } = {},
): Promise<FlowbreakError> {
  using scratch = new Scratch()
  const binary = scratch.binary(lines, options.version)
  const { timeout = 30 } = options
  try {
    const session = await sessionOf({ policy: 'drop', hosts: 1 }, { binary, timeout })
    await observe(session, options.packets ?? LINES)
  } catch (thrown) {
    expect(readdirSync(scratch.folder)).to.deep.equal(['suricata'])
    if (thrown instanceof FlowbreakError) return thrown
    throw thrown
  }
  throw new Error('It went through.')
}

/** Shell that writes an EVE log of these events. */
function writing(...events: readonly string[]): string {
  return events.map((event) => `echo '${event}' >> eve.json`).join('\n')
}

describe('target/suricata: binaries that fail', () => {
  it('takes a log that agrees with itself', async () => {
    using scratch = new Scratch()
    const binary = scratch.binary(writing(DROP, STATS('"blocked":1')))
    const session = await sessionOf({ hosts: 1 }, { binary })
    expect(await observe(session, LINES)).to.deep.equal(['forward', 'drop stream midstream'])
    expect(readdirSync(scratch.folder)).to.deep.equal(['suricata'])
  })

  it('missing, silent or older than 7: says so, and what to type', async () => {
    const missing = await sessionOf({}, { binary: '/nowhere/suricata' }).catch((thrown: unknown) => thrown)
    expect(missing).to.include({ code: 'ERR_SURICATA_MISSING', exitCode: 3 })
    expect(missing)
      .to.have.property('message')
      .that.matches(/\/nowhere\/suricata cannot be run.*apt-get install/)
    const old = await errorOf('', { version: '6.0.9' })
    expect(old).to.include({ code: 'ERR_SURICATA_VERSION', exitCode: 3 })
    expect(old.message).to.match(/is Suricata 6\.0\.9, and at least 7 is needed: apt-get install/)
    expect(await errorOf('', { version: 'unknown' })).to.have.property('code', 'ERR_SURICATA_MISSING')
  })

  it('dies midway: how, and its last lines', async () => {
    const killed = await errorOf(`${writing(DROP)}\necho 'E: out of luck' >&2\nkill -SEGV $$`)
    expect(killed).to.include({ code: 'ERR_SURICATA_FAILED', exitCode: 3 })
    expect(killed.message).to.match(/^Suricata was killed by SIGSEGV\. It said: E: out of luck$/)
    const ended = await errorOf('for n in 1 2 3 4 5 6 7; do echo "line $n"; done; exit 4')
    expect(ended.message).to.equal(
      'Suricata ended with code 4. It said: line 3 / line 4 / line 5 / line 6 / line 7',
    )
  })

  it('a log that is not whole, or does not agree with its counters, is no verdict', async () => {
    const whole = STATS('"blocked":1')
    const logs: [string, string, RegExp][] = [
      ['', 'ERR_SURICATA_FAILED', /left no EVE log/],
      [writing(DROP), 'ERR_SURICATA_FAILED', /without reporting its counters/],
      [writing(DROP, '{"event_type":"st'), 'ERR_SURICATA_FAILED', /left no EVE log that can be read/],
      [writing(whole), 'ERR_SURICATA_COUNTERS', /logged 0 packets.*counted 1/],
      [
        writing(DROP, STATS('"blocked":1,"rejected":1')),
        'ERR_SURICATA_COUNTERS',
        /logged 1 packets.*counted 2/,
      ],
      [writing(DROP, STATS('"blocked":1', 1)), 'ERR_SURICATA_COUNTERS', /given 2 packets and counted 1/],
    ]
    for (const [shell, code, sentence] of logs) {
      const error = await errorOf(shell)
      expect(error).to.include({ code, exitCode: 3 })
      expect(error.message).to.match(sentence)
    }
  })

  it('hangs: is stopped when its time is up, with all that it started', async () => {
    const error = await errorOf('echo "reading"; sleep 600', { timeout: 0.5 })
    expect(error).to.include({ code: 'ERR_SURICATA_TIMEOUT', exitCode: 3 })
    expect(error.message).to.match(/^Suricata did not finish within 0\.5 s.*It said: reading$/)
  })

  it('interrupted: the processes of all hosts end, and nothing is left', async () => {
    using scratch = new Scratch()
    const binary = scratch.binary(`echo $$ >> ${scratch.folder}/pids\nsleep 600`)
    const session = await sessionOf({ policy: 'drop', hosts: 3 }, { binary, timeout: 300 })
    const interrupt = new AbortController()
    const running = observe(session, ['> S 0', '> S 0 host=1', '> S 0 host=2'], interrupt.signal)
    const pids = () => readFileSync(join(scratch.folder, 'pids'), 'utf8').trim().split('\n').map(Number)
    const started = (async () => {
      while (!readdirSync(scratch.folder).includes('pids') || pids().length < 2) await sleep(10)
      interrupt.abort(new Error('enough'))
    })()
    const thrown = await running.catch((error: unknown) => error)
    await started
    expect(thrown).to.have.property('message', 'enough')
    // Two at a time, and the third not after the interrupt.
    expect(pids()).to.have.length(2)
    for (const pid of pids()) expect(() => process.kill(pid, 0)).to.throw('ESRCH')
    expect(readdirSync(scratch.folder).sort()).to.deep.equal(['pids', 'suricata'])
  })
})

describe('target/suricata: what it refuses', () => {
  it('rules, by number, text and its own sentence', async () => {
    const rules = [
      'pass tcp any any -> any any (sid:1;)',
      'drop tcp any any -> any any (colour:blue; sid:2;)',
    ]
    const session = await sessionOf({ hosts: 1, rules })
    const error: unknown = await observe(session, LINES).catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'ERR_SURICATA_RULE', exitCode: 3 })
    expect(error)
      .to.have.property('message')
      .that.equals(
        `Suricata refuses rule 2, ${rules[1]} (detect-parse: unknown rule keyword 'colour'.): change it, or leave it to targets that read it.`,
      )
  })

  it('options that are none of its own, or of the wrong kind', async () => {
    const wrong: [Readonly<Record<string, unknown>>, RegExp][] = [
      [{ binray: 'x' }, /has no option binray: its options are binary and timeout/],
      [{ binary: '' }, /needs as binary/],
      [{ timeout: 0 }, /needs as timeout a number of seconds above 0/],
      [{ timeout: '5' }, /needs as timeout/],
    ]
    for (const [options, sentence] of wrong) {
      const error: unknown = await sessionOf({}, options).catch((thrown: unknown) => thrown)
      expect(error).to.include({ code: 'ERR_TARGET_OPTION', exitCode: 2 })
      expect(error).to.have.property('message').that.matches(sentence)
    }
  })

  it('setups that it cannot be set to', async () => {
    const error: unknown = await sessionOf({ profile: 'pf' }).catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'ERR_SURICATA_SETUP', exitCode: 2 })
    expect(error)
      .to.have.property('message')
      .that.matches(/^Suricata cannot be set to profile pf:/)
  })
})
