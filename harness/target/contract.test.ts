import { describeTarget } from './contract.ts'
import { ReferenceTarget } from './reference/reference.ts'

describeTarget('reference', () => new ReferenceTarget('test'))
