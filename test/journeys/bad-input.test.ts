import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, jsonLines, ROOT } from './command.ts'
import { refuses } from './refuses.ts'

const LADDER = 'captures/echo-ladder-ipv4.pcap'

const SUITE = `suite: demo
title: For tests
cases:
  - name: swap
    requirement: After a swap nothing comes out.
    source: { mark: DOC, where: a test }
    capture: echo-ladder-ipv4
    inject: [{ host-swap: 12 }]
    expect: { before: forward, after host-swap: drop }
`

describe('journeys: bad input', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const suite = (text: string): string => {
    const file = join(folder, 'suite.yaml')
    writeFileSync(file, text)
    return file
  }
  it('refuses an unknown command, option and value', () => {
    refuses(['nonsense'], /no command nonsense/)
    refuses(['run', '--nonsense'], /unknown option '--nonsense'/)
    refuses(['replay', '--policy'], /argument missing/)
    refuses(['replay'], /missing required argument 'capture'/)
    refuses(['replay', LADDER, '--policy', 'perhaps'], /perhaps/)
    refuses(['replay', LADDER, '--hosts', '0'], /--hosts takes a whole number from 1/)
    refuses(['replay', LADDER, '--inject', 'host-swap'], /host-swap/)
    refuses(['replay', LADDER, '--inject', 'path-return@9'], /path-return: No host-swap .* undoes nothing/)
    refuses(['replay', LADDER, '--target', 'nowhere'], /no target nowhere/)
    refuses(['run', '--reporter', 'paper'], /no reporter "paper"/)
    refuses(['run', '--shard', '3/2'], /3\/2/)
    refuses(['run', 'core/resets', '--tag', 'none'], /None of the \d+ cases is selected by --tag: /)
    refuses(['run', '--grep', 'no-such-case', '--policy', 'drop'], /is selected by --grep and --policy: /)
    refuses(['profile', 'show', 'nothing'], /nothing.*aws-nfw/)
    refuses(['report', 'show', 'nothing-of-this-name'], /no run nothing-of-this-name/)
  })

  it('refuses options of which one would be ignored', () => {
    refuses(
      ['replay', LADDER, '--json', '--quiet'],
      /^flowbreak: --json and --quiet each say what a replay prints/,
    )
    refuses(['replay', LADDER, '--quiet', '--ladder'], /--quiet and --ladder each say/)
    for (const option of [['--policy', 'drop'], ['--break', 'host-swap'], ['--flow', '0'], ['--ndjson']])
      refuses(['sweep', '--coverage', ...option], new RegExp(`breaks nothing: leave ${option[0]} out\\.`))
    const file = join(folder, 'report')
    for (const verb of [
      ['run', 'core/resets'],
      ['report', 'show'],
      ['report', 'compare', 'a', 'b'],
    ])
      refuses(
        [...verb, '--reporter', `json=${file}`, '--reporter', `html=${folder}/./report`],
        /The reporters json and html would both write .*report: give each a file of its own\. \(ERR_REPORTER\)/,
      )
    expect(readdirSync(folder)).to.deep.equal([])
  })

  it('refuses reports that no program could read, since others are printed around them', () => {
    const trace = ['run', 'core/resets', '--trace', 'core/resets/nothing-of-this-name']
    for (const [verb, asked, sentence] of [
      [
        ['run', 'core/resets'],
        ['json', 'ndjson'],
        /: json and ndjson would both .* read json: .* ndjson=FILE\./,
      ],
      [['run', 'core/resets'], ['console', 'junit'], /: console and junit .* read junit: .* junit=FILE\./],
      [['run', 'core/resets'], ['sarif', 'github'], /: sarif and github .* read sarif: .* github=FILE\./],
      [['run', 'core/resets'], ['json', 'mocha:spec'], /: json and mocha:spec .* --reporter json=FILE\./],
      [['run', 'core/resets'], ['console', 'mocha:xunit'], /read mocha:xunit: .* console=FILE\./],
      [trace, ['json'], /: the story of --trace and json .* --reporter json=FILE\./],
      [[...trace, '--json'], ['console'], /read the story of --trace: .* console=FILE\./],
      [['report', 'show'], ['html', 'ctrf'], /: html and ctrf /],
      [['report', 'show', '--json'], ['console'], /: console and json /],
      [['report', 'compare', 'a', 'b'], ['json', 'markdown'], /: json and markdown /],
    ] as const) {
      const reporters = asked.flatMap((name) => ['--reporter', name])
      refuses([...verb, ...reporters], new RegExp(`${sentence.source}.*\\(ERR_REPORTER\\)`))
    }
    refuses(
      ['run', 'core/resets', '--reporter', 'mocha:spec', '--reporter', 'mocha:dot'],
      /only one reporter of mocha: leave the others out\. \(ERR_REPORTER\)/,
    )
  })

  it('says what a run shows nothing by: a port that there is none of, and cases that no target can play', () => {
    refuses(
      ['run', 'core/resets', '--metrics', '127.0.0.1:65536'],
      /--metrics takes a port, .*, not 127\.0\.0\.1:65536\. \(ERR_USAGE\)/,
    )
    const runs = ['--output', join(folder, 'runs')]
    const { status, stderr } = flowbreak(['run', suite(SUITE), '--profile', 'pf', ...runs])
    expect(stderr).to.equal(
      'flowbreak: Every case was skipped, for what the targets lack: choose other cases, or a target that can play them. (ERR_NOTHING_PLAYED)\n',
    )
    expect(status).to.equal(2)
  })

  it('counts one thing in the singular', () => {
    const { stdout } = flowbreak(['run', suite(SUITE), '--plan'])
    expect(stdout).to.match(
      /^1 case, 1 setup, 1 capture\nreference: 1 case, 1 setup, 1 replay, 0 of them folds\n/m,
    )
    const one = join(folder, 'one.pcap')
    expect(flowbreak(['capture', 'slice', LADDER, '-o', one, '--packets', '1']).status).to.equal(0)
    const swept = flowbreak(['sweep', one, '--break', 'host-swap', '--policy', 'drop', '--sharing', 'none'])
    expect(swept.stdout.replaceAll('\n', ' ')).to.contain('; 1 packet, 1 break, 1 column ')
  })

  it('asks a target nothing where there is nothing to hold its twin against', () => {
    refuses(
      ['learn', 'reference', '--twin', '/nonexistent'],
      /no capture \/nonexistent: .*\(ERR_CAPTURE_MISSING\)/,
    )
    refuses(
      ['learn', 'reference', '--twin', folder],
      /has no file that ends in \.pcap .*\(ERR_CAPTURE_MISSING\)/,
    )
  })

  it('sweeps no flow that reactive endpoints cannot play, which is no fault of a target', () => {
    const sentence = /is not a TCP connection .*\(ERR_REACTIVE\)/
    refuses(['sweep', 'captures/udp-ladder-ipv4.pcap', '--endpoints', 'reactive'], sentence)
  })

  it('writes no manifest over the capture or over a file of another kind', () => {
    const [out, other] = [join(folder, 'package.pcap'), join(folder, 'package.json')]
    writeFileSync(other, '{"name": "mine"}')
    for (const verb of [
      ['import', LADDER],
      ['record', 'lo', '--packets', '1'],
    ]) {
      refuses(
        ['capture', ...verb, '-o', out],
        /package\.json, where the manifest .* would be, is a file of another kind/,
      )
      refuses(['capture', ...verb, '-o', other], /package\.json is the name that its manifest would have/)
    }
    expect(readdirSync(folder)).to.deep.equal(['package.json'])
    expect(readFileSync(other, 'utf8')).to.equal('{"name": "mine"}')
    const again = ['capture', 'import', LADDER, '-o', join(folder, 'mine.pcap')]
    for (let times = 0; times < 2; times++) expect(flowbreak(again).status).to.equal(0)
  })

  it('refuses captures that are missing, a folder, empty or of no known format', () => {
    const empty = join(folder, 'empty.pcap')
    writeFileSync(empty, '')
    const text = join(folder, 'text.pcap')
    writeFileSync(text, 'these are no packets at all')
    for (const verb of [['replay'], ['capture', 'info']]) {
      refuses([...verb, '/nonexistent.pcap'], /\/nonexistent\.pcap/)
      refuses([...verb, folder], /folder|directory/)
      refuses([...verb, empty], /empty/)
      refuses([...verb, text], /text\.pcap/)
    }
  })

  it('reads what comes before damage, tells where it is, and ends with 2', () => {
    const cut = join(folder, 'cut.pcap')
    const whole = readFileSync(join(ROOT, LADDER))
    writeFileSync(cut, whole.subarray(0, whole.length - 7))
    const info = flowbreak(['capture', 'info', cut, '--json'])
    expect(info.status).to.equal(2)
    const found = JSON.parse(info.stdout)
    expect(found).to.include({ packets: 25 })
    expect(found.damage.offset).to.be.greaterThan(0)
    const replay = flowbreak(['replay', cut, '--json'])
    expect(replay.status).to.equal(2)
    expect(jsonLines(replay.stdout)).to.have.lengthOf(25)
    expect(replay.stderr).to.contain(String(found.damage.offset))
  })

  it('names file, line and column of what is wrong with a suite', () => {
    const wrong: [string, RegExp][] = [
      [SUITE.replace('name: swap', 'name: [swap'), /suite\.yaml:\d+:\d+: /],
      [SUITE.replace('requirement:', 'requirment:'), /suite\.yaml:5:5: .*requirment/],
      [SUITE.replace('echo-ladder-ipv4', 'no-such-capture'), /suite\.yaml:7:14: .*no-such-capture/],
      [SUITE.replace('host-swap: 12', 'host-swap: 99'), /suite\.yaml:4: .*packet 99/],
      [SUITE.replace('mark: DOC', 'mark: GUESS'), /suite\.yaml:6:/],
      [SUITE.replace('after host-swap', 'after idle-gap'), /suite\.yaml:9:/],
    ]
    for (const [text, sentence] of wrong)
      refuses(['run', suite(text), '--output', join(folder, 'runs')], sentence)
    expect(readdirSync(folder)).to.deep.equal(['suite.yaml'])
  })

  it('ends with 2 where nothing is there to be played', () => {
    refuses(['run', 'no/such/suite'], /no\/such\/suite/)
    refuses(['run', suite(SUITE), '--grep', 'no-such-case'], /None of the 1 cases/)
    mkdirSync(join(folder, 'none'))
    refuses(['run', join(folder, 'none')], /none/)
  })

  it('writes nothing when it refuses a known-failures list', () => {
    const list = join(folder, 'known.yaml')
    writeFileSync(list, '- { pattern: demo/swap }\n')
    refuses(
      ['run', suite(SUITE), '--known-failures', list, '--output', join(folder, 'runs')],
      /known\.yaml:1:/,
    )
    expect(readdirSync(folder).sort()).to.deep.equal(['known.yaml', 'suite.yaml'])
  })

  it('refuses to be called in a folder that was removed', () => {
    const script = 'mkdir "$0/gone" && cd "$0/gone" && rmdir "$0/gone" && exec "$@"'
    for (const args of [['replay', LADDER], ['run'], ['capture', 'info', LADDER]]) {
      const command = [process.execPath, `${ROOT}dist/bin/main.js`, ...args]
      const { status, stderr } = spawnSync('sh', ['-c', script, folder, ...command], { encoding: 'utf8' })
      expect(stderr, args.join(' ')).to.match(
        /^flowbreak: The folder .*: change to one that is\. \(ERR_FOLDER_GONE\)\n$/,
      )
      expect(status).to.equal(2)
    }
  })

  it('refuses what would say something other than was asked', () => {
    refuses(['run', suite(SUITE), '--json'], /only with --plan or --trace.*--reporter json/)
    refuses(['run', suite(SUITE), '--workers', '257'], /--workers takes a whole number from 1 to 256/)
    refuses(['sweep', LADDER, '--json', '--ndjson'], /leave one of them out/)
    refuses(
      ['sweep', LADDER, '--break', 'idle-gap'],
      /^flowbreak: --break idle-gap: Write idle-gap:400s\. \(/,
    )
    refuses(['sweep', LADDER, '--break', 'swap'], /^flowbreak: --break swap: "swap" is not an injection/)
    refuses(
      ['capture', 'slice', LADDER, '-o', '-', '--flow', '0'],
      /cannot be written to standard output: name a file with -o/,
    )
    const { status, stderr } = flowbreak(['suite', 'schema', '--output', folder])
    expect([status, stderr]).to.satisfy(
      ([code, said]: [number, string]) => code === 3 && /The schema .* cannot be written .*EISDIR/.test(said),
    )
  })

  it('refuses to break a flow that a capture does not have', () => {
    const none = /echo-ladder-ipv4\.pcap has no flow 7 for an injection: flowbreak capture info/
    for (const injection of ['host-swap@12', 'idle-gap@1.5s:400s', 'host-swap@data#2', 'reconnect@12'])
      refuses(['replay', LADDER, '--flow', '7', '--inject', injection], none)
    refuses(['compare', LADDER, '--flow', '7', '--inject', 'host-swap@12', '--over', 'policy'], none)
  })

  it('replays frames that it cannot read, and says which they are', () => {
    const bytes = readFileSync(`${ROOT}${LADDER}`)
    bytes.writeUInt32LE(105, 20)
    const file = join(folder, 'air.pcap')
    writeFileSync(file, bytes)
    const sentence =
      /air\.pcap has frames of a kind that is not read \(IEEE802_11\).*record at an Ethernet interface\. \(ERR_CAPTURE_LINK\)\n$/
    const quiet = flowbreak(['replay', file, '--quiet'])
    expect(quiet.status).to.equal(2)
    expect(quiet.stdout).to.match(/^packets=26 forward=26/)
    expect(quiet.stderr).to.match(sentence)
    const compared = flowbreak(['compare', file, '--over', 'policy'])
    expect([compared.status, compared.stderr]).to.satisfy(
      ([status, said]: [number, string]) => status === 2 && sentence.test(said),
    )
    refuses(['replay', file, '--endpoints', 'reactive'], sentence)
    refuses(['run', suite(SUITE.replace('echo-ladder-ipv4', file))], sentence)
  })

  it('leaves a page as it was that it cannot write anew', () => {
    const taken = join(folder, 'map.html')
    mkdirSync(taken)
    const { status, stderr } = flowbreak(['sweep', LADDER, '--break', 'host-swap', '--html', taken])
    expect([status, readdirSync(folder)]).to.deep.equal([3, ['map.html']])
    expect(stderr).to.match(/map\.html cannot be written .*\(ERR_REPORT_WRITE\)\n$/)
  })

  it('names the commands of a group that is named alone', () => {
    for (const group of ['capture', 'profile', 'report', 'suite']) {
      const { status, stdout, stderr } = flowbreak([group])
      expect([status, stderr], group).to.deep.equal([2, ''])
      expect(stdout).to.equal(flowbreak([group, '--help']).stdout)
    }
  })

  it('shows where an error comes from only with --debug', () => {
    const { stderr } = flowbreak(['replay', '/nonexistent.pcap', '--debug'])
    expect(stderr).to.match(/^\s+at /m)
  })
})
