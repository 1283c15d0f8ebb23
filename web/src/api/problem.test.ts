import { ProblemError } from '@tenantree/sdk'
import { describe, expect, it } from 'vitest'
import { adviceFor } from './advice.ts'
import { fieldErrorsOf, fieldOf, findProblem, isProblem } from './problem.ts'

const problem = new ProblemError({
  type: 'about:blank',
  title: 'The request has errors',
  status: 422,
  code: 'invalid_request',
  request_id: 'r-1',
  errors: [
    { pointer: '/name', code: 'too_small', detail: 'must not be blank' },
    { pointer: '/company/contact_email', code: 'invalid_format', detail: 'must be an e-mail address' },
  ],
})

describe('problems', () => {
  it('stand beside their fields', () => {
    expect(fieldErrorsOf(problem)).toEqual({
      name: 'must not be blank',
      'company.contact_email': 'must be an e-mail address',
    })
  })

  it.each([
    ['/name', 'name'],
    ['#/name', 'name'],
    ['/company/legal_name', 'company.legal_name'],
    ['/a~1b', 'a/b'],
    ['month', 'month'],
  ])('pointer %s is field %s', (pointer, field) => {
    expect(fieldOf(pointer)).toBe(field)
  })

  it('are told from bugs', () => {
    expect(isProblem(problem, 'invalid_request')).toBe(true)
    expect(isProblem(problem, 'not_found')).toBe(false)
    expect(findProblem(new TypeError('x'))).toBeNull()
  })

  it('become advice where there is any', () => {
    expect(adviceFor({ code: 'location_required' })).toBe(
      'This country hosts no storage: choose where the data is kept.',
    )
    expect(adviceFor({ code: 'malformed_request' })).toBeUndefined()
  })
})
