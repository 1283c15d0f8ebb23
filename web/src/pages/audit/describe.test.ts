import { expect, it } from 'vitest'
import type { AuditEvent } from '../../api/types.ts'
import { describeAction, nameActor, summarize, toActorChoice, toChanges } from './describe.ts'

const event: AuditEvent = {
  id: 'e',
  at: '2027-01-05T10:00:00.000Z',
  action: 'tenant.updated',
  tenant: { id: 't', name: 'Havel' },
  actor: { kind: 'user', id: 'u', name: 'Ada' },
  address: null,
  request_id: 'r',
  object: { kind: 'tenant', id: 't' },
  before: { name: 'Old', usage_space_gb: null, level: 'site' },
  after: { name: 'New', usage_space_gb: ['1'], level: 'site' },
  erased: [],
  sealed: true,
}

it('only what differs is a change', () => {
  expect(toChanges(event)).toEqual([
    { field: 'name', before: 'Old', after: 'New', isErased: false },
    { field: 'usage_space_gb', before: null, after: '["1"]', isErased: false },
  ])
  expect(summarize(event)).toBe('name, usage space gb')
})

it('of a thing that was made each field is shown, and an erased one says so', () => {
  const made = { ...event, before: null, after: { email: null, role: 'manager' }, erased: ['/after/email'] }
  expect(toChanges(made)).toEqual([
    { field: 'email', before: null, after: null, isErased: true },
    { field: 'role', before: null, after: 'manager', isErased: false },
  ])
})

it('actions and actors in words', () => {
  expect(describeAction('price_list.created')).toBe('Price list created')
  expect(nameActor(event)).toBe('Ada')
  expect(nameActor({ ...event, actor: { kind: 'system', id: null, name: null } })).toBe('System')
})

it('the choices of who: API keys say so, and who was removed is told apart by the id', () => {
  const id = '01990000-0000-7000-8000-000000abcdef'
  const labels = [
    { kind: 'user', id, name: 'Ada' },
    { kind: 'user', id, name: null },
    { kind: 'key', id, name: 'Night job' },
    { kind: 'key', id, name: null },
  ].map((actor) => toActorChoice(actor as Parameters<typeof toActorChoice>[0]).label)
  expect(labels).toEqual(['Ada', 'Removed user abcdef', 'Night job (API key)', 'An API key (API key)'])
})
