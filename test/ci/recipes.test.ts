import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { MAIN, ROOT } from '../journeys/command.ts'

const ACTION = join(ROOT, '.github/actions/flowbreak')

/** A suite of two cases; with `failing`, one of them expects what does not happen. */
const suite = (failing: boolean) => `suite: demo
title: For tests
setup: { profile: suricata-7 }
matrix: { policy: [drop, reject] }
cases:
  - name: swap
    requirement: After a swap nothing comes out.
    source: { mark: DOC, where: a test }
    capture: ${ROOT}captures/echo-ladder-ipv4.pcap
    inject: [{ host-swap: 12 }]
    expect: { before: forward, after host-swap: { policy: { drop: ${failing ? 'forward' : 'drop'}, reject: { first: reject, rest: drop } } } }
`

interface Input {
  readonly default: string
}
interface Step {
  readonly id?: string
  readonly shell: string
  readonly run: string
  readonly env: Readonly<Record<string, string>>
}

describe('recipes for CI', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-ci-'))
    // npx, as a project that has flowbreak installed finds it.
    mkdirSync(join(folder, 'bin'))
    writeFileSync(
      join(folder, 'bin/npx'),
      `#!/bin/sh\n[ "$1" = --no-install ] && shift\nshift\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(MAIN)} "$@"\n`,
    )
    chmodSync(join(folder, 'bin/npx'), 0o755)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const sh = (script: string, env: Readonly<Record<string, string>> = {}) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`, ...env },
    })
    return { status, stdout, stderr }
  }
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')

  /** Plays the steps of the action as a runner does, with some of its inputs. */
  const act = (inputs: Readonly<Record<string, string>>) => {
    const action = parse(readFileSync(join(ACTION, 'action.yml'), 'utf8'))
    const declared: Readonly<Record<string, Input>> = action.inputs
    expect(declared).to.include.all.keys(...Object.keys(inputs))
    const value = (text: string) =>
      text.replaceAll(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name: string) => {
        expect(declared, name).to.have.property(name)
        return inputs[name] ?? declared[name]?.default ?? ''
      })
    expect(action.runs.using).to.equal('composite')
    const results = (action.runs.steps as readonly Step[]).map(({ shell, run, env }) => {
      expect(shell).to.equal('bash')
      expect(run, 'inputs come by the environment only').to.not.include('${{')
      return sh(run, {
        ...Object.fromEntries(Object.entries(env).map(([name, text]) => [name, value(text)])),
        GITHUB_ACTION_PATH: ACTION,
        GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
        GITHUB_OUTPUT: join(folder, 'output'),
      })
    })
    expect(results).to.have.length(1)
    return results[0] ?? sh('false')
  }

  it('the action plays, annotates, sums up, and keeps every report', () => {
    writeFileSync(join(folder, 'demo suite.yaml'), suite(true))
    const { status, stdout, stderr } = act({ suites: 'demo suite.yaml', arguments: '--seed\n7\n' })
    expect(status, stderr).to.equal(1)
    expect(stdout).to.match(
      /^::error file=demo suite\.yaml,line=6,title=fail%3A demo\/swap\/policy%3Adrop::packet 12/m,
    )
    expect(read('summary.md')).to.match(/^## flowbreak: ✗ 1 of 2 cases need a look \(exit code 1\)/)
    expect(read('output')).to.equal('exit-code=1\nreports=flowbreak-reports\n')
    for (const file of [
      'report.html',
      'report.json',
      'junit.xml',
      'ctrf.json',
      'report.sarif',
      'report.md',
      'runs',
    ])
      expect(existsSync(join(folder, 'flowbreak-reports', file)), file).to.equal(true)
  })

  it('the action reads no input as shell, and says so of bad ones', () => {
    writeFileSync(join(folder, 'demo.yaml'), suite(false))
    expect(act({ suites: 'demo.yaml', reports: 'out' })).to.include({ status: 0 })
    const { status, stderr } = act({ suites: '$(touch taken)\n; touch taken', target: '`touch taken`' })
    expect(status).to.equal(2)
    expect(stderr).to.match(/^flowbreak: /m)
    expect(existsSync(join(folder, 'taken'))).to.equal(false)
    expect(read('output')).to.include('exit-code=2\n')
  })

  it('the GitLab example plays in parts and merges them', () => {
    const { play, report } = parse(readFileSync(join(ROOT, 'examples/ci/gitlab-ci.yml'), 'utf8'))
    for (let part = 1; part <= play.parallel; part++)
      for (const line of play.script as readonly string[]) {
        const env = { CI_NODE_INDEX: `${part}`, CI_NODE_TOTAL: `${play.parallel}` }
        const played = sh(line.replace(' run core ', ' run core/resets '), env)
        expect(played.status, played.stderr).to.equal(0)
        expect(existsSync(join(folder, `junit-${part}.xml`))).to.equal(true)
      }
    for (const line of report.script as readonly string[]) {
      const merged = sh(line)
      expect(merged.status, merged.stderr).to.equal(0)
      expect(merged.stdout).to.not.include('is missing')
    }
    for (const path of report.artifacts.paths) expect(existsSync(join(folder, path)), path).to.equal(true)
    expect(JSON.parse(read('report.json')).run.id).to.be.a('string')
  })

  it('the Kubernetes example plays in parts, balanced by an earlier run, which merge to the whole', () => {
    const job = parse(readFileSync(join(ROOT, 'examples/ci/kubernetes.yaml'), 'utf8'))
    expect(job).to.deep.include({ apiVersion: 'batch/v1', kind: 'Job' })
    const { completionMode, completions, parallelism, template } = job.spec
    expect({ completionMode, completions, parallelism }).to.deep.equal({
      completionMode: 'Indexed',
      completions: 3,
      parallelism: 3,
    })
    expect(template.spec.restartPolicy).to.equal('Never')
    const [{ command, args, env, volumeMounts }] = template.spec.containers
    expect(volumeMounts.map(({ name }: { name: string }) => name)).to.deep.equal(
      template.spec.volumes.map(({ name }: { name: string }) => name),
    )
    const named = Object.fromEntries(
      (env as readonly { name: string; value: string }[]).map(({ name, value }) => [name, value]),
    )
    expect(named).to.deep.equal({ PARTS: String(completions) })
    expect(command).to.deep.equal(['sh', '-c'])
    writeFileSync(
      join(folder, 'bin/flowbreak'),
      readFileSync(join(folder, 'bin/npx'), 'utf8').replace(/^.*shift$/gm, ''),
    )
    chmodSync(join(folder, 'bin/flowbreak'), 0o755)
    const whole = sh('flowbreak run core/resets --output whole --reporter json=whole.json --seed 1')
    expect(whole.status, whole.stderr).to.equal(0)
    expect(sh('flowbreak report costs whole/* > costs.json').status).to.equal(0)
    for (let index = 0; index < completions; index++) {
      const line = args[0].replace(' run core ', ' run core/resets --shard-costs costs.json --seed 1 ')
      const played = sh(line, { ...named, JOB_COMPLETION_INDEX: `${index}` })
      expect(played.status, played.stderr).to.equal(0)
    }
    const merged = sh('flowbreak report merge parts/*/* --output merged --reporter json=merged.json')
    expect(merged.status, merged.stderr).to.equal(0)
    const told = (file: string) =>
      (JSON.parse(read(file)).cases as readonly Record<string, unknown>[])
        .map(({ durationMs: _, ...one }) => one)
        .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1))
    expect(told('merged.json')).to.deep.equal(told('whole.json'))
    expect(
      JSON.parse(read('merged.json')).summary.warnings.map(({ code }: { code: string }) => code),
    ).to.not.include.members(['WARN_SHARD_COSTS'])
  })

  it('the Jenkins example writes what it archives', () => {
    const text = readFileSync(join(ROOT, 'examples/ci/Jenkinsfile'), 'utf8')
    const [, line = ''] = /sh '(npx flowbreak [^']+)'/.exec(text) ?? []
    const { status, stderr } = sh(line.replace(' run core ', ' run core/resets '))
    expect(status, stderr).to.equal(0)
    for (const file of ['junit.xml', 'report.html', 'runs']) {
      expect(text).to.include(file)
      expect(existsSync(join(folder, file)), file).to.equal(true)
    }
  })

  it('the workflow example merges what its parts keep', () => {
    const { jobs } = parse(readFileSync(join(ROOT, 'examples/ci/github.yml'), 'utf8'))
    const step = jobs.play.steps.find(({ uses }: { uses?: string }) => uses?.startsWith('./'))
    expect(step.uses).to.equal('./.github/actions/flowbreak')
    for (const part of jobs.play.strategy.matrix.part as readonly number[]) {
      const shard = step.with.arguments.replace(/\$\{\{ matrix\.part \}\}/, `${part}`)
      const reports = `parts/part-${part}`
      expect(act({ suites: 'core/resets', arguments: shard, reports })).to.include({ status: 0 })
    }
    const lines = jobs.report.steps.flatMap(({ run = '' }: { run?: string }) =>
      run.includes('flowbreak') ? [run] : [],
    )
    expect(lines).to.have.length(1)
    const merged = sh(lines[0])
    expect(merged.status, merged.stderr).to.equal(0)
    expect(read('report.md')).to.match(/^## flowbreak: ✓ \d+ of \d+ cases played, all as expected/)
  })
})
