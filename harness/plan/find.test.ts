import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { thrownBy, withFiles } from '../suite/helpers.test.ts'
import { findSuites } from './find.ts'

const FILES = {
  'suites/core/idle.yaml': '# first\nsuite: core/idle\n',
  'suites/core/swap.yml': 'suite: "core/host-swap" # its name is not its file\n',
  'suites/aws/policy.yaml': 'suite: aws-network-firewall/policy\n',
  'suites/known-failures/mine.yaml': '- pattern: core\n',
  'suites/suite.schema.json': '{}',
  'own/mine.yaml': 'suite: mine\n',
}

function found(...args: readonly string[]): readonly string[] {
  return withFiles(FILES, (folder) => {
    const given = args.map((arg) => arg.replace('FOLDER', folder))
    return findSuites(given, [join(folder, 'suites')]).map((file) => file.slice(folder.length + 1))
  })
}

describe('plan/find', () => {
  const all = ['suites/aws/policy.yaml', 'suites/core/idle.yaml', 'suites/core/swap.yml']

  it('finds all suites of the roots, but no known failures', () => {
    expect(found()).to.deep.equal(all)
  })

  it('finds files and folders, by path and in the roots', () => {
    expect(found('FOLDER/own/mine.yaml')).to.deep.equal(['own/mine.yaml'])
    expect(found('FOLDER/own')).to.deep.equal(['own/mine.yaml'])
    expect(found('core')).to.deep.equal(all.slice(1))
    expect(found('core/')).to.deep.equal(all.slice(1))
    expect(found('core/idle')).to.deep.equal(['suites/core/idle.yaml'])
    expect(found('core/idle.yaml', 'core')).to.deep.equal(all.slice(1))
  })

  it('finds suites by name and by pattern', () => {
    expect(found('core/host-swap')).to.deep.equal(['suites/core/swap.yml'])
    expect(found('aws-network-firewall')).to.deep.equal(['suites/aws/policy.yaml'])
    expect(found('*/policy', 'core/h*')).to.deep.equal(['suites/aws/policy.yaml', 'suites/core/swap.yml'])
  })

  it('says what there is where nothing is found', () => {
    withFiles(FILES, (folder) => {
      const roots = [join(folder, 'suites')]
      mkdirSync(join(folder, 'bare'))
      expect(thrownBy(() => findSuites([join(folder, 'bare')], roots), folder)).to.deep.equal({
        code: 'ERR_SUITE_NOT_FOUND',
        lines: [
          'There are no suites in bare: name a folder with files that end in .yaml or .yml, or a suite.',
        ],
      })
      // What begins with a dot is here, and not in the roots.
      for (const place of ['./core', './core/idle.yaml', '../core'])
        expect(thrownBy(() => findSuites([place], roots), folder)).to.deep.equal({
          code: 'ERR_SUITE_NOT_FOUND',
          lines: [`There is no suite file ${place}: check the path.`],
        })
      expect(thrownBy(() => findSuites(['core', 'no/such/suite'], roots), folder)).to.deep.equal({
        code: 'ERR_SUITE_NOT_FOUND',
        lines: [
          'There is no suite "no/such/suite". There are aws-network-firewall/policy, core/idle, core/host-swap.',
        ],
      })
      const wrong = (name: string) => thrownBy(() => findSuites([name], roots), folder).lines
      expect(wrong('core/host-sawp')).to.deep.equal([
        'There is no suite "core/host-sawp". Did you mean "core/host-swap"?',
      ])
      expect(wrong('cor')).to.deep.equal(['There is no suite "cor". Did you mean "core"?'])
      expect(wrong('core/something')).to.deep.equal([
        'There is no suite "core/something". There are core/idle, core/host-swap.',
      ])
      for (const path of [join(folder, 'none.yaml'), join(folder, 'none'), './none', '../none', 'none.yml'])
        expect(thrownBy(() => findSuites([path], roots), folder)).to.deep.equal({
          code: 'ERR_SUITE_NOT_FOUND',
          lines: [`There is no suite file ${path.replace(`${folder}/`, '')}: check the path.`],
        })
      expect(thrownBy(() => findSuites([], [join(folder, 'empty')]), folder)).to.deep.equal({
        code: 'ERR_SUITE_NOT_FOUND',
        lines: ['There are no suites in empty. None was found.'],
      })
    })
  })
})
