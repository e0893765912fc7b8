import { expect } from 'chai'
import { findSuricata } from '../../harness/target/suricata/binary.ts'
import { IGNORED, publishedOf, remade, shown } from './remade.ts'

describe('published reports of Suricata', function () {
  this.timeout(600_000)

  for (const [version, folder] of publishedOf('suricata'))
    it(`${version}: the same command comes to the same today, but for ${IGNORED.join(', ')}`, function () {
      if (!version.startsWith(findSuricata('suricata').version)) this.skip()
      const { published, today } = remade(folder)
      expect(today.length).to.equal(published.length)
      for (const [index, event] of published.entries()) {
        const other = today[index]
        expect(other === undefined ? '' : shown(other)).to.equal(shown(event))
      }
    })
})
