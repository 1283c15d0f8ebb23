import type { CreateTenant, Level, ServiceType, Tenant } from '../../api/types.ts'
import { childLevels, isPartner } from './level.ts'

export type CompanyValues = Record<(typeof companyFields)[number]['field'], string>

/** Company data, in the order of the form. */
export const companyFields = [
  { field: 'legal_name', label: 'Legal name' },
  { field: 'vat_number', label: 'VAT number' },
  { field: 'street', label: 'Street' },
  { field: 'postal_code', label: 'Postal code' },
  { field: 'city', label: 'City' },
  { field: 'country', label: 'Country' },
  { field: 'web_site', label: 'Web site' },
  { field: 'customer_reference', label: 'Customer reference' },
  { field: 'contact_name', label: 'Contact' },
  { field: 'contact_email', label: 'Contact e-mail' },
] as const

export type TenantValues = {
  name: string
  level: Level
  service_type: ServiceType
  provided_service_types: ServiceType[]
  device_country: string
  storage_location: string
  in_trial: boolean
  usage_space_gb: string
  auto_add_clients: boolean
  email_reports: boolean
  send_welcome_mail: boolean
  external_id: string
  company: CompanyValues
}

/** Empty text fields of the form stand for "not set". */
const orNull = (text: string) => text.trim() || null

export const toCompany = (values: CompanyValues) =>
  Object.fromEntries(companyFields.map(({ field }) => [field, orNull(values[field])]))

export const toCompanyValues = (company: Tenant['company']): CompanyValues => ({
  legal_name: company.legal_name ?? '',
  vat_number: company.vat_number ?? '',
  street: company.street ?? '',
  postal_code: company.postal_code ?? '',
  city: company.city ?? '',
  country: company.country ?? '',
  web_site: company.web_site ?? '',
  customer_reference: company.customer_reference ?? '',
  contact_name: company.contact_name ?? '',
  contact_email: company.contact_email ?? '',
})

const noCompany: CompanyValues = {
  legal_name: '',
  vat_number: '',
  street: '',
  postal_code: '',
  city: '',
  country: '',
  web_site: '',
  customer_reference: '',
  contact_name: '',
  contact_email: '',
}

/** The service types that a child of the tenant may have: those that it provides, or its own for a customer. */
export const offeredTypes = (parent: Tenant): ServiceType[] =>
  parent.provided_service_types.length > 0 ? parent.provided_service_types : [parent.service_type]

export function initialValues(parent: Tenant): TenantValues {
  const [firstType = parent.service_type] = offeredTypes(parent)
  return {
    name: '',
    level: childLevels[parent.level][0] ?? 'site',
    service_type: firstType,
    provided_service_types: offeredTypes(parent),
    device_country: '',
    storage_location: '',
    in_trial: false,
    usage_space_gb: '',
    auto_add_clients: false,
    email_reports: false,
    send_welcome_mail: false,
    external_id: '',
    company: noCompany,
  }
}

/** Sends what the level takes: a site inherits its service type, partners provide types, end customers may be in trial. */
export function toCreateTenant(parentId: string, values: TenantValues, isLocationFixed: boolean): CreateTenant {
  const { level, company, usage_space_gb, external_id, storage_location } = values
  const hasCompany = Object.values(company).some((text) => text.trim() !== '')
  return {
    parent_id: parentId,
    level,
    name: values.name.trim(),
    device_country: values.device_country,
    usage_space_gb: orNull(usage_space_gb),
    auto_add_clients: values.auto_add_clients,
    email_reports: values.email_reports,
    send_welcome_mail: values.send_welcome_mail,
    external_id: orNull(external_id),
    ...(level !== 'site' && { service_type: values.service_type }),
    ...(isPartner(level) && { provided_service_types: values.provided_service_types }),
    ...(level === 'end_customer' && { in_trial: values.in_trial }),
    ...(!isLocationFixed && storage_location && { storage_location }),
    ...(hasCompany && { company: toCompany(company) }),
  }
}
