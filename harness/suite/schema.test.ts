import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import { parse } from 'yaml'
import { findSuites } from '../plan/find.ts'
import { isRecord } from '../support/record.ts'
import { suiteSchema } from './schema.ts'

type Json = Readonly<Record<string, unknown>>

const SUITES = new URL('../../suites/', import.meta.url)
const schema = JSON.parse(readFileSync(new URL('suite.schema.json', SUITES), 'utf8')) as Json
const defs = schema.$defs as Readonly<Record<string, Json>>

/** Every property of the schema, and every pattern of properties, with where it stands. */
function* propertiesOf(node: unknown, at: string): Generator<readonly [string, Json]> {
  if (Array.isArray(node))
    for (const [index, item] of node.entries()) yield* propertiesOf(item, `${at}/${index}`)
  if (!isRecord(node)) return
  for (const [key, value] of Object.entries(node)) {
    if ((key === 'properties' || key === 'patternProperties') && isRecord(value))
      for (const [name, property] of Object.entries(value)) yield [`${at}/${name}`, property as Json]
    // What stands in an example is no part of the schema.
    if (key !== 'examples') yield* propertiesOf(value, `${at}/${key}`)
  }
}

/** What an editor shows of a property: its own words, or those of the definition that it refers to. */
function shown(property: Json, word: 'description' | 'examples'): unknown {
  if (property[word] !== undefined || typeof property.$ref !== 'string') return property[word]
  const definition = defs[property.$ref.replace('#/$defs/', '')]
  return definition === undefined ? undefined : shown(definition, word)
}

describe('suite/schema', () => {
  it('is what stands beside the suites', () => {
    expect(schema, 'write it anew with: flowbreak suite schema > suites/suite.schema.json').to.deep.equal(
      JSON.parse(JSON.stringify(suiteSchema())),
    )
  })

  it('tells editors of keys, words and packets by number', () => {
    const text = JSON.stringify(suiteSchema())
    for (const part of [
      '"host-swap"',
      '"non-syn-miss"',
      '["drop","reject","continue"]',
      '^packet ([1-9]',
      '"not":{"enum":',
    ])
      expect(text).to.include(part)
    expect(text).to.include('"additionalProperties":false')
  })

  it('has a sentence and an example for every property', () => {
    const properties = [...propertiesOf(schema, '')]
    expect(properties.length).to.be.above(250)
    for (const [at, property] of properties) {
      expect(shown(property, 'description'), `${at} has no description`)
        .to.be.a('string')
        .and.match(/\S.*\.$/)
      expect(shown(property, 'examples'), `${at} has no example`).to.be.an('array').that.is.not.empty
    }
  })

  it('has examples that are what they are examples of', () => {
    const ajv = new Ajv2020({ strict: false })
    for (const [at, property] of propertiesOf(schema, '')) {
      const validate = ajv.compile({ ...property, $defs: defs })
      for (const example of shown(property, 'examples') as unknown[])
        expect(
          validate(example),
          `${at}: ${JSON.stringify(example)}: ${ajv.errorsText(validate.errors)}`,
        ).to.equal(true)
    }
  })

  it('accepts every suite that is here, and no misspelt one', () => {
    const validate = new Ajv2020({ strict: false }).compile(schema)
    const files = findSuites([], [SUITES.pathname])
    expect(files.length).to.be.above(30)
    for (const file of files)
      expect(
        validate(parse(readFileSync(file, 'utf8'))),
        `${file}: ${JSON.stringify(validate.errors)}`,
      ).to.equal(true)
    const [case_] = shown(
      (schema.properties as Readonly<Record<string, Json>>).cases ?? {},
      'examples',
    ) as Json[][]
    const good = { suite: 'mine', title: 'Mine', cases: case_ }
    expect(validate(good), JSON.stringify(validate.errors)).to.equal(true)
    expect(validate({ ...good, cases: [{ ...case_?.[0], injct: [] }] })).to.equal(false)
    expect(validate({ ...good, setup: { policy: 'rejct' } })).to.equal(false)
  })
})
