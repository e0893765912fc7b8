import { expect } from 'chai'
import { Scratch } from '../target/suricata/example-binary.test.ts'
import { suricataFinding } from './doctor-suricata.ts'

const FOUND = { name: 'suricata', there: true, why: 'a firewall', remedy: 'apt-get install suricata' }

/** The finding with a Suricata of that version on the path. */
function findingWith(version: string) {
  using scratch = new Scratch()
  scratch.binary('', version)
  const before = process.env.PATH
  process.env.PATH = scratch.folder
  try {
    return suricataFinding(FOUND)
  } finally {
    process.env.PATH = before
  }
}

describe('cli/doctor: Suricata', () => {
  it('names its version, and calls one that is too old missing, with why', () => {
    expect(findingWith('7.0.10')).to.deep.equal({ ...FOUND, name: 'suricata 7.0.10' })
    expect(findingWith('6.0.9')).to.deep.include({ name: 'suricata', there: false, remedy: FOUND.remedy })
    expect(findingWith('6.0.9').why).to.match(
      /^a firewall; suricata is Suricata 6\.0\.9, and at least 7 is needed/,
    )
    expect(suricataFinding({ ...FOUND, there: false })).to.deep.equal({ ...FOUND, there: false })
  })
})
