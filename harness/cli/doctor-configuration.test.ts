import { expect } from 'chai'
import { ExampleFolder } from '../config/example-folder.test.ts'
import { configurationFindings } from './doctor-configuration.ts'

const { signal } = new AbortController()

/** What is found about the configuration with that text, without the path of its folder. */
async function findingsOf(text: string) {
  using folder = new ExampleFolder({ 'flowbreak.config.yaml': text, 'file.txt': '' })
  const findings = await configurationFindings(`${folder.path}/flowbreak.config.yaml`, signal)
  return JSON.parse(JSON.stringify(findings).replaceAll(`${folder.path}/`, ''))
}

describe('cli/doctor: the configuration', () => {
  it('checks each target, the suites and the folder of logs', async () => {
    const findings = await findingsOf(`targets:
  lab: { kind: geneve, hosts: [127.0.0.2], profile: aws-nfw, policies: [reject] }
  own: { kind: process, command: [node, -e, "process.exit(7)"] }
  key: { kind: process, command: "\${FLOWBREAK_TEST_NOT_SET}" }
suites: [core/resets, ./none.yaml]
output: file.txt/runs
`)
    expect(
      findings.map(({ name, there, wrong }: Record<string, unknown>) => [name, there, wrong ?? false]),
    ).to.deep.equal([
      ['configuration', true, false],
      ['suites', false, true],
      ['output', false, true],
      ['target lab', true, false],
      ['target own', false, true],
      ['target key', false, true],
    ])
    const [, suites, output, lab, own, key] = findings
    expect(suites.why).to.equal('There is no suite file ./none.yaml: check the path.')
    expect(suites.remedy).to.equal('correct it at flowbreak.config.yaml:5:9')
    expect(output.why).to.equal('file.txt/runs cannot be written (file.txt is not a folder)')
    expect(lab.why).to.equal('its options are in order (real clock)')
    expect(own.why).to.contain('ended with exit code 7')
    expect(key.why).to.contain('The environment variable FLOWBREAK_TEST_NOT_SET is not set')
    expect(key.remedy).to.equal('correct it at flowbreak.config.yaml:4:8')
  })

  it('counts the files of suites, and takes folders that are still to be made', async () => {
    const findings = await findingsOf('suites: [core/resets, core/fresh-syn]\noutput: new/runs\n')
    expect(findings.map(({ name, there, why }: Record<string, unknown>) => [name, there, why])).to.deep.equal(
      [
        ['configuration', true, 'flowbreak.config.yaml'],
        ['suites', true, 'what run plays by default: 2 files'],
        ['output', true, 'the logs of runs: new/runs'],
      ],
    )
  })

  it('says what is wrong with one that cannot be read', async () => {
    const [only, more] = await findingsOf('targets:\n  lab: { kind: genve }\n')
    expect(more).to.equal(undefined)
    expect(only).to.deep.include({ name: 'configuration', there: false, wrong: true })
    expect(only.why).to.match(/^flowbreak\.config\.yaml:2:16: "genve" is not a kind of target: .*"geneve"\?$/)
  })
})
