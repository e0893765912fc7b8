import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak } from './command.ts'

describe('journeys: profile', () => {
  it('lists every system and shows each, by group, with its source', () => {
    const { stdout, status } = flowbreak(['profile', 'list', '--json'])
    expect(status).to.equal(0)
    const names: string[] = JSON.parse(stdout).map(({ name }: { name: string }) => name)
    expect(names).to.include.members([
      'aws-nfw',
      'suricata-7',
      'pf',
      'panos',
      'cisco-asa',
      'fortinet',
      'checkpoint',
    ])
    const shown = flowbreak(['profile', 'show', 'panos']).stdout
    expect(shown).to.match(/^panos: Palo Alto Networks PAN-OS\n\n {2}knob +value +mark +source\n/)
    expect(shown).to.match(/\nTime-outs \(seconds\)\n {2}tcpNew +5 +DOC +PAN-OS session timeouts: /)
    expect(shown).to.contain('recorded facts, not acted on by this version')
    const { knobs, facts, switches } = JSON.parse(flowbreak(['profile', 'show', 'panos', '--json']).stdout)
    expect(knobs.tcpUnverifiedReset).to.include({ value: 30, mark: 'DOC' })
    expect(facts.sharing.storeBytesPerSession.value).to.equal(128)
    expect(switches[0].knobs).to.deep.equal({ windowCheck: 'eventOnly' })
  })

  it('knows no other, and refuses policies that a system does not have', () => {
    const unknown = flowbreak(['profile', 'show', 'netscreen'])
    expect([unknown.status, unknown.stdout]).to.deep.equal([2, ''])
    expect(unknown.stderr).to.contain('There is no profile "netscreen": choose one of aws-nfw')
    const refused = flowbreak([
      'replay',
      'captures/echo-ladder-ipv4.pcap',
      '--profile',
      'panos',
      '--policy',
      'reject',
    ])
    expect(refused.status).to.equal(2)
    expect(refused.stderr).to.contain('cannot be set to policy "reject": write drop.')
  })

  it('takes a file of one’s own, and says what is wrong with it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    const file = join(folder, 'mine.yaml')
    const replay = () =>
      flowbreak([
        'replay',
        'captures/echo-ladder-ipv4.pcap',
        '--profile',
        file,
        '--inject',
        'idle-gap@12:100s',
        '--quiet',
      ])
    try {
      writeFileSync(file, 'extends: pf\nknobs: { tcpEstablished: { value: 99 } }\n')
      expect(replay().stdout).to.contain('forward=11 drop=15')
      expect(flowbreak(['profile', 'show', file]).stdout).to.match(/tcpEstablished +99 +INF +mine\.yaml\n/)
      writeFileSync(file, 'extends: pf\nknobs: { tcpEstablished: { value: 101 } }\n')
      expect(replay().stdout).to.contain('forward=26 drop=0')
      writeFileSync(file, 'extends: pf\nknobs: { tcpEstablishd: { value: 99 } }\n')
      const { status, stderr } = replay()
      expect(status).to.equal(2)
      expect(stderr).to.contain(
        `${file}:2:10: There is no knob "tcpEstablishd". Did you mean "tcpEstablished"?`,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
