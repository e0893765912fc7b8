import { expect } from 'chai'
import fc from 'fast-check'
import { layers } from './layers.ts'
import { type Import, importsOf } from './lib/imports.ts'
import { type Breach, breaches } from './lib/layer-check.ts'

const check = (files: Record<string, string>): Breach[] => breaches(new Map(Object.entries(files)), layers)
const messages = (files: Record<string, string>): string[] =>
  check(files).map(({ file, line, message }) => `${file}:${line} ${message}`)

describe('importsOf', () => {
  const real: readonly string[] = [
    "import a from './x.ts'",
    "import type { A } from './x.ts'",
    "import a, { type A, b as c } from './x.ts';",
    "import * as all from './x.ts'",
    "import './x.ts'",
    "export * from './x.ts'",
    "export * as all from './x.ts'",
    "export { a, b as default } from './x.ts'",
    "export type { A } from './x.ts'",
    "const a = await import('./x.ts')",
    'const a = [...(await import("./x.ts")).list]',
    "let a: import('./x.ts').A",
    `const text = \`a \${(await import("./x.ts")).name} b\``,
    "const a = require('./x.ts')",
    'import legacy = require("./x.ts")',
    "import from from './x.ts'",
  ]
  const decoys: readonly string[] = [
    "// import a from './no.ts'",
    "/* import a from './no.ts' */",
    'const a = "import a from \'./no.ts\'"',
    "const a = `import a from './no.ts'`",
    `const a = \`\${{ b: \`import('./no.ts')\` }.b} import('./no.ts')\``,
    "const a = /import('\\/no.ts')['\"`]/g.test(b)",
    'const a = b / 2 // it\'s "half"',
    "export { a, b }\nconst from = './no.ts'",
    "export const a = { from: './no.ts' }",
    "export type A = { from: './no.ts' }",
    "loader.import('./no.ts')",
    'const a = { import: "./no.ts", export: 1 }',
    'const here = import.meta.dirname',
    'const a = import(pathOfPlugIn)',
    "export default function from() { return './no.ts' }",
    'a++\nconst b = c / d / e',
  ]

  it('finds each form of import', () => {
    for (const line of real) expect(importsOf(line), line).to.deep.equal([{ specifier: './x.ts', line: 1 }])
  })

  it('takes no comment, text, expression or property for an import', () => {
    for (const line of decoys) expect(importsOf(line), line).to.deep.equal([])
  })

  it('finds the real ones at their lines among any decoys', () => {
    const piece = fc.oneof(
      fc.constantFrom(...real).map((text) => ({ text, is: true })),
      fc.constantFrom(...decoys).map((text) => ({ text, is: false })),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const expected: Import[] = []
        let line = 1
        for (const { text, is } of pieces) {
          if (is) expected.push({ specifier: './x.ts', line })
          line += text.split('\n').length
        }
        expect(importsOf(pieces.map(({ text }) => text).join('\n'))).to.deep.equal(expected)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  it('marks a computed relative path, which cannot be checked', () => {
    expect(importsOf(`import(\`./verb/\${name}.ts\`)`)).to.deep.equal([{ specifier: undefined, line: 1 }])
  })
})

describe('breaches', () => {
  it('lets a folder import itself, what the list allows, built-ins and packages', () => {
    const source = "import '../model/a.ts'\nimport './b.ts'\nimport 'node:fs'\nimport 'chai'"
    expect(
      check({ 'harness/support/a.ts': source, 'harness/support/b.ts': '', 'harness/model/a.ts': '' }),
    ).to.deep.equal([])
  })

  it('names file, line, what was imported and what may be', () => {
    expect(messages({ 'harness/wire/tcp.ts': "\nimport type { Flow } from '../flow/key.ts'" })).to.deep.equal(
      ['harness/wire/tcp.ts:2 imports harness/flow/key.ts, but wire may import only model support'],
    )
    expect(messages({ 'harness/model/a.ts': "import '../support/b.ts'" })).to.deep.equal([
      'harness/model/a.ts:1 imports harness/support/b.ts, but model may import no other folder',
    ])
  })

  it('lets the doors import anything but the command line', () => {
    expect(check({ 'harness/index.ts': "export * from './run/pipeline.ts'" })).to.deep.equal([])
    expect(messages({ 'harness/index.ts': "export * from './cli/main.ts'" })[0]).to.include(
      'index.ts may import only',
    )
  })

  it('lets a test import anything in harness, and nothing else import a test', () => {
    expect(check({ 'harness/wire/tcp.test.ts': "import '../cli/main.ts'" })).to.deep.equal([])
    expect(check({ 'harness/target/target.contract.ts': "import '../cli/main.ts'" })).to.deep.equal([])
    expect(messages({ 'harness/wire/tcp.ts': "import './tcp.test.ts'" })).to.deep.equal([
      'harness/wire/tcp.ts:1 imports harness/wire/tcp.test.ts, a test',
    ])
  })

  it('refuses a folder that the list does not know, from either side', () => {
    const unknown = messages({ 'harness/misc/a.ts': '', 'harness/cli/b.ts': "import '../misc/a.ts'" })
    expect(unknown[0]).to.equal('harness/misc/a.ts:1 misc is not in the import list (scripts/layers.ts)')
    expect(unknown[1]).to.include('harness/cli/b.ts:1 imports harness/misc/a.ts')
  })

  it('refuses what leaves harness, its own package and computed paths', () => {
    const source = `import '../../scripts/layers.ts'\nimport 'flowbreak'\nawait import(\`./\${name}.ts\`)`
    expect(check({ 'harness/cli/a.ts': source }).map(({ line }) => line)).to.deep.equal([1, 2, 3])
  })

  it('finds rings of imports, of types too, and no ring in a diamond', () => {
    const ring = {
      'harness/wire/a.ts': "import { b } from './b.ts'",
      'harness/wire/b.ts': "\nimport type { C } from './c.ts'",
      'harness/wire/c.ts': "export * from './a.ts'",
    }
    expect(messages(ring)).to.deep.equal([
      'harness/wire/c.ts:1 closes a cycle of imports: harness/wire/a.ts -> harness/wire/b.ts -> harness/wire/c.ts -> harness/wire/a.ts',
    ])
    const diamond = {
      'harness/wire/a.ts': "import './b.ts'\nimport './c.ts'",
      'harness/wire/b.ts': "import './d.ts'",
      'harness/wire/c.ts': "import './d.ts'",
      'harness/wire/d.ts': '',
    }
    expect(check(diamond)).to.deep.equal([])
  })
})

describe('the import list', () => {
  it('has no ring and allows only folders that it knows', () => {
    const arrows = new Map(
      Object.entries(layers).map(([folder, allowed]) => [
        `harness/${folder}/a.ts`,
        allowed.map((other) => `import '../${other}/a.ts'`).join('\n'),
      ]),
    )
    expect(breaches(arrows, layers)).to.deep.equal([])
  })
})
