import { expect } from 'chai'
import { PortableEvents, portablePath } from './portable.ts'

describe('portablePath', () => {
  it('goes from the first folder that holds the file', () => {
    expect(portablePath('/a/b/suites/c.yaml', ['/x', '/a/b/'])).to.equal('suites/c.yaml')
    expect(portablePath('/a/b/suites/c.yaml', ['/a/b', '/a'])).to.equal('suites/c.yaml')
    expect(portablePath('/a/..b/c.yaml', ['/a'])).to.equal('..b/c.yaml')
  })

  it('leaves alone what lies elsewhere', () => {
    for (const path of ['/etc/suite.yaml', '/ab/c.yaml', '/'])
      expect(portablePath(path, ['/a'])).to.equal(path)
  })

  it('changes no event but those of cases', () => {
    const warning = { type: 'warning', code: 'WARN_A', message: '/a/b' } as const
    expect(new PortableEvents(['/a']).of(warning)).to.equal(warning)
  })
})
