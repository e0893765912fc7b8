import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { Session } from '../../model/target.ts'
import { makeSetup } from '../../suite/setup.ts'
import { asFlowbreakError } from '../../support/errors.ts'
import { connection } from '../contract/conversation.ts'
import { play } from '../contract/play.ts'
import type { TargetSpec } from '../spec.ts'
import { makeTarget } from '../targets.ts'
import { livingOf } from './example-group.test.ts'
import { Program } from './program.ts'

const SCRIPTED = fileURLToPath(new URL('fixtures/scripted.mjs', import.meta.url))
const CAPABILITIES = {
  ...{ clock: 'virtual', clockScale: 1, reactive: true, hosts: 2, folding: 'one', families: ['ipv4'] },
  ...{
    policies: ['drop'],
    sharing: ['none'],
    events: [],
    observes: ['verdict'],
    profiles: 'any',
    features: [],
  },
}
const { signal } = new AbortController()

type Script = Readonly<Record<string, number | null | string | object>>

/** Runs all that a program is asked in a run. Answers what it is broken by. */
async function brokenBy(script: Script, options: object = {}) {
  const command = [process.execPath, SCRIPTED, JSON.stringify(script)]
  const thrown = await playAll({ kind: 'process', command, timeout: '60s', ...options }).then(
    () => undefined,
    (error: unknown) => error,
  )
  const known = asFlowbreakError(thrown)
  return { code: known?.code, exitCode: known?.exitCode, message: known?.message ?? String(thrown) }
}

async function playAll(spec: TargetSpec): Promise<void> {
  const target = await makeTarget(spec, { name: 'mine', version: 'test' })
  const session: Session = await target.prepare(makeSetup(), signal)
  try {
    await session.reset()
    await play(session, [
      { packets: connection() },
      { events: [{ kind: 'crash', host: 0, flow: 0 }], packets: [] },
    ])
    await session.counters()
  } finally {
    await session[Symbol.asyncDispose]()
  }
}

const observed = (...observations: object[]): Script => ({ steps: { observations } })
const forward = (packet: number, more: object = {}) => ({ packet, verdict: 'forward', ...more })
const all = (...last: object[]) => observed(...[1, 2, 3, 4].map((packet) => forward(packet)), ...last)

/** What a program does wrong, the code that it leads to, and what is said of it. */
const FAULTS: readonly (readonly [Script, string, string])[] = [
  [
    { hello: 3 },
    'ERR_TARGET_DIED',
    'ended with exit code 3 before it was told to. It wrote to standard error: out of  [31mmemory',
  ],
  [{ hello: 'hi there' }, 'ERR_TARGET_ANSWER', 'answered hello with something that is not JSON: "hi there"'],
  [{ hello: '[1]' }, 'ERR_TARGET_ANSWER', 'answered hello with [1], which is not a JSON object'],
  [{ hello: { type: 'ready' } }, 'ERR_TARGET_ANSWER', 'was asked hello, and its answer has the type "ready"'],
  [
    { hello: { protocol: 2 } },
    'ERR_TARGET_VERSION',
    'speaks version 2 of the protocol, and this flowbreak speaks 1',
  ],
  [{ hello: { name: 7 } }, 'ERR_TARGET_ANSWER', 'introduced itself without a name and a version'],
  [
    { hello: { capabilities: { clock: 'sun' } } },
    'ERR_TARGET_ANSWER',
    'has capabilities.clock "sun": it is to be virtual or real',
  ],
  [
    { hello: { knowledge: 'guess' } },
    'ERR_TARGET_ANSWER',
    'knows its verdicts by "guess": it is to be self, log or wire',
  ],
  [{ hello: { error: 'no licence' } }, 'ERR_TARGET_REFUSED', 'refused hello: no licence'],
  [{ prepare: { error: 'no such profile' } }, 'ERR_TARGET_REFUSED', 'refused prepare: no such profile'],
  [{ prepare: 0 }, 'ERR_TARGET_DIED', 'ended with exit code 0 before it was told to'],
  [{ reset: 1 }, 'ERR_TARGET_DIED', 'ended with exit code 1'],
  [{ replay: 'no' }, 'ERR_TARGET_ANSWER', 'answered replay with something that is not JSON: "no"'],
  [{ end: 'no' }, 'ERR_TARGET_ANSWER', 'answered end with something that is not JSON: "no"'],
  [{ steps: 9 }, 'ERR_TARGET_DIED', 'ended with exit code 9'],
  [
    { steps: { observations: 'all well' } },
    'ERR_TARGET_ANSWER',
    'gave observations "all well", which is not a list',
  ],
  [all(), 'ERR_TARGET_ANSWER', 'answered for 4 of 5 packets: packet 5 is missing'],
  [all(forward(5), forward(6)), 'ERR_TARGET_ANSWER', 'answered for packet 6, which it was not asked about'],
  [all(forward(4)), 'ERR_TARGET_ANSWER', 'answered twice for packet 4'],
  [
    all({ verdict: 'drop' }),
    'ERR_TARGET_ANSWER',
    'answered for packet missing, which it was not asked about',
  ],
  [
    all({ packet: 5, verdict: 'accept' }),
    'ERR_TARGET_ANSWER',
    'gave the verdict "accept" of packet 5: there are forward, drop',
  ],
  [all({ packet: 5, verdict: 'constructor' }), 'ERR_TARGET_ANSWER', 'gave the verdict "constructor"'],
  [
    all(forward(5, { reason: 'mood' })),
    'ERR_TARGET_ANSWER',
    'gave the reason "mood" of packet 5: there are stream midstream',
  ],
  [
    all(forward(5, { by: 'fw-z' })),
    'ERR_TARGET_ANSWER',
    'says that packet 5 was decided by "fw-z": there are fw-a or fw-b',
  ],
  [all(forward(5, { known: 'rumour' })), 'ERR_TARGET_ANSWER', 'knows the verdict of packet 5 by "rumour"'],
  [
    all(forward(5, { verdit: 1 })),
    'ERR_TARGET_ANSWER',
    'says "verdit" of packet 5, which is not a field of an observation. Did you mean "verdict"?',
  ],
  [
    all(forward(5, { emitted: [{ to: 'me' }] })),
    'ERR_TARGET_ANSWER',
    'emitted a frame to "me", but sender or receiver is expected',
  ],
  [
    all(forward(5, { emitted: [{ to: 'sender', frame: 'AAAA' }] })),
    'ERR_TARGET_ANSWER',
    'emitted a frame that is neither a TCP reset nor ICMP',
  ],
  [
    all(forward(5, { parts: [{ host: 'fw-z' }] })),
    'ERR_TARGET_ANSWER',
    'gave a part {"host":"fw-z"} of packet 5',
  ],
  [
    { counters: { counters: [{}] } },
    'ERR_TARGET_ANSWER',
    'gave counters [{}]: they are to be a list of 2 objects of numbers',
  ],
  [{ reset: '{"type":"reset"}\n{"type":"reset"}' }, 'ERR_TARGET_ANSWER', 'answered without being asked'],
  [{ reset: 'endless' }, 'ERR_TARGET_ANSWER', 'wrote a line of more than 16 MiB'],
]

describe('target/process', () => {
  it('plays through a program that answers as it should', async () => {
    expect(await brokenBy({})).to.include({ message: 'undefined' })
  })

  for (const [script, code, says] of FAULTS)
    it(`breaks with a program that ${says.slice(0, 80)}`, async () => {
      const broken = await brokenBy(script)
      expect(broken).to.include({ code, exitCode: 3 })
      expect(broken.message)
        .to.match(/^Target mine: the program .*…? .*\.( It wrote to .*)?$/)
        .and.to.contain(says)
    }).timeout(120_000)

  it('shows 120 letters of its command, and no more', async () => {
    const shownOf = async (letters: number) => {
      const command = ['sh', '-c', `exit 1 #${'x'.repeat(letters - 'sh -c exit 1 #'.length)}`]
      const thrown = await playAll({ kind: 'process', command }).catch((error: unknown) => error)
      return /the program (sh -c exit 1 #x*…?) /.exec(asFlowbreakError(thrown)?.message ?? '')?.[1]
    }
    const whole = `sh -c exit 1 #${'x'.repeat(106)}`
    expect(whole).to.have.lengthOf(120)
    expect(await shownOf(120)).to.equal(whole)
    expect(await shownOf(121)).to.equal(`${whole}…`)
  })

  it('waits for no answer for ever', async () => {
    const requests = ['hello', 'prepare', 'reset', 'replay', 'steps', 'end', 'counters']
    await Promise.all(
      requests.map(async (request) => {
        const broken = await brokenBy({ [request]: null }, { timeout: '20s' })
        expect(broken).to.include({ exitCode: 3, code: 'ERR_TARGET_SILENT' })
        expect(broken.message).to.match(new RegExp(` gave no answer to ${request} for 20 s\\.$`))
      }),
    )
  }).timeout(240_000)

  it('says that a program cannot be started', async () => {
    const broken = await brokenBy({}, { command: ['no-such-program', '1'], cwd: '/' })
    expect(broken).to.include({ exitCode: 3, code: 'ERR_TARGET_START' })
    expect(broken.message).to.match(
      /no-such-program 1 cannot be started \(.*ENOENT.*\): check its command and folder \/\.$/,
    )
  })

  it('refuses a program that is another one when it is started again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    try {
      const answer = `{"type":"hello","protocol":1,"name":"a","capabilities":${JSON.stringify(CAPABILITIES)},"version":"'`
      const command = [
        'sh',
        '-c',
        `read line; echo x >>started; echo '${answer}"$(wc -l <started | tr -d " ")"'"}'; cat >&2`,
      ]
      const broken = await brokenBy({}, { command, cwd: folder })
      expect(broken.message).to.contain('introduced itself otherwise than when it was first started')
      expect(broken.exitCode).to.equal(3)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }).timeout(120_000)

  it('leaves nothing behind of a program that is frozen, stubborn, or has started others', async () => {
    const starts = [
      ['sh', '-c', `sleep 7654321 & exec "$0" "$@"`, process.execPath, SCRIPTED, '{}'],
      [process.execPath, SCRIPTED, '{ "reset": "freeze" }'],
      [process.execPath, SCRIPTED, '{ "reset": "endless" }', 'stubborn'],
    ]
    await Promise.all(
      starts.map(async ([command = '', ...args]) => {
        const program = new Program({ name: 'mine', command, args, cwd: '/', env: {}, limit: 1 })
        const { pid } = JSON.parse(await program.ask('{ "type": "hello" }', 'hello', 60_000))
        expect(livingOf(pid)).to.include(pid)
        const asked = program.ask('{ "type": "reset" }', 'reset', 60_000).catch(() => {})
        await program.stop()
        await asked
        // What has no parent left to wait for it takes a moment to go once it was killed.
        for (let waits = 0; livingOf(pid).length > 0 && waits < 500; waits++) await sleep(10)
        expect(livingOf(pid)).to.deep.equal([])
      }),
    )
  }).timeout(240_000)

  it('ends what it asks when it is told to stop, with the reason', async () => {
    const stop = new AbortController()
    const command = [process.execPath, SCRIPTED, '{ "steps": null }']
    const target = await makeTarget(
      { kind: 'process', command, timeout: '300s' },
      { name: 'mine', version: 'test' },
    )
    const session = await target.prepare(makeSetup(), signal)
    const reason = new Error('enough')
    setTimeout(() => stop.abort(reason), 50)
    const thrown = await play(session, [{ packets: connection() }], stop.signal).catch(
      (error: unknown) => error,
    )
    expect(thrown).to.equal(reason)
    const later = await session.reset().catch((error: unknown) => error)
    expect(asFlowbreakError(later)?.message).to.contain('was interrupted while it was asked')
    await session[Symbol.asyncDispose]()
  }).timeout(120_000)
})
