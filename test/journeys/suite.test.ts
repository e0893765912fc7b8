import { spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, MAIN, ROOT } from './command.ts'
import { hasTerminal, Terminal } from './terminal.ts'

const GOOD = [
  'suite',
  'new',
  'mine.pcap',
  '--inject',
  'host-swap@c2s:data#2',
  '--inject',
  'idle-gap@c2s:data#3:400s',
]

describe('journeys: suite', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-suite-'))
    copyFileSync(join(ROOT, 'captures/echo-ladder-ipv4.pcap'), join(folder, 'mine.pcap'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const run = (...args: readonly string[]) => flowbreak(args, { cwd: folder })
  const written = () => readFileSync(join(folder, 'mine.yaml'), 'utf8')

  it('quotes a file for a shell where it says what to do next', () => {
    const { status, stdout, stderr } = run(...GOOD, '-o', "my 'own.yaml")
    expect(status, stderr).to.equal(0)
    expect(stdout).to.contain(
      "\n  npx flowbreak run 'my '\\''own.yaml'\n  npx flowbreak suite check 'my '\\''own.yaml'\n",
    )
  })

  it('from a capture of one’s own to a reviewed suite and a first result, by options', () => {
    const made = run(...GOOD)
    expect(made.status, made.stderr).to.equal(0)
    expect(made.stdout).to.match(/^mine\.yaml: 6 cases with 67 expectations, 67 of them to be reviewed\.\n/)
    const checked = run('suite', 'check', 'mine.yaml')
    expect(checked.status).to.equal(2)
    expect(checked.stderr).to.match(/^mine\.yaml:\d+:\d+: Nobody has looked at what is expected here/m)
    expect(checked.stdout).to.match(/^1 suite with 6 cases: \d+ marked unreviewed\.\n/)
    expect(run('suite', 'check', 'mine.yaml', '--allow-unreviewed').stdout).to.equal(
      '1 suite with 6 cases: all in order.\n',
    )
    const unreviewed = run('run', 'mine.yaml')
    expect(unreviewed.status, unreviewed.stdout).to.equal(0)
    expect(unreviewed.stdout.replaceAll(/\s+/g, ' ')).to.include(
      '67 expectations of 6 cases are unreviewed and can fail nothing',
    )
    expect(unreviewed.stdout).to.match(/verdicts +0 of 0 as expected/)
    // The author agrees with all of it.
    writeFileSync(
      join(folder, 'mine.yaml'),
      written()
        .replaceAll(/^ +unreviewed: true\n/gm, '')
        .replaceAll(', unreviewed: true', ''),
    )
    const reviewed = run('suite', 'check', 'mine.yaml', '--mutants', '--json')
    expect(JSON.parse(reviewed.stdout)).to.deep.equal({ suites: 1, cases: 6, findings: [], unplayed: [] })
    const result = run('run', 'mine.yaml')
    expect(result.status).to.equal(0)
    expect(result.stdout)
      .to.match(/cases +6: 6 passed/)
      .and.match(/verdicts +([1-9]\d+) of \1 as expected/)
    expect(result.stdout).not.to.include('unreviewed')
  }).timeout(120_000)

  it('asks on a terminal, shows each break as a ladder, reviews and plays', async function () {
    if (!hasTerminal()) this.skip()
    using terminal = new Terminal(['suite', 'new', 'mine.pcap'], folder)
    await terminal.see('Whose behaviour is it held to?')
    terminal.press('enter')
    await terminal.see('It has one flow: tcp 192.0.2.10:40000 → 198.51.100.20:7007, 26 packets')
    await terminal.see('Under which stream exception policies?')
    // Not drop.
    terminal.press('space', 'enter')
    await terminal.see('… 14 more packets')
    await terminal.see('What breaks?')
    terminal.press('enter')
    await terminal.see('Before which packet?')
    terminal.press('enter')
    await terminal.see('How does the host leave?')
    terminal.press('down', 'enter')
    await terminal.see('host-swap@c2s:data#2:crash, policy reject')
    await terminal.see('8  │───────────────────×         │  PSH ACK 64 B: reject')
    await terminal.see('Take this break into the suite?')
    terminal.press('enter')
    await terminal.see('Another break?')
    terminal.press('enter')
    await terminal.see('What is the suite about?')
    terminal.press('enter')
    await terminal.see('Which file?')
    terminal.press('enter')
    await terminal.see('Review what the reference proposes now?')
    terminal.press('enter')
    await terminal.see('1 of 5')
    await terminal.see('flow-0/host-swap-c2s-data-2-crash, before, policy reject, continue')
    await terminal.see('Is this what the firewall is to do?')
    terminal.press('enter')
    await terminal.see('2 of 5')
    await terminal.see('first: reject by fw-b for stream midstream towards sender')
    await terminal.see('has no session for this flow')
    await terminal.see('Is this what the firewall is to do?')
    terminal.press('down', 'down', 'enter')
    await terminal.see('Play it through the reference now?')
    terminal.press('enter')
    await terminal.see('cases         2: 2 passed')
    expect(await terminal.ended).to.equal(0)
    expect(written()).to.match(/^matrix: \{ policy: \[ reject, continue \] \}$/m)
    expect(written()).to.match(/before:\n +# .*\n +all: forward\n {6}after host-swap:/)
    const framed = terminal.text.split('\n').filter((line) => /^[│├◇].*[│╮╯]$/.test(line))
    expect(framed.length).to.be.above(40)
    for (const line of framed) expect(line.length, line).to.be.at.most(80)
  }).timeout(180_000)

  it('writes nothing where it is interrupted, and says so', async function () {
    if (!hasTerminal()) this.skip()
    using terminal = new Terminal(['suite', 'new', 'mine.pcap'], folder)
    await terminal.see('Whose behaviour is it held to?')
    terminal.press('interrupt')
    await terminal.see('Interrupted: nothing was written. (ERR_INTERRUPTED)')
    expect(await terminal.ended).to.equal(130)
    expect(readdirSync(folder)).to.deep.equal(['mine.pcap'])
  }).timeout(120_000)

  it('refuses what cannot be done in one sentence, and leaves every file as it was', () => {
    const sentences: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ['suite', 'new', 'mine.pcap'],
        /^flowbreak: Nothing is said to break: give --inject, such as .* \(ERR_USAGE\)\n$/,
      ],
      [['suite', 'new', 'none.pcap', '--inject', 'host-swap@8'], /There is no capture none\.pcap/],
      [
        ['suite', 'new', 'mine.pcap', '--inject', 'host-swap@8', '--flow', '3'],
        /has flow 0 alone, and no flow 3/,
      ],
      [
        ['suite', 'new', 'mine.pcap', '--inject', 'host-swap@8', '--flow', 'x'],
        /--flow takes numbers of flows/,
      ],
      [['suite', 'new', 'mine.pcap', '--inject', 'host-swp@8'], /Did you mean "host-swap"\?/],
      [
        ['suite', 'new', 'mine.pcap', '--inject', 'host-swap@8', '--policy', 'drop,allow'],
        /"allow" is not a policy/,
      ],
      [
        ['suite', 'new', 'mine.pcap', '--inject', 'host-swap@8', '-o', 'mine.pcap/x.yaml'],
        /mine\.pcap\/x\.yaml cannot be written/,
      ],
      [
        ['suite', 'new', 'mine.pcap', '--inject', 'host-swap@8', '-o', 'mine.pcap'],
        /mine\.pcap already exists and is not replaced/,
      ],
    ]
    const before = readFileSync(join(folder, 'mine.pcap'))
    for (const [args, sentence] of sentences) {
      const { status, stderr, stdout } = run(...args)
      expect(stderr, args.join(' ')).to.match(sentence)
      expect(stderr.split('\n').length).to.equal(2)
      expect([status, stdout]).to.deep.equal([args.includes('mine.pcap/x.yaml') ? 3 : 2, ''])
    }
    expect(readFileSync(join(folder, 'mine.pcap')).equals(before)).to.equal(true)
    expect(readdirSync(folder)).to.deep.equal(['mine.pcap'])
  }).timeout(120_000)

  it('leaves the suite that was there where the disk is full', function () {
    if (process.getuid?.() !== 0) this.skip()
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk]).status).to.equal(0)
    try {
      writeFileSync(join(disk, 'mine.yaml'), 'mine')
      const fill = join(disk, 'fill')
      spawnSync('sh', ['-c', `cat /dev/zero > ${fill}`])
      const { status, stderr } = run(...GOOD, '-o', 'disk/mine.yaml', '--force')
      expect(stderr).to.match(
        /^flowbreak: disk\/mine\.yaml cannot be written \(ENOSPC[^\n,]*\): name another file\. \(ERR_SUITE_WRITE\)\n$/,
      )
      expect(status).to.equal(3)
      expect(readFileSync(join(disk, 'mine.yaml'), 'utf8')).to.equal('mine')
      expect(readdirSync(disk).sort()).to.deep.equal(['fill', 'mine.yaml'])
    } finally {
      spawnSync('umount', [disk])
    }
  }).timeout(120_000)

  it('says every mistake of a suite that was edited into nonsense, and changes nothing in it', () => {
    run(...GOOD)
    const nonsense = written()
      .replace('host-swap: c2s:data#2', 'host-swap: yesterday')
      .replace('after host-swap:', 'after host-swp:')
      .replace('flow: 0', 'flow: -1')
      .replace('towards: sender', 'towards: nobody')
    writeFileSync(join(folder, 'mine.yaml'), nonsense)
    const { status, stderr, stdout } = run('suite', 'check', 'mine.yaml')
    expect([status, stdout]).to.deep.equal([2, ''])
    expect(stderr).to.match(/mine\.yaml:\d+:\d+: This is below 0\./)
    writeFileSync(join(folder, 'mine.yaml'), nonsense.replace('flow: -1', 'flow: 0'))
    const more = run('suite', 'check', 'mine.yaml').stderr
    for (const mistake of ['"yesterday" is not a position', 'This case has no phase "after host-swp"'])
      expect(more).to.match(new RegExp(`mine\\.yaml:\\d+:\\d+: ${mistake}`))
    expect(written()).to.equal(nonsense.replace('flow: -1', 'flow: 0'))
  }).timeout(120_000)

  it('checks again when the suite changes, and ends clean on Ctrl-C', async () => {
    run(...GOOD, '--policy', 'drop')
    const child = spawn(
      process.execPath,
      [MAIN, 'suite', 'check', 'mine.yaml', '--allow-unreviewed', '--watch'],
      {
        cwd: folder,
      },
    )
    let text = ''
    const told = (part: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          const at = text.indexOf(part)
          if (at < 0) return
          text = text.slice(at + part.length)
          stop()
          resolve()
        }
        const lost = () => reject(new Error(`It ended without "${part}":\n${text}`))
        const stop = () => {
          child.stdout.off('data', look)
          child.stderr.off('data', look)
          child.off('close', lost)
        }
        child.stdout.on('data', look)
        child.stderr.on('data', look)
        child.on('close', lost)
        look()
      })
    const take = (data: Buffer) => {
      text += data.toString()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    try {
      await told('1 suite with 2 cases: all in order.')
      await told('waiting for changes; Ctrl-C ends')
      const good = written()
      writeFileSync(join(folder, 'mine.yaml'), good.replace('is: drop', 'is: forward'))
      await told('contradicted by the reference')
      await told('waiting for changes')
      writeFileSync(join(folder, 'mine.yaml'), 'suite: [')
      await told('(ERR_SUITE)')
      await told('waiting for changes')
      writeFileSync(join(folder, 'mine.yaml'), good)
      await told('all in order.')
      await told('waiting for changes')
      child.kill('SIGINT')
      const [code] = await new Promise<readonly (number | null)[]>((resolve) => {
        child.on('close', (...ended) => resolve(ended.slice(0, 1) as (number | null)[]))
      })
      expect(code).to.equal(0)
      expect(text).not.to.include('flowbreak:')
    } finally {
      if (child.exitCode === null) child.kill('SIGKILL')
    }
  }).timeout(180_000)
})
