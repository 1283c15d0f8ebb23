import type { Me, Tenant, TenantRow, User } from '@tenantree/sdk'

export type {
  ApiKey,
  AskedPrice,
  AuditEvent,
  BillingRun,
  Branding,
  Company,
  CreatedInstallToken,
  CreatedUser,
  CreateTenant,
  DemoUser,
  Device,
  EnabledOffer,
  InstallToken,
  Instance,
  Invoice,
  InvoiceLine,
  InvoiceRow,
  LineEvidence,
  Mail,
  MailRow,
  MailTemplate,
  Me,
  Offer,
  Overview,
  Party,
  Price,
  PriceList,
  ProblemCode,
  RoleRow,
  SecondFactor,
  Session,
  SetBranding,
  ShownBranding,
  StorageLocation,
  Subscription,
  Tenant,
  TenantRef,
  TenantRow,
  UpdateTenant,
  UsageTotal,
  UsageUnit,
  User,
} from '@tenantree/sdk'

export type Level = TenantRow['level']
export type ServiceType = Tenant['service_type']
export type Role = User['role']
export type Permission = Me['may'][number]

export type PageOf<Row> = { data: Row[]; next: string | null }
