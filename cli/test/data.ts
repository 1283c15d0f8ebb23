import type { Device, InvoiceRow, Me, TenantRow, UsageTotal, UsageUnit } from '@tenantree/sdk'

export const id = (number: number) => `0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`

export const page = <Row>(data: Row[]) => ({ data, next: null })

export const me: Me = {
  user: {
    id: id(50),
    email: 'rita@kiez.example',
    name: 'Rita',
    role: 'superuser',
    may_purchase: true,
    security_officer: false,
    support: false,
    has_password: true,
  },
  second_factor: { enabled: false, required: false, missing: false },
  sign_in: { method: 'password', single_sign_on_required: false },
  tenant: { id: id(1), name: 'Kiez IT', level: 'reseller' },
  seller: { name: 'Havel' },
  branding: null,
  may: [],
  session_expires_at: '2027-01-02T00:00:00Z',
}

export const tenantRow = (number: number): TenantRow => ({
  id: id(number),
  name: `Reseller ${number}`,
  level: 'reseller',
  parent_id: id(100),
  parent_name: 'Havel',
  state: 'production',
  inactive_above: false,
  device_country: 'DE',
  storage_location: 'germany',
  service_type: 'all_inclusive',
  child_count: 0,
  device_count: number,
  created_at: '2027-01-01T00:00:00Z',
})

export const tenant = { id: id(9), name: 'New', level: 'end_customer', storage_location: 'germany' }

const offer: UsageUnit['offer'] = {
  id: id(60),
  product: 'Backup',
  edition: 'Basic',
  rank: 1,
  unit: 'device',
  charge_model: 'active_use',
  created_at: '2027-01-01T00:00:00Z',
}

export const device: Device = {
  id: id(70),
  tenant_id: id(2),
  tenant_name: 'Amber',
  host_name: 'amber-ws-1',
  os: 'linux',
  os_version: 'Debian 13',
  architecture: 'x64',
  machine_kind: 'virtual',
  agent_version: '0.1.0',
  state: 'active',
  storage_location: 'germany',
  enrolled_at: '2027-01-01T00:00:00Z',
  last_seen_at: null,
  active_days_this_month: 2,
}

export const usageUnit: UsageUnit = {
  customer: { id: id(2), name: 'Amber', level: 'end_customer' },
  site: null,
  offer,
  device_id: id(70),
  host_name: 'amber-ws-1',
  days: [1, 2],
  charged_days: [1, 2],
  units: 1,
  quantity: '1',
  division: null,
  reason: 'standalone_device',
}

export const usageTotal: UsageTotal = { offer, customers: 1, devices: 1, units: 1, quantity: '1', trial_devices: 0 }

export const invoiceRow: InvoiceRow = {
  id: id(80),
  number: '2027-01/7',
  month: '2027-01',
  state: 'issued',
  direction: 'issued',
  seller_id: id(1),
  seller_name: 'Kiez IT',
  buyer_id: id(2),
  buyer_name: 'Amber',
  total: { amount: '12.40', currency: 'EUR' },
  issued_on: '2027-02-01',
  due_on: '2027-02-15',
  draft_reason: null,
}
