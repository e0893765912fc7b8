import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak, ROOT } from './command.ts'

describe('journeys: doctor', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-doctor-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const packages: readonly { readonly package: string; readonly for: readonly string[] }[] = JSON.parse(
    readFileSync(join(ROOT, 'scripts/needs.json'), 'utf8'),
  )
  /** The packages of the list that it speaks of, whatever version they have. */
  function told(cwd: string): string[] {
    const { status, stdout, stderr } = flowbreak(['doctor', '--json'], { cwd })
    expect(status, stderr).to.equal(0)
    const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name.split(' ')[0])
    return packages.map((need) => need.package).filter((name) => names.includes(name))
  }

  it('speaks of what work on flowbreak needs in its own folder only', () => {
    expect(told(ROOT)).to.deep.equal(packages.map((need) => need.package))
    expect(told(join(ROOT, 'docs'))).to.deep.equal(told(ROOT))
    const used = packages.filter((need) =>
      need.for.some((purpose) => ['start', 'suites', 'targets'].includes(purpose)),
    )
    expect(told(folder)).to.deep.equal(used.map((need) => need.package))
    expect(told(folder)).to.include.members(['suricata', 'nftables', 'redis-server', 'openssl'])
    expect(told(folder)).to.not.include.members(['nginx', 'tcpreplay'])
  })
})
