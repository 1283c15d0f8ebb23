import { describe, expect, it } from 'vitest'
import type { Tenant } from '../../api/types.ts'
import { initialValues, offeredTypes, toCreateTenant } from './tenant-form.ts'

const parentOf = (level: Tenant['level'], provided: Tenant['provided_service_types']) =>
  ({ level, service_type: 'all_inclusive', provided_service_types: provided }) as Tenant

describe('the form for a tenant', () => {
  it('begins with the level that follows from the parent and the types that it provides', () => {
    const values = initialValues(parentOf('reseller', ['software_only']))
    expect(values).toMatchObject({ level: 'end_customer', service_type: 'software_only' })
    expect(offeredTypes(parentOf('end_customer', []))).toEqual(['all_inclusive'])
  })

  it('sends no service type, trial or provided types for a site', () => {
    const values = {
      ...initialValues(parentOf('end_customer', [])),
      name: ' Depot ',
      device_country: 'DE',
      in_trial: true,
    }
    const body = toCreateTenant('p', values, true)
    expect(body).toMatchObject({ level: 'site', name: 'Depot', device_country: 'DE' })
    expect(Object.keys(body)).not.toContain('service_type')
    expect(Object.keys(body)).not.toContain('in_trial')
    expect(Object.keys(body)).not.toContain('provided_service_types')
  })

  it('R-PLACE-2: sends no storage location where the country sets it', () => {
    const values = { ...initialValues(parentOf('reseller', ['all_inclusive'])), storage_location: 'germany' }
    expect(toCreateTenant('p', values, true)).not.toHaveProperty('storage_location')
    expect(toCreateTenant('p', values, false)).toHaveProperty('storage_location', 'germany')
  })

  it('sends company data only if there is any, blanks as null', () => {
    const values = initialValues(parentOf('reseller', ['all_inclusive']))
    expect(toCreateTenant('p', values, true)).not.toHaveProperty('company')
    const filled = { ...values, company: { ...values.company, legal_name: ' Acme GmbH ' } }
    expect(toCreateTenant('p', filled, true).company).toMatchObject({ legal_name: 'Acme GmbH', vat_number: null })
  })
})
