import type { CreateTenant } from '@tenantree/sdk'
import { type Command, Option } from 'commander'
import { levels, serviceTypes } from '../choices.ts'
import { type GlobalOptions, openSession } from '../session.ts'
import { printable, say, type Terminal } from '../terminal.ts'

type CompanyOptions = {
  legalName?: string
  vatNumber?: string
  street?: string
  postalCode?: string
  city?: string
  companyCountry?: string
}
type Options = GlobalOptions &
  CompanyOptions & {
    name: string
    parent: string
    level: CreateTenant['level']
    country: string
    location?: string
    serviceType?: NonNullable<CreateTenant['service_type']>
    provides?: NonNullable<CreateTenant['provided_service_types']>
    trial?: boolean
    usageSpace?: string
    autoAddClients?: boolean
    emailReports?: boolean
    welcomeMail?: boolean
    externalId?: string
  }

const withoutGaps = <T extends object>(record: T) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

const toCompany = (options: CompanyOptions) =>
  withoutGaps({
    legal_name: options.legalName,
    vat_number: options.vatNumber,
    street: options.street,
    postal_code: options.postalCode,
    city: options.city,
    country: options.companyCountry,
  })

function toBody(options: Options): CreateTenant {
  const company = toCompany(options)
  const optional = withoutGaps({
    storage_location: options.location,
    service_type: options.serviceType,
    provided_service_types: options.provides,
    in_trial: options.trial,
    usage_space_gb: options.usageSpace,
    auto_add_clients: options.autoAddClients,
    email_reports: options.emailReports,
    send_welcome_mail: options.welcomeMail,
    external_id: options.externalId,
    company: Object.keys(company).length > 0 ? company : undefined,
  })
  const { name, parent, level, country } = options
  return { name, parent_id: parent, level, device_country: country.toUpperCase(), ...optional }
}

async function createTenant(terminal: Terminal, options: Options) {
  const { api } = openSession(terminal, options)
  const tenant = await api.createTenant({ body: toBody(options) })
  if (options.json) say(terminal, JSON.stringify(tenant, null, 2))
  else
    say(
      terminal,
      printable(`Created ${tenant.level} ${tenant.name}, stored in ${tenant.storage_location}: ${tenant.id}`),
    )
}

export const addTenantsCreate = (tenants: Command, terminal: Terminal) =>
  tenants
    .command('create')
    .description('create a tenant')
    .requiredOption('--name <name>', 'unique among the children of its parent')
    .requiredOption('--parent <id>', 'the tenant that it will be under')
    .addOption(new Option('--level <level>', 'its place in the channel').choices(levels).makeOptionMandatory())
    .requiredOption('--country <code>', 'where its devices are, two letters such as DE')
    .option('--location <code>', 'storage location, where the country does not set it')
    .addOption(new Option('--service-type <type>', 'required but for sites').choices(serviceTypes))
    .addOption(new Option('--provides <types...>', 'partners: the service types it may sell').choices(serviceTypes))
    .option('--trial', 'end customers: begin in trial')
    .option('--usage-space <gb>', 'quota in GB; unlimited if left out')
    .option('--auto-add-clients', 'new clients are added by themselves')
    .option('--email-reports', 'send reports by e-mail')
    .option('--welcome-mail', 'send the automatic welcome mail')
    .option('--external-id <text>', 'your own name for it')
    .option('--legal-name <name>', 'company: legal name, needed for invoices')
    .option('--vat-number <number>', 'company: VAT number')
    .option('--street <street>', 'company: street and number, needed for invoices')
    .option('--postal-code <code>', 'company: postal code, needed for invoices')
    .option('--city <city>', 'company: city, needed for invoices')
    .option('--company-country <code>', 'company: country, needed for invoices')
    .action((_options: Options, command: Command) => createTenant(terminal, command.optsWithGlobals()))
